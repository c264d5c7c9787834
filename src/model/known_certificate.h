// KnownCertificate: one identity at one place over time: the certificate in use, what it replaced,
// and when. CertificatePlace: all of them at that place, as last judged; immutable once published.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/certificate.h"
#include "model/series.h"

namespace mesh {

struct KnownCertificate {
  Certificate in_use;
  // In use under the same identity at the same time, where the source does not tell their keys
  // apart. None of them expires before in_use.
  std::vector<Certificate> beside;
  std::vector<Certificate> draining;  // older ones that are still listed, newest first
  std::uint64_t rotations = 0;        // seen replaced by a newer one
  // When it came into use: the look that saw it replace another; else its not_before, if known.
  std::optional<std::chrono::sys_seconds> last_rotation;
  // The look that first found this one in use. Before it another was, or nobody looked.
  std::chrono::sys_seconds since{};
  // The share of its life at which it is renewed, by whatever told that; none for a CA.
  std::optional<double> rotation_point;
  // A renewal is overdue from then on (compute/rotation_points.h); none for a CA.
  std::optional<std::chrono::sys_seconds> due;
  bool overdue = false;  // was past `due` when last seen

  // What the next look is held against (compute/certificate_book.h), of the newest of them.
  struct Followed {
    std::chrono::sys_seconds told{};   // its end as the last look had it
    std::chrono::sys_seconds end{};    // the earliest end that any look told
    std::chrono::sys_seconds began{};  // when its life began, as far as that is known

    bool operator==(const Followed&) const = default;
  } followed{};

  bool operator==(const KnownCertificate&) const = default;
};

// A CA that is held together with leaves of one trust domain: what such leaves are verified by.
struct DomainAuthority {
  std::size_t index = 0;  // in CertificatePlace::known
  std::string trust_domain;

  bool operator==(const DomainAuthority&) const = default;
};

struct CertificatePlace {
  CertificateSource source = CertificateSource::admin;
  std::string location;  // a file, an endpoint, a Secret; "" where the target says it all
  WallTime seen;         // when it was last looked at
  std::vector<KnownCertificate> known;  // by role, identity and key algorithm
  std::uint64_t left_out = 0;           // certificates beyond the bound, those that expire last
  std::vector<DomainAuthority> authorities{};  // of the CAs those of which that can be told

  bool operator==(const CertificatePlace&) const = default;
};

// Whether a renewal is overdue: as judged at the last look, for what happened since is not known;
// at `now` in a file or Secret, for they are watched: what they hold is so until a change is seen.
// Compared in whole seconds: the nanoseconds of WallTime end in 2262, and certificates need not.
inline bool is_overdue(const CertificatePlace& place, const KnownCertificate& known, WallTime now) {
  const bool watched =
      place.source == CertificateSource::file || place.source == CertificateSource::secret;
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  return known.overdue || (watched && known.due && second >= *known.due);
}

// Connections of one upstream, or of all inbound ones, under a certificate that was replaced or has
// expired.
struct StaleCount {
  Direction direction = Direction::outbound;
  std::string upstream, subset;   // as in SeriesKey
  std::string identity;           // the one that the target has leaves of; "" if it has several
  std::uint64_t connections = 0;  // at least so many were made before the one now in use
  std::uint64_t expired = 0;      // at least so many are under one that has expired

  bool operator==(const StaleCount&) const = default;
};

// How often renewing one secret failed, by the proxy's own word for the reason, or the agent's.
struct RotationFailure {
  std::string secret;  // "" where the source does not tell
  std::string reason;
  std::uint64_t count = 0;
  bool failing = false;  // it failed so since the secret was last renewed
  CertificateSource source = CertificateSource::admin;

  bool operator==(const RotationFailure&) const = default;
};

}  // namespace mesh
