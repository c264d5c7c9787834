// From channels to series and endpoints; see channelz_readings.h.
#include "dialect/channelz_readings.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "base/limits.h"
#include "base/text.h"

namespace mesh {
namespace {

constexpr std::string_view ok = "OK", other = "other";

// A moment of creation that differs by less is the same.
constexpr double jitter_seconds = 2;

bool takes_scheme(std::string_view& target, std::string_view scheme) {
  return take_front(target, scheme) && take_front(target, ":");
}

// Brackets are escaped by C++ and what is built on it.
std::string without_escapes(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view three = text.substr(i, 3);
    const bool opens = three == "%5B" || three == "%5b", closes = three == "%5D" || three == "%5d";
    plain += opens ? '[' : closes ? ']' : text[i];
    if (opens || closes) i += 2;
  }
  return plain;
}

// "10.0.0.7:80" of "[[[users/10.0.0.7:80]/{}]]": Java's groups of addresses, a name before each;
// nothing if it is no such thing.
std::string_view first_of_java(std::string_view target) {
  const std::size_t slash = target.find('/');
  if (!target.starts_with("[[[") || slash == std::string_view::npos) return {};
  target.remove_prefix(slash + 1);
  const std::size_t host = target.starts_with('[') ? std::min(target.find(']'), target.size()) : 0;
  return target.substr(0, target.find_first_of(",]", host + 1));
}

// The addresses of a target that is a list of them.
std::vector<std::string> addresses_in(std::string_view target) {
  std::vector<std::string> addresses;
  if (!takes_scheme(target, "ipv4") && !takes_scheme(target, "ipv6")) return addresses;
  while (!target.empty()) {
    const std::size_t end = std::min(target.find(','), target.size());
    if (end > 0) addresses.push_back(without_escapes(target.substr(0, end)));
    target.remove_prefix(std::min(end + 1, target.size()));
  }
  return addresses;
}

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
  const bool complete = look.whole && look.unreadable == 0;
  // Who was not seen may only have been passed over; but not all that ever were can be remembered.
  if (complete || holders_.size() > limits::raw_series_per_target) {
    std::erase_if(holders_, [](const auto& one) { return !one.second.seen; });
  }
  readings.unreadable += look.unreadable;
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
                                             const ChannelzLook::Server& server, bool is_sole) {
  const auto [it, fresh] = received_.try_emplace(its);
  Received& known = it->second;
  const ChannelzCounts& told = server.told.calls;
  const bool fell = told.succeeded < known.told.succeeded || told.failed < known.told.failed;
  if (fresh || fell) {
    known = {told, told, server.own_succeeded, server.own_failed};
    is_another_ |= fell;
  }
  const auto of_others = [&](std::uint64_t all, std::uint64_t ours, std::uint64_t passed) {
    return is_sole ? std::max(all - std::min(all, ours), passed) : all;
  };
  known.told = told;
  known.passed.succeeded =
      of_others(told.succeeded, server.own_succeeded - known.own_succeeded, known.passed.succeeded);
  known.passed.failed =
      of_others(told.failed, server.own_failed - known.own_failed, known.passed.failed);
  return known.passed;
}

void ChannelzReadings::tell_servers(const ChannelzLook& look, Readings& readings, Counts& calls) {
  is_another_ = false;
  const bool is_sole = look.servers.size() == 1;
  std::string process;
  std::set<std::string> seen;
  for (const ChannelzLook::Server& server : look.servers) {
    const std::string source = identity("server", server.told);
    seen.insert(source);
    process += source + ";";
    const ChannelzCounts received = received_by(source, server, is_sole);
    const auto key = [](std::string_view detail) {
      return key_of(Counted::calls, Direction::inbound, "", detail);
    };
    calls.add(source + " OK", key(ok), received.succeeded);
    calls.add(source + " failed", key(other), received.failed);
    const std::uint64_t ours = is_sole && server.connections > 0 ? 1 : 0;
    readings.inbound_connections =
        readings.inbound_connections.value_or(0) + server.connections - ours;
  }
  is_another_ |= !process_.empty() && process != process_;
  process_ = std::move(process);
  std::erase_if(received_, [&](const auto& one) { return !seen.contains(one.first); });
}

std::string_view upstream_of_target(std::string_view target) {
  const std::size_t colon = target.find(':');
  if (colon == std::string_view::npos) return target;
  const std::string_view scheme = target.substr(0, colon);
  std::string_view rest = target.substr(colon + 1);
  // A name with its port has no scheme, and a path of a socket is not taken apart.
  const bool is_port = parse_u64(rest).has_value();
  if (is_port || rest.empty() || scheme.starts_with("unix")) return target;
  if (rest.starts_with("//")) {
    const std::size_t path = rest.find('/', 2);
    rest.remove_prefix(path == std::string_view::npos ? 2 : path + 1);
  }
  return rest.empty() ? target : rest;
}

std::string address_of_target(std::string_view target) {
  if (const std::string_view address = first_of_java(target); !address.empty()) target = address;
  for (const std::string_view scheme : {"ipv4", "ipv6"}) takes_scheme(target, scheme);
  return printable_sample(without_escapes(target), limits::channelz_target_bytes);
}

}  // namespace mesh
