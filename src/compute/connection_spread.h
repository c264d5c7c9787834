// How the calls of a gRPC server spread over the connections that its clients have open, over the
// window. HTTP/2 keeps one connection for all calls: a server at which one of them carries all is
// one to which calls are pinned, seen from within.
//
// Both ends of the window are real looks. What a connection carried before it was closed is told no
// more. Not thread-safe.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "model/server_connections.h"

namespace mesh {

// One per target.
class ConnectionSpreadBook {
 public:
  // `slack`: how much older than the window its first look may be.
  ConnectionSpreadBook(Duration window, Duration slack) : window_(window), slack_(slack) {}

  // A look at `at`, not before the last one's.
  void enter(const ServerConnections& look, Instant at);

  // A look at which nothing was told.
  void forget();

  // As of the last look; nothing without one.
  std::optional<ConnectionSpread> spread() const;

 private:
  struct Look {
    Instant at;
    std::vector<ConnectionCalls> connections;  // by id
  };

  Duration window_, slack_;
  std::uint64_t process_ = 0;
  std::deque<Look> checkpoints_;  // the oldest begins the window
  std::optional<Look> last_;
};

}  // namespace mesh
