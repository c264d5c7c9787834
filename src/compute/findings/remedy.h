// Remedies in the words of each mesh.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mesh {

struct Remedy {
  std::string_view mesh;  // label value; "" for all others
  std::string_view words;
};

// The one for this mesh, else the one for all others; "" if there is none.
inline std::string remedy_for(std::string_view mesh, std::span<const Remedy> remedies) {
  std::string_view otherwise;
  for (const Remedy& remedy : remedies) {
    if (remedy.mesh == mesh) return std::string(remedy.words);
    if (remedy.mesh.empty() && otherwise.empty()) otherwise = remedy.words;
  }
  return std::string(otherwise);
}

}  // namespace mesh
