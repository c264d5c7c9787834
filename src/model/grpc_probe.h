// GrpcProbe: a gRPC server that is asked for its health, and what was last known of each service
// of it. Immutable once published.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/grpc_health.h"
#include "model/grpc_server.h"
#include "model/target.h"

namespace mesh {

struct GrpcProbe {
  std::string name;  // label `endpoint`; unique together with the labels of `whose`
  Target whose;      // its identity labels; nothing else of it is used
  GrpcServer server;
  std::vector<std::string> services{""};  // as the server names them; "": the server as a whole
  std::chrono::milliseconds interval{15'000};
  std::chrono::milliseconds timeout{5'000};  // of one question
  // Between the questions, what the server says of itself by Health/Watch is shown, too.
  bool watch = false;
  std::string if_unreachable{};  // why that may be so and no outage, in words; "": nothing is known

  bool operator==(const GrpcProbe&) const = default;
};

// One service of one probe.
struct GrpcHealthState {
  Target whose;
  std::string name;     // label `endpoint`
  std::string service;  // label `grpc_service`
  GrpcServer server;
  HealthLook look;             // the last one
  WallTime at;                 // when it ended
  WallTime since;              // when the first look ended that had its status, and all after it
  WallTime down_since;         // likewise that did not find it up, in whatever way; of who is down
  std::uint64_t probes = 0;    // since start; who could not be asked was not probed
  std::uint64_t failures = 0;  // of them those that found it not up
};

// A probe of which a service was not asked even once.
struct UnaskedProbe {
  Target whose;
  std::string name;

  bool operator==(const UnaskedProbe&) const = default;
};

}  // namespace mesh
