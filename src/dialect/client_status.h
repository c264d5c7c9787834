// What CSDS tells of an xDS client, or a control plane of its clients, over time: sans I/O, a part
// of a conversation.
//
// The service tells the state of each resource, and the books want counts: so what changed from
// look to look is counted here. A resource that is in use under a version is one that was accepted,
// another version is another one, and so is the same version after a refusal. What was refused at
// the first look is refused still. TIMEOUT, DOES_NOT_EXIST and RECEIVED_ERROR say that nothing was
// brought: each beginning of such a state is a failure.
//
// A control plane's words for the same are SYNCED, ERROR (refused), STALE (sent, and not answered
// yet) and NOT_SENT. Its resources bear the names of the clients, "web-0: users": each client has
// its own.
//
// Whether the client is connected to its control plane is not told. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/control_plane.h"
#include "wire/grpc_csds.h"

namespace mesh {

class ClientStatusFollower {
 public:
  // A look. What it does not list is gone, unless something was left out of it.
  void enter(const ClientStatus& status);

  // All that the looks so far brought, and how it stood at the last.
  ControlPlaneReading reading() const;

  // A look failed: what is in force now is not known.
  void miss();

  // Another process: it counts from nothing.
  void forget();

 private:
  struct Known {
    XdsResource last;
    std::uint64_t accepted = 0, rejected = 0, failed = 0;
    bool seen = false;
  };

  void enter(const XdsResource& now, ConfigKind kind);
  void sum_up();

  std::map<std::pair<ConfigKind, std::string>, Known> known_;
  std::vector<ConfigStatusCount> statuses_;
  std::vector<ConfigVersionCount> versions_;
};

}  // namespace mesh
