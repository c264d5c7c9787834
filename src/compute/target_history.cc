// From polls to the published state of one target.
#include "compute/target_history.h"

#include <algorithm>
#include <utility>

namespace mesh {
namespace {

WindowConfig window_config(const PollConfig& poll) {
  // Half an interval of slack: where window and interval are equal, the poll before this one is a
  // little older than the window because of jitter, and is still its rightful start.
  return {poll.window, poll.interval / 2, poll.stale_after};
}

}  // namespace

TargetHistory::TargetHistory(Target target, const PollConfig& poll, const LimitsConfig& limits)
    : stale_after_(poll.stale_after),
      folder_(limits),
      traffic_(window_config(poll), folder_),
      endpoint_requests_(window_config(poll), folder_) {
  state_.target = std::move(target);
  state_.poll_interval = poll.interval;
}

Change TargetHistory::record(const Readings& readings, const PollCost& cost) {
  const bool was_up = state_.up;
  note_cost(cost);
  state_.up = true;
  state_.failure.reset();
  state_.last_success = cost.at;
  for (const Failure& failure : readings.partial) count(failure);
  state_.parse_errors += readings.unreadable;
  state_.ambiguous_series = readings.ambiguous;
  if (readings.proxy) {
    state_.proxy = readings.proxy;
    proxy_seen_ = cost.ended;
  }
  if (readings.traffic) traffic_.enter(*readings.traffic, readings.incarnation, readings.at);
  if (readings.endpoints) {
    endpoint_requests_.enter(*readings.endpoints, readings.incarnation, readings.at);
    state_.endpoints = readings.endpoint_states;
    endpoints_seen_ = cost.ended;
  }
  return was_up ? Change::none : Change::came_up;
}

Change TargetHistory::record(const Failure& failure, const PollCost& cost) {
  const bool first = !state_.last_attempt;
  const bool was_up = state_.up;
  const bool same_reason = state_.failure && state_.failure->reason == failure.reason;
  note_cost(cost);
  state_.up = false;
  state_.failure = failure;
  count(failure);
  if (failure.reason == Reason::parse) ++state_.parse_errors;
  if (was_up || first) return Change::went_down;
  return same_reason ? Change::none : Change::other_failure;
}

void TargetHistory::count(const Failure& failure) {
  ++state_.failures[static_cast<std::size_t>(failure.reason)];
}

void TargetHistory::note_cost(const PollCost& cost) {
  state_.last_attempt = cost.at;
  state_.scrape_seconds = seconds(cost.took);
  state_.scrape_bytes = cost.bytes;
}

std::shared_ptr<const TargetState> TargetHistory::state(Instant now) {
  auto state = std::make_shared<TargetState>(state_);
  state->traffic = traffic_.view(now);
  state->endpoint_requests = endpoint_requests_.view(now);
  const auto stale = [&](const std::optional<Instant>& seen) {
    return !seen || now - *seen > stale_after_;
  };
  if (stale(proxy_seen_)) state->proxy.reset();
  if (stale(endpoints_seen_)) state->endpoints.clear();
  if (state->proxy && state->proxy->started) {
    // A process is known to have begun only to the second: not later than now, though.
    state->uptime_seconds = std::max(0.0, seconds(*proxy_seen_ - *state->proxy->started));
  }
  return state;
}

}  // namespace mesh
