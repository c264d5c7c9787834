// What looking for targets brings: those that are to be watched, those that are not, and why. And
// how well each source of them is doing.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/pod_addresses.h"
#include "model/target.h"

namespace mesh {

// Somebody who was found and is not watched.
struct NotWatched {
  std::string mesh;  // "" where it is of none
  std::string ns, pod, workload;
  std::string reason;  // "opted out by annotation mesh-exporter.io/scrape"

  bool operator==(const NotWatched&) const = default;
};

struct PodAddress {
  std::string ip;
  PodName pod;
};

// All that one source knows at a moment.
struct Discovered {
  std::vector<Target> targets;
  std::vector<NotWatched> not_watched;
  std::vector<PodAddress> addresses{};  // of pods, watched or not
};

// How one source is doing.
struct DiscoveryState {
  std::string source;                    // "file", "kubernetes"
  std::size_t targets = 0;               // that it gives
  std::vector<std::string> problems;     // what it cannot read now, a line each; empty: all is well
  std::optional<WallTime> last_success;  // when it was last read without any
};

// What comes of all sources together, beside the targets themselves. Immutable once published.
struct DiscoveryOutcome {
  std::vector<DiscoveryState> sources;  // beside the configuration
  std::vector<NotWatched> not_watched;
  PodAddresses pods;
};

}  // namespace mesh
