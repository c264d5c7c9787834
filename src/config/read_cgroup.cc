// Paths that are joined to others: nothing in them may lead elsewhere.
#include "config/read_cgroup.h"

#include <string_view>

#include "base/utf8.h"

namespace mesh {
namespace {

bool is_printable_text(std::string_view text) {
  while (!text.empty()) {
    const Utf8Char c = first_utf8_char(text);
    if (!c.valid || !is_printable(c.code_point)) return false;
    text.remove_prefix(c.bytes);
  }
  return true;
}

// Empty if it is an absolute path, of names only.
std::string_view what_is_wrong(std::string_view path) {
  if (!path.starts_with('/')) return "does not begin with a slash";
  if (!is_printable_text(path)) return "has characters that cannot be shown";
  const std::string within = std::string(path).append("/");
  if (within.find("/../") != std::string::npos || within.find("/./") != std::string::npos) {
    return "has a . or .. in it";
  }
  if (within.find("//") != std::string::npos) return "has a slash too many";
  return {};
}

std::optional<std::string> read_path(const Fields& fields, std::string_view key,
                                     std::string_view expected) {
  auto path = fields.text(key, expected);
  if (!path) return std::nullopt;
  const std::string_view wrong = what_is_wrong(*path);
  if (wrong.empty()) return path;
  fields.complain(*fields.find(key), *path, wrong, expected);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> read_cgroup(const Fields& fields) {
  return read_path(fields, "cgroup",
                   "a path as in /proc/PID/cgroup, such as /system.slice/envoy.service");
}

std::optional<std::string> read_cgroup_root(const Fields& fields) {
  return read_path(fields, "cgroup_root", "a directory such as /sys/fs/cgroup");
}

std::optional<std::string> read_network_namespace(const Fields& fields) {
  return read_path(fields, "network_namespace", "a file such as /run/netns/blue");
}

}  // namespace mesh
