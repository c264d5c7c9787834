// Depth first, links not followed; see cgroup_walk.h.
#include "scrape/cgroup_walk.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "scrape/cgroup_look.h"

namespace mesh {

namespace fs = std::filesystem;

CgroupWalk::CgroupWalk(const std::string& root)
    : top_(hierarchy_of_containers(root)), waiting_{{"", 0}} {}

bool CgroupWalk::go_on(std::size_t directories,
                       const std::function<void(const std::string& path)>& visit) {
  for (; directories > 0 && !waiting_.empty(); --directories) {
    const Waiting here = std::move(waiting_.back());
    waiting_.pop_back();
    visit(here.path);
    if (here.depth == cgroup_depth) continue;
    std::error_code error;
    fs::directory_iterator entry(top_ + here.path, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      std::error_code unknown;
      if (seen_ == cgroups_walked ||
          entry->symlink_status(unknown).type() != fs::file_type::directory)
        continue;
      ++seen_;
      waiting_.push_back({here.path + "/" + entry->path().filename().string(), here.depth + 1});
    }
  }
  return !waiting_.empty();
}

}  // namespace mesh
