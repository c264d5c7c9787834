// Whether the exporter has something to say: the answer of /-/ready. Kubernetes keeps a rollout
// waiting on it, so it turns ready with the first full pass, whatever the targets answered.
#pragma once

#include <string>

#include "model/snapshot.h"

namespace mesh {

struct Readiness {
  bool ready = false;
  std::string words;  // one line
};

// Ready once every target has been asked, whatever they answered: an unreachable sidecar is data,
// not a reason to take the exporter out of service.
Readiness readiness(const Snapshot& snapshot);

// Targets whose last poll brought readings.
std::size_t targets_up(const Snapshot& snapshot);

}  // namespace mesh
