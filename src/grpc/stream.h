// A gRPC call that is answered by as many messages as the server likes, such as Health/Watch.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>

#include "grpc/call.h"

namespace mesh {

// It has no deadline. A message is taken from the connection when it is asked for, so that a server
// that sends without end is held back.
class GrpcStream {
 public:
  // Begins the call. REQUIRES: as of grpc_channel(), whose executor it is; its context must
  // outlive the stream.
  GrpcStream(const boost::asio::any_io_executor& executor, std::shared_ptr<GrpcChannel> channel,
             const std::string& path, const std::string& request);
  ~GrpcStream();
  GrpcStream(const GrpcStream&) = delete;
  GrpcStream& operator=(const GrpcStream&) = delete;

  // The bytes of the next message; nothing when there will be none. One at a time, and the stream
  // must outlive it.
  boost::asio::awaitable<std::optional<std::string>> next();

  // Whoever waits for a message gets none.
  void cancel();

  // How it ended, once there was no message any more; failures are those of grpc_call().
  const Result<GrpcAnswer, Failure>& end() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mesh
