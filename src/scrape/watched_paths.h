// Which directories are watched, and on whose behalf: because a glob looks for a name there, or
// because a symlink that leads to something leads through there. So a change anywhere on the way
// is known to be a change of what is at the end, as when Kubernetes replaces `..data`.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "scrape/directory_watch.h"
#include "scrape/glob_pattern.h"

namespace mesh {

// A level of a glob that is looked for in some directory.
struct GlobPlace {
  std::size_t pattern = 0, level = 0;
  bool operator==(const GlobPlace&) const = default;
};

class WatchedPaths {
 public:
  explicit WatchedPaths(std::size_t most_directories) : watch_(most_directories) {}
  DirectoryWatch& watch() { return watch_; }

  // Watches a directory for a level of a glob; again, if it may be another directory by now.
  void look_in(const std::string& directory, GlobPlace place);
  std::vector<GlobPlace> places_in(const std::string& directory) const;

  // Watches all that the symlink `path`, an entry of `directory`, leads through; nothing to be done
  // if it is none. With `whole_way`, also every directory from the top of `path` on.
  void follow(const std::string& path, bool whole_way = false);
  void unfollow(const std::string& path);

  // Whether some symlink leads through this entry.
  bool is_passed(const std::string& directory, const std::string& name) const;

  // An entry has changed: forgets every directory below it. What is returned leads through one of
  // them or through the entry, and is to be looked at and followed anew.
  std::set<std::string> changed(const std::string& directory, const std::string& name);

  // Why directories cannot be watched, by path.
  const std::map<std::string, int>& unwatched() const { return unwatched_; }
  // Whether it is for want of the kernel's resources.
  bool exhausted() const;

 private:
  using Entry = std::pair<std::string, std::string>;  // directory and name
  struct Directory {
    std::vector<GlobPlace> places;
    std::map<std::string, std::set<std::string>> passed_by;  // name → whose way it is
  };

  bool add_watch(const std::string& directory);
  void drop_if_unused(std::map<std::string, Directory>::iterator directory);
  std::map<std::string, Directory>::iterator drop(std::map<std::string, Directory>::iterator it);

  DirectoryWatch watch_;
  std::map<std::string, Directory> directories_;
  std::map<std::string, std::vector<Entry>> ways_;  // of what is reached by symlinks
  std::map<std::string, int> unwatched_;
};

// "/a" and "b" of "/a/b"; "" and "b" of "b".
std::pair<std::string, std::string> split_path(const std::string& path);

}  // namespace mesh
