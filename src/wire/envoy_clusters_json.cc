// /clusters?format=json. Fields with default values are missing (a counter at zero is only its
// name), 64-bit numbers are strings, and an answer without any cluster is `{}`.
#include <simdjson.h>

#include <initializer_list>
#include <optional>

#include "base/text.h"
#include "wire/envoy_clusters.h"
#include "wire/json_fields.h"

namespace mesh {
namespace {

using simdjson::dom::element;

// These, too, answer with the protobuf default when the field is missing.
bool flag_in(const element& object, std::string_view key) {
  bool flag = false;
  return !object[key].get(flag) && flag;
}

// "" if there is no address of a known kind. Spelt as the text form spells it.
std::string read_address(const element& host) {
  element address, kind;
  if (host["address"].get(address)) return {};
  if (!address["socket_address"].get(kind)) {
    const std::string_view ip = text_in(kind, "address");
    const std::optional<std::uint64_t> port = number_in(kind, "port_value", 0);
    if (ip.empty() || !port) return {};
    const bool v6 = ip.find(':') != std::string_view::npos;
    return (v6 ? "[" + std::string(ip) + "]" : std::string(ip)) + ":" + std::to_string(*port);
  }
  if (!address["pipe"].get(kind)) return std::string(text_in(kind, "path"));
  if (!address["envoy_internal_address"].get(kind)) {
    const std::string_view listener = text_in(kind, "server_listener_name");
    if (listener.empty()) return {};
    return "envoy://" + std::string(listener) + "/" + std::string(text_in(kind, "endpoint_id"));
  }
  return {};
}

// Where a statistic of a host goes; null if it is not read.
std::uint64_t* host_stat(std::string_view name, EnvoyHost& host) {
  if (name == "rq_total") return &host.requests_total;
  if (name == "rq_error") return &host.requests_failed;
  if (name == "rq_active") return &host.requests_active;
  if (name == "cx_total") return &host.connections_total;
  if (name == "cx_active") return &host.connections_active;
  return nullptr;
}

// False if a number we need is none.
bool read_stats(const element& host, EnvoyHost& into) {
  simdjson::dom::array stats;
  if (host["stats"].get(stats)) return true;
  for (const element stat : stats) {
    std::uint64_t* const number = host_stat(text_in(stat, "name"), into);
    if (!number) continue;
    const std::optional<std::uint64_t> value = number_in(stat, "value", 0);
    if (!value) return false;
    *number = *value;
  }
  return true;
}

void read_health(const element& host, EnvoyHost& into) {
  element health;
  if (host["health_status"].get(health)) return;
  const auto any = [&](std::initializer_list<std::string_view> keys) {
    bool found = false;
    for (const std::string_view key : keys) found = found || flag_in(health, key);
    return found;
  };
  into.ejected = any({"failed_outlier_check", "failed_degraded_outlier_detection"});
  into.failed_health_check = any({"failed_active_health_check", "active_hc_timeout",
                                  "pending_active_hc", "excluded_via_immediate_hc_fail"});
  const std::string_view eds = text_in(health, "eds_health_status");
  into.draining = eds == "DRAINING" || flag_in(health, "pending_dynamic_removal");
  into.eds_unhealthy = eds == "UNHEALTHY" || eds == "TIMEOUT";
}

std::optional<EnvoyHost> read_host(const element& entry) {
  EnvoyHost host;
  host.address = read_address(entry);
  const std::optional<std::uint64_t> weight = number_in(entry, "weight", 1);
  const std::optional<std::uint64_t> priority = number_in(entry, "priority", 0);
  if (host.address.empty() || !weight || !priority || !read_stats(entry, host)) return std::nullopt;
  host.hostname = text_in(entry, "hostname");
  host.weight = *weight;
  host.priority = *priority;
  read_health(entry, host);
  element locality;
  if (!entry["locality"].get(locality)) {
    host.region = text_in(locality, "region");
    host.zone = text_in(locality, "zone");
    host.sub_zone = text_in(locality, "sub_zone");
  }
  return host;
}

// A limit of zero is left out like every default: nothing of that kind is let through.
void read_thresholds(const element& entry, EnvoyCluster& into) {
  element breakers;
  simdjson::dom::array thresholds;
  if (entry["circuit_breakers"].get(breakers) || breakers["thresholds"].get(thresholds)) return;
  for (const element one : thresholds) {
    const std::string_view priority = text_in(one, "priority");
    if (!priority.empty() && priority != "HIGH") continue;
    EnvoyThresholds& limits = priority.empty() ? into.default_priority : into.high_priority;
    limits.max_connections = number_in(one, "max_connections", 0);
    limits.max_pending_requests = number_in(one, "max_pending_requests", 0);
    limits.max_requests = number_in(one, "max_requests", 0);
    limits.max_retries = number_in(one, "max_retries", 0);
  }
}

void read_cluster(const element& entry, EnvoyClusters& into, Unreadables& unreadables) {
  EnvoyCluster cluster;
  cluster.name = text_in(entry, "name");
  if (cluster.name.empty()) {
    unreadables.add(simdjson::minify(entry));
    return;
  }
  const std::string_view told = text_in(entry, "observability_name");
  cluster.stat_name = std::string(told.empty() ? cluster.name : told);
  cluster.added_via_api = flag_in(entry, "added_via_api");
  read_thresholds(entry, cluster);
  simdjson::dom::array hosts;
  if (!entry["host_statuses"].get(hosts)) {
    for (const element host_entry : hosts) {
      if (std::optional<EnvoyHost> host = read_host(host_entry)) {
        cluster.hosts.push_back(std::move(*host));
      } else {
        unreadables.add(simdjson::minify(host_entry));
      }
    }
  }
  into.clusters.push_back(std::move(cluster));
}

}  // namespace

Result<EnvoyClusters> parse_envoy_clusters_json(std::string_view body) {
  if (body.empty()) return Error{"clusters are empty"};  // perhaps a null view: no memcpy from it
  simdjson::dom::parser parser;
  simdjson::dom::object root;
  // Copies the body into a padded buffer of its own: a view has no room behind it.
  if (const auto error = parser.parse(body.data(), body.size()).get(root)) {
    return Error{std::string("clusters are no JSON object: ") + simdjson::error_message(error)};
  }
  EnvoyClusters answer;
  simdjson::dom::array clusters;
  if (root["cluster_statuses"].get(clusters)) {
    if (root.size() != 0) return Error{"the JSON object has no list cluster_statuses"};
    return answer;
  }
  Unreadables unreadables;
  for (const element entry : clusters) read_cluster(entry, answer, unreadables);
  answer.unreadable = unreadables.count();
  answer.unreadable_sample = unreadables.sample();
  return answer;
}

}  // namespace mesh
