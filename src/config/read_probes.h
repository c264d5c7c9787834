// Reading the section `probes`: the servers that the agent itself calls.
#pragma once

#include "config/fields.h"
#include "config/reading.h"

namespace mesh {

// Into reading.config.probes.
void read_probes(const Field& field, const Reading& reading);

}  // namespace mesh
