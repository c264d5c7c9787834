// The load generator's books: every call it made, by method and by the status that it saw, and the
// messages that went each way. What the proxies count is held against this.
//
// A call that ended without any status from the mesh (cancelled by the caller, its own deadline,
// a connection that broke under it) is booked apart, as unanswered: no proxy can know its status.
#pragma once

#include <grpcpp/support/status_code_enum.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <tuple>

#include "plan.h"

namespace mesh::demo {

struct Outcome {
  grpc::StatusCode code = grpc::StatusCode::UNKNOWN;
  bool answered = false;        // the status came from a server or a proxy, not from our own end
  std::uint64_t requests = 0;   // messages sent
  std::uint64_t responses = 0;  // messages received
};

// Thread-safe.
class Ledger {
 public:
  void book(Method method, const Outcome& outcome);

  // One line: {"calls":[{"service","method","code","count"}…],"unanswered":[…],
  // "messages":[{"service","method","kind","count"}…]}, each sorted; `messages` only of answered
  // calls.
  std::string json() const;

  // Replaces the file in one step, so that a reader never sees half of it.
  bool write(const std::string& file_name) const;

 private:
  // service, method, then code or kind
  using Counts = std::map<std::tuple<std::string, std::string, std::string>, std::uint64_t>;
  static void append(std::string& into, std::string_view name, std::string_view third,
                     const Counts& counts);

  mutable std::mutex mutex_;
  Counts calls_;
  Counts unanswered_;
  Counts messages_;
};

}  // namespace mesh::demo
