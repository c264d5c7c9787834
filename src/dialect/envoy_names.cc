// Taking Envoy's names apart; the conventions are told in envoy_names.h.
#include "dialect/envoy_names.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/url_encoding.h"
#include "dialect/envoy_counters.h"

namespace mesh {
namespace {

constexpr std::string_view cluster_prefix = "cluster.";

// Counters and gauges of a cluster whose last word is theirs alone.
constexpr std::array<std::string_view, 9> plain_stats{
    "upstream_rq_total", "upstream_rq_rx_reset", "upstream_rq_tx_reset",
    "upstream_cx_total", "upstream_cx_active",   "upstream_cx_destroy_with_active_rq",
    "membership_change", "membership_healthy",   "membership_total",
};

bool is_plain_stat(std::string_view word) {
  return std::find(plain_stats.begin(), plain_stats.end(), word) != plain_stats.end();
}

// "a\.b|c": what matches any of them.
std::string alternatives(std::span<const EnvoyCounter> counters) {
  std::string regex;
  for (const EnvoyCounter& counter : counters) {
    if (!regex.empty()) regex += '|';
    for (const char c : counter.stat) regex += c == '.' ? std::string("\\.") : std::string(1, c);
  }
  return regex;
}

// "a|b||c" → {"a", "b", "", "c"}; more than four fields leave the rest in the last one.
std::array<std::string_view, 4> split_fields(std::string_view name) {
  std::array<std::string_view, 4> fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::size_t bar = i + 1 < fields.size() ? name.find('|') : std::string_view::npos;
    fields[i] = name.substr(0, bar);
    if (bar == std::string_view::npos) break;
    name.remove_prefix(bar + 1);
  }
  return fields;
}

// "v1" of "http/v1", "" of "http" and "tcp".
std::string_view behind_protocol(std::string_view subset) {
  const std::size_t slash = subset.find('/');
  return slash == std::string_view::npos ? std::string_view() : subset.substr(slash + 1);
}

}  // namespace

UpstreamName read_cluster_name(std::string_view cluster) {
  if (cluster.ends_with(';')) cluster.remove_suffix(1);
  if (cluster.starts_with("inbound|") || cluster.starts_with("local_app") ||
      cluster == "local_service") {
    return {Direction::inbound, "", ""};
  }
  const auto [kind, port, subset, host] = split_fields(cluster);
  const bool is_waypoints = kind == "inbound-vip";
  if ((kind == "outbound" || is_waypoints) && !port.empty() && !host.empty()) {
    const std::string upstream = std::string(host).append(":").append(port);
    const std::string_view within = is_waypoints ? behind_protocol(subset) : subset;
    return {Direction::outbound, upstream, std::string(within)};
  }
  return {Direction::outbound, std::string(cluster), ""};
}

std::string stat_form(std::string_view name) {
  if (name.ends_with(';')) name.remove_suffix(1);
  std::string form;
  form.reserve(name.size());
  while (!name.empty()) {
    if (name.front() != ':') {
      form += name.front();
      name.remove_prefix(1);
      continue;
    }
    form += '_';
    name.remove_prefix(name.starts_with("://") ? 3 : name.starts_with(":/") ? 2 : 1);
  }
  // Envoy trims them before it puts its own dot.
  while (form.ends_with('.')) form.pop_back();
  return form;
}

bool is_cluster_stat(std::string_view rest) {
  return is_plain_stat(rest) || rest.starts_with("grpc.") || rest.starts_with("grpc-web.") ||
         find_cluster_counter(rest);
}

ClusterStat split_cluster_stat(std::string_view stat, const NameSet& known) {
  if (!stat.starts_with(cluster_prefix)) return {};
  const std::string_view body = stat.substr(cluster_prefix.size());
  for (std::size_t dot = body.rfind('.'); dot != std::string_view::npos && dot != 0;
       dot = body.rfind('.', dot - 1)) {
    std::string_view name = body.substr(0, dot);
    if (name.ends_with(';')) name.remove_suffix(1);
    const std::string_view rest = body.substr(dot + 1);
    if (is_cluster_stat(rest) && known.contains(name)) return {name, rest};
  }
  return {};
}

std::string_view self_evident_cluster(std::string_view stat) {
  if (!stat.starts_with(cluster_prefix)) return {};
  const std::size_t dot = stat.rfind('.');
  if (dot < cluster_prefix.size() || !is_plain_stat(stat.substr(dot + 1))) return {};
  std::string_view name = stat.substr(cluster_prefix.size(), dot - cluster_prefix.size());
  if (name.ends_with(';')) name.remove_suffix(1);
  return name;
}

GrpcStat split_grpc_stat(std::string_view rest) {
  if (rest.starts_with("grpc.")) {
    rest.remove_prefix(5);
  } else if (rest.starts_with("grpc-web.")) {
    rest.remove_prefix(9);
  } else {
    return {};
  }
  const std::size_t last = rest.rfind('.');
  if (last == std::string_view::npos) return {"", "", rest, true};
  const std::string_view counted = rest.substr(last + 1);
  const std::string_view name = rest.substr(0, last);
  const std::size_t dot = name.rfind('.');
  const bool exact = dot != std::string_view::npos && dot != 0 && dot + 1 < name.size();
  if (!exact) return {"", "", counted, false};
  return {name.substr(0, dot), name.substr(dot + 1), counted, true};
}

std::string_view envoy_stats_filter() {
  static const std::string filter =
      R"(^(cluster\..+\.()" + alternatives(envoy_cluster_counters()) +
      R"(|(grpc(-web)?\.(.+\.)?)"
      R"(([0-9]+|other|request_message_count|response_message_count|upstream_rq_time)))"
      R"(|upstream_(cx|rq|rq_pending)_active|upstream_cx_http[123]_total)"
      R"(|circuit_breakers\.[a-z]+\.((cx|cx_pool|rq_pending|rq|rq_retry)_open|remaining_retries))"
      R"(|membership_(change|healthy|total)|ssl\.handshake)"
      R"(|client_ssl_socket_factory\.ssl_context_update_by_sds)"
      R"(|ssl\.certificate\..+\.expiration_unix_time_seconds))"
      R"(|listener\..+\.()" +
      alternatives(envoy_listener_counters()) +
      R"(|downstream_cx_(total|active)|ssl\.handshake)"
      R"(|server_ssl_socket_factory\.ssl_context_update_by_sds)"
      R"(|ssl\.certificate\..+\.expiration_unix_time_seconds))"
      R"(|(cluster_manager\.cds|listener_manager\.lds|http\..+\.rds\..+|sds\..+))"
      R"(\.update_(attempt|success|rejected|failure|time))"
      R"(|((cluster_manager|listener_manager|http|sds|cluster)\..+\.)?)"
      R"(control_plane\.connected_state|cluster\..+\.update_rejected)"
      R"(|cluster_manager\.cluster_(added|modified|removed))"
      R"(|listener_manager\.listener_(added|modified|removed|in_place_updated))"
      R"(|[a-z].*\.rbac\.([^.]+\.)?(shadow_)?denied)"
      R"(|sds\..+\.key_rotation_failed|http2\.stream_refused_errors|)"
      R"(server\.(state|uptime|memory_(allocated|heap_size)))$)";
  return filter;
}

std::string envoy_stats_path(bool endpoint_times) {
  static const std::string question = "/stats?usedonly&histogram_buckets=cumulative&filter=";
  static const std::string path = question + percent_encode(envoy_stats_filter());
  if (!endpoint_times) return path;
  std::string filter(envoy_stats_filter());
  filter.insert(filter.size() - 2, R"(|cluster\..+\.update_time)");
  return question + percent_encode(filter);
}

}  // namespace mesh
