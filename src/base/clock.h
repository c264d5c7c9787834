// The two clocks of the program, and the words for them.
//
// `Instant` is the steady clock: deadlines, intervals, rates and restarts are measured on it, so a
// step of the wall clock (NTP, suspend) can never look like a restarted proxy or a negative rate.
// `WallTime` is what people and Prometheus timestamps mean. Pure code never asks what time it is;
// it is told. Tests pass literal instants.
#pragma once

#include <chrono>

namespace mesh {

using Instant = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;
using Duration = std::chrono::nanoseconds;

inline double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

// Seconds since 1970, as Prometheus wants `_timestamp_seconds`.
inline double unix_seconds(WallTime t) {
  return std::chrono::duration<double>(t.time_since_epoch()).count();
}

}  // namespace mesh
