// The section `discovery`: where targets are looked for, beside those that are listed.
#pragma once

#include "config/fields.h"
#include "config/reading.h"

namespace mesh {

void read_discovery(const Field& field, const Reading& reading);

}  // namespace mesh
