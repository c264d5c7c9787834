// TLS handshakes fail: with an upstream, or of callers with this pod. The reason tells who does not
// trust whom.
#include <algorithm>
#include <array>

#include "compute/findings/about_pools.h"
#include "compute/findings/all.h"

namespace mesh {
namespace {

// Of connections to an upstream. How many came in is not among the counters: there the number has
// to do.
constexpr double least_share = 0.01;

struct Reason {
  std::string_view name;  // the detail, and the name in the evidence
  std::string_view outbound, inbound;
};

constexpr std::array reasons{
    Reason{"verify",
           "the server's certificate is not trusted here: a wrong or old CA, or it has expired",
           "the caller's certificate is not trusted here: a wrong or old CA, or it has expired"},
    Reason{
        "name",
        "the server's certificate is for another name than the upstream's configuration asks for",
        "the caller's certificate is for a name that is not allowed here"},
    Reason{"no_certificate", "the server shows no certificate",
           "the caller shows no certificate: it is outside the mesh, or its sidecar has none yet"},
    Reason{"hash", "the server's certificate is not the pinned one",
           "the caller's certificate is not the pinned one"},
    Reason{"handshake",
           "the handshake breaks off: the server does not speak TLS, refuses our certificate, or "
           "shares no version or cipher with us",
           "the handshake breaks off: the caller does not trust this pod's certificate, does not "
           "speak TLS, or shares no version or cipher with it"},
};

constexpr std::array remedies{
    Remedy{
        "istio",
        "compare the roots and ends of both sides (istioctl proxy-config secret POD; "
        "mesh_certificate_remaining_seconds), then the PeerAuthentication of the server with the "
        "tls.mode of the DestinationRule"},
    Remedy{"consul",
           "compare the roots and ends of both sides (consul connect ca get-config; "
           "mesh_certificate_remaining_seconds)"},
    Remedy{"",
           "compare the roots and ends of both sides (page /certificates), then the "
           "transport_socket of "
           "the cluster with that of the server's listener"},
};

void judge(const TargetState& state, const Pool& pool, std::vector<Finding>& found) {
  const bool inbound = pool.direction == Direction::inbound;
  const std::uint64_t failures = pool.increase(Counted::tls_failures);
  const std::uint64_t opened = inbound ? 0 : pool.increase(Counted::connections);
  const double share = share_of(failures, opened);
  if (failures < fewest_to_tell || (!inbound && share < least_share)) return;
  Finding finding =
      about_pool("tls_handshake_failures",
                 share >= nearly_all ? Severity::critical : Severity::warning, state, pool);
  finding.subject = to_string(pool.direction);
  const Reason* foremost = nullptr;
  std::uint64_t most = 0;
  for (const Reason& reason : reasons) {
    const std::uint64_t count = pool.increase(Counted::tls_failures, reason.name);
    if (count == 0) continue;
    finding.evidence.push_back(number(reason.name, count));
    if (count > most) foremost = &reason;
    most = std::max(most, count);
  }
  finding.cause = counted(failures, "TLS handshake") +
                  (inbound ? " of callers failed" : " with " + name_of(pool) + " failed");
  if (!inbound) {
    finding.cause += " (" + percent(share) + " of the connections)";
    finding.evidence.push_back(number("connections_tried", opened));
    finding.evidence.push_back({"share", share, Unit::ratio});
  }
  if (foremost)
    finding.cause += ": " + std::string(inbound ? foremost->inbound : foremost->outbound);
  finding.remedy = remedy_for(state.target.mesh, remedies);
  found.push_back(std::move(finding));
}

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  each_pool(snapshot,
            [&](const TargetState& state, const Pool& pool) { judge(state, pool, found); });
}

}  // namespace

const FindingMaker tls_handshake_failures{"tls_handshake_failures",
                                          "TLS handshakes fail, with an upstream or of callers.",
                                          Stated::after_a_window, find};

}  // namespace mesh
