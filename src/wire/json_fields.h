// Fields of a JSON object as protobuf means them: one that is missing has its default.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/text.h"

namespace mesh {

// "" if the field is missing or no string. The view lives as long as the parser.
inline std::string_view text_in(const simdjson::dom::element& object, std::string_view key) {
  std::string_view text;
  if (object[key].get(text)) return {};
  return text;
}

// A number, or a string of one; nothing if it is there and is neither.
inline std::optional<std::uint64_t> number_in(const simdjson::dom::element& object,
                                              std::string_view key, std::uint64_t otherwise) {
  simdjson::dom::element field;
  if (object[key].get(field)) return otherwise;
  std::uint64_t number = 0;
  if (!field.get(number)) return number;
  std::string_view text;
  if (!field.get(text)) return parse_u64(text);
  return std::nullopt;
}

}  // namespace mesh
