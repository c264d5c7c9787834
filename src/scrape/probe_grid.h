// When gRPC servers are asked for their health: at instants that all of them share, so that several
// are asked by one wake-up of each thread. A task switch costs more than a question does.
#pragma once

#include <chrono>

#include "base/clock.h"

namespace mesh {

// Short enough that a thousand servers each 15 s are three or four at an instant.
inline constexpr std::chrono::milliseconds probe_grid{50};

// The first of those instants that is not before this one.
inline Instant on_probe_grid(Instant when) {
  const Duration past = when.time_since_epoch() % Duration(probe_grid);
  return past == Duration::zero() ? when : when + (probe_grid - past);
}

}  // namespace mesh
