// Proxies refuse what their control plane sends. Where a proxy's own statistics can be read it says
// so itself, and which resource it is (config_rejected); by default Istio's cannot, and then the
// control plane, which is told each refusal of all its proxies, is the only one to know.
#include <map>
#include <string>
#include <utility>

#include "compute/findings/about_planes.h"
#include "compute/findings/all.h"

namespace mesh {
namespace {

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  for (const auto& state : snapshot.targets) {
    if (!state->up || !state->plane) continue;
    const auto rejections = increases_of(*state, Counted::push_rejections);
    if (rejections.empty()) continue;
    std::uint64_t all = 0;
    std::string kinds;
    for (const auto& [kind, count] : rejections) {
      all += count;
      kinds.append(kinds.empty() ? "" : ", ").append(kind);
    }
    Finding finding = about_target("control_plane_pushes_rejected", Severity::warning, *state);
    finding.cause = std::to_string(all) + (all == 1 ? " push of " : " pushes of ") + kinds +
                    " refused by proxies of this control plane in the window: they go on with "
                    "what they had";
    finding.evidence = {number("rejected", all)};
    finding.remedy =
        "istioctl proxy-status names the proxies that are not in sync; istioctl analyze, and the "
        "last EnvoyFilter that was changed is the first suspect";
    found.push_back(std::move(finding));
  }
}

}  // namespace

const FindingMaker control_plane_pushes_rejected{
    "control_plane_pushes_rejected",
    "Proxies refuse configuration that this control plane sends them.", Stated::after_a_window,
    find, Among::control_planes};

}  // namespace mesh
