// Carries a conversation's questions to one target and the answers back.
//
// A target has up to three doors, its admin port, its metrics port and the port where it takes gRPC
// calls; each keeps one connection.
// One question is in flight per target, ever.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/clock.h"
#include "dialect/conversation.h"
#include "grpc/call.h"
#include "model/target.h"
#include "net/http_client.h"

namespace mesh {

// What one poll of one target brought.
struct PollOutcome {
  std::variant<Readings, Failure> result;
  Duration took{};
  std::uint64_t bytes = 0;  // of answer bodies, and of answers that were cut or refused
};

class TargetClient {
 public:
  // The target must outlive it, and its control group may change. `cgroup_root` as for
  // look_at_cgroup().
  TargetClient(boost::asio::any_io_executor executor, const Target& target,
               const std::string& cgroup_root);

  // Holds one whole conversation: all its questions by `deadline`, each answer of at most
  // `max_bytes`. The conversation and this object must outlive the call.
  // REQUIRES: no other call in progress.
  boost::asio::awaitable<PollOutcome> poll(Conversation& conversation, std::size_t max_bytes,
                                           Instant deadline);

 private:
  boost::asio::awaitable<Answer> ask(const Request& request, std::size_t max_bytes,
                                     Instant deadline, std::uint64_t& bytes);

  std::optional<HttpClient> admin_, metrics_;
  std::shared_ptr<GrpcChannel> grpc_;  // null: it has no such door
};

}  // namespace mesh
