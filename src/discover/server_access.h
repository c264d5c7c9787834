// How the API server is reached.
#pragma once

#include <chrono>
#include <string>

#include "base/result.h"
#include "config/environment.h"
#include "model/server_access.h"

namespace mesh {

// As this kubeconfig says; "": as the service account of the agent's own pod. An error names the
// file.
Result<ServerAccess> server_access(const std::string& kubeconfig, const Environment& environment);

// A file that is not there may come: who got an error asks again after this time.
inline constexpr std::chrono::seconds access_again_after{5};

}  // namespace mesh
