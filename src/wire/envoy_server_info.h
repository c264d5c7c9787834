// Envoy's /server_info: who the proxy is and since when it runs. The answer is 124 kB of option
// descriptions, so it is asked once per connection and only these few fields are read.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/readings.h"

namespace mesh {

struct EnvoyServerInfo {
  std::string version;  // "1.40.0": second part of "<commit>/1.40.0/Clean/RELEASE/BoringSSL"
  std::string build;    // "9e5580933739775e8bce696a57a2e1bc99368f23/Clean/RELEASE/BoringSSL"
  ProxyState state = ProxyState::live;
  std::chrono::seconds uptime{
      0};  // uptime_current_epoch: a difference of whole seconds, so up to 1 s off either way
  std::uint64_t restart_epoch = 0;
  std::string node_id;
  std::string node_cluster;
  std::vector<std::string> node_metadata;  // what is said of the node: the keys
  std::string mesh_version;  // Istio's, as its agent told the proxy; "" where nobody did

  bool operator==(const EnvoyServerInfo&) const = default;
};

// A state this program does not know is taken for live: the proxy answers, after all. Other fields
// that are missing or of another type keep their defaults. An error if the body is no JSON object
// or has no uptime_current_epoch.
Result<EnvoyServerInfo> parse_envoy_server_info(std::string_view body);

}  // namespace mesh
