// A channel of the library (grpc++) to one server: how it connects, whom it believes, and what it
// may take of our memory.
#pragma once

#include <memory>

#include "base/result.h"
#include "model/failure.h"
#include "model/grpc_server.h"

namespace grpc {
class Channel;
}

namespace mesh {

// By the files as they are at this moment. A failure names the file that cannot be used.
Result<std::shared_ptr<grpc::Channel>, Failure> library_channel(const GrpcServer& server);

}  // namespace mesh
