// The command by which a person asks a gRPC server what the agent asked it, in the same way.
#pragma once

#include <string>

#include "model/grpc_server.h"

namespace mesh {

// "mesh_exporter probe users:50051 --tls.ca-file=/etc/ca.pem --service=a.B", as a shell takes it.
std::string probe_command(const GrpcServer& server, const std::string& service);

}  // namespace mesh
