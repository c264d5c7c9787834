// One service of a gRPC server that is asked for its health, and what was last known of it: what
// those share who ask it each interval, listen to it, and ask it because a scraper wants to know.
//
// Lives on one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "app/host_turns.h"
#include "base/clock.h"
#include "grpc/call.h"
#include "grpc/stream.h"
#include "model/grpc_probe.h"

namespace mesh {

struct WatchedService {
  GrpcProbe probe;
  std::string service;
  std::string place;       // differs from all others'
  Duration first_after{};  // from when it began to be watched
  std::shared_ptr<GrpcChannel> channel;
  std::shared_ptr<HostTurns> turns;
  std::shared_ptr<const GrpcHealthState> state;  // null until it was asked
  bool gone = false;                             // nobody watches it any more
  bool silent_to_scraper = false;                // the last time that one had it asked

  // While it is asked in its turn: when the next one was to be, and whether it was away when this
  // one began. Then each that passes is a failure, whatever comes of this one.
  std::optional<Instant> next_turn;
  bool was_away = false;

  // What it says of itself, while that is heard; and whether it can, as far as is known.
  std::shared_ptr<GrpcStream> words;
  bool has_words = true;

  // Of the next turns those that should have been by now.
  std::uint64_t missed_by(Instant now) const;

  // The state with what has been missed so far.
  std::shared_ptr<const GrpcHealthState> known_at(Instant now) const;

  // The state after this look, which is not counted yet; and counted, with the turns that were
  // missed before it: of one that was away, or is found so. Of who was up and is, nothing is known
  // of the time in which others hung.
  std::shared_ptr<GrpcHealthState> showing(HealthLook look) const;
  std::shared_ptr<GrpcHealthState> after(HealthLook look, std::uint64_t missed = 0) const;

  // What is known from now on; the log tells of a change.
  void enter(std::shared_ptr<const GrpcHealthState> next);

  // Whether what was counted goes on under this probe: it means the same server, however and
  // whenever that is asked.
  bool is_counted_with(const GrpcProbe& other) const {
    return probe.whose == other.whose && probe.server.address == other.server.address;
  }

  bool is_away() const { return state && state->look.status == HealthStatus::unreachable; }

  // Nobody watches it from now on.
  void leave();
};

}  // namespace mesh
