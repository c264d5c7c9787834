// gRPC status codes as they stand in statistics: a decimal number, or a word in some spelling.
#include "wire/grpc_code.h"

#include <cstdint>

#include "base/text.h"

namespace mesh {
namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Letter for letter, whatever their case and the underscores between them.
bool is_same_word(std::string_view a, std::string_view b) {
  std::size_t i = 0, j = 0;
  while (true) {
    while (i < a.size() && a[i] == '_') ++i;
    while (j < b.size() && b[j] == '_') ++j;
    if (i == a.size() || j == b.size()) return i == a.size() && j == b.size();
    if (lower(a[i++]) != lower(b[j++])) return false;
  }
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

std::optional<std::string_view> grpc_code_spelled(std::string_view status) {
  if (const auto name = grpc_code_name(status)) return name;
  if (is_same_word(status, "CANCELED")) return "CANCELLED";
  for (const std::string_view name : grpc_code_names) {
    if (is_same_word(status, name)) return name;
  }
  return std::nullopt;
}

}  // namespace mesh
