// Bringing together what is counted, what is there and since when; see upstream_balances.h.
#include "compute/upstream_balances.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "compute/fold.h"

namespace mesh {
namespace {

using Upstream = std::pair<Name, Name>;  // with its subset
using ByAddress = std::map<Name, EndpointLoad>;
using Failures = std::map<std::pair<Upstream, Name>, std::uint64_t>;

void add_state(const EndpointReading& endpoint, EndpointLoad& load) {
  load.name = endpoint.address;
  load.connections += endpoint.connections_active;
  // One address may stand in several localities: its weights add up.
  const auto weight = static_cast<double>(endpoint.weight);
  load.weight = load.locality.empty() ? weight : load.weight + weight;
  load.priority = endpoint.priority;
  load.locality = endpoint.locality;
  load.was_barred = load.was_barred || endpoint.state != EndpointState::ready;
}

// What failed in the window, by endpoint.
Failures failures_in(const CounterView& requests) {
  Failures failures;
  for (std::size_t i = 0; i < requests.keys->size(); ++i) {
    const SeriesKey& key = (*requests.keys)[i];
    if (key.counted != Counted::endpoint_failures || requests.increases[i] == 0) continue;
    failures[{{key.upstream, key.subset}, key.detail}] += requests.increases[i];
  }
  return failures;
}

// pick_first is gRPC's own: it keeps to the first endpoint that it could connect to.
Chosen chosen_by(const UpstreamReading& upstream) {
  if (upstream.balancer == "pick_first") return Chosen::per_connection;
  if (!upstream.speaks_http) return Chosen::unknown;
  return *upstream.speaks_http ? Chosen::per_request : Chosen::per_connection;
}

bool weighs_zones(const SettingsReading* settings, const UpstreamLoads& of) {
  return settings && std::ranges::any_of(settings->upstreams, [&](const UpstreamSettings& one) {
           return one.weighs_localities && one.upstream == of.upstream && one.subset == of.subset;
         });
}

}  // namespace

std::vector<UpstreamLoads> upstream_loads(const CounterView& requests,
                                          const std::vector<EndpointReading>& endpoints,
                                          const EndpointPresence& presence, Instant now) {
  if (requests.window_seconds <= 0) return {};
  const auto window = std::chrono::duration<double>(requests.window_seconds);
  const Instant from = now - std::chrono::duration_cast<Duration>(window);
  std::map<Upstream, ByAddress> upstreams;
  std::set<Upstream> folded;
  for (const EndpointReading& endpoint : endpoints) {
    if (endpoint.direction != Direction::outbound) continue;
    add_state(endpoint, upstreams[{endpoint.upstream, endpoint.subset}][endpoint.address]);
  }
  for (std::size_t i = 0; i < requests.keys->size(); ++i) {
    const SeriesKey& key = (*requests.keys)[i];
    if (key.counted != Counted::endpoint_requests || key.direction != Direction::outbound) continue;
    const Upstream name{key.upstream, key.subset};
    if (key.detail == folded_name || key.upstream == folded_name) {
      folded.insert(name);
      continue;
    }
    // One that is gone and did nothing in the window is of no interest any more.
    ByAddress& known = upstreams[name];
    if (requests.increases[i] == 0 && !known.contains(key.detail)) continue;
    EndpointLoad& load = known[key.detail];
    load.name = key.detail;
    load.requests += requests.increases[i];
  }
  const Failures failures = failures_in(requests);
  std::vector<UpstreamLoads> all;
  for (auto& [name, by_address] : upstreams) {
    if (folded.contains(name)) continue;
    UpstreamLoads& one = all.emplace_back(UpstreamLoads{name.first, name.second, {}});
    for (auto& [address, load] : by_address) {
      const auto was = presence.of(name.first, name.second, address, from);
      load.joined_or_left = was.joined_or_left;
      // More failures than requests: most of what was meant for it got no connection, which makes
      // no request of it.
      const auto failed = failures.find({name, address});
      const bool refused = failed != failures.end() && failed->second > load.requests;
      load.was_barred = load.was_barred || was.was_barred || refused;
      one.loads.push_back(std::move(load));
    }
  }
  return all;
}

std::vector<UpstreamBalance> upstream_balances(const std::vector<UpstreamLoads>& loads,
                                               const std::vector<UpstreamReading>& upstreams,
                                               const SettingsReading* settings,
                                               double window_seconds, const BalanceRules& rules) {
  std::vector<UpstreamBalance> balances;
  for (const UpstreamLoads& one : loads) {
    if (one.loads.empty()) continue;
    UpstreamBalance balance;
    balance.upstream = one.upstream;
    balance.subset = one.subset;
    balance.window_seconds = window_seconds;
    const auto it = std::ranges::find_if(upstreams, [&](const UpstreamReading& reading) {
      return reading.direction == Direction::outbound && reading.upstream == one.upstream &&
             reading.subset == one.subset;
    });
    if (it != upstreams.end()) {
      balance.chosen = chosen_by(*it);
      balance.balancer = it->balancer;
    }
    balance.balance = judge_balance(one.loads, balance.chosen, rules, weighs_zones(settings, one));
    balances.push_back(std::move(balance));
  }
  return balances;
}

}  // namespace mesh
