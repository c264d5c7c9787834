// What one poll of a target or one handshake with an endpoint cost, and what it changed, so that
// the caller can log a change once.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "model/failure.h"

namespace mesh {

// What a poll cost, whatever it brought.
struct PollCost {
  WallTime at;  // when the poll ended
  Instant ended;
  Duration took{};
  std::uint64_t bytes = 0;
};

enum class Change { none, came_up, went_down, other_failure };

// What a failure changes for one that was up or not, was never asked before (`first`), or failed
// the last time with `before`.
inline Change change_by(const Failure& failure, bool was_up, bool first,
                        const std::optional<Failure>& before) {
  if (was_up || first) return Change::went_down;
  return before && before->reason == failure.reason ? Change::none : Change::other_failure;
}

}  // namespace mesh
