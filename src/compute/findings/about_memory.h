// What the findings about a sidecar's memory share: the walk, and where its limit is set.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/binary_bytes.h"
#include "compute/findings.h"
#include "compute/findings/about_target.h"
#include "compute/findings/remedy.h"

namespace mesh {

inline constexpr std::array raise_memory_limit{
    Remedy{"istio",
           "raise the annotation sidecar.istio.io/proxyMemoryLimit of the pod (with proxyMemory, "
           "its request), and let a Sidecar resource send it only the services that it calls"},
    Remedy{"linkerd", "raise the annotation config.linkerd.io/proxy-memory-limit of the pod"},
    Remedy{"consul",
           "raise the annotation consul.hashicorp.com/sidecar-proxy-memory-limit of the pod"},
    Remedy{"",
           "raise the limit of the container (resources.limits.memory) or service (systemd: "
           "MemoryMax), or give the proxy less to hold: fewer clusters, smaller "
           "per_connection_buffer_limit_bytes"},
};

// visit(state, resources) for every target whose control group is looked at, or told of.
template <class Visit>
void each_sidecar_memory(const Snapshot& snapshot, Visit visit) {
  for (const auto& state : snapshot.targets) {
    if (state->resources) visit(*state, *state->resources);
  }
}

// Left out where it is not told.
inline void add_bytes(Finding& finding, std::string_view name,
                      const std::optional<std::uint64_t>& bytes) {
  if (bytes) finding.evidence.push_back({name, static_cast<double>(*bytes), Unit::bytes});
}

}  // namespace mesh
