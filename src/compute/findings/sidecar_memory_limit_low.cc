// A sidecar has a small limit of memory. An Envoy begins with some 50 MiB and holds what it is told
// of the mesh, a buffer for every stream, and for a while the old beside the new when certificates
// or clusters change: below 256 MiB one burst of large messages is enough to get it killed.
#include "compute/findings/about_memory.h"
#include "compute/findings/all.h"

namespace mesh {
namespace {

constexpr std::uint64_t least_bytes = 256 * 1024 * 1024;

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  each_sidecar_memory(snapshot, [&](const TargetState& state, const SidecarResources& resources) {
    const auto& limit = resources.memory_limit;
    // Linkerd's proxy is no Envoy: it lives in a tenth, and its own default is below this.
    if (!limit || *limit >= least_bytes || state.target.mesh == "linkerd") return;
    Finding finding = about_target("sidecar_memory_limit_low", Severity::info, state);
    finding.cause = "may use " + binary_bytes(*limit) + " of memory, less than " +
                    binary_bytes(least_bytes) + ": a burst of large messages gets it killed";
    add_bytes(finding, "limit", limit);
    add_bytes(finding, "memory", resources.working_set);
    add_bytes(finding, "peak", resources.memory_peak);
    finding.remedy = remedy_for(state.target.mesh, raise_memory_limit);
    found.push_back(std::move(finding));
  });
}

}  // namespace

const FindingMaker sidecar_memory_limit_low{"sidecar_memory_limit_low",
                                            "An Envoy may use less than 256 MiB of memory.",
                                            Stated::at_once, find, Among::memory_limits};

}  // namespace mesh
