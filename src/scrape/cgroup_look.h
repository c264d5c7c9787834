// One look at a sidecar's control group: the files of it that the kernel has, wherever the machine
// keeps its hierarchies. A dozen reads of what the kernel holds in memory, some 100 microseconds;
// nothing here waits.
#pragma once

#include <string>

#include "model/resources.h"

namespace mesh {

// `root` is where the hierarchies are mounted (/sys/fs/cgroup, or where a container has the
// host's), of version 2, version 1, or both side by side; `cgroup` is the group's path in each of
// them, as in /proc/PID/cgroup. A group that is in none of them is an error of the look, in words.
CgroupLook look_at_cgroup(const std::string& root, const std::string& cgroup);

// The directory of the hierarchy in which every container has a group: the one of version 2, of
// version 1 that of memory.
std::string hierarchy_of_containers(const std::string& root);

// The file in which the group's processes are listed; of a group that is nowhere the name that it
// would have, and of "", which is not known yet, one that says so.
std::string process_list(const std::string& root, const std::string& cgroup);

}  // namespace mesh
