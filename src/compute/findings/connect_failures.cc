// Connections to an upstream cannot be made. Those that fail at TLS are told by
// tls_handshake_failures.
#include <array>
#include <span>

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
           "port to which its sidecar sends? A readiness probe keeps calls away until it does"},
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

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  each_pool(snapshot, [&](const TargetState& state, const Pool& pool) {
    const std::uint64_t timeouts = pool.increase(Counted::connect_failures, "timeout");
    const std::uint64_t at_tls = pool.increase(Counted::tls_failures);
    const std::uint64_t refused = refused_or_reset(
        refused_or_reset(pool.increase(Counted::connect_failures, "all"), timeouts), at_tls);
    const std::uint64_t failures = refused + timeouts;
    const std::uint64_t opened = pool.increase(Counted::connections);
    const double share = share_of(failures, opened);
    if (failures < fewest_to_tell || share < least_share) return;
    Finding finding =
        about_pool("connect_failures", share >= nearly_all ? Severity::critical : Severity::warning,
                   state, pool);
    finding.cause = counted(failures, "connection") + " to " + name_of(pool) +
                    " could not be made (" + percent(share) + " of those tried): ";
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
