// Directories are known by the path that led to them, dots and all; no path is ever tidied up,
// since ".." behind a symlink is not what it looks like.
#include "scrape/watched_paths.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <deque>
#include <optional>

namespace mesh {
namespace {

constexpr int most_hops = 40;  // where the kernel says ELOOP

std::optional<std::string> symlink_target(const std::string& path) {
  std::array<char, PATH_MAX> target;
  const ssize_t length = readlink(path.c_str(), target.data(), target.size());
  if (length <= 0) return std::nullopt;
  return std::string(target.data(), static_cast<std::size_t>(length));
}

}  // namespace

std::pair<std::string, std::string> split_path(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == path.npos) return {"", path};
  return {path.substr(0, std::max<std::size_t>(slash, 1)), path.substr(slash + 1)};
}

bool WatchedPaths::add_watch(const std::string& directory) {
  const int error = watch_.add(directory);
  if (error == 0 || error == ENOENT || error == ENOTDIR) {
    unwatched_.erase(directory);
  } else {
    unwatched_[directory] = error;
  }
  return error == 0;
}

bool WatchedPaths::exhausted() const {
  const auto is_want = [](const auto& it) { return it.second == ENOSPC || it.second == EBADF; };
  return std::ranges::any_of(unwatched_, is_want);
}

void WatchedPaths::look_in(const std::string& directory, GlobPlace place) {
  Directory& it = directories_[directory];
  if (std::ranges::find(it.places, place) == it.places.end()) it.places.push_back(place);
  add_watch(directory);
}

std::vector<GlobPlace> WatchedPaths::places_in(const std::string& directory) const {
  const auto it = directories_.find(directory);
  return it == directories_.end() ? std::vector<GlobPlace>{} : it->second.places;
}

void WatchedPaths::follow(const std::string& path, bool whole_way) {
  unfollow(path);
  auto [at, last] = split_path(path);
  std::deque<std::string> names{last};
  if (whole_way) {
    const auto all = path_names(path);
    names.assign(all.begin(), all.end());
    at = path.starts_with('/') ? "/" : "";
  }
  std::vector<Entry> way;
  bool on_the_way = whole_way;  // the entry itself is watched by whoever found it
  for (int hops = 0; !names.empty() && hops <= most_hops;) {
    const std::string name = std::move(names.front());
    names.pop_front();
    if (on_the_way) {
      if (!add_watch(at) && !unwatched_.contains(at)) break;  // not there
      directories_[at].passed_by[name].insert(path);
      way.emplace_back(at, name);
    }
    on_the_way = true;
    std::string entry = join_path(at, name);
    const auto target = symlink_target(entry);
    if (!target) {
      at = std::move(entry);
      continue;
    }
    ++hops;
    const auto ahead = path_names(*target);
    names.insert(names.begin(), ahead.begin(), ahead.end());
    if (target->starts_with('/')) at = "/";
  }
  if (!way.empty()) ways_[path] = std::move(way);
}

void WatchedPaths::unfollow(const std::string& path) {
  const auto way = ways_.find(path);
  if (way == ways_.end()) return;
  for (const auto& [directory, name] : way->second) {
    const auto it = directories_.find(directory);
    if (it == directories_.end()) continue;
    const auto passed = it->second.passed_by.find(name);
    if (passed == it->second.passed_by.end()) continue;
    passed->second.erase(path);
    if (passed->second.empty()) it->second.passed_by.erase(passed);
    drop_if_unused(it);
  }
  ways_.erase(way);
}

void WatchedPaths::drop_if_unused(std::map<std::string, Directory>::iterator directory) {
  if (directory->second.places.empty() && directory->second.passed_by.empty()) drop(directory);
}

std::map<std::string, WatchedPaths::Directory>::iterator WatchedPaths::drop(
    std::map<std::string, Directory>::iterator it) {
  watch_.remove(it->first);
  unwatched_.erase(it->first);
  return directories_.erase(it);
}

bool WatchedPaths::is_passed(const std::string& directory, const std::string& name) const {
  const auto it = directories_.find(directory);
  return it != directories_.end() && it->second.passed_by.contains(name);
}

std::set<std::string> WatchedPaths::changed(const std::string& directory, const std::string& name) {
  std::set<std::string> concerned;
  const auto here = directories_.find(directory);
  if (here != directories_.end()) {
    const auto passed = here->second.passed_by.find(name);
    if (passed != here->second.passed_by.end()) concerned = passed->second;
  }
  const std::string path = join_path(directory, name), below = path + '/';
  for (auto it = directories_.lower_bound(path); it != directories_.end();) {
    if (it->first != path && !it->first.starts_with(below)) {
      // "/a-b" stands between "/a" and "/a/b".
      if (it->first.compare(0, path.size(), path) != 0) break;
      ++it;
      continue;
    }
    for (const auto& [entry, whose] : it->second.passed_by) {
      concerned.insert(whose.begin(), whose.end());
    }
    it = drop(it);
  }
  return concerned;
}

}  // namespace mesh
