// How much a counter of a proxy grew between two looks.
#pragma once

#include <cstdint>

namespace mesh {

// One that fell has begun again from nothing.
constexpr std::uint64_t growth(std::uint64_t before, std::uint64_t now) {
  return now < before ? now : now - before;
}

}  // namespace mesh
