// The section `certificates`: how often they are looked at, and where, beside the targets.
#pragma once

#include "config/fields.h"
#include "config/reading.h"

namespace mesh {

void read_certificates(const Field& field, const Reading& reading);

}  // namespace mesh
