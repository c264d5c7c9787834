// Calls wait, or are refused, because a connection takes only so many streams at once and there is
// no other connection for them.
#include <array>

#include "compute/findings/about_pools.h"
#include "compute/findings/all.h"

namespace mesh {
namespace {

constexpr double least_share = 0.001;

constexpr std::array remedies{
    Remedy{"istio",
           "raise connectionPool.tcp.maxConnections in the upstream's DestinationRule, or the "
           "server's "
           "MAX_CONCURRENT_STREAMS"},
    Remedy{"consul",
           "raise limits.max_connections of the upstream, or the server's MAX_CONCURRENT_STREAMS"},
    Remedy{"",
           "raise the server's MAX_CONCURRENT_STREAMS (gRPC) or max_concurrent_streams (Envoy), or "
           "let "
           "circuit_breakers.thresholds.max_connections of the cluster open more connections"},
};

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  each_pool(snapshot, [&](const TargetState& state, const Pool& pool) {
    const std::uint64_t refusals = pool.increase(Counted::stream_refusals);
    const std::uint64_t attempts = pool.increase(Counted::attempts);
    const double share = share_of(refusals, attempts + refusals);
    const bool refuses = refusals >= fewest_to_tell && share >= least_share;
    // What is refused on top of that is told by pool_exhausted.
    const bool waits = waits_for_streams(pool) && refused_calls(pool) < fewest_to_tell;
    if (!refuses && !waits) return;
    Finding finding = about_pool("stream_limit", Severity::warning, state, pool);
    finding.evidence = {number("requests_pending", pool.now.pending.active),
                        number("requests_active", pool.now.requests.active)};
    add_use(finding, "connections", "connections_limit", pool.now.connections);
    if (refuses) {
      finding.cause = counted(refusals, "stream") +
                      " of callers refused in the window: more at once than this sidecar allows on "
                      "a connection";
      finding.evidence.push_back(number("refused_streams", refusals));
      finding.evidence.push_back({"share", share, Unit::ratio});
    } else {
      finding.cause = counted(pool.now.pending.active, "call") + " to " + name_of(pool) +
                      " waiting: " + counted(pool.now.connections.active, "connection") +
                      " with as many streams as allowed, and no more may be opened";
    }
    finding.remedy = remedy_for(state.target.mesh, remedies);
    found.push_back(std::move(finding));
  });
}

}  // namespace

const FindingMaker stream_limit{
    "stream_limit",
    "Calls wait or are refused because connections have as many streams as they may.",
    Stated::after_a_window, find};

}  // namespace mesh
