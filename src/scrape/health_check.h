// Asks a gRPC server for its health, once.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "base/clock.h"
#include "grpc/call.h"
#include "model/grpc_health.h"

namespace mesh {

// `service` as the server names it; "" is the server as a whole. How it could fail is a status.
boost::asio::awaitable<HealthLook> check_health(std::shared_ptr<GrpcChannel> channel,
                                                std::string service, Instant deadline);

}  // namespace mesh
