// A kubeconfig is a file, and the kubelet's word another; see server_access.h.
#include "discover/server_access.h"

#include <filesystem>

#include "base/limits.h"
#include "base/regular_file.h"
#include "config/kubeconfig.h"

namespace mesh {

Result<ServerAccess> server_access(const std::string& kubeconfig, const Environment& environment) {
  if (kubeconfig.empty()) return in_cluster_access(environment);
  const Result<std::string> yaml = read_regular_file(kubeconfig, limits::config_bytes);
  Result<ServerAccess> access = Error{};
  if (yaml) {
    const std::string directory = std::filesystem::path(kubeconfig).parent_path().string();
    access = read_kubeconfig(*yaml, directory);
  } else {
    access = yaml.error();
  }
  if (access) return access;
  return Error{kubeconfig + ": " + access.error().message};
}

}  // namespace mesh
