// The beat of questions that are asked more rarely than a target is polled: once an interval.
//
// Polls are never quite on time: one that comes a little early is not put off to the next.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/clock.h"

namespace mesh {

class Beat {
 public:
  explicit Beat(Duration interval)
      : interval_(interval - std::min<Duration>(interval / 10, std::chrono::seconds(1))) {}

  // True before the first time, and an interval after the last.
  bool is_due(Instant now) const { return !last_ || now - *last_ >= interval_; }

  void strike(Instant now) { last_ = now; }
  bool began() const { return last_.has_value(); }
  void forget() { last_.reset(); }

 private:
  Duration interval_;
  std::optional<Instant> last_;
};

}  // namespace mesh
