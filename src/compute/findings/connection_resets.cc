// Calls are cut short on their way: the upstream resets their streams, or connections break while
// calls are on them. Connections that fail at TLS are told by tls_handshake_failures.
#include <algorithm>
#include <array>

#include "compute/findings/about_pools.h"
#include "compute/findings/all.h"

namespace mesh {
namespace {

constexpr double least_share = 0.01;

constexpr std::array remedies{
    Remedy{"istio",
           "let servers drain before they end (terminationDrainDuration, preStop, GracefulStop of "
           "gRPC) "
           "and "
           "look for restarts and OOM kills of the upstream's pods"},
    Remedy{"consul",
           "let servers drain before they end (GracefulStop of gRPC) and look for restarts and OOM "
           "kills "
           "of "
           "the upstream's instances"},
    Remedy{"",
           "let servers drain before they end (GracefulStop of gRPC) and look for restarts of the "
           "upstream; "
           "compare idle timeouts and keepalives along the way"},
};

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  each_pool(snapshot, [&](const TargetState& state, const Pool& pool) {
    // With TLS 1.3 a client is done, and sends its first calls, before it hears that the server
    // refuses its certificate; now and then the connection is gone before it has heard.
    const std::uint64_t at_tls = pool.increase(Counted::tls_failures);
    if (share_of(at_tls, pool.increase(Counted::connections)) >= nearly_all) return;
    const std::uint64_t all_broken = pool.increase(Counted::resets, "connection");
    const std::uint64_t broken = all_broken > at_tls ? all_broken - at_tls : 0;
    const std::uint64_t remote = pool.increase(Counted::resets, "remote");
    // Who waited for a connection that could not be made is among the lost; where none broke,
    // there are no others, and where TLS failed they are not told apart.
    const bool others_lost = broken > 0 && at_tls == 0;
    const std::uint64_t lost =
        std::max(broken, others_lost ? pool.increase(Counted::resets, "lost") : 0);
    const std::uint64_t attempts = pool.increase(Counted::attempts);
    const double share = std::min(1.0, share_of(lost + remote, attempts));
    if (lost + remote < fewest_to_tell || share < least_share) return;
    Finding finding = about_pool(
        "connection_resets", share >= 0.1 ? Severity::critical : Severity::warning, state, pool);
    finding.cause = counted(lost + remote, "call") + " to " + name_of(pool) + " cut short (" +
                    percent(share) + "): ";
    finding.cause +=
        broken == 0 ? "reset by the upstream" : counted(broken, "connection") + " broke under them";
    finding.evidence = {number("broken_connections", broken),
                        number("lost_calls", lost),
                        number("remote_resets", remote),
                        number("requests", attempts),
                        {"share", share, Unit::ratio}};
    finding.remedy = remedy_for(state.target.mesh, remedies);
    found.push_back(std::move(finding));
  });
}

}  // namespace

const FindingMaker connection_resets{
    "connection_resets", "Calls are cut short: streams are reset, or connections break under them.",
    Stated::after_a_window, find};

}  // namespace mesh
