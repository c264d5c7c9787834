// Envoy's /clusters: the upstreams a proxy knows, with the endpoints of each.
//
// The JSON form (?format=json, envoy.admin.v3.Clusters) omits fields that have their default and
// writes 64-bit numbers as strings; the text form (`cluster::10.0.0.7:80::rq_total::5`) costs an
// Envoy before 1.38, which cannot filter, a third of it. Both give the same values here, each with
// its clusters in whatever order the proxy has them. Unknown fields are ignored, odd entries
// skipped and counted: a host without an address or with a bad number, in text only the bad line.
// Never throws, never logs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mesh {

struct EnvoyHost {
  std::string address;   // "10.0.0.7:50051", "[::1]:80", a pipe's path, or an internal name
  std::string hostname;  // "" where there is none
  std::uint64_t requests_total = 0;      // rq_total: streams attached, retries included
  std::uint64_t requests_failed = 0;     // rq_error: answered with a server's error, or reset
  std::uint64_t requests_active = 0;     // rq_active
  std::uint64_t connections_total = 0;   // cx_total
  std::uint64_t connections_active = 0;  // cx_active
  std::uint64_t weight = 1;
  std::uint64_t priority = 0;
  std::string region, zone, sub_zone;
  // health_status / health_flags. Absent means false.
  bool ejected = false;              // failed_outlier_check (or failed_degraded_outlier_detection)
  bool failed_health_check = false;  // failed_active_health_check, active_hc_timeout,
                                     // pending_active_hc, excluded_via_immediate_hc_fail
  bool draining = false;             // eds_health_status DRAINING or pending_dynamic_removal
  bool eds_unhealthy = false;        // eds_health_status UNHEALTHY or TIMEOUT

  bool operator==(const EnvoyHost&) const = default;
};

// The circuit breaker of one priority: limits, not use. 4294967295 is how unlimited is written.
struct EnvoyThresholds {
  std::optional<std::uint64_t> max_connections, max_pending_requests, max_requests, max_retries;

  bool operator==(const EnvoyThresholds&) const = default;
};

struct EnvoyCluster {
  std::string name;
  // observability_name: what the stats call it, before they replace its colons and drop the dots at
  // its end ("a::b." → "a__b"); = name when not told.
  std::string stat_name;
  bool added_via_api = false;
  std::vector<EnvoyHost> hosts;
  EnvoyThresholds default_priority{}, high_priority{};

  bool operator==(const EnvoyCluster&) const = default;
};

struct EnvoyClusters {
  std::vector<EnvoyCluster> clusters;  // in the order of the body
  std::uint64_t unreadable = 0;        // hosts or lines skipped
  std::string unreadable_sample;
};

// An error means that the body as a whole is not such an answer. (An empty text and a JSON `{}` are
// what a proxy says that has no cluster, or none that the question's filter lets through.)
Result<EnvoyClusters> parse_envoy_clusters_json(std::string_view body);
Result<EnvoyClusters> parse_envoy_clusters_text(std::string_view body);

}  // namespace mesh
