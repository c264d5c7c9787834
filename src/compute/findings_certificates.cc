// Findings about certificates: those that stop a mesh at two in the morning, and their omens.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/duration.h"
#include "compute/certificate_rows.h"
#include "compute/each_certificate.h"
#include "compute/findings.h"

namespace mesh {
namespace {

using std::chrono::sys_seconds;

std::string span_of(std::int64_t seconds) {
  return format_roughly(seconds < 0 ? -seconds : seconds);
}

// "leaf spiffe://mesh.test/users"
std::string name_of(const Certificate& one) {
  return std::string(to_string(one.role)) + " " + std::string(identity_of(one));
}

// Those in one status. `judge` gives the severity and what to say of it, with the seconds left.
template <class Judge>
void find_status(std::string_view name, CertificateStatus status, const Snapshot& snapshot,
                 WallTime now, std::vector<Finding>& found, Judge judge) {
  const sys_seconds second = std::chrono::floor<std::chrono::seconds>(now);
  each_certificate(snapshot, [&](const Target& whose, const std::string& where,
                                 const CertificatePlace& place, const KnownCertificate& known) {
    const Certificate& one = known.in_use;
    if (certificate_status(one, is_overdue(place, known, now), now) != status) return;
    auto [severity, words] = judge(known, second);
    // Every store of public roots has some that end; who still needs one is another question.
    const bool stored = place.source == CertificateSource::file;
    if (stored && one.role != CertificateRole::leaf) {
      severity = std::min(severity, Severity::warning);
    }
    found.push_back({name, severity, whose, where, "", name_of(one) + " " + std::move(words)});
  });
}

using Judged = std::pair<Severity, std::string>;

void find_expired(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) {
  find_status("certificate_expired", CertificateStatus::expired, snapshot, now, found,
              [](const KnownCertificate& known, sys_seconds second) {
                const auto ago = (second - known.in_use.not_after).count();
                return Judged{Severity::critical, "expired " + span_of(ago) + " ago"};
              });
}

void find_expiring(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) {
  find_status("certificate_expiring", CertificateStatus::expiring, snapshot, now, found,
              [](const KnownCertificate& known, sys_seconds second) {
                const auto left = known.in_use.not_after - second;
                // Of a certificate of a year there is still time to act in office hours.
                const bool soon = left < std::chrono::days(1);
                return Judged{soon ? Severity::critical : Severity::warning,
                              "expires in " + span_of(left.count())};
              });
}

void find_not_yet_valid(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) {
  find_status("certificate_not_yet_valid", CertificateStatus::not_yet_valid, snapshot, now, found,
              [](const KnownCertificate& known, sys_seconds second) {
                const auto ahead = (*known.in_use.not_before - second).count();
                return Judged{Severity::warning,
                              "is valid in " + span_of(ahead) + ", by the clock of this node"};
              });
}

// Past its renewal; what is expiring or expired on top of that is told as such.
void find_overdue(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) {
  find_status("rotation_overdue", CertificateStatus::overdue, snapshot, now, found,
              [](const KnownCertificate& known, sys_seconds second) {
                return Judged{Severity::warning,
                              "should have been renewed " + span_of((second - *known.due).count()) +
                                  " ago, expires in " +
                                  span_of((known.in_use.not_after - second).count())};
              });
}

void find_failing(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  for (const auto& state : snapshot.targets) {
    for (const RotationFailure& failure : state->rotation_failures) {
      if (!failure.failing) continue;
      found.push_back({"rotation_failing", Severity::warning, state->target,
                       target_id(state->target), "",
                       "secret " + failure.secret + ": " + failure.reason + " " +
                           std::to_string(failure.count) + " times, not renewed since"});
    }
  }
}

void find_stale(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  for (const auto& state : snapshot.targets) {
    for (const StaleCount& stale : state->stale_connections) {
      if (stale.expired == 0) continue;
      const bool inbound = stale.direction == Direction::inbound;
      std::string words = "at least " + std::to_string(stale.expired) +
                          (inbound ? " inbound connections" : " connections to " + stale.upstream);
      words += " made under a certificate that has been replaced and has expired";
      found.push_back({"stale_certificate_in_use", Severity::warning, state->target,
                       target_id(state->target), stale.upstream, std::move(words)});
    }
  }
}

// What is expired or not yet valid is told as such.
void find_trust_broken(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  for (const auto& state : snapshot.tls_endpoints) {
    if (!state->up || !state->trust || state->trust->verified) continue;
    const TrustVerdict& trust = *state->trust;
    if (trust.reason == "expired" || trust.reason == "not_yet_valid") continue;
    found.push_back({"trust_broken", Severity::critical, state->whose,
                     qualified(state->whose.ns, state->name), "",
                     "bundle " + trust.bundle + ": " + trust.words});
  }
}

// CA/Browser Forum, from 2020-09 on; meshes live far below.
constexpr std::chrono::days longest_leaf{398};

std::string weakness_of(const Certificate& one) {
  if (one.key_algorithm == KeyAlgorithm::rsa && one.key_bits < 2048 && one.key_bits > 0) {
    return "has an RSA key of " + std::to_string(one.key_bits) + " bits";
  }
  // A root is trusted for its key: nobody looks at its signature.
  const bool signed_by_another = one.role != CertificateRole::root;
  if (signed_by_another && (one.signature_digest == "sha1" || one.signature_digest == "md5")) {
    return "is signed with " + one.signature_digest;
  }
  if (one.role == CertificateRole::leaf && one.not_before &&
      one.not_after - *one.not_before > longest_leaf) {
    return "is valid for " + span_of((one.not_after - *one.not_before).count());
  }
  return "";
}

void find_weak(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  each_certificate(snapshot, [&](const Target& whose, const std::string& where,
                                 const CertificatePlace&, const KnownCertificate& known) {
    std::string weakness = weakness_of(known.in_use);
    if (weakness.empty()) return;
    found.push_back({"weak_certificate", Severity::info, whose, where, "",
                     name_of(known.in_use) + " " + std::move(weakness)});
  });
}

constexpr std::array makers{
    FindingMaker{"certificate_expired", "A certificate in use has expired.", find_expired},
    FindingMaker{"trust_broken", "A trust bundle does not vouch for the chain that a server shows.",
                 find_trust_broken},
    FindingMaker{"certificate_expiring",
                 "Less than 8 % of a certificate's life is left, or less than an hour of one that "
                 "lives longer than a day.",
                 find_expiring},
    FindingMaker{"rotation_failing",
                 "The proxy failed to load a renewed certificate and has loaded none since.",
                 find_failing},
    FindingMaker{"rotation_overdue",
                 "A leaf is past the point at which its mesh renews it, plus slack.", find_overdue},
    FindingMaker{"stale_certificate_in_use",
                 "Connections are alive that were made under a certificate that has expired.",
                 find_stale},
    FindingMaker{"certificate_not_yet_valid",
                 "A certificate in use is not valid yet: a clock is wrong somewhere.",
                 find_not_yet_valid},
    FindingMaker{"weak_certificate",
                 "An RSA key below 2048 bits, a signature with SHA-1 or MD5, or a leaf that lives "
                 "longer than 398 days.",
                 find_weak},
};

}  // namespace

std::span<const FindingMaker> certificate_findings() { return makers; }

}  // namespace mesh
