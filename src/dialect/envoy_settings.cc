// The rounds of the audit; see envoy_settings.h.
#include "dialect/envoy_settings.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/limits.h"
#include "base/url_encoding.h"
#include "dialect/check_answer.h"

namespace mesh {
namespace {

constexpr std::chrono::minutes round_interval{10}, change_gap{1};
constexpr std::chrono::hours refusal_lasts{1};

// A poll that asks something else that is dear comes first, but not for ever: /certs may be asked
// in each.
constexpr int polls_to_wait = 8;

// Of one poll. Each costs an Envoy of a thousand clusters 1 to 15 ms.
constexpr std::size_t questions_per_poll = 4;

// Up to so many clusters are asked for at once: 18 ms and 70 kB.
constexpr std::size_t few_clusters = 100;

// RE2 programs of more than a hundred instructions are refused, unless the runtime key
// re2.max_program_size.error_level says otherwise: one letter is about one.
constexpr std::size_t regex_letters = 80;

// 2^32 − 1 is how unlimited is written.
constexpr std::uint64_t unlimited = 4'294'967'295;
constexpr std::uint64_t default_connect_timeout_ms = 5'000;

// Route tables of listeners at which gRPC-Web meets a CORS filter.
constexpr std::size_t route_tables = 4;

constexpr std::string_view cluster_mask =
    "&mask=cluster.name,cluster.connect_timeout,cluster.circuit_breakers,"
    "cluster.outlier_detection,cluster.typed_extension_protocol_options,"
    "cluster.common_http_protocol_options,cluster.http2_protocol_options,"
    "cluster.max_requests_per_connection,cluster.common_lb_config,cluster.load_balancing_policy";

constexpr std::array<std::string_view, 7> change_stats{
    "cluster_manager.cluster_added",
    "cluster_manager.cluster_modified",
    "cluster_manager.cluster_removed",
    "listener_manager.listener_added",
    "listener_manager.listener_modified",
    "listener_manager.listener_removed",
    "listener_manager.listener_in_place_updated"};

// Where Istio and Consul send what is none of their services.
constexpr std::array<std::string_view, 4> no_services{
    "PassthroughCluster", "BlackHoleCluster", "InboundPassthroughCluster", "original-destination"};

std::string resource(std::string_view name) { return "/config_dump?resource=" + std::string(name); }

// It must match the whole name.
std::string named(std::string_view name) {
  const std::string regex = name.size() <= regex_letters
                                ? quote_re2(name)
                                : quote_re2(name.substr(0, regex_letters)) + ".*";
  return "&name_regex=" + percent_encode(regex);
}

StreamLimits limits_of(const EnvoyHttp2Settings& http2) {
  return {http2.max_concurrent_streams, http2.initial_stream_window_size,
          http2.initial_connection_window_size};
}

bool is_unlimited(const std::optional<std::uint64_t>& limit) {
  return limit.value_or(0) >= unlimited;
}

void add(EnvoyCorsPolicies& sum, const EnvoyCorsPolicies& more) {
  sum.told += more.told;
  sum.allowing += more.allowing;
  sum.exposing += more.exposing;
}

}  // namespace

void EnvoySettings::begin(Instant now) {
  at_ease_ = !began_ || now - *began_ <= interval_ * 3 / 2;
  began_ = now;
}

void EnvoySettings::note_changes(const StatsReader& reader, const StatsAnswer& answer) {
  if (layout_ != answer.layout) {
    change_lines_.clear();
    for (std::uint32_t i = 0; i < answer.slots.size(); ++i) {
      if (std::ranges::find(change_stats, reader.name(answer.slots[i])) != change_stats.end()) {
        change_lines_.push_back(i);
      }
    }
    layout_ = answer.layout;
  }
  changes_ = 0;
  for (const std::uint32_t line : change_lines_) changes_ += answer.values[line];
}

std::optional<Request> EnvoySettings::question(const SettingsOccasion& occasion) {
  asked_now_ = 0;
  const bool refused = refused_until_ && occasion.now < *refused_until_;
  if (!wanted_ || !at_ease_ || refused || !occasion.endpoints.known()) return std::nullopt;
  const bool begins = !in_round_;
  if (begins && (occasion.in_use.empty() || !is_due(occasion))) return std::nullopt;
  if (occasion.dear && ++postponed_ <= polls_to_wait) return std::nullopt;
  postponed_ = 0;
  if (begins) plan(occasion);
  return next();
}

// Which clusters are behind the upstreams in use.
void EnvoySettings::choose(const SettingsOccasion& occasion) {
  std::set<std::pair<std::string_view, std::string_view>> in_use;
  for (const UpstreamReading& one : occasion.in_use) {
    if (one.direction == Direction::outbound) in_use.emplace(one.upstream, one.subset);
  }
  const auto& clusters = occasion.endpoints.clusters();
  dynamic_ =
      std::ranges::any_of(clusters, [](const auto& one) { return one.second.added_via_api; });
  audited_.clear();
  left_out_ = 0;
  for (const auto& [stat_name, cluster] : clusters) {
    if (dynamic_ && !cluster.added_via_api) continue;
    if (std::ranges::find(no_services, cluster.name) != no_services.end()) continue;
    UpstreamName name = read_cluster_name(stat_name);
    if (name.direction != Direction::outbound) continue;
    if (!in_use.contains({name.upstream, name.subset})) continue;
    if (audited_.size() < limits::audited_upstreams_per_target) {
      audited_.emplace(cluster.name, std::move(name));
    } else {
      ++left_out_;
    }
  }
}

bool EnvoySettings::is_due(const SettingsOccasion& occasion) const {
  if (!last_round_) return true;
  const Duration since = occasion.now - *last_round_;
  if (since >= round_interval) return true;
  if (since < change_gap) return false;
  // Beyond the bound another one is no news.
  const bool came = left_out_ == 0 && occasion.in_use.size() > used_;
  return came || changes_ != seen_changes_;
}

void EnvoySettings::plan(const SettingsOccasion& occasion) {
  in_round_ = true;
  last_round_ = occasion.now;
  seen_changes_ = changes_;
  used_ = occasion.in_use.size();
  choose(occasion);
  round_ = {};
  round_.left_out = left_out_;
  web_.clear();
  asked_dynamic_listeners_ = dynamic_;
  questions_ = {resource(dynamic_ ? "dynamic_listeners" : "static_listeners")};
  const std::string clusters = resource(dynamic_ ? "dynamic_active_clusters" : "static_clusters") +
                               std::string(cluster_mask);
  if (occasion.endpoints.clusters().size() <= few_clusters) {
    if (!audited_.empty()) questions_.push_back(clusters);
    return;
  }
  for (const auto& [name, upstream] : audited_) questions_.push_back(clusters + named(name));
}

std::optional<Request> EnvoySettings::next() {
  if (questions_.empty() || asked_now_ == questions_per_poll) return std::nullopt;
  ++asked_now_;
  Request request{Request::Port::admin, std::move(questions_.back()), limits::config_dump_bytes};
  questions_.pop_back();
  return request;
}

std::optional<Request> EnvoySettings::hear(Answer answer, Readings& readings) {
  if (auto failure = check_answer(answer, "/config_dump")) {
    fail(std::move(*failure), readings);
    return std::nullopt;
  }
  const auto dump = parse_envoy_config_dump(answer->body);
  if (!dump) {
    fail({Reason::parse, "/config_dump: " + dump.error().message}, readings);
    return std::nullopt;
  }
  note_unreadable(dump->unreadable, dump->unreadable_sample, readings);
  enter(*dump);
  if (questions_.empty()) {
    judge_origins();
    in_round_ = false;
    readings.settings = std::exchange(round_, {});
    readings.heard.push_back("/config_dump");
  }
  return next();
}

void EnvoySettings::enter(const EnvoyConfigDump& dump) {
  for (const EnvoyClusterSettings& cluster : dump.clusters) enter_cluster(cluster);
  for (const EnvoyManagerSettings& manager : dump.managers) enter_manager(manager);
  for (const EnvoyRoutesSettings& table : dump.routes) {
    for (EnvoyManagerSettings& manager : web_) {
      if (manager.routes == table.name) add(manager.policies, table.policies);
    }
  }
  if (!dump.managers.empty()) asked_dynamic_listeners_ = false;
  // Listeners from the bootstrap beside clusters from a control plane.
  const bool nothing = dump.clusters.empty() && dump.managers.empty() && dump.routes.empty();
  if (questions_.empty() && asked_dynamic_listeners_ && nothing) {
    asked_dynamic_listeners_ = false;
    questions_.push_back(resource("static_listeners"));
  }
}

void EnvoySettings::enter_cluster(const EnvoyClusterSettings& cluster) {
  const auto it = audited_.find(cluster.name);
  if (it == audited_.end() || round_.upstreams.size() >= audited_.size()) return;
  UpstreamSettings& settings = round_.upstreams.emplace_back();
  settings.upstream = it->second.upstream;
  settings.subset = it->second.subset;
  settings.connect_timeout_ms = cluster.connect_timeout_ms.value_or(default_connect_timeout_ms);
  settings.outlier_detection = cluster.outlier_detection;
  settings.weighs_localities = cluster.weighs_localities;
  settings.cycles_connections = cluster.max_requests_per_connection.value_or(0) > 0 ||
                                cluster.max_connection_duration_ms.value_or(0) > 0;
  settings.unlimited_connections = is_unlimited(cluster.max_connections);
  settings.unlimited_pending = is_unlimited(cluster.max_pending_requests);
  settings.unlimited_requests = is_unlimited(cluster.max_requests);
  settings.streams = limits_of(cluster.http2);
}

// Only what a finding may come of: most managers set nothing, and some listeners have hundreds.
void EnvoySettings::enter_manager(const EnvoyManagerSettings& manager) {
  const bool is_web = manager.grpc_web && manager.cors;
  if (is_web && web_.size() < limits::audited_listeners_per_target) {
    const bool known =
        manager.routes.empty() ||
        std::ranges::find(web_, manager.routes, &EnvoyManagerSettings::routes) != web_.end();
    if (!known && web_.size() < route_tables) {
      questions_.push_back(resource("dynamic_route_configs") + named(manager.routes));
    }
    web_.push_back(manager);
  }
  ListenerSettings settings{manager.listener, limits_of(manager.http2), WebOrigins::not_asked};
  if (settings.streams == StreamLimits{}) return;
  if (round_.listeners.size() >= limits::audited_listeners_per_target) return;
  if (std::ranges::find(round_.listeners, settings) == round_.listeners.end()) {
    round_.listeners.push_back(std::move(settings));
  }
}

void EnvoySettings::judge_origins() {
  for (const EnvoyManagerSettings& manager : web_) {
    ListenerSettings settings{manager.listener, {}, WebOrigins::allowed};
    if (manager.policies.allowing == 0) {
      settings.web_origins = WebOrigins::none_allowed;
    } else if (manager.policies.exposing == 0) {
      settings.web_origins = WebOrigins::status_hidden;
    }
    if (std::ranges::find(round_.listeners, settings) == round_.listeners.end()) {
      round_.listeners.push_back(std::move(settings));
    }
  }
  web_.clear();
}

void EnvoySettings::fail(Failure failure, Readings& readings) {
  in_round_ = false;
  questions_.clear();
  if (failure.reason == Reason::forbidden || failure.reason == Reason::too_large) {
    refused_until_ = *began_ + refusal_lasts;
  }
  readings.partial.push_back(std::move(failure));
}

void EnvoySettings::forget() {
  EnvoySettings fresh(interval_, wanted_);
  fresh.began_ = began_;
  fresh.at_ease_ = at_ease_;
  *this = std::move(fresh);
}

}  // namespace mesh
