// Reading how a gRPC server wants to be spoken to: of a probe, and of a target that is asked by
// calls.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "config/fields.h"
#include "config/reading.h"
#include "model/grpc_server.h"

namespace mesh {

// The keys `tls` and `authority` of a mapping that has them among others, into `server`.
void read_grpc_manners(const Fields& fields, const Reading& reading, GrpcServer& server);

// The key `grpc` of a target: "HOST:PORT", or a mapping of `address` and the two keys above.
// Nothing if there is none, or if it cannot be read.
std::optional<GrpcServer> read_grpc_server(const Fields& target, const Reading& reading);

}  // namespace mesh
