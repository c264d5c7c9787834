// Which failures to renew a certificate are believed.
//
// Envoy raises key_rotation_failed at every good rotation of a key and a certificate file, once,
// between the two renames (seen with 1.36.2 and 1.40.0). So such a failure is kept in doubt until a
// later look at the certificates: it is dropped if the secret was renewed by then and believed if
// it was not. A rejection is believed at once. What was counted before the first poll is history.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/certificate_look.h"
#include "model/known_certificate.h"

namespace mesh {

// One per target. Not thread-safe.
class RotationFailures {
 public:
  // Once a poll. `looked`: the certificates were looked at in this poll; `rotated`: and one of them
  // was replaced.
  void enter(const TlsReading& tls, std::uint64_t incarnation, bool looked, bool rotated);

  // Per secret and reason, since the agent's start; reasons that never occurred at zero, so that
  // the first one is an increase.
  const std::vector<RotationFailure>& counts() const { return counts_; }

 private:
  struct Secret {
    std::uint64_t rotation_failures = 0, rejections = 0;  // last seen at the source
    std::uint64_t believed = 0, rejected = 0;
    std::uint64_t in_doubt = 0;
    bool failing = false, rejecting = false;  // since it was last renewed
    bool fresh = false;                       // came into doubt with this very poll
    bool renewed = false;                     // since it came into doubt
    std::optional<std::uint64_t> expires;     // last seen
  };

  void publish();

  std::uint64_t incarnation_ = 0;
  bool first_ = true;
  std::map<std::string, Secret> secrets_;
  std::vector<RotationFailure> counts_;
};

}  // namespace mesh
