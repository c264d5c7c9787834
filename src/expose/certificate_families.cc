// Certificates: what is in use and for how long, what was rotated, and what is still talking under
// the old one. The countdown is computed here, when the page is made, so that it is true to the
// second however old the last look is.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "compute/each_certificate.h"
#include "compute/findings.h"
#include "expose/families.h"

namespace mesh {
namespace {

constexpr std::size_t names_shown = 10;

using std::chrono::sys_seconds;

double unix_time(sys_seconds t) { return static_cast<double>(t.time_since_epoch().count()); }

Labels labels_of(const Target& target, const CertificatePlace& place, const Certificate& one) {
  Labels labels(target);
  labels.with("source", to_string(place.source)).with("location", place.location);
  labels.with("role", to_string(one.role)).with("certificate", identity_of(one));
  return std::move(labels.with("key_algorithm", to_string(one.key_algorithm)));
}

void not_after(const Page& page, FamilyBuilder& family) {
  each_certificate(
      page.snapshot, [&](const auto& target, const auto&, const auto& place, const auto& known) {
        family.state(labels_of(target, place, known.in_use), unix_time(known.in_use.not_after));
      });
}

void not_before(const Page& page, FamilyBuilder& family) {
  each_certificate(
      page.snapshot, [&](const auto& target, const auto&, const auto& place, const auto& known) {
        if (!known.in_use.not_before) return;
        family.state(labels_of(target, place, known.in_use), unix_time(*known.in_use.not_before));
      });
}

void remaining_seconds(const Page& page, FamilyBuilder& family) {
  const double now = unix_seconds(page.self.now);
  each_certificate(page.snapshot, [&](const auto& target, const auto&, const auto& place,
                                      const auto& known) {
    family.state(labels_of(target, place, known.in_use), unix_time(known.in_use.not_after) - now);
  });
}

void remaining_ratio(const Page& page, FamilyBuilder& family) {
  each_certificate(page.snapshot,
                   [&](const auto& target, const auto&, const auto& place, const auto& known) {
                     const auto left = life_left(known.in_use, page.self.now);
                     if (left) family.state(labels_of(target, place, known.in_use), *left);
                   });
}

std::string names_of(const Certificate& one) {
  std::string names;
  for (std::size_t i = 0; i < std::min(one.sans.size(), names_shown); ++i) {
    if (i > 0) names += ',';
    names += one.sans[i].text;
  }
  return names;
}

std::string key_of(const Certificate& one) {
  std::string key(to_string(one.key_algorithm));
  // An Ed25519 key has but one size.
  if (one.key_bits == 0 || one.key_algorithm == KeyAlgorithm::ed25519) return key;
  if (!key.empty()) key += '-';
  return key += std::to_string(one.key_bits);
}

void certificate_info(const Page& page, FamilyBuilder& family) {
  const auto tell = [&](const Target& target, const CertificatePlace& place, const Certificate& one,
                        std::string_view state) {
    Labels labels = labels_of(target, place, one);
    labels.with("serial", one.serial).with("issuer", one.issuer).with("subject", one.subject);
    labels.with("san", names_of(one)).with("fingerprint_sha256", one.fingerprint_sha256);
    labels.with("key", key_of(one)).with("state", state);
    family.state(labels, 1);
  };
  each_certificate(page.snapshot,
                   [&](const auto& target, const auto&, const auto& place, const auto& known) {
                     tell(target, place, known.in_use, "in_use");
                     for (const Certificate& one : known.beside) tell(target, place, one, "in_use");
                     for (const Certificate& one : known.draining)
                       tell(target, place, one, "draining");
                   });
}

void rotations(const Page& page, FamilyBuilder& family) {
  each_certificate(page.snapshot,
                   [&](const auto& target, const auto&, const auto& place, const auto& known) {
                     family.add(labels_of(target, place, known.in_use), known.rotations);
                   });
}

void last_rotation(const Page& page, FamilyBuilder& family) {
  each_certificate(
      page.snapshot, [&](const auto& target, const auto&, const auto& place, const auto& known) {
        if (!known.last_rotation) return;
        family.state(labels_of(target, place, known.in_use), unix_time(*known.last_rotation));
      });
}

void overdue(const Page& page, FamilyBuilder& family) {
  const WallTime now = page.self.now;
  each_certificate(
      page.snapshot, [&](const auto& target, const auto&, const auto& place, const auto& known) {
        if (!known.due) return;
        family.state(labels_of(target, place, known.in_use), is_overdue(place, known, now) ? 1 : 0);
      });
}

void rotation_failures(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    for (const RotationFailure& failure : state->rotation_failures) {
      Labels labels(state->target);
      labels.with("source", to_string(failure.source)).with("secret", failure.secret);
      family.add(labels.with("reason", failure.reason), failure.count);
    }
  }
}

void count_connections(const Page& page, FamilyBuilder& family, std::uint64_t StaleCount::*count) {
  for (const auto& state : page.snapshot.targets) {
    for (const StaleCount& stale : state->stale_connections) {
      Labels labels(state->target);
      labels.with("direction", to_string(stale.direction)).with("upstream", stale.upstream);
      labels.with_subset(stale.subset).with("certificate", stale.identity);
      family.add(labels, stale.*count);
    }
  }
}

void stale_connections(const Page& page, FamilyBuilder& family) {
  count_connections(page, family, &StaleCount::connections);
}

void expired_connections(const Page& page, FamilyBuilder& family) {
  count_connections(page, family, &StaleCount::expired);
}

void finding_true(const Page& page, FamilyBuilder& family) {
  for (const Finding& finding : findings(page.snapshot, page.self.now)) {
    Labels labels(finding.whose);
    labels.with("finding", finding.name).with("severity", to_string(finding.severity));
    family.state(labels.with("upstream", finding.upstream), 1);
  }
}

constexpr std::array makers{
    FamilyMaker{"mesh_certificate_not_after_timestamp_seconds", not_after},
    FamilyMaker{"mesh_certificate_not_before_timestamp_seconds", not_before},
    FamilyMaker{"mesh_certificate_remaining_seconds", remaining_seconds},
    FamilyMaker{"mesh_certificate_remaining_ratio", remaining_ratio},
    FamilyMaker{"mesh_certificate_info", certificate_info},
    FamilyMaker{"mesh_certificate_rotations_total", rotations},
    FamilyMaker{"mesh_certificate_last_rotation_timestamp_seconds", last_rotation},
    FamilyMaker{"mesh_certificate_rotation_overdue", overdue},
    FamilyMaker{"mesh_certificate_rotation_failures_total", rotation_failures},
    FamilyMaker{"mesh_certificate_stale_connections", stale_connections},
    FamilyMaker{"mesh_certificate_expired_connections", expired_connections},
    FamilyMaker{"mesh_finding", finding_true},
};

}  // namespace

std::span<const FamilyMaker> certificate_families() { return makers; }

}  // namespace mesh
