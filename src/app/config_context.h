// What a configuration may name, of all that the rooms know: meshes, statuses, issuers.
#pragma once

#include "config/load.h"

namespace mesh {

// With the environment of this process. What it borrows lives as long as the program.
const ConfigContext& config_context();

}  // namespace mesh
