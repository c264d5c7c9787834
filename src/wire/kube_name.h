// Names as Kubernetes has them: whatever comes from an API server and says that it is a name must
// look like one before it becomes a label or a part of a path.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace mesh {

// RFC 1123, which Kubernetes asks of names and namespaces.
inline constexpr std::size_t longest_kube_name = 253, longest_kube_namespace = 63;

inline bool is_kube_name(std::string_view name, std::size_t longest) {
  return !name.empty() && name.size() <= longest && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

}  // namespace mesh
