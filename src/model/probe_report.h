// What `mesh_exporter probe` finds out about one gRPC server.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/certificate_look.h"
#include "model/failure.h"
#include "model/grpc_health.h"
#include "model/grpc_server.h"
#include "model/method_look.h"
#include "model/tls_endpoint.h"

namespace mesh {

struct ProbeReport {
  struct Health {
    std::string service;  // "": the server as a whole
    HealthLook look;
  };

  // What it shows to a client that verifies nothing.
  struct Certificates {
    std::optional<Failure> failure;  // nothing else, then
    Handshake handshake;
    HeldTogether chain;
  };

  GrpcServer server;
  std::vector<Health> health;                // as asked for, at least one
  std::optional<Certificates> certificates;  // under TLS
  std::optional<MethodLook> methods;         // of a server that was reached
};

}  // namespace mesh
