// Calls, or connections where no more is seen, that an authorization policy refuses: what the
// policy says, and no failure of the mesh; but to whoever is refused by mistake they look like one.
#include <array>
#include <map>
#include <utility>

#include "compute/findings/about_pools.h"
#include "compute/findings/all.h"

namespace mesh {
namespace {

constexpr double least_share = 0.01;

constexpr std::array remedies{
    Remedy{"istio",
           "if these callers should be let in, add them to the AuthorizationPolicy of the server: "
           "istioctl experimental authz check POD -n NAMESPACE lists what applies to it"},
    Remedy{"linkerd",
           "if these callers should be let in, add them to the AuthorizationPolicy of the server: "
           "linkerd authz deploy/NAME -n NAMESPACE lists what applies to it"},
    Remedy{"consul",
           "if these callers should be let in, add an intention: consul intention check SOURCE "
           "DESTINATION says what holds"},
    Remedy{"", "if these callers should be let in, add them to the policy of the server"},
};

// By upstream and subset: calls of the window, and those of them that were answered so.
struct Answered {
  std::uint64_t denied = 0, all = 0;
};
using ByUpstream = std::map<std::pair<std::string_view, std::string_view>, Answered>;

ByUpstream answered(const CounterView& traffic) {
  ByUpstream sums;
  const std::vector<SeriesKey>& keys = *traffic.keys;
  for (std::size_t i = 0; i < keys.size() && i < traffic.increases.size(); ++i) {
    const SeriesKey& key = keys[i];
    if (key.counted != Counted::calls || key.direction != Direction::outbound) continue;
    Answered& sum = sums[{key.upstream, key.subset}];
    sum.all += traffic.increases[i];
    if (key.detail == "PERMISSION_DENIED") sum.denied += traffic.increases[i];
  }
  return sums;
}

void state_it(Finding finding, std::uint64_t denied, std::optional<double> share,
              std::vector<Finding>& found) {
  finding.evidence.push_back(number("denied", denied));
  if (share) finding.evidence.push_back({"share", *share, Unit::ratio});
  finding.remedy = remedy_for(finding.whose.mesh, remedies);
  found.push_back(std::move(finding));
}

// What was refused at this side: the caller's proxy does not see why (dialect/istio_tcp.h).
void find_callers(const TargetState& state, const Pool& pool, std::vector<Finding>& found) {
  const std::uint64_t calls = pool.increase(Counted::denials, "enforced");
  const std::uint64_t connections =
      pool.direction == Direction::inbound ? pool.increase(Counted::tcp_closed, "denied") : 0;
  if (calls + connections < fewest_to_tell) return;
  Finding finding = about_pool("calls_denied", Severity::info, state, pool);
  finding.subject = "callers";
  finding.cause = connections == 0 ? counted(calls, "call") : counted(connections, "connection");
  finding.cause += " of callers refused in the window by an authorization policy of this ";
  finding.cause += pool.owner.empty() ? "pod" : "workload";
  state_it(std::move(finding), calls + connections, std::nullopt, found);
}

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  each_pool(snapshot,
            [&](const TargetState& state, const Pool& pool) { find_callers(state, pool, found); });
  for (const auto& state : snapshot.targets) {
    if (!state->up) continue;
    for (const auto& [name, sum] : answered(state->traffic)) {
      const double share = share_of(sum.denied, sum.all);
      if (sum.denied < fewest_to_tell || share < least_share) continue;
      Finding finding{"calls_denied",
                      Severity::info,
                      state->target,
                      target_id(state->target),
                      std::string(name.first),
                      std::string(name.second),
                      "",
                      "",
                      {},
                      "",
                      {}};
      finding.cause = percent(share) + " of the calls to " + finding.upstream +
                      " are answered PERMISSION_DENIED: by a policy of the mesh, or by the "
                      "application itself";
      state_it(std::move(finding), sum.denied, share, found);
    }
  }
}

}  // namespace

const FindingMaker calls_denied{"calls_denied",
                                "Calls are refused by an authorization policy, or answered "
                                "PERMISSION_DENIED: shown as what it is, not as a failure.",
                                Stated::after_a_window, find};

}  // namespace mesh
