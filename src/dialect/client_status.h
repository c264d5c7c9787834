// What CSDS tells of an xDS client, over time: sans I/O, a part of a conversation.
//
// The service tells the state of each resource, and the books want counts: so what changed from
// look to look is counted here. A resource that is in use under a version is one that was accepted,
// another version is another one, and so is the same version after a refusal. What was refused at
// the first look is refused still. TIMEOUT, DOES_NOT_EXIST and RECEIVED_ERROR say that nothing was
// brought: each beginning of such a state is a failure.
//
// Whether the client is connected to its control plane is not told. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "model/control_plane.h"
#include "wire/grpc_csds.h"

namespace mesh {

class ClientStatusFollower {
 public:
  // A look. What it does not list is gone.
  void enter(const ClientStatus& status);

  // All that the looks so far brought.
  ControlPlaneReading reading() const;

  // Another process: it counts from nothing.
  void forget() { known_.clear(); }

 private:
  struct Known {
    XdsResource last;
    std::uint64_t accepted = 0, rejected = 0, failed = 0;
    bool seen = false;
  };

  std::map<std::pair<ConfigKind, std::string>, Known> known_;
};

}  // namespace mesh
