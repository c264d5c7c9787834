// Words and status for a probe; see readiness.h.
#include "expose/readiness.h"

#include <algorithm>

namespace mesh {

std::size_t targets_up(const Snapshot& snapshot) {
  return static_cast<std::size_t>(
      std::ranges::count_if(snapshot.targets, [](const auto& state) { return state->up; }));
}

Readiness readiness(const Snapshot& snapshot) {
  if (snapshot.pass.passes == 0) {
    return {false, "not ready: the first pass over all targets has not ended yet"};
  }
  return {true, "ready: " + std::to_string(targets_up(snapshot)) + " of " +
                    std::to_string(snapshot.targets.size()) + " targets answered"};
}

}  // namespace mesh
