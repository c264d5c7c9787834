// The keys about control groups: where the machine keeps them, and which is a target's.
#pragma once

#include <optional>
#include <string>

#include "config/fields.h"

namespace mesh {

// `cgroup` of a target: a path as in /proc/PID/cgroup.
std::optional<std::string> read_cgroup(const Fields& fields);

// `cgroup_root`: an absolute path, without a slash at its end.
std::optional<std::string> read_cgroup_root(const Fields& fields);

}  // namespace mesh
