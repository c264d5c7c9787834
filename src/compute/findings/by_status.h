// Findings about certificates in one status, each certificate in use looked at once.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/duration.h"
#include "compute/certificate_rows.h"
#include "compute/each_certificate.h"
#include "compute/findings.h"
#include "compute/findings/renewal_remedies.h"

namespace mesh {

inline std::string span_of(std::int64_t seconds) {
  return format_roughly(seconds < 0 ? -seconds : seconds);
}

// "leaf spiffe://mesh.test/users"
inline std::string name_of(const Certificate& one) {
  return std::string(to_string(one.role)) + " " + std::string(identity_of(one));
}

// What is said of one certificate: how grave, in which words after its name, what to do.
struct CertificateVerdict {
  Severity severity = Severity::warning;
  std::string words;
  std::span<const Remedy> remedies = renewal_remedies;
  std::vector<Evidence> evidence{};  // beside what is told of every certificate
};

// Those in one status. `judge(known, second)` gives the verdict.
template <class Judge>
void find_status(std::string_view name, CertificateStatus status, const Snapshot& snapshot,
                 WallTime now, std::vector<Finding>& found, Judge judge) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  each_certificate_once(
      snapshot, [&](const Target& whose, const std::string& where, const CertificatePlace& place,
                    const KnownCertificate& known) {
        const Certificate& one = known.in_use;
        if (certificate_status(one, is_overdue(place, known, now), now) != status) return;
        CertificateVerdict verdict = judge(known, second);
        // Every store of public roots has some that end; who still needs one is another question.
        const bool stored = place.source == CertificateSource::file;
        if (stored && one.role != CertificateRole::leaf) {
          verdict.severity = std::min(verdict.severity, Severity::warning);
        }
        Finding finding{name, verdict.severity, whose, where, "", "", name_of(one), "", {}, "", {}};
        finding.cause = finding.subject + " " + verdict.words;
        finding.evidence.push_back(
            {"remaining", static_cast<double>((one.not_after - second).count()), Unit::seconds});
        finding.evidence.push_back({"not_after",
                                    static_cast<double>(one.not_after.time_since_epoch().count()),
                                    Unit::unix_seconds});
        if (const auto left = life_left(one, now)) {
          finding.evidence.push_back({"remaining_ratio", *left, Unit::ratio});
        }
        std::ranges::copy(verdict.evidence, std::back_inserter(finding.evidence));
        finding.remedy = remedy_for(whose.mesh, verdict.remedies);
        found.push_back(std::move(finding));
      });
}

}  // namespace mesh
