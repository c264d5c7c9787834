// The keys about what the kernel keeps of processes: where control groups are and which is a
// target's, and its network namespace.
#pragma once

#include <optional>
#include <string>

#include "config/fields.h"

namespace mesh {

// `cgroup` of a target: a path as in /proc/PID/cgroup.
std::optional<std::string> read_cgroup(const Fields& fields);

// `cgroup_root`: an absolute path, without a slash at its end.
std::optional<std::string> read_cgroup_root(const Fields& fields);

// `network_namespace` of a target: a file such as /run/netns/blue.
std::optional<std::string> read_network_namespace(const Fields& fields);

}  // namespace mesh
