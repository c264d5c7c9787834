// The forms that are read are those that the tests list.
#include "wire/container_cgroup.h"

#include <cstddef>

namespace mesh {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// systemd means "below" by '-', so a uid has '_' there.
bool is_same(char a, char b) { return (a == '_' ? '-' : a) == (b == '_' ? '-' : b); }

bool begins_with(std::string_view text, std::string_view front) {
  if (text.size() < front.size()) return false;
  for (std::size_t i = 0; i < front.size(); ++i) {
    if (!is_same(text[i], front[i])) return false;
  }
  return true;
}

// Where `word` ends in `text`, standing there as a whole, from `start` on; npos if it does not.
std::size_t end_of_word(std::string_view text, std::string_view word, std::size_t start = 0) {
  for (std::size_t at = start; at + word.size() <= text.size(); ++at) {
    const std::size_t end = at + word.size();
    const bool is_whole = (at == 0 || !is_letter_or_digit(text[at - 1])) &&
                          (end == text.size() || !is_letter_or_digit(text[end]));
    if (is_whole && begins_with(text.substr(at), word)) return end;
  }
  return std::string_view::npos;
}

// The part of the path up to the component that ends at or behind `at`.
std::string_view up_to_component(std::string_view path, std::size_t at) {
  return path.substr(0, path.find('/', at));
}

// CRI-O keeps the container's monitor in a group beside it, named by the same id.
bool is_monitor(std::string_view group) {
  return group.substr(group.rfind('/') + 1).starts_with("crio-conmon-");
}

}  // namespace

std::optional<std::string> container_cgroup(std::span<const std::string> paths,
                                            std::string_view pod_uid,
                                            std::string_view container_id) {
  if (const auto scheme = container_id.find("://"); scheme != std::string_view::npos) {
    container_id.remove_prefix(scheme + 3);
  }
  if (pod_uid.empty() || container_id.empty()) return std::nullopt;
  const std::string pod = std::string("pod").append(pod_uid);
  for (const std::string& path : paths) {
    const std::size_t pod_end = end_of_word(path, pod);
    if (pod_end == std::string_view::npos) continue;
    const std::size_t id_end = end_of_word(path, container_id, pod_end);
    if (id_end == std::string_view::npos) continue;
    const std::string_view group = up_to_component(path, id_end);
    if (!is_monitor(group)) return std::string(group);
  }
  return std::nullopt;
}

}  // namespace mesh
