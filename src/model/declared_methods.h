// The methods that a gRPC server says it has, which is not what it is called for.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/name.h"

namespace mesh {

struct DeclaredMethod {
  Name service;  // full and dotted
  Name method;   // bare
  bool client_streams = false, server_streams = false;

  bool operator==(const DeclaredMethod&) const = default;
};

// "unary", "client_stream", "server_stream", "bidi_stream": as gRPC's libraries call them.
constexpr std::string_view kind_of(const DeclaredMethod& method) {
  if (method.client_streams) return method.server_streams ? "bidi_stream" : "client_stream";
  return method.server_streams ? "server_stream" : "unary";
}

// Whether it is one of gRPC's own services (health, reflection, channelz, CSDS), which tools and
// probes call and nobody declares.
constexpr bool is_grpcs_own(std::string_view service) {
  return service.starts_with("grpc.health.") || service.starts_with("grpc.reflection.") ||
         service.starts_with("grpc.channelz.") ||
         service.starts_with("envoy.service.status.v3.ClientStatusDiscoveryService");
}

// All that one look showed.
struct DeclaredMethods {
  std::vector<DeclaredMethod> methods;  // by service and name; not of gRPC's own services
  std::uint64_t left_out = 0;           // services beyond the bounds
  std::uint64_t untold = 0;  // services that are listed, but of which no methods are told

  bool operator==(const DeclaredMethods&) const = default;
};

}  // namespace mesh
