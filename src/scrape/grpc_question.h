// Carries a dialect's question as a gRPC call, and what a server says of its methods.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "base/clock.h"
#include "grpc/call.h"
#include "model/method_look.h"
#include "model/request.h"

namespace mesh {

// REQUIRES: it is a question for Request::Port::grpc.
boost::asio::awaitable<Answer> ask_by_call(std::shared_ptr<GrpcChannel> channel, Request request,
                                           Instant deadline);

// All methods that the server declares by reflection, asked for service by service. Each answer is
// waited for as long as `patience`, all of them method_patience times as long: a service that is
// slow or hangs costs itself, and the others are told.
inline constexpr int method_patience = 4;
boost::asio::awaitable<MethodLook> look_at_methods(std::shared_ptr<GrpcChannel> channel,
                                                   Duration patience);

}  // namespace mesh
