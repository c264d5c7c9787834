// Connections to an upstream cannot be made. Those that fail at TLS are told by
// tls_handshake_failures.
#include <array>
#include <span>
#include <string>
#include <utility>

#include "compute/findings/about_pools.h"
#include "compute/findings/all.h"
#include "compute/pools.h"

namespace mesh {
namespace {

// Of a hundred pods one that dies answers nobody for a while.
constexpr double least_share = 0.05;

constexpr std::array refused_remedy{
    Remedy{"istio",
           "compare the Service's targetPort and endpoints with the port on which the pods listen "
           "(kubectl get endpointslices; istioctl proxy-config endpoints)"},
    Remedy{
        "consul",
        "compare the port and the health of the registered instances with the port on which they "
        "listen (consul catalog services; checks in the service definition)"},
    Remedy{"", "compare the endpoints of the cluster with the port on which the servers listen"},
};
// Towards the pod's own application, whatever the mesh.
constexpr std::array application_remedy{
    Remedy{"",
           "is the application of this pod up (its log, its restarts), and does it listen on the "
           "port to which its proxy sends? A readiness probe keeps calls away until it does"},
};
constexpr std::array timeout_remedy{
    Remedy{"istio",
           "nothing answers at these addresses: look for NetworkPolicies, security groups and "
           "endpoints "
           "of pods that are gone; a shorter connectionPool.tcp.connectTimeout fails sooner"},
    Remedy{"consul",
           "nothing answers at these addresses: look for security groups and instances that are "
           "gone; a "
           "shorter connect_timeout_ms of the upstream fails sooner"},
    Remedy{"",
           "nothing answers at these addresses: look for firewalls and endpoints that are gone; a "
           "shorter "
           "connect_timeout of the cluster fails sooner"},
};

Severity severity_of(double share) {
  return share >= nearly_all ? Severity::critical : Severity::warning;
}

std::string cause_of(std::uint64_t failures, double share, const Pool& pool) {
  return counted(failures, "connection") + " to " + name_of(pool) + " could not be made (" +
         percent(share) + " of those tried): ";
}

// Of connections that nobody takes for requests.
constexpr std::array ambient_remedy{
    Remedy{"istio",
           "the ztunnel does not tell why: does the other side listen at that port, and do its "
           "AuthorizationPolicies let this workload in? Its own ztunnel tells a refusal by policy "
           "(mesh_policy_denials_total), and both log each connection (kubectl logs -n "
           "istio-system ds/ztunnel)"},
};

void find_ambient(const TargetState& state, const Pool& pool, std::vector<Finding>& found) {
  const std::uint64_t failures = pool.increase(Counted::tcp_closed, "connect_failed");
  const std::uint64_t opened = pool.increase(Counted::tcp_opened);
  const double share = share_of(failures, opened);
  if (failures < fewest_to_tell || share < least_share) return;
  Finding finding = about_pool("connect_failures", severity_of(share), state, pool);
  const bool inbound = pool.direction == Direction::inbound;
  finding.cause = cause_of(failures, share, pool) + "refused or not answered";
  if (!inbound) finding.cause += ", or denied by a policy of the other side";
  finding.evidence = {number("not_made", failures),
                      number("connections_tried", opened),
                      {"share", share, Unit::ratio}};
  std::span<const Remedy> remedies = ambient_remedy;
  if (inbound) {
    remedies = application_remedy;
    finding.subject = "application";
  }
  finding.remedy = remedy_for(state.target.mesh, remedies);
  found.push_back(std::move(finding));
}

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  each_pool(snapshot, [&](const TargetState& state, const Pool& pool) {
    find_ambient(state, pool, found);
    const std::uint64_t timeouts = pool.increase(Counted::connect_failures, "timeout");
    const std::uint64_t at_tls = pool.increase(Counted::tls_failures);
    const std::uint64_t refused = refused_or_reset(
        refused_or_reset(pool.increase(Counted::connect_failures, "all"), timeouts), at_tls);
    const std::uint64_t failures = refused + timeouts;
    const std::uint64_t opened = pool.increase(Counted::connections);
    const double share = share_of(failures, opened);
    if (failures < fewest_to_tell || share < least_share) return;
    Finding finding = about_pool("connect_failures", severity_of(share), state, pool);
    finding.cause = cause_of(failures, share, pool);
    if (refused == 0) {
      finding.cause += "no answer in time";
    } else if (timeouts == 0) {
      finding.cause += "refused or reset";
    } else {
      finding.cause += std::to_string(refused) + " refused or reset, " + std::to_string(timeouts) +
                       " without an answer in time";
    }
    finding.evidence = {number("refused_or_reset", refused),
                        number("timeouts", timeouts),
                        number("connections_tried", opened),
                        {"share", share, Unit::ratio}};
    std::span<const Remedy> remedies = timeouts > refused ? timeout_remedy : refused_remedy;
    if (pool.direction == Direction::inbound) remedies = application_remedy;
    finding.remedy = remedy_for(state.target.mesh, remedies);
    found.push_back(std::move(finding));
  });
}

}  // namespace

const FindingMaker connect_failures{"connect_failures",
                                    "Connections to an upstream are refused, or time out.",
                                    Stated::after_a_window, find};

}  // namespace mesh
