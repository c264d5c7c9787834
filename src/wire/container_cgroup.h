// Which control group is a container's. Every kubelet and every container runtime spells it in a
// way of its own (by the cgroup driver, the runtime, its version, what the kubelet itself runs in),
// so no path is built: among those that exist it is recognised by the pod's uid and the container's
// id.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mesh {

// One of `paths` (as in /proc/PID/cgroup), shortened to end with the container's own group if its
// process sits in one below. `pod_uid` is metadata.uid of the pod; of a static pod its annotation
// kubernetes.io/config.hash. `container_id` is as the pod's status spells it: "containerd://…".
// Nothing if none is the container's, or uid or id is empty.
std::optional<std::string> container_cgroup(std::span<const std::string> paths,
                                            std::string_view pod_uid,
                                            std::string_view container_id);

}  // namespace mesh
