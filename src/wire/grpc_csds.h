// The client status discovery service (envoy.service.status.v3): what an xDS client was sent by its
// control plane and made of it, by its own word; and of a control plane what it has of its clients.
// The question as bytes to send, the answer from bytes; a unary call. Never throws, never logs.
//
// Two forms are read. generic_xds_configs has an element for each configuration. xds_config, which
// came before, has one for each kind: a dump of its configurations, or, as control planes tell it,
// nothing but how the kind as a whole stands. Of scoped routes, which no gRPC client has, only that
// is read there, and of no kind what was configured by a file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/control_plane.h"

namespace mesh {

inline constexpr std::string_view csds_path =
    "/envoy.service.status.v3.ClientStatusDiscoveryService/FetchClientStatus";

// Without the resources themselves, where the client knows how to leave them out.
std::string csds_question();

struct XdsResource {
  std::string type;     // "envoy.config.cluster.v3.Cluster"
  std::string name;     // "" of a kind as a whole
  std::string version;  // of what is in use; "" if nothing is
  ConfigStatus status = ConfigStatus::unknown;
  std::string refused_version;  // of a NACK
  std::string details;          // why, in the client's words, printable; may be cut
  std::string client{};         // whose it is: the id of its node; "" if not told

  bool operator==(const XdsResource&) const = default;
};

struct ClientStatus {
  std::vector<XdsResource> resources;  // of all clients, limits::config_resources_per_target
  std::uint64_t left_out = 0;          // beyond that
  std::uint64_t unreadable = 0;
};

// An error: it is no such answer.
Result<ClientStatus> read_client_status(std::string_view answer);

}  // namespace mesh
