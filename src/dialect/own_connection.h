// Which of a server's connections is the agent's own: sans I/O, a part of a conversation.
//
// The server does not say whose a connection is, and the agent does not know its own port. But it
// knows how many questions it asked: over its own connection came as many calls, and its own health
// probes where they share it. So the connection is ours that is nearest to that over all looks, if
// our questions are at least half of what came over it: where a proxy is on the way, ours come over
// its connection together with all others, and none is.
//
// Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "dialect/channelz_walk.h"

namespace mesh {

class OwnConnection {
 public:
  // A look at all connections of a process.
  void enter(const std::vector<ChannelzLook::Socket>& sockets);

  // The id of the connection, and of the server that has it; nothing where it cannot be told.
  std::optional<std::uint64_t> socket() const { return socket_; }
  std::optional<std::uint64_t> server() const { return server_; }

  // Nothing but our questions came over it, at every look.
  bool is_exact() const { return is_exact_; }

 private:
  struct Seen {
    std::uint64_t started = 0, own = 0;      // at the last look
    std::uint64_t calls = 0, questions = 0;  // since the first
    std::uint64_t unlike = 0;                // differences between the two, look by look
    std::uint64_t looks = 0;
    bool seen = false;
  };

  std::map<std::uint64_t, Seen> seen_;  // by id
  std::optional<std::uint64_t> socket_, server_;
  bool is_exact_ = false;
};

}  // namespace mesh
