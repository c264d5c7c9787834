// Sidecars of a version that their control plane does not support. Istio supports a data plane one
// minor version behind the control plane and none that is ahead of it; Linkerd likewise, of its
// stable releases ("2.x" counts as a minor version here).
//
// A control plane that tells the versions of its proxies speaks for all of them, wherever they run;
// sidecars are looked at one by one only where it does not.
#include "compute/version_skew.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>

#include "compute/findings/about_planes.h"
#include "compute/findings/all.h"

namespace mesh {
namespace {

constexpr std::int64_t most_behind = 1;

bool is_supported(std::int64_t behind) { return behind >= 0 && behind <= most_behind; }

std::string distance(std::int64_t behind) {
  const std::uint64_t minors = static_cast<std::uint64_t>(behind < 0 ? -behind : behind);
  return counted(minors, "minor version") + (behind < 0 ? " ahead" : " behind");
}

constexpr std::string_view upgrade =
    "restart the workloads, so that they are given the sidecar of the control plane: kubectl "
    "rollout restart; where sidecars are ahead, upgrade the control plane, or roll them back";

void find_proxies(const TargetState& state, MeshVersion plane, std::vector<Finding>& found) {
  std::uint64_t outside = 0, all = 0;
  std::int64_t furthest = 0;
  std::string version;
  for (const ProxiesOfVersion& one : state.plane->proxies) {
    all += one.count;
    const auto proxies = read_mesh_version(one.version);
    const auto behind = proxies ? versions_behind(plane, *proxies) : std::nullopt;
    if (one.count == 0 || !behind || is_supported(*behind)) continue;
    outside += one.count;
    const bool is_further = version.empty() || std::abs(*behind) > std::abs(furthest);
    if (!is_further) continue;
    furthest = *behind;
    version = one.version;
  }
  if (outside == 0) return;
  Finding finding = about_target("version_skew", Severity::warning, state);
  finding.cause = std::to_string(outside) + " of " + std::to_string(all) +
                  " connected proxies are of a version that this control plane, " +
                  std::string(plane_version(state)) + ", does not support; the furthest is " +
                  version + ", " + distance(furthest);
  finding.evidence = {number("proxies", outside),
                      number("connected", all),
                      {"minor_versions_behind", static_cast<double>(furthest), Unit::count}};
  finding.remedy = upgrade;
  found.push_back(std::move(finding));
}

bool tells_versions(const TargetState& state) {
  return std::ranges::any_of(state.plane->proxies, [](const ProxiesOfVersion& one) {
    return read_mesh_version(one.version).has_value();
  });
}

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  std::map<std::string, bool> spoken_for;  // meshes
  for (const auto& state : snapshot.targets) {
    if (!state->plane) continue;
    const auto plane = read_mesh_version(plane_version(*state));
    if (!plane || !tells_versions(*state)) continue;
    spoken_for[state->target.mesh] = true;
    find_proxies(*state, *plane, found);
  }
  const PlaneVersions planes(snapshot);
  for (const auto& state : snapshot.targets) {
    const auto behind = planes.skew_of(*state);
    if (!behind || is_supported(*behind) || spoken_for.contains(state->target.mesh)) continue;
    Finding finding = about_target("version_skew", Severity::warning, *state);
    finding.cause = "is of version " + std::string(sidecar_version(*state)) + ", " +
                    distance(*behind) + " its control plane, which is not supported";
    finding.evidence = {{"minor_versions_behind", static_cast<double>(*behind), Unit::count}};
    finding.remedy = upgrade;
    found.push_back(std::move(finding));
  }
}

}  // namespace

const FindingMaker version_skew{
    "version_skew",
    "Sidecars are more than one minor version behind their control plane, or ahead of it.",
    Stated::at_once, find, Among::control_planes};

}  // namespace mesh
