// The list of targets: who each of them is and where it can be asked.
#pragma once

#include <vector>

#include "config/fields.h"
#include "config/reading.h"

namespace mesh {

// Adds each of them to the configuration; complains about those that cannot be told apart or asked,
// and warns of two that are asked at the same place.
void read_targets(const std::vector<Field>& fields, const Reading& reading);

}  // namespace mesh
