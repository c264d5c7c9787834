// Matching itself is fnmatch(3)'s, so that it is glob(3)'s to the letter.
#include "scrape/glob_pattern.h"

#include <fnmatch.h>

#include "base/text.h"

namespace mesh {

std::vector<std::string> path_names(std::string_view path) {
  std::vector<std::string> names;
  while (!path.empty()) {
    const std::string_view name = take_piece(path, '/');
    if (!name.empty() && name != ".") names.emplace_back(name);
  }
  return names;
}

std::string join_path(const std::string& directory, std::string_view name) {
  std::string path = directory;
  if (!path.empty() && path.back() != '/') path += '/';
  return path.append(name);
}

GlobPattern::GlobPattern(std::string_view glob)
    : top_(glob.starts_with('/') ? "/" : ""), levels_(path_names(glob)) {}

std::string_view GlobPattern::only_name(std::size_t level) const {
  const std::string& name = levels_[level];
  return name.find_first_of("*?[\\") == name.npos ? std::string_view(name) : std::string_view();
}

std::string GlobPattern::only_path() const {
  std::string path = top_;
  for (std::size_t level = 0; level < levels(); ++level) {
    const std::string_view name = only_name(level);
    if (name.empty()) return "";
    path = join_path(path, name);
  }
  return path;
}

bool GlobPattern::matches(std::size_t level, const char* name) const {
  const std::string_view only = only_name(level);
  if (!only.empty()) return only == name;
  const std::string_view text = name;
  if (text == "." || text == "..") return false;
  return fnmatch(levels_[level].c_str(), name, FNM_PERIOD) == 0;
}

}  // namespace mesh
