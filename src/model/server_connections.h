// The connections of a gRPC server, seen from within it, and how calls spread over them.
#pragma once

#include <cstdint>
#include <vector>

namespace mesh {

struct ConnectionCalls {
  std::uint64_t id = 0;     // unique in its process, and not given again there
  std::uint64_t calls = 0;  // begun over it since it is open

  bool operator==(const ConnectionCalls&) const = default;
};

// All that are open now, but our own.
struct ServerConnections {
  std::uint64_t process = 0;  // another number: ids mean other connections
  std::vector<ConnectionCalls> connections;

  bool operator==(const ServerConnections&) const = default;
};

// Of the connections that are open now.
struct ConnectionSpread {
  std::uint64_t open = 0;
  double window_seconds = 0;  // what the others span exactly; 0: no two looks yet
  std::uint64_t used = 0;     // of them, those that carried a call in the window
  std::uint64_t calls = 0;    // begun in the window
  std::uint64_t busiest = 0;  // of them, those over one connection

  bool operator==(const ConnectionSpread&) const = default;
};

}  // namespace mesh
