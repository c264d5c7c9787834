// Failures in doubt, from poll to poll; see rotation_failures.h.
#include "compute/rotation_failures.h"

#include <utility>

#include "base/limits.h"
#include "compute/growth.h"

namespace mesh {

void RotationFailures::enter(const TlsReading& tls, std::uint64_t incarnation, bool looked,
                             bool rotated) {
  const bool restarted = !first_ && incarnation != incarnation_;
  incarnation_ = incarnation;
  for (auto& [name, secret] : secrets_) {
    if (restarted) secret.rotation_failures = secret.rejections = 0;
    secret.fresh = false;
  }

  for (const SecretReading& reading : tls.secrets) {
    if (!secrets_.contains(reading.secret) && secrets_.size() >= limits::tls_contexts_per_target) {
      continue;
    }
    Secret& secret = secrets_[reading.secret];
    const std::uint64_t failed = growth(secret.rotation_failures, reading.rotation_failures);
    const std::uint64_t rejected = growth(secret.rejections, reading.rejections);
    secret.rotation_failures = reading.rotation_failures;
    secret.rejections = reading.rejections;
    const bool other_expiry =
        reading.expires && secret.expires && *reading.expires != *secret.expires;
    // The gauge tells which secret was renewed; without it (before 1.35) any rotation may be its.
    const bool renewed = reading.expires ? other_expiry : rotated;
    if (reading.expires) secret.expires = reading.expires;
    if (first_) continue;
    if (renewed) secret.failing = secret.rejecting = false;
    secret.rejected += rejected;
    secret.rejecting |= rejected > 0;
    if (failed > 0) {
      if (secret.in_doubt == 0) secret.renewed = false;
      secret.in_doubt += failed;
      secret.fresh = true;
    }
    if (secret.in_doubt > 0) secret.renewed |= renewed;
  }
  first_ = false;

  for (auto& [name, secret] : secrets_) {
    // Where the gauge tells about the secret itself, no look is needed.
    const bool can_tell = looked || secret.expires;
    if (!can_tell || secret.fresh || secret.in_doubt == 0) continue;
    if (!secret.renewed) {
      secret.believed += secret.in_doubt;
      secret.failing = true;
    }
    secret.in_doubt = 0;
  }
  publish();
}

void RotationFailures::publish() {
  counts_.clear();
  for (const auto& [name, secret] : secrets_) {
    counts_.push_back({name, "key_rotation_failed", secret.believed, secret.failing});
    counts_.push_back({name, "update_rejected", secret.rejected, secret.rejecting});
  }
}

}  // namespace mesh
