// Taking a path apart; see grpc_path.h.
#include "dialect/grpc_path.h"

#include <algorithm>

#include "base/text.h"

namespace mesh {
namespace {

bool is_identifier(std::string_view text, std::string_view more) {
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           more.find(c) != std::string_view::npos;
  });
}

}  // namespace

std::optional<GrpcPath> read_grpc_path(std::string_view path) {
  if (!take_front(path, "/")) return std::nullopt;
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const GrpcPath found{path.substr(0, slash), path.substr(slash + 1)};
  if (!is_identifier(found.service, ".") || !is_identifier(found.method, "")) return std::nullopt;
  return found;
}

}  // namespace mesh
