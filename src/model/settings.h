// Settings: what a proxy's own configuration says about how it would get through trouble. A few
// numbers per upstream that is in use, and per listener that speaks HTTP; nothing else of a
// configuration is kept, above all no header, no certificate and no key.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mesh {

// How much may be under way on one HTTP/2 connection. Nothing: not set, the proxy's default holds.
struct StreamLimits {
  std::optional<std::uint64_t> concurrent_streams;
  std::optional<std::uint64_t> stream_window_bytes, connection_window_bytes;

  bool operator==(const StreamLimits&) const = default;
};

// One upstream. The names are those of UpstreamReading.
struct UpstreamSettings {
  std::string upstream, subset;
  std::uint64_t connect_timeout_ms = 0;
  bool outlier_detection = false;
  bool weighs_localities = false;   // a zone's share is what its weight says, which is not told
  bool cycles_connections = false;  // after so many requests, or so long
  // That no number holds them back, of the default priority.
  bool unlimited_connections = false, unlimited_pending = false, unlimited_requests = false;
  StreamLimits streams;

  bool operator==(const UpstreamSettings&) const = default;
};

// What a browser may do that calls gRPC-Web from a page of another origin.
enum class WebOrigins : std::uint8_t {
  not_asked,      // no gRPC-Web here, or no CORS filter that could reject
  allowed,        // origins are allowed, and the status of a call is shown to them
  none_allowed,   // there is a CORS filter, and no origin that it lets through
  status_hidden,  // origins are allowed, but grpc-status and grpc-message are not exposed to them
};

// One listener, as far as it speaks HTTP.
struct ListenerSettings {
  std::string listener;
  StreamLimits streams;
  WebOrigins web_origins = WebOrigins::not_asked;

  bool operator==(const ListenerSettings&) const = default;
};

// One look at the configuration, complete in itself.
struct SettingsReading {
  std::vector<UpstreamSettings> upstreams;
  std::vector<ListenerSettings> listeners;
  std::uint64_t left_out = 0;  // upstreams in use beyond the bound

  bool operator==(const SettingsReading&) const = default;
};

}  // namespace mesh
