// What a control plane tells of itself on its own page of metrics: which version it is, how many
// proxies it looks after, what it needs. What it counts (certificates that it issued, configuration
// that it pushed) are series like any other's (model/series.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mesh {

// Proxies that are connected at this moment and say they are of this version.
struct ProxiesOfVersion {
  std::string version;  // of the mesh: "1.31.2"; "" where proxies are not told apart by it
  std::uint64_t count = 0;

  bool operator==(const ProxiesOfVersion&) const = default;
};

struct PlaneReading {
  std::string version;  // of the mesh, as released: "1.31.2"; "" where the page does not tell
  std::string build;    // the same with what it was built from; may be ""
  std::vector<ProxiesOfVersion> proxies;      // each version once; empty where that is not told
  std::optional<std::uint64_t> memory_bytes;  // resident, of its process
  std::optional<std::chrono::milliseconds> started;  // since 1970, as the process says

  bool operator==(const PlaneReading&) const = default;
};

}  // namespace mesh
