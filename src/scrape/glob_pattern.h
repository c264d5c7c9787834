// A glob as glob(3) knows it ("/etc/certs/*/tls.crt", no braces, no "**"), taken apart into the
// names of its levels: whoever watches files must know in which directories a match could appear.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mesh {

class GlobPattern {
 public:
  explicit GlobPattern(std::string_view glob);

  // The directory in which the first level is looked for: "/", or "" for the current one.
  const std::string& top() const { return top_; }
  std::size_t levels() const { return levels_.size(); }
  bool is_last(std::size_t level) const { return level + 1 == levels_.size(); }
  // The one name that the level can have; "" if it has a wildcard.
  std::string_view only_name(std::size_t level) const;
  // The one path that can match; "" if a level has a wildcard.
  std::string only_path() const;
  // A leading dot is matched by a dot only, as in the shell; "." and ".." by no wildcard.
  bool matches(std::size_t level, const char* name) const;

 private:
  std::string top_;
  std::vector<std::string> levels_;
};

// "a" and "b" to "a/b"; "" is the current directory.
std::string join_path(const std::string& directory, std::string_view name);

// The names in "/a//b/./c": a, b, c.
std::vector<std::string> path_names(std::string_view path);

}  // namespace mesh
