// What a server answers by reflection, as bytes: which services there are, and what one of them
// has.
#pragma once

#include <string>
#include <vector>

#include "support/proto_bytes.h"

namespace mesh {

inline std::string list_of(const std::vector<std::string>& services) {
  std::string list;
  for (const std::string& service : services) list += field(1, field(1, service));
  return field(6, list);
}

// pkg.NAME with one method.
inline std::string declaration(const std::string& name) {
  const std::string service = field(1, name) + field(2, field(1, "Get"));
  return field(4, field(1, field(2, "pkg") + field(6, service)));
}

}  // namespace mesh
