// From channels to series and endpoints; see channelz_readings.h.
#include "dialect/channelz_readings.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "dialect/channelz_target.h"
#include "dialect/check_answer.h"

namespace mesh {
namespace {

constexpr std::string_view ok = "OK", other = "other";

// A moment of creation that differs by less is the same.
constexpr double jitter_seconds = 2;

EndpointState state_of(ChannelState state) {
  switch (state) {
    case ChannelState::unknown:
    case ChannelState::idle:
    case ChannelState::ready: return EndpointState::ready;
    case ChannelState::connecting:
    case ChannelState::transient_failure: return EndpointState::unhealthy;
    case ChannelState::shutdown: return EndpointState::draining;
  }
  return EndpointState::ready;
}

std::uint64_t under_way(const ChannelzCounts& calls) {
  const std::uint64_t ended = calls.succeeded + calls.failed;
  return calls.started > ended ? calls.started - ended : 0;
}

EndpointReading endpoint_of(const Name& upstream, const ChannelzChannel& subchannel) {
  EndpointReading endpoint;
  endpoint.upstream = upstream;
  endpoint.address = address_of_target(subchannel.target);
  endpoint.state = state_of(subchannel.state);
  endpoint.connections_active = subchannel.sockets.size();
  endpoint.requests_active = under_way(subchannel.calls);
  return endpoint;
}

SeriesKey key_of(Counted counted, Direction direction, const Name& upstream, const Name& detail) {
  SeriesKey key;
  key.counted = counted;
  key.direction = direction;
  key.upstream = upstream;
  key.detail = detail;
  return key;
}

// What pick_first could choose as well. `listed`: endpoints of this upstream that are told already.
void add_unchosen(const Name& upstream, const ChannelzChannel& channel,
                  std::set<std::string>& listed, Readings& readings) {
  for (const std::string& address : addresses_in(channel.target)) {
    if (readings.endpoint_states.size() >= limits::raw_series_per_target) return;
    if (!listed.insert(address).second) continue;
    EndpointReading endpoint;
    endpoint.upstream = upstream;
    endpoint.address = address;
    readings.endpoint_states.push_back(std::move(endpoint));
  }
}

// The pool of an upstream, new or that of another channel to it.
UpstreamReading& pool_of(const std::string& upstream, Readings& readings) {
  const auto it = std::ranges::find(readings.upstreams, upstream, &UpstreamReading::upstream);
  if (it != readings.upstreams.end()) return *it;
  UpstreamReading& pool = readings.upstreams.emplace_back();
  pool.upstream = upstream;
  pool.speaks_http = true;
  pool.tells_requests = false;
  return pool;
}

CounterBlock block_of(std::vector<Series> series, std::vector<std::uint64_t> values, bool complete,
                      std::shared_ptr<const std::vector<Series>>& last) {
  if (*last != series) last = std::make_shared<const std::vector<Series>>(std::move(series));
  return {last, std::move(values), complete};
}

}  // namespace

void ChannelzReadings::Counts::add(std::string source, SeriesKey key, std::uint64_t value) {
  if (series.size() >= limits::raw_series_per_target) return;
  series.push_back({std::move(source), 0, std::move(key)});
  values.push_back(value);
}

template <class Element>
std::string ChannelzReadings::identity(std::string_view what, const Element& element) {
  std::string id = std::string(what).append(" ").append(std::to_string(element.id));
  Holder& holder = holders_[id];
  if (holder.number == 0 || std::abs(element.created - holder.created) > jitter_seconds) {
    holder.number = ++numbers_;
  }
  holder.created = element.created;
  holder.seen = true;
  return id.append("#").append(std::to_string(holder.number));
}

void ChannelzReadings::tell(const ChannelzLook& look, Readings& readings) {
  for (auto& [id, holder] : holders_) holder.seen = false;
  Counts calls, endpoints;
  tell_channels(look, readings, calls, endpoints);
  tell_servers(look, readings, calls);
  const bool complete = look.whole() && look.unreadable == 0;
  // Who was not seen may only have been passed over; but not all that ever were can be remembered.
  if (complete || holders_.size() > limits::raw_series_per_target) {
    std::erase_if(holders_, [](const auto& one) { return !one.second.seen; });
  }
  note_unreadable(look.unreadable, look.unreadable_sample, readings);
  readings.traffic = block_of(std::move(calls.series), std::move(calls.values), complete, calls_);
  readings.endpoints =
      block_of(std::move(endpoints.series), std::move(endpoints.values), complete, endpoints_);
}

std::string ChannelzReadings::policy_of(const std::string& its, const ChannelzChannel& channel) {
  std::string& policy = policies_[its];
  if (!channel.policy.empty()) policy = channel.policy;
  return policy;
}

void ChannelzReadings::tell_channels(const ChannelzLook& look, Readings& readings, Counts& calls,
                                     Counts& endpoints) {
  std::map<std::uint64_t, const ChannelzChannel*> subchannels;
  for (const ChannelzChannel& one : look.subchannels) subchannels.emplace(one.id, &one);
  std::set<std::string> seen;
  std::map<std::string, std::set<std::string>> listed;  // addresses, by upstream
  for (const auto& [channel, is_top] : look.channels) {
    const std::string upstream =
        printable_sample(upstream_of_target(channel.target), limits::channelz_target_bytes);
    const std::string source = identity("channel", channel);
    seen.insert(source);
    if (is_top) {
      const auto key = [&](std::string_view detail) {
        return key_of(Counted::calls, Direction::outbound, upstream, detail);
      };
      calls.add(source + " OK", key(ok), channel.calls.succeeded);
      calls.add(source + " failed", key(other), channel.calls.failed);
    }
    UpstreamReading& pool = pool_of(upstream, readings);
    pool.requests.active += is_top ? under_way(channel.calls) : 0;
    const std::string policy = policy_of(source, channel);
    if (!policy.empty()) pool.balancer = policy;
    for (const std::uint64_t id : channel.subchannels) {
      const auto it = subchannels.find(id);
      if (it == subchannels.end()) continue;
      const ChannelzChannel& one = *it->second;
      const EndpointReading endpoint = endpoint_of(upstream, one);
      const std::string its = identity("subchannel", one);
      pool.connections.active += endpoint.connections_active;
      endpoints.add(
          its, key_of(Counted::endpoint_requests, Direction::outbound, upstream, endpoint.address),
          one.calls.started);
      endpoints.add(
          its + " failed",
          key_of(Counted::endpoint_failures, Direction::outbound, upstream, endpoint.address),
          one.calls.failed);
      listed[upstream].insert(endpoint.address.str());
      readings.endpoint_states.push_back(endpoint);
      subchannels.erase(it);
    }
    if (policy == "pick_first") add_unchosen(upstream, channel, listed[upstream], readings);
  }
  std::erase_if(policies_, [&](const auto& one) { return !seen.contains(one.first); });
}

// What the server received of others: never less than before, for a call of ours may be counted
// only after it was answered.
ChannelzCounts ChannelzReadings::received_by(const std::string& its,
                                             const ChannelzLook::Server& server, bool is_asked) {
  const auto [it, fresh] = received_.try_emplace(its);
  Received& known = it->second;
  const ChannelzCounts& told = server.told.calls;
  const bool fell = told.succeeded < known.told.succeeded || told.failed < known.told.failed;
  if (fresh || fell) {
    known = {told, told, server.own, server.own};
    is_another_ |= fell;
  }
  // A server in Go counts no calls of methods that it does not have: between two looks fewer failed
  // than we know of.
  const std::uint64_t not_there = server.own.not_there - known.own.not_there;
  const std::uint64_t failed = told.failed - known.told.failed;
  const bool too_few = failed < not_there + server.own.failed - known.own.failed;
  if (is_asked && too_few) known.counts_all = false;
  const auto of_others = [&](std::uint64_t all, std::uint64_t ours, std::uint64_t passed) {
    return is_asked ? std::max(all - std::min(all, ours), passed) : all;
  };
  known.told = told;
  known.own = server.own;
  const OwnCalls& first = known.own_at_first;
  const std::uint64_t ours = server.own.failed - first.failed +
                             (known.counts_all ? server.own.not_there - first.not_there : 0);
  known.passed.succeeded =
      of_others(told.succeeded, server.own.succeeded - first.succeeded, known.passed.succeeded);
  known.passed.failed = of_others(told.failed, ours, known.passed.failed);
  return known.passed;
}

void ChannelzReadings::tell_servers(const ChannelzLook& look, Readings& readings, Counts& calls) {
  is_another_ = false;
  own_connection_.enter(look.sockets);
  std::string process;
  std::set<std::string> seen;
  for (const ChannelzLook::Server& server : look.servers) {
    const std::string source = identity("server", server.told);
    seen.insert(source);
    process += source + ";";
    const ChannelzCounts received = received_by(source, server, is_asked(server, look));
    const auto key = [](std::string_view detail) {
      return key_of(Counted::calls, Direction::inbound, "", detail);
    };
    calls.add(source + " OK", key(ok), received.succeeded);
    calls.add(source + " failed", key(other), received.failed);
    const bool has_ours = own_connection_.server().value_or(server.told.id) == server.told.id;
    const bool is_sure = own_connection_.server() || look.servers.size() == 1;
    const std::uint64_t ours = has_ours && is_sure && server.connections > 0 ? 1 : 0;
    readings.inbound_connections =
        readings.inbound_connections.value_or(0) + server.connections - ours;
  }
  is_another_ |= !process_.empty() && process != process_;
  process_ = std::move(process);
  tell_connections(look, readings);
  std::erase_if(received_, [&](const auto& one) { return !seen.contains(one.first); });
}

// Whether it is the one that our questions are sent to.
bool ChannelzReadings::is_asked(const ChannelzLook::Server& server,
                                const ChannelzLook& look) const {
  if (look.servers.size() == 1) return true;
  return own_connection_.is_exact() && own_connection_.server() == server.told.id;
}

void ChannelzReadings::tell_connections(const ChannelzLook& look, Readings& readings) {
  processes_ += is_another_ ? 1 : 0;
  if (look.servers.empty() || !look.has_all_sockets) return;
  ServerConnections told;
  told.process = processes_;
  for (const ChannelzLook::Socket& one : look.sockets) {
    if (one.told.id == own_connection_.socket()) continue;
    told.connections.push_back({one.told.id, one.told.started});
  }
  readings.server_connections = std::move(told);
}

}  // namespace mesh
