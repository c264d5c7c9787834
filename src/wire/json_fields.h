// Fields of a JSON object as protobuf means them: one that is missing has its default.
#pragma once

#include <simdjson.h>

#include <string_view>

namespace mesh {

// "" if the field is missing or no string. The view lives as long as the parser.
inline std::string_view text_in(const simdjson::dom::element& object, std::string_view key) {
  std::string_view text;
  if (object[key].get(text)) return {};
  return text;
}

}  // namespace mesh
