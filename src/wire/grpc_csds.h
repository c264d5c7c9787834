// The client status discovery service (envoy.service.status.v3): what an xDS client was sent by its
// control plane and made of it. The question as bytes to send, the answer from bytes; a unary call.
// Never throws, never logs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mesh {

inline constexpr std::string_view csds_path =
    "/envoy.service.status.v3.ClientStatusDiscoveryService/FetchClientStatus";

// Without the resources themselves, where the client knows how to leave them out.
std::string csds_question();

enum class XdsStatus : std::uint8_t {
  unknown,
  requested,
  does_not_exist,
  acked,
  nacked,
  received_error,
  timeout
};

struct XdsResource {
  std::string type;  // "envoy.config.cluster.v3.Cluster"
  std::string name;
  std::string version;  // of what is in use; "" if nothing is
  XdsStatus status = XdsStatus::unknown;
  std::string refused_version;  // of a NACK
  std::string details;          // why, in the client's words, printable; may be cut

  bool operator==(const XdsResource&) const = default;
};

struct ClientStatus {
  std::string node_id;                 // of the first client; "" if not told
  std::vector<XdsResource> resources;  // of all clients, limits::config_resources_per_target
  std::uint64_t left_out = 0;          // beyond that
  std::uint64_t unreadable = 0;
};

// An error: it is no such answer.
Result<ClientStatus> read_client_status(std::string_view answer);

}  // namespace mesh
