// The kernel's word on directories: what was created, replaced, written or deleted in them
// (inotify). Non-blocking; whoever owns it waits for fd() to become readable.
//
// A directory is known by the path under which it was added. Two paths may lead to one directory;
// each of them is told.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mesh {

// Directories watched at once. Each costs the kernel about 1 kB that it does not page out.
inline constexpr std::size_t watched_directories = 100'000;

class DirectoryWatch {
 public:
  explicit DirectoryWatch(std::size_t most = watched_directories) : most_(most) {}
  ~DirectoryWatch() { close(); }
  DirectoryWatch(const DirectoryWatch&) = delete;
  DirectoryWatch& operator=(const DirectoryWatch&) = delete;

  // 0, or why there is none: EMFILE at the system's limit.
  int open();
  void close();
  int fd() const { return fd_; }

  // 0, or why it cannot be watched: ENOSPC at the system's limit. Adding a path again is how one
  // makes sure that it still means the same directory.
  int add(const std::string& directory);
  void remove(const std::string& directory);
  std::size_t size() const { return by_path_.size(); }

  // Whatever has happened so far, but no more than a few thousand events at once. False if the
  // kernel has lost some.
  using Seen = std::function<void(const std::string& directory, const char* name)>;
  bool drain(const Seen& seen);

 private:
  void forget(std::map<std::string, int>::iterator entry);

  std::size_t most_;
  int fd_ = -1;
  std::map<std::string, int> by_path_;
  std::unordered_map<int, std::vector<std::string>> by_watch_;
};

}  // namespace mesh
