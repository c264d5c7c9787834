// A proxy, or an xDS client, that refused what its control plane sent, and goes on with what it had
// before. A refused secret is told of by rotation_failing.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/duration.h"
#include "base/quoted.h"
#include "compute/findings/about_target.h"
#include "compute/findings/all.h"

namespace mesh {
namespace {

constexpr std::size_t names_said = 3;

std::string_view things_of(ConfigKind kind) {
  switch (kind) {
    case ConfigKind::cds: return "clusters";
    case ConfigKind::lds: return "listeners";
    case ConfigKind::rds: return "routes";
    case ConfigKind::eds: return "endpoints";
    case ConfigKind::ads:
    case ConfigKind::sds: break;
  }
  return "";
}

// Of a control plane that is asked it is a client of its, named by the resource.
std::string_view who_of(const std::string& mesh) {
  return mesh == "proxyless" ? "client" : "proxy";
}

std::string remedy_of(const std::string& mesh) {
  if (mesh == "proxyless") {
    return "Take back the last change of the configuration, then correct it: a gRPC library "
           "takes but a part of what Envoy does.";
  }
  const std::string log =
      "The reason stands in the proxy's log, in the line that ends with \"rejected: …\".";
  if (mesh == "istio") {
    return log +
           " istioctl analyze and istioctl proxy-status; the last EnvoyFilter that was "
           "changed is the first suspect.";
  }
  if (mesh == "consul") {
    return log +
           " consul config list -kind service-defaults and proxy-defaults: an escape hatch "
           "(envoy_…_json) or an extension is the first suspect.";
  }
  return log + " Take back the last change of the configuration, then correct it.";
}

void find_kind(const TargetState& state, ConfigKind kind, WallTime now,
               std::vector<Finding>& found) {
  std::string names, why;
  std::size_t resources = 0;
  std::uint64_t rejections = 0;
  WallTime since = now;
  for (const RejectedConfig& one : state.control_plane.rejected) {
    if (one.kind != kind) continue;
    if (!one.name.empty() && resources < names_said)
      names += (names.empty() ? "" : ", ") + one.name;
    ++resources;
    rejections += one.rejections;
    since = std::min(since, one.since);
    if (why.empty()) why = one.why;
  }
  if (resources == 0) return;
  if (resources > names_said) names += " and " + std::to_string(resources - names_said) + " more";

  Finding finding = about_target("config_rejected", Severity::warning, state);
  finding.subject = to_string(kind);
  finding.since = since;
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  const auto first = std::chrono::floor<std::chrono::seconds>(since);
  finding.cause = std::string(things_of(kind)) + (names.empty() ? "" : " (" + names + ")") + ": " +
                  std::to_string(rejections) + (rejections == 1 ? " update" : " updates") +
                  " rejected by the " + std::string(who_of(state.target.mesh)) + ", the first " +
                  format_roughly((second - first).count()) + " ago, and none accepted since";
  if (!why.empty()) finding.cause += "; in its words: " + in_quotes(why);
  finding.remedy = remedy_of(state.target.mesh);
  finding.evidence = {{"rejected", static_cast<double>(rejections), Unit::count},
                      {"resources", static_cast<double>(resources), Unit::count}};
  for (const UpdateCounts& counts : state.control_plane.updates) {
    if (counts.kind != kind || !counts.last_update) continue;
    finding.evidence.push_back(
        {"last_accepted", unix_seconds(*counts.last_update), Unit::unix_seconds});
  }
  found.push_back(std::move(finding));
}

void find(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) {
  for (const auto& state : snapshot.targets) {
    if (state->control_plane.rejected.empty()) continue;
    for (const ConfigKind kind :
         {ConfigKind::cds, ConfigKind::lds, ConfigKind::rds, ConfigKind::eds}) {
      find_kind(*state, kind, now, found);
    }
  }
}

}  // namespace

const FindingMaker config_rejected{
    "config_rejected",
    "The proxy refused an update of its configuration and has accepted none since.",
    Stated::at_once, find, Among::configured};

}  // namespace mesh
