// The certificates as a table for people and as JSON for programs; what /certificates and
// /api/v1/certificates answer, and `mesh_exporter certificates` prints. As JSON the table comes
// back as the same value, so that the command can print what an agent says.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compute/certificate_rows.h"

namespace mesh {

// Sidecars that cannot renew their certificates, and which of these ends first.
struct CutOff {
  std::size_t sidecars = 0;
  std::string certificate, pod;  // "spiffe://…" of "shop/users-0"
  std::chrono::sys_seconds runs_out{};

  bool operator==(const CutOff&) const = default;
};

// What the table shows of a certificate.
struct CertificateLine {
  std::int64_t remaining_seconds = 0;
  std::optional<double> remaining_ratio;
  std::string status;  // "draining" of what was replaced
  std::uint64_t rotations = 0;
  std::optional<std::chrono::sys_seconds> last_rotation;  // nothing without rotations
  std::string source, role, where, certificate;

  bool operator==(const CertificateLine&) const = default;
};

struct CertificateList {
  std::chrono::sys_seconds at{};
  std::vector<CertificateLine> lines;
  std::uint64_t left_out = 0;     // known, and in no line
  std::optional<CutOff> cut_off;  // nothing while every control plane and issuer is connected

  bool operator==(const CertificateList&) const = default;
};

CertificateList certificate_list(std::span<const CertificateRow> rows, WallTime now,
                                 std::uint64_t left_out = 0, std::optional<CutOff> cut_off = {});

// The words of a cascade, if there is one. Then columns of equal width but for what is very long, a
// line per row: REMAINING LEFT STATUS ROTATED SOURCE ROLE WHERE CERTIFICATE, "-" for what is not
// known; "no certificates" without any. What would not show or reorder the line is replaced. A last
// line tells of those that are left out.
std::string certificate_text(const CertificateList& list);

// When the mesh begins to fail. Of the sidecars that the filter lets through.
std::optional<CutOff> cut_off(const Snapshot& snapshot, const ReportFilter& filter = {});

// The same as a sentence: "3 sidecars cannot renew their certificates …"; "" of nothing.
std::string cascade_words(const std::optional<CutOff>& cut_off, WallTime now);

// An array of objects, one per row; dates in RFC 3339, null for what is not known.
std::string certificates_json(std::span<const CertificateRow> rows);

// An object: that array, and what stands beside it in a list of these rows.
std::string certificate_list_json(std::span<const CertificateRow> rows,
                                  const CertificateList& list);

// The list that was written so; the error says what is not as it should be.
Result<CertificateList> parse_certificate_list(std::string_view json);

}  // namespace mesh
