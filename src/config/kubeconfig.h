// How the API server of a cluster is asked, and as whom: by a kubeconfig, as kubectl has it, or by
// the service account of the pod that this process runs in.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "config/environment.h"
#include "model/server_access.h"

namespace mesh {

// By the current context of a kubeconfig; relative paths in it go from `directory`, its own. The
// error says in words what cannot be used: a program that fetches credentials (exec, auth-provider)
// is never run, and a server's certificate is never left unverified. Never throws.
Result<ServerAccess> read_kubeconfig(std::string_view yaml, const std::string& directory);

// What Kubernetes gives every pod. An error where this is none.
Result<ServerAccess> in_cluster_access(const Environment& environment);

}  // namespace mesh
