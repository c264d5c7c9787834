// A skew that neither luck nor weights nor connections explain: a hash policy with a hot key, a
// slow pod that a least-request balancer avoids, a client that chooses by itself. It may be meant.
#include <algorithm>
#include <utility>

#include "compute/findings/all.h"
#include "compute/findings/balance_evidence.h"

namespace mesh {
namespace {

// An endpoint stands out that has so many requests open, and so many times those of the others.
constexpr std::uint64_t many_open = 5, times_the_others = 3;

std::string what_stands_out(const TargetState& state, const UpstreamBalance& balance,
                            std::vector<Evidence>& evidence) {
  const EndpointReading* most = nullptr;
  std::uint64_t open = 0, endpoints = 0;
  for (const EndpointReading& one : state.endpoints) {
    if (one.direction != Direction::outbound || one.upstream != balance.upstream ||
        one.subset != balance.subset) {
      continue;
    }
    open += one.requests_active.value_or(0);
    ++endpoints;
    if (!most || one.requests_active > most->requests_active) most = &one;
  }
  const std::uint64_t most_open = most ? most->requests_active.value_or(0) : 0;
  if (endpoints < 2 || most_open < many_open) return "";
  const std::uint64_t others = (open - most_open) / (endpoints - 1);
  if (most_open < times_the_others * std::max<std::uint64_t>(1, others)) return "";
  evidence.push_back({"most_requests_open", static_cast<double>(most_open), Unit::count});
  return most->address + " has " + std::to_string(most_open) + " of " + std::to_string(open) +
         " requests open: it is slow, or gets the long ones";
}

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  for (const auto& state : snapshot.targets) {
    for (const UpstreamBalance& one : state->balances) {
      if (one.balance.verdict != BalanceVerdict::uneven) continue;
      Finding finding{"traffic_uneven",
                      Severity::info,
                      state->target,
                      target_id(state->target),
                      one.upstream,
                      one.subset,
                      "",
                      "",
                      {},
                      "",
                      {}};
      finding.evidence = balance_evidence(one.balance, one.window_seconds);
      const std::string why = what_stands_out(*state, one, finding.evidence);
      finding.cause = busiest_in_words(one.balance, "endpoints") + "; ";
      finding.cause += why.empty() ? "a hash policy with a hot key, or clients that choose by "
                                     "themselves"
                                   : why;
      finding.remedy =
          "look at the load balancing policy of the upstream; if the skew is not meant, use "
          "least_request or round_robin";
      found.push_back(std::move(finding));
    }
  }
}

}  // namespace

const FindingMaker traffic_uneven{
    "traffic_uneven",
    "Load is spread unevenly, by more than luck, and neither weights nor connections explain it.",
    Stated::after_a_window, find, Among::upstreams};

}  // namespace mesh
