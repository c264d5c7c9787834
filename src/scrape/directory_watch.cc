// One inotify descriptor for all directories.
#include "scrape/directory_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace mesh {
namespace {

constexpr std::uint32_t events =
    IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_ATTRIB;

// So that a crowd of events in one place does not keep the thread.
constexpr int reads_at_once = 4;

}  // namespace

int DirectoryWatch::open() {
  fd_ = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  return fd_ < 0 ? errno : 0;
}

void DirectoryWatch::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  by_path_.clear();
  by_watch_.clear();
}

int DirectoryWatch::add(const std::string& directory) {
  if (fd_ < 0) return EBADF;
  const auto known = by_path_.find(directory);
  if (known == by_path_.end() && by_path_.size() >= most_) return ENOSPC;
  const char* path = directory.empty() ? "." : directory.c_str();
  const int watch = inotify_add_watch(fd_, path, events | IN_ONLYDIR);
  const int error = watch < 0 ? errno : 0;
  if (known != by_path_.end()) {
    if (known->second == watch) return 0;
    forget(known);
  }
  if (error) return error;
  by_path_[directory] = watch;
  by_watch_[watch].push_back(directory);
  return 0;
}

void DirectoryWatch::remove(const std::string& directory) {
  const auto known = by_path_.find(directory);
  if (known != by_path_.end()) forget(known);
}

void DirectoryWatch::forget(std::map<std::string, int>::iterator entry) {
  const auto watch = by_watch_.find(entry->second);
  std::erase(watch->second, entry->first);
  if (watch->second.empty()) {
    inotify_rm_watch(fd_, watch->first);  // fails for a directory that is gone, which is the same
    by_watch_.erase(watch);
  }
  by_path_.erase(entry);
}

bool DirectoryWatch::drain(const Seen& seen) {
  alignas(inotify_event) std::array<char, 64 * 1024> buffer;
  bool complete = true;
  for (int i = 0; i < reads_at_once && fd_ >= 0; ++i) {
    const ssize_t size = read(fd_, buffer.data(), buffer.size());
    if (size <= 0) break;
    for (ssize_t at = 0; at < size;) {
      inotify_event event;
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* name = buffer.data() + at + sizeof event;
      at += static_cast<ssize_t>(sizeof event + event.len);
      if (event.mask & IN_Q_OVERFLOW) complete = false;
      const auto watch = by_watch_.find(event.wd);
      if (watch == by_watch_.end()) continue;  // removed since
      if (event.mask & IN_IGNORED) {
        for (const std::string& path : watch->second) by_path_.erase(path);
        by_watch_.erase(watch);
      } else if (event.len > 0) {
        for (const std::string& path : watch->second) seen(path, name);
      }
    }
  }
  return complete;
}

}  // namespace mesh
