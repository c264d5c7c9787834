// A walk through the control groups of a machine, a few directories at a time so that nobody waits
// for it: each costs some 20 microseconds, and a node has hundreds, a large one thousands.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mesh {

// Groups of one walk, and how deep it goes. Ten a container are plenty; a group may be made by
// anybody who was given one of his own.
inline constexpr std::size_t cgroups_walked = 50'000;
inline constexpr std::size_t cgroup_depth = 20;

class CgroupWalk {
 public:
  // `root` as for look_at_cgroup(): of version 2 its one hierarchy is walked, of version 1 that of
  // memory, in which every runtime has its containers.
  explicit CgroupWalk(const std::string& root);

  // So many directories more, each visited with its path as in /proc/PID/cgroup. False when that
  // was all. What cannot be read or is gone is as if it were empty.
  bool go_on(std::size_t directories, const std::function<void(const std::string& path)>& visit);

 private:
  struct Waiting {
    std::string path;
    std::size_t depth;
  };

  std::string top_;
  std::vector<Waiting> waiting_;
  std::size_t seen_ = 0;
};

}  // namespace mesh
