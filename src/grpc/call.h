// A gRPC call of one message each way: what a unary method is, and equally a stream on which one
// message is sent and one is awaited, for on the wire they are the same. Which bytes are sent and
// what the answer's mean is the caller's business (wire/).
//
//   const auto channel = grpc_channel(executor, server);
//   const auto answer = co_await grpc_call(channel, path, request, deadline);
//
// The library beneath (grpc++) has threads of its own from the first call on; everything here
// lives on the executor's thread, and what the library says is posted to it. An executor's context
// may end while calls are under way: they are cancelled, and awaited.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "model/failure.h"
#include "model/grpc_server.h"

namespace mesh {

// The way to one server. Its connection is made by the first call, kept for the next ones, and
// closed when there was none for limits::grpc_idle.
class GrpcChannel;

// Everybody who asks for the same server on the same executor shares a channel. It lasts as long as
// somebody has it. REQUIRES: the executor belongs to an io_context run by one thread.
std::shared_ptr<GrpcChannel> grpc_channel(const boost::asio::any_io_executor& executor,
                                          const GrpcServer& server);

// The connection is closed when the calls under way have ended, and with it goes the memory that
// the library has for it: for who will not call again within limits::grpc_idle. The next call makes
// another.
void rest(GrpcChannel& channel);

// What the server itself said.
struct GrpcAnswer {
  std::string_view code;  // of grpc_code_names (wire/grpc_code.h), or "other"
  std::string message;    // the server's words: any bytes, any number of lines
  std::string response;   // the bytes of the message; "" unless the code is OK
  int number = 0;         // the code as it came: 99 of "other"
  // How many connections to this server were lost before the one that carried it, as far as that
  // showed; those that were closed for want of calls are not among them.
  std::uint64_t lost = 0;

  bool operator==(const GrpcAnswer&) const = default;
};

// Calls the method with this path, such as "/grpc.health.v1.Health/Check".
//
// Failures: connect (no connection, or it broke), timeout, tls (handshake, or one of our files),
// too_large (a message of more than limits::grpc_message_bytes), http_status and parse (what came
// is no gRPC, or more than one message). A connection that was kept may be found broken: then the
// call is made once more, on a new one. Nothing else is repeated. Cancelled when the coroutine is
// destroyed.
boost::asio::awaitable<Result<GrpcAnswer, Failure>> grpc_call(std::shared_ptr<GrpcChannel> channel,
                                                              std::string path, std::string request,
                                                              Instant deadline);

}  // namespace mesh
