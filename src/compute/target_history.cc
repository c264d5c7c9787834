// From polls to the published state of one target.
#include "compute/target_history.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "compute/assemble.h"
#include "compute/pools.h"
#include "compute/upstream_balances.h"

namespace mesh {
namespace {

WindowConfig window_config(const PollConfig& poll) {
  // Half an interval of slack: where window and interval are equal, the poll before this one is a
  // little older than the window because of jitter, and is still its rightful start.
  return {poll.window, poll.interval / 2, poll.stale_after};
}

// gRPC calls that the workload received in the window: none at all is a number, too.
std::optional<std::uint64_t> received_in(const CounterView& traffic) {
  if (traffic.window_seconds <= 0) return std::nullopt;
  std::uint64_t received = 0;
  for (std::size_t i = 0; i < traffic.increases.size(); ++i) {
    if (is_call_received((*traffic.keys)[i])) received += traffic.increases[i];
  }
  return received;
}

// Whether the answer to the same question may be another one the next time.
bool is_passing(Reason reason) {
  return reason == Reason::connect || reason == Reason::timeout || reason == Reason::tls ||
         reason == Reason::not_asked;
}

// The one identity of all leaves in use; "" if there are several or none. Which of several a
// connection was made under is not told, and the name of the one that was replaced last would
// change with every rotation, and with it the series.
std::string_view sole_identity(const CertificatePlace* place) {
  std::string_view sole;
  if (!place) return sole;
  for (const KnownCertificate& known : place->known) {
    if (known.in_use.role != CertificateRole::leaf) continue;
    const std::string_view identity = identity_of(known.in_use);
    if (!sole.empty() && sole != identity) return {};
    sole = identity;
  }
  return sole;
}

bool holds_leaf(const std::shared_ptr<const CertificatePlace>& place) {
  return place && std::ranges::any_of(place->known, [](const KnownCertificate& known) {
           return known.in_use.role == CertificateRole::leaf;
         });
}

}  // namespace

TargetHistory::TargetHistory(Target target, const Config& config)
    : stale_after_(config.poll.stale_after),
      certificates_stale_after_(config.certificates.stale_after),
      remembered_(config.poll.window + config.poll.stale_after),
      balance_rules_(balance_rules(config.balance)),
      folder_(config.limits),
      traffic_(window_config(config.poll), folder_),
      endpoint_requests_(window_config(config.poll), folder_),
      connection_spread_(config.poll.window, config.poll.interval / 2),
      admin_place_{{CertificateSource::admin, "", certificate_rules(target)}},
      agent_place_{{CertificateSource::proxy, "", certificate_rules(target)}},
      control_plane_(target.mesh == "istio"),
      resources_(config.poll.stale_after, std::max<Duration>(kills_recent, config.poll.window)) {
  state_.target = std::move(target);
  state_.poll_interval = config.poll.interval;
}

Change TargetHistory::record(const Readings& readings, const PollCost& cost) {
  const bool was_up = state_.up;
  note_cost(cost);
  state_.up = true;
  state_.failure.reset();
  state_.last_success = cost.at;
  for (const Failure& failure : readings.partial) count(failure);
  note_unanswered(readings, cost.at);
  state_.parse_errors += readings.unreadable;
  state_.unreadable = readings.unreadable;
  state_.unreadable_sample = readings.unreadable_sample;
  state_.ambiguous_series = readings.ambiguous;
  state_.library = readings.library;
  if (readings.proxy) {
    state_.proxy = readings.proxy;
    proxy_seen_ = cost.ended;
  }
  state_.heap = readings.heap;
  state_.plane = readings.plane;
  if (readings.traffic) {
    traffic_.enter(*readings.traffic, readings.incarnation, readings.at);
    connection_ages_.enter(traffic_.view(readings.at), cost.at);
  }
  if (readings.endpoints) {
    endpoint_requests_.enter(*readings.endpoints, readings.incarnation, readings.at);
    state_.endpoints = readings.endpoint_states;
    state_.endpoint_counts = readings.endpoint_counts;
    presence_.enter(readings.endpoint_states, readings.at, remembered_);
    endpoints_seen_ = cost.ended;
  }
  state_.upstreams = readings.upstreams;
  state_.inbound_connections = readings.inbound_connections;
  if (readings.server_connections) {
    connection_spread_.enter(*readings.server_connections, readings.at);
  } else {
    connection_spread_.forget();
  }
  state_.ambient = readings.ambient;
  tcp_open_ = readings.tcp_open;
  upstreams_seen_ = cost.ended;
  if (readings.settings) {
    state_.settings = std::make_shared<const SettingsReading>(*readings.settings);
  }
  if (readings.declared) {
    state_.declared = std::make_shared<const DeclaredMethods>(*readings.declared);
  }
  note_certificates(readings, cost);
  control_plane_.enter(readings.control_plane, readings.incarnation, readings.at, cost.at);
  seen_ = cost.ended;
  return was_up ? Change::none : Change::came_up;
}

void TargetHistory::note_certificates(const Readings& readings, const PollCost& cost) {
  const CertificateLook* look = readings.certificates ? &*readings.certificates : nullptr;
  std::vector<Rotation> rotations;
  if (look) {
    rotations = admin_place_.book.enter(*look, cost.at);
    admin_place_.seen = cost.ended;
  }
  if (readings.agent) note_agent(*readings.agent, cost);
  stale_connections_.enter(readings.tls, readings.incarnation, look, rotations);
  rotation_failures_.enter(readings.tls, readings.incarnation, look, !rotations.empty());
}

void TargetHistory::note_agent(const AgentReading& agent, const PollCost& cost) {
  const bool had_leaf = holds_leaf(agent_place_.book.place());
  const std::vector<Rotation> rotations = agent_place_.book.enter(agent.look, cost.at);
  agent_place_.seen = cost.ended;
  if (agent.link) control_plane_.enter_agent(*agent.link, cost.at);
  const bool obtained = !had_leaf && holds_leaf(agent_place_.book.place());
  agent_failures_.enter(agent.failures, obtained || !rotations.empty());
}

Change TargetHistory::record(const Failure& failure, const PollCost& cost) {
  const Change change = change_by(failure, state_.up, !state_.last_attempt, state_.failure);
  note_cost(cost);
  state_.up = false;
  state_.failure = failure;
  state_.last_failure = failure;
  state_.last_failure_at = cost.at;
  count(failure);
  if (failure.reason == Reason::parse) ++state_.parse_errors;
  return change;
}

void TargetHistory::count(const Failure& failure) {
  ++state_.failures[static_cast<std::size_t>(failure.reason)];
}

// Not every question is asked in every poll, a refused one least of all: that it was not asked this
// time says nothing.
void TargetHistory::note_unanswered(const Readings& readings, WallTime at) {
  std::vector<Unanswered>& known = state_.unanswered;
  std::erase_if(known, [&](const Unanswered& one) {
    const auto is_it = [&](const Failure& failure) { return question_of(failure) == one.question; };
    if (std::ranges::any_of(readings.partial, is_it)) return true;
    if (std::ranges::find(readings.heard, one.question) != readings.heard.end()) return true;
    return is_passing(one.failure.reason) && std::ranges::none_of(readings.left_out, is_it);
  });
  for (const Failure& failure : readings.partial) {
    known.push_back({std::string(question_of(failure)), failure, at});
  }
  for (const Failure& failure : readings.left_out) {
    const std::string question(question_of(failure));
    auto it = std::ranges::find(known, question, &Unanswered::question);
    if (it == known.end()) it = known.insert(it, {question, failure, at});
    it->failure = failure;
    it->left_out = true;
  }
}

void TargetHistory::note_cost(const PollCost& cost) {
  state_.last_attempt = cost.at;
  state_.scrape_seconds = seconds(cost.took);
  state_.scrape_bytes = cost.bytes;
}

std::shared_ptr<const TargetState> TargetHistory::state(Instant now, WallTime wall) {
  auto state = std::make_shared<TargetState>(state_);
  state->traffic = traffic_.view(now);
  state->endpoint_requests = endpoint_requests_.view(now);
  state->folded = sum_folds({folder_.folded()});
  const auto recent = [&](const std::optional<Instant>& seen, Duration stale_after) {
    return seen && now - *seen <= stale_after;
  };
  if (!recent(proxy_seen_, stale_after_)) state->proxy.reset();
  if (!recent(endpoints_seen_, stale_after_)) {
    state->endpoints.clear();
    state->endpoint_counts.clear();
  }
  if (!recent(upstreams_seen_, stale_after_)) {
    state->upstreams.clear();
    tcp_open_.clear();
  }
  if (!recent(seen_, stale_after_)) {
    state->heap.reset();
    state->plane.reset();
    state->declared.reset();
  }
  state->resources = resources_.state(now);
  if (state_.up) state->connection_spread = connection_spread_.spread();
  if (!state_.up) {
    state->inbound_connections.reset();
    state->ambient.reset();
  }
  state->pools = pools_of(state->traffic, state->upstreams, tcp_open_);
  connection_ages_.tell(state->pools);
  state->received = received_in(state->traffic);
  const auto loads = upstream_loads(state->endpoint_requests, state->endpoints, presence_, now);
  state->balances = upstream_balances(loads, state->upstreams, state->settings.get(),
                                      state->endpoint_requests.window_seconds, balance_rules_);
  for (const Place* place : {&admin_place_, &agent_place_}) {
    if (!recent(place->seen, certificates_stale_after_)) continue;
    state->certificates.push_back(place->book.place());
  }
  if (state_.up) {
    const CertificatePlace* place = admin_place_.book.place().get();
    state->stale_connections = stale_connections_.counts(
        std::chrono::floor<std::chrono::seconds>(wall), sole_identity(place), last_end(place));
  }
  state->rotation_failures = rotation_failures_.counts();
  std::ranges::move(agent_failures_.counts(), std::back_inserter(state->rotation_failures));
  if (recent(seen_, stale_after_)) {
    const bool looked = recent(admin_place_.seen, certificates_stale_after_);
    const auto place = looked ? admin_place_.book.place() : nullptr;
    state->control_plane =
        control_plane_.state(place.get(), recent(agent_place_.seen, certificates_stale_after_));
  }
  if (state->proxy && state->proxy->started) {
    // A process is known to have begun only to the second: not later than now, though.
    state->uptime_seconds = std::max(0.0, seconds(*proxy_seen_ - *state->proxy->started));
  }
  return state;
}

}  // namespace mesh
