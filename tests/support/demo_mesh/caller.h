// Makes one call of the demo mesh and tells how it ended.
#pragma once

#include <grpcpp/channel.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ledger.h"
#include "plan.h"

namespace mesh::demo {

struct CallOptions {
  std::chrono::milliseconds deadline{30'000};  // of the caller; travels as grpc-timeout
  std::chrono::milliseconds cancel_after{0};   // 0: never
  bool hold = false;                           // ask the server never to answer
  std::string authority;                       // "": as the target is called
  std::vector<std::pair<std::string, std::string>> metadata;
};

// A channel that makes exactly the calls it is told to: no retries, no proxy from the environment,
// one connection of its own.
std::shared_ptr<grpc::Channel> open_channel(const std::string& target);

// Blocks until the call is over. Thread-safe over one channel.
Outcome make_call(const std::shared_ptr<grpc::Channel>& channel, const PlannedCall& call,
                  const CallOptions& options);

// Blocks until the standard health service says SERVING for all services of the demo mesh, or until
// the time is over: false. `authority` as in CallOptions.
bool wait_until_serving(const std::shared_ptr<grpc::Channel>& channel,
                        std::chrono::milliseconds at_most, const std::string& authority);

}  // namespace mesh::demo
