// Asks a gRPC server for its health: once, or to be told of it from now on.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "base/clock.h"
#include "grpc/call.h"
#include "grpc/stream.h"
#include "model/grpc_health.h"

namespace mesh {

// `service` as the server names it; "" is the server as a whole. How it could fail is a status.
boost::asio::awaitable<HealthLook> check_health(std::shared_ptr<GrpcChannel> channel,
                                                std::string service, Instant deadline);

// A message of it is what parse_health_check_response() reads.
std::shared_ptr<GrpcStream> watch_health(const boost::asio::any_io_executor& executor,
                                         std::shared_ptr<GrpcChannel> channel,
                                         const std::string& service);

}  // namespace mesh
