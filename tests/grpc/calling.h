// Runs gRPC calls to their end, for tests.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/rethrow.h"
#include "grpc/call.h"
#include "grpc/flight.h"

namespace mesh::support {

// A channel with an event loop of its own. Each call runs the loop until nothing at all is left to
// do.
class Calling {
 public:
  explicit Calling(const GrpcServer& server) : channel_(grpc_channel(io_.get_executor(), server)) {}
  explicit Calling(const Address& address) : Calling(GrpcServer{address, {}, ""}) {}

  void rest() { mesh::rest(*channel_); }

  // As if so much time had gone by since.
  void look_for_idle_after(Duration since) {
    flights_of(io_.get_executor()).let_go_idle(Instant::clock::now() + since);
  }

  Result<GrpcAnswer, Failure> call(const std::string& path = "/a.B/C",
                                   const std::string& request = "",
                                   std::chrono::milliseconds within = std::chrono::seconds(20)) {
    std::optional<Result<GrpcAnswer, Failure>> answer;
    const Instant deadline = Instant::clock::now() + within;
    boost::asio::co_spawn(io_, ask(path, request, deadline, answer), rethrow);
    io_.restart();
    io_.run();
    return std::move(*answer);
  }

  // "OK response", "NOT_FOUND message", or "reason: message" of a failure.
  std::string say(const std::string& path = "/a.B/C", const std::string& request = "",
                  std::chrono::milliseconds within = std::chrono::seconds(20)) {
    const auto answer = call(path, request, within);
    if (!answer) {
      return std::string(to_string(answer.error().reason)) + ": " + answer.error().message;
    }
    return std::string(answer->code) + " " + answer->message + answer->response;
  }

 private:
  boost::asio::awaitable<void> ask(std::string path, std::string request, Instant deadline,
                                   std::optional<Result<GrpcAnswer, Failure>>& result) {
    auto answer = co_await grpc_call(channel_, path, request, deadline);
    result.emplace(std::move(answer));
  }

  boost::asio::io_context io_{1};
  std::shared_ptr<GrpcChannel> channel_;
};

}  // namespace mesh::support
