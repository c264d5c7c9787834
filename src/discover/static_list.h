// Who is there, from the configuration: the targets that the user listed.
//
// Discovery answers with the whole list each time it is asked; who has left it is no longer
// watched. Further ways to find targets stand beside this one.
#pragma once

#include <vector>

#include "config/config.h"
#include "model/target.h"

namespace mesh {

inline std::vector<Target> static_targets(const Config& config) { return config.targets; }

}  // namespace mesh
