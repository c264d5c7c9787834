// Taking the names apart; see envoy_upstreams.h.
#include "dialect/envoy_upstreams.h"

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "dialect/envoy_names.h"

namespace mesh {
namespace {

constexpr std::string_view cluster_prefix = "cluster.";
constexpr std::string_view breakers_word = ".circuit_breakers";

// 2^32 − 1 is how unlimited is written.
constexpr std::uint64_t unlimited = 4'294'967'295;

struct BreakerWord {
  std::string_view word, resource;
};
constexpr std::array breaker_words{
    BreakerWord{"cx_open", "connections"},     BreakerWord{"cx_pool_open", "pools"},
    BreakerWord{"rq_pending_open", "pending"}, BreakerWord{"rq_open", "requests"},
    BreakerWord{"rq_retry_open", "retries"},
};

// Takes what is behind the last dot off `name`; "" if nothing would be left.
std::string_view take_last(std::string_view& name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {};
  const std::string_view last = name.substr(dot + 1);
  name = name.substr(0, dot);
  return last;
}

std::optional<std::uint64_t> limit_of(const std::optional<std::uint64_t>& told) {
  return told && *told < unlimited ? told : std::nullopt;
}

void set_limits(UpstreamReading& reading, const EnvoyThresholds& thresholds) {
  reading.connections.limit = limit_of(thresholds.max_connections);
  reading.requests.limit = limit_of(thresholds.max_requests);
  reading.pending.limit = limit_of(thresholds.max_pending_requests);
  reading.retries.limit = limit_of(thresholds.max_retries);
}

}  // namespace

std::vector<UpstreamReading> EnvoyUpstreams::report(const StatsReader& reader,
                                                    const StatsAnswer& answer,
                                                    const EnvoyEndpoints& known) {
  if (layout_ != answer.layout) learn(reader, answer);
  std::vector<UpstreamReading> readings = empty_;
  std::vector<Made> made(readings.size());
  std::vector<std::optional<std::uint64_t>> retries_left(readings.size());
  for (const Line& line : lines_) {
    const std::uint64_t value = answer.values[line.position];
    UpstreamReading& reading = readings[line.upstream];
    switch (line.fact) {
      case Fact::opened: made[line.upstream].opened = value; break;
      case Fact::failed: made[line.upstream].failed = value; break;
      case Fact::http: made[line.upstream].http += value; break;
      case Fact::connections: reading.connections.active = value; break;
      case Fact::requests: reading.requests.active = value; break;
      case Fact::pending: reading.pending.active = value; break;
      case Fact::retries_left: retries_left[line.upstream] = value; break;
      case Fact::breaker:
        // Envoy touches the breaker for pools of every priority when a pool is drained.
        reading.uses_high_priority |= breakers_[line.breaker].priority == "high" &&
                                      breakers_[line.breaker].resource != "pools";
        if (value > 0) reading.open_breakers.push_back(breakers_[line.breaker]);
        break;
    }
  }
  for (std::size_t i = 0; i < readings.size(); ++i) {
    UpstreamReading& reading = readings[i];
    if (const EnvoyThresholds* told = known.thresholds(clusters_[i])) set_limits(reading, *told);
    if (reading.retries.limit && retries_left[i]) {
      reading.tells_retries = true;
      reading.retries.active =
          *reading.retries.limit - std::min(*reading.retries.limit, *retries_left[i]);
    }
    // A connection that failed shows no protocol where that is agreed upon by TLS.
    if (made[i].http > 0) {
      reading.speaks_http = true;
    } else if (made[i].opened > made[i].failed) {
      reading.speaks_http = false;
    }
  }
  std::size_t i = 0;
  std::erase_if(readings, [&](const UpstreamReading&) { return made[i++].opened == 0; });
  return readings;
}

void EnvoyUpstreams::learn(const StatsReader& reader, const StatsAnswer& answer) {
  *this = {};
  for (std::uint32_t i = 0; i < answer.slots.size(); ++i) {
    learn_line(reader.name(answer.slots[i]), i);
  }
  layout_ = answer.layout;
}

void EnvoyUpstreams::learn_line(std::string_view name, std::uint32_t position) {
  if (!name.starts_with(cluster_prefix)) return;
  name.remove_prefix(cluster_prefix.size());
  const std::string_view word = take_last(name);
  const auto fact = [&]() -> std::optional<Fact> {
    if (word == "upstream_cx_total") return Fact::opened;
    if (word == "upstream_cx_connect_fail") return Fact::failed;
    if (word == "upstream_cx_http1_total" || word == "upstream_cx_http2_total" ||
        word == "upstream_cx_http3_total") {
      return Fact::http;
    }
    if (word == "upstream_cx_active") return Fact::connections;
    if (word == "upstream_rq_active") return Fact::requests;
    if (word == "upstream_rq_pending_active") return Fact::pending;
    return std::nullopt;
  }();
  if (!fact) return learn_breaker(name, word, position);
  if (const auto upstream = upstream_of(name)) lines_.push_back({position, *fact, *upstream, 0});
}

void EnvoyUpstreams::learn_breaker(std::string_view name, std::string_view word,
                                   std::uint32_t position) {
  const bool is_left = word == "remaining_retries";
  const auto* known = std::ranges::find(breaker_words, word, &BreakerWord::word);
  if (!is_left && known == breaker_words.end()) return;
  const std::string_view priority = take_last(name);
  if (priority.empty() || !name.ends_with(breakers_word)) return;
  name.remove_suffix(breakers_word.size());
  if (is_left && priority != "default") return;
  const auto upstream = upstream_of(name);
  if (!upstream) return;
  const auto breaker = static_cast<std::uint32_t>(breakers_.size());
  lines_.push_back({position, is_left ? Fact::retries_left : Fact::breaker, *upstream, breaker});
  if (!is_left) breakers_.push_back({std::string(priority), std::string(known->resource)});
}

std::optional<std::uint32_t> EnvoyUpstreams::upstream_of(std::string_view cluster) {
  if (cluster.ends_with(';')) cluster.remove_suffix(1);
  const auto it = index_.find(cluster);
  if (it != index_.end()) return it->second;
  if (cluster.empty() || index_.size() >= limits::pools_per_target) return std::nullopt;
  const auto next = static_cast<std::uint32_t>(empty_.size());
  index_.emplace(cluster, next);
  clusters_.emplace_back(cluster);
  const UpstreamName name = read_cluster_name(cluster);
  UpstreamReading& reading = empty_.emplace_back();
  reading.upstream = name.upstream;
  reading.subset = name.subset;
  reading.direction = name.direction;
  return next;
}

}  // namespace mesh
