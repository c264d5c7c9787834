// How often a proxy is asked: at the configured interval, and less often when asking hurts.
//
// A proxy answers on its main thread. One that takes long, or that does not answer in time, is
// probably busy with something more important than us; one whose answer is refused as too large
// has made it all the same, for nothing. It is left alone for twice, four times, at most eight
// times the interval, and comes back step by step as its answers get quick again.
// A refused connection costs a proxy nothing and is no reason to wait: a restarted sidecar should
// be seen at once.
#pragma once

#include <algorithm>
#include <optional>

#include "base/clock.h"
#include "model/failure.h"

namespace mesh {

class Pace {
 public:
  // Whether a question that fails so has cost the proxy as much as an answer, or more.
  static bool is_dear(Reason reason) {
    return reason == Reason::timeout || reason == Reason::too_large;
  }

  // Enters one poll: how long it took of the time it might have taken, and how it failed, if it
  // did; of several failures a dear one.
  void enter(Duration took, Duration timeout, std::optional<Reason> failure) {
    const bool strained = (failure && is_dear(*failure)) || took > timeout / 2;
    level_ = strained ? std::min(level_ + 1, max_level) : std::max(level_ - 1, 0);
  }

  // Passes between two polls: 1, 2, 4 or 8.
  int passes() const { return 1 << level_; }

 private:
  static constexpr int max_level = 3;
  int level_ = 0;
};

}  // namespace mesh
