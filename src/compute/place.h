// Where in an interval somebody's turn is: all are spread over it, and each has the same place in
// every interval, on every machine and whoever else there is.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/clock.h"

namespace mesh {

// From 0 up to, and without, `spread`. By a hash of the name: FNV-1a, whose upper bits the last
// letter hardly moves, and then the end of MurmurHash3, so that users-0 and users-1 are not
// neighbours.
inline Duration place_in(Duration spread, std::string_view name) {
  std::uint64_t hash = 14695981039346656037u;
  for (const unsigned char c : name) hash = (hash ^ c) * 1099511628211u;
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdu;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53u;
  hash ^= hash >> 33;
  const auto share = static_cast<double>(hash >> 11) / 9007199254740992.0;
  return std::chrono::duration_cast<Duration>(spread * share);
}

}  // namespace mesh
