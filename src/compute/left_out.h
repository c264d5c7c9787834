// How many certificates are known and not shown, because there are more than the bounds allow.
#pragma once

#include <array>
#include <cstdint>
#include <numeric>

#include "model/report_filter.h"
#include "model/snapshot.h"

namespace mesh {

inline constexpr std::array all_sources{CertificateSource::admin, CertificateSource::handshake,
                                        CertificateSource::proxy, CertificateSource::file,
                                        CertificateSource::secret};

// Indexed by CertificateSource.
using LeftOut = std::array<std::uint64_t, all_sources.size()>;

// Of those that the filter lets through; files and Secrets belong to nobody.
inline LeftOut left_out(const Snapshot& snapshot, const ReportFilter& filter = {}) {
  LeftOut counts{};
  const auto add = [&](const CertificatePlace& place) {
    counts[static_cast<std::size_t>(place.source)] += place.left_out;
  };
  for (const auto& state : snapshot.targets) {
    if (!filter.lets(state->target)) continue;
    for (const auto& place : state->certificates) add(*place);
  }
  for (const auto& state : snapshot.tls_endpoints) {
    if (state->certificates && filter.lets(state->whose)) add(*state->certificates);
  }
  if (!filter.lets({})) return counts;
  for (const auto& file : snapshot.files->remarkable) {
    if (file->certificates) add(*file->certificates);
  }
  for (const auto& place : snapshot.shown_secrets->places) add(*place);
  counts[static_cast<std::size_t>(CertificateSource::file)] += snapshot.shown_files->left_out;
  counts[static_cast<std::size_t>(CertificateSource::secret)] += snapshot.shown_secrets->left_out;
  return counts;
}

inline std::uint64_t all_left_out(const Snapshot& snapshot, const ReportFilter& filter = {}) {
  const LeftOut counts = left_out(snapshot, filter);
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

}  // namespace mesh
