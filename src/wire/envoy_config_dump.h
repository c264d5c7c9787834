// Envoy's /config_dump: of each cluster, of each HTTP connection manager and of each route table
// the few settings that the audit judges. Everything else is passed over and not kept, so that
// nothing secret that a configuration may hold (headers, inline keys) gets any further.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mesh {

// Http2ProtocolOptions; nothing: not set.
struct EnvoyHttp2Settings {
  std::optional<std::uint64_t> max_concurrent_streams;
  std::optional<std::uint64_t> initial_stream_window_size, initial_connection_window_size;

  bool operator==(const EnvoyHttp2Settings&) const = default;
};

struct EnvoyClusterSettings {
  std::string name;  // as configured; never ""
  std::optional<std::uint64_t> connect_timeout_ms;
  bool outlier_detection = false;
  // That localities have weights of their own: by locality_weighted_lb_config, or by the policy
  // wrr_locality.
  bool weighs_localities = false;
  // Of the new place (HttpProtocolOptions) or of the old one (the cluster itself).
  std::optional<std::uint64_t> max_requests_per_connection, max_connection_duration_ms;
  EnvoyHttp2Settings http2;
  // Of the default priority; nothing: not set.
  std::optional<std::uint64_t> max_connections, max_pending_requests, max_requests;

  bool operator==(const EnvoyClusterSettings&) const = default;
};

// How many CORS policies there are, how many of them let an origin through, and how many of those
// show it grpc-status and grpc-message.
struct EnvoyCorsPolicies {
  std::uint64_t told = 0, allowing = 0, exposing = 0;

  bool operator==(const EnvoyCorsPolicies&) const = default;
};

// An HTTP connection manager of a listener.
struct EnvoyManagerSettings {
  std::string listener;  // its name or, without one, its address; may be ""
  std::string stat_prefix;
  EnvoyHttp2Settings http2;
  bool grpc_web = false, cors = false;  // has such a filter
  std::string routes;                   // the name of its route table, where that comes by RDS
  EnvoyCorsPolicies policies;           // of the routes that are written into it

  bool operator==(const EnvoyManagerSettings&) const = default;
};

// A route table that came by RDS.
struct EnvoyRoutesSettings {
  std::string name;
  EnvoyCorsPolicies policies;

  bool operator==(const EnvoyRoutesSettings&) const = default;
};

struct EnvoyConfigDump {
  std::vector<EnvoyClusterSettings> clusters;  // in the order of the body; warming ones left out
  std::vector<EnvoyManagerSettings> managers;
  std::vector<EnvoyRoutesSettings> routes;
  std::uint64_t unreadable = 0;   // clusters and listeners that were skipped
  std::string unreadable_sample;  // the first: its name and what is wrong, never its contents

  bool operator==(const EnvoyConfigDump&) const = default;
};

// The whole dump, or the answer to a question with `resource=`. An error if the body is no JSON
// object, or `configs` no array; `{}` is what a proxy says that has nothing of what was asked for.
Result<EnvoyConfigDump> parse_envoy_config_dump(std::string_view body);

}  // namespace mesh
