// gRPC status codes as they stand in statistics: a decimal number, or a word of the proxy.
#include "wire/grpc_code.h"

#include <cstdint>

#include "base/text.h"

namespace mesh {
namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::optional<std::string_view> grpc_code_name(std::string_view decimal) {
  if (decimal == other_grpc_code) return other_grpc_code;
  if (!all_digits(decimal)) return std::nullopt;
  // A number too large for 64 bits is still a number: other.
  const std::optional<std::uint64_t> code = parse_u64(decimal);
  if (!code || *code >= grpc_code_names.size()) return other_grpc_code;
  return grpc_code_names[*code];
}

}  // namespace mesh
