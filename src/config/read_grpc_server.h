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

// "HOST:PORT" or "unix:/PATH"; nothing, and a complaint, if it is something else.
std::optional<Address> read_grpc_address(const Fields& fields, const Field& field);

// The keys `tls` and `authority` of a mapping that has them among others, into `server`.
void read_grpc_manners(const Fields& fields, const Reading& reading, GrpcServer& server);

// The key `grpc` of a target: an address as above, or a mapping of `address` and these two keys.
// Nothing if there is none, or if it cannot be read.
std::optional<GrpcServer> read_grpc_server(const Fields& target, const Reading& reading);

}  // namespace mesh
