// Outlier detection has put endpoints aside because they failed: the others carry their load.
#include <algorithm>
#include <array>

#include "compute/findings/about_endpoints.h"
#include "compute/findings/all.h"

namespace mesh {
namespace {

constexpr std::size_t most_named = 3;

struct Reason {
  std::string_view name;  // the detail, and the name in the evidence
  std::string_view words;
};
constexpr std::array reasons{
    Reason{"consecutive_5xx", "one server error after the other"},
    Reason{"consecutive_gateway_failure", "one UNAVAILABLE or timeout after the other"},
    Reason{"consecutive_local_origin_failure", "connections that fail one after the other"},
    Reason{"success_rate", "fewer successes than the others have"},
    Reason{"local_origin_success_rate", "fewer connections that succeed than the others have"},
    Reason{"failure_percentage", "too large a share of failures"},
    Reason{"local_origin_failure_percentage", "too large a share of connections that fail"},
};

constexpr std::array remedies{
    Remedy{
        "istio",
        "look at the ejected pods (kubectl logs, restarts, mesh_upstream_endpoint_failures_total); "
        "outlierDetection of the upstream's DestinationRule says when they return"},
    Remedy{"consul",
           "look at the ejected instances (logs, mesh_upstream_endpoint_failures_total); "
           "passive_health_check of the upstream says when they return"},
    Remedy{"",
           "look at the ejected servers (logs, mesh_upstream_endpoint_failures_total); "
           "outlier_detection "
           "of the cluster says when they return"},
};

std::string addresses(const Membership& members) {
  std::string list;
  for (std::size_t i = 0; i < members.ejected.size() && i < most_named; ++i) {
    if (i > 0) list += ", ";
    list += members.ejected[i]->address;
  }
  if (members.ejected.size() > most_named) list += " and others";
  return list;
}

void judge(const TargetState& state, const Pool& pool, const Membership& members,
           std::vector<Finding>& found) {
  // None left: no_healthy_endpoint says so.
  if (members.ejected.empty() || members.ready == 0) return;
  const double share = share_of(members.ejected.size(), members.all.size());
  Finding finding = about_pool("endpoints_ejected",
                               share >= 0.5 ? Severity::critical : Severity::warning, state, pool);
  finding.cause = std::to_string(members.ejected.size()) + " of " +
                  std::to_string(members.all.size()) + " endpoints of " + name_of(pool) +
                  " ejected: " + addresses(members);
  finding.evidence = {number("ejected", members.ejected.size()),
                      number("endpoints", members.all.size()),
                      {"share", share, Unit::ratio}};
  const Reason* foremost = nullptr;
  std::uint64_t most = 0;
  for (const Reason& reason : reasons) {
    const std::uint64_t count = pool.increase(Counted::ejections, reason.name);
    if (count == 0) continue;
    finding.evidence.push_back(number(reason.name, count));
    if (count > most) foremost = &reason;
    most = std::max(most, count);
  }
  if (foremost) finding.cause += ", for " + std::string(foremost->words);
  finding.remedy = remedy_for(state.target.mesh, remedies);
  found.push_back(std::move(finding));
}

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  each_membership(snapshot, [&](const TargetState& state, const Pool& pool,
                                const Membership& members) { judge(state, pool, members, found); });
}

}  // namespace

const FindingMaker endpoints_ejected{"endpoints_ejected",
                                     "Outlier detection has put endpoints of an upstream aside.",
                                     Stated::at_once, find};

}  // namespace mesh
