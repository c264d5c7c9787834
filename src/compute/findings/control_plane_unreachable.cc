// A proxy that is cut off from its control plane, or from the issuer of its certificates. All goes
// on as it was until the first certificate ends, so it is said while there is time.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/duration.h"
#include "compute/findings/about_target.h"
#include "compute/findings/all.h"

namespace mesh {
namespace {

using std::chrono::sys_seconds;

// One look may fall into a control plane's restart.
constexpr std::uint64_t believed_after = 2;
constexpr std::size_t names_said = 3;

struct Cut {
  std::vector<const LinkState*> links;
  bool config = false, secrets = false;
  bool ever_answered = true;
  sys_seconds since;
};

// "sds default, ROOTCA"
std::string names_of(const Cut& cut, bool secrets) {
  std::string names;
  std::size_t named = 0, more = 0;
  ConfigKind last = ConfigKind::ads;
  for (const LinkState* link : cut.links) {
    if ((link->kind == ConfigKind::sds) != secrets) continue;
    const bool other_kind = names.empty() || link->kind != last;
    if (named >= names_said && !other_kind) {
      ++more;
      continue;
    }
    if (!names.empty()) names += ", ";
    if (other_kind) names += to_string(link->kind);
    if (other_kind && !link->name.empty()) names += ' ';
    names += link->name;
    last = link->kind;
    ++named;
  }
  return more == 0 ? names : names + " and " + std::to_string(more) + " more";
}

std::string cause_of(const Cut& cut, const std::optional<Cascade>& cascade, sys_seconds now) {
  std::string words = "no connection to the ";
  if (cut.config) words += "control plane (" + names_of(cut, false) + ")";
  if (cut.config && cut.secrets) words += " and to the ";
  if (cut.secrets) words += "issuer of certificates (" + names_of(cut, true) + ")";
  words += " for " + format_roughly(std::max<std::int64_t>(0, (now - cut.since).count()));
  if (!cut.ever_answered) words += ", and no answer since the proxy began";
  if (!cascade) return words + "; it goes on with what it has";
  const auto left = (cascade->at - now).count();
  words += "; leaf " + cascade->leaf;
  if (left <= 0) return words + " ran out " + format_roughly(-left) + " ago: new connections fail";
  return words + " runs out in " + format_roughly(left) + ", and from then on new connections fail";
}

std::string remedy_of(const std::string& mesh, const Cut& cut) {
  if (mesh == "istio") {
    return "This link ends at the pilot-agent in the pod, so first its log: kubectl logs POD -c "
           "istio-proxy; then istiod: istioctl proxy-status, kubectl get pods -n istio-system.";
  }
  if (mesh == "consul") {
    return "Look at the log of consul-dataplane (or of the local Consul client), and whether the "
           "servers answer: consul members, consul operator raft list-peers.";
  }
  if (mesh == "linkerd") return "linkerd check --proxy; kubectl get pods -n linkerd.";
  std::string words;
  if (cut.secrets) {
    words =
        "Restart the issuer that serves SDS on this node (SPIRE: spire-agent healthcheck, then "
        "its log).";
  }
  if (cut.config) {
    words += words.empty() ? "" : " ";
    words +=
        "Is the control plane of the proxy's bootstrap up, and may the proxy reach it (name, "
        "port, network policy)?";
  }
  return words;
}

// Less than two hours, or than a third of its life: when it was to be renewed.
bool is_near(const Cascade& cascade, sys_seconds now) {
  const auto left = cascade.at - now;
  if (left < std::chrono::hours(2)) return true;
  return cascade.not_before && left < (cascade.at - *cascade.not_before) / 3;
}

Cut cut_of(const ControlPlaneState& plane) {
  Cut cut;
  for (const LinkState& link : plane.links) {
    if (link.connected || link.cut_looks < believed_after || !link.cut_since) continue;
    const auto since = std::chrono::floor<std::chrono::seconds>(*link.cut_since);
    cut.since = cut.links.empty() ? since : std::min(cut.since, since);
    cut.links.push_back(&link);
    (link.kind == ConfigKind::sds ? cut.secrets : cut.config) = true;
    cut.ever_answered = cut.ever_answered && link.ever_answered;
  }
  return cut;
}

void find(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  for (const auto& state : snapshot.targets) {
    const Cut cut = cut_of(state->control_plane);
    if (cut.links.empty()) continue;
    const std::optional<Cascade>& cascade = state->control_plane.cascade;
    const bool near = cascade && is_near(*cascade, second);
    Finding finding = about_target("control_plane_unreachable",
                                   near ? Severity::critical : Severity::warning, *state);
    finding.cause = cause_of(cut, cascade, second);
    finding.remedy = remedy_of(state->target.mesh, cut);
    finding.since = cut.since;
    const auto number = [](std::int64_t n) { return static_cast<double>(n); };
    finding.evidence = {
        {"links_cut", static_cast<double>(cut.links.size()), Unit::count},
        {"cut_for", number((second - cut.since).count()), Unit::seconds},
    };
    if (cascade) {
      const sys_seconds at = cascade->at;
      finding.evidence.push_back({"remaining", number((at - second).count()), Unit::seconds});
      finding.evidence.push_back(
          {"cascade", number(at.time_since_epoch().count()), Unit::unix_seconds});
    }
    found.push_back(std::move(finding));
  }
}

}  // namespace

const FindingMaker control_plane_unreachable{
    "control_plane_unreachable",
    "A proxy is cut off from its control plane, or from the issuer of its certificates.",
    Stated::at_once, find, Among::links};

}  // namespace mesh
