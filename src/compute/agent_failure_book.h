// How often the mesh's own agent failed to renew, accumulated over its restarts.
//
// Such a counter is believed at once: an agent counts what it gave up, and nothing that a good
// renewal raises, too (as Envoy's key_rotation_failed does, rotation_failures.h). What was counted
// before the first look is history. A counter that fell began again from zero.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "model/certificate_look.h"
#include "model/known_certificate.h"

namespace mesh {

// One per target. Not thread-safe.
class AgentFailureBook {
 public:
  // Once a look. `renewed`: a leaf was replaced since the last one, or is there for the first time.
  void enter(const std::vector<AgentFailures>& failures, bool renewed);

  // Per reason, since our start; those that never occurred at zero. Of no secret in particular.
  std::vector<RotationFailure> counts() const;

 private:
  struct Entry {
    std::uint64_t at_source = 0, count = 0;
    bool failing = false;  // since the last renewal
  };

  bool first_ = true;
  std::map<std::string_view, Entry> by_reason_;
};

}  // namespace mesh
