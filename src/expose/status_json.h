// How the agent itself is doing, for programs: the answer of /api/v1/status.
#pragma once

#include <string>

#include "expose/page.h"

namespace mesh {

// One object: version, build, when it started, how reading the configuration went, how many targets
// there are and answered, findings by severity, and how old the snapshot is.
std::string status_json(const Page& page);

}  // namespace mesh
