// The certificates as a table for people and as JSON for programs; what /certificates and
// /api/v1/certificates answer, and `mesh_exporter certificates` prints.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "compute/certificate_rows.h"

namespace mesh {

// Columns of equal width but for what is very long, a line per row: REMAINING LEFT STATUS ROTATED
// SOURCE ROLE WHERE CERTIFICATE, "-" for what is not known; "no certificates" without any. Names
// are shown as html_text() would show them, without the escapes: what would not show or reorder the
// line is replaced. A last line tells of those that are known and in no row.
std::string certificate_table(std::span<const CertificateRow> rows, WallTime now,
                              std::uint64_t left_out = 0);

// "3 sidecars cannot renew their certificates …": when the mesh begins to fail, as a sentence;
// "" while every control plane and issuer is connected. Of the sidecars that the filter lets
// through.
std::string cascade_words(const Snapshot& snapshot, WallTime now, const ReportFilter& filter = {});

// Whether the text could be what an agent's page of the certificates answers.
bool is_certificates_answer(std::string_view text, bool json);

// An array of objects, one per row; dates in RFC 3339, null for what is not known.
std::string certificates_json(std::span<const CertificateRow> rows);

}  // namespace mesh
