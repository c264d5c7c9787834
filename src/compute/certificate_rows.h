// Every certificate that is known, one a row, as people and programs read it: the table of
// `mesh_exporter certificates`, the page /certificates and the JSON of /api/v1/certificates.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/report_filter.h"
#include "model/snapshot.h"

namespace mesh {

enum class CertificateStatus : std::uint8_t { ok, overdue, not_yet_valid, expiring, expired };
std::string_view to_string(CertificateStatus status);  // "not yet valid"

struct CertificateRow {
  std::string where;  // "shop/users-0", an endpoint, a file
  CertificateSource source = CertificateSource::admin;
  Certificate certificate;
  bool draining = false;  // replaced and still listed
  std::int64_t remaining_seconds = 0;
  std::optional<double> remaining_ratio;  // 0 to 1; absent where only the end is known
  CertificateStatus status = CertificateStatus::ok;
  // Of what is in use, not of what is draining:
  std::uint64_t rotations = 0;
  std::optional<std::chrono::sys_seconds> last_rotation, due;
  std::optional<double> rotation_point;
};

// Unless `all`, without what is draining. In the order of the snapshot. A filter keeps what belongs
// to its namespace and pod; files belong to nobody.
std::vector<CertificateRow> certificate_rows(const Snapshot& snapshot, WallTime now, bool all,
                                             const ReportFilter& filter = {});

// What is expiring: below 8 % of its life (Consul may renew as late as at 90 %), or within an hour
// for what lives longer than a day.
CertificateStatus certificate_status(const Certificate& certificate, bool overdue, WallTime now);

// What expires sooner than that is critical; before, there is still time to act in office hours.
inline constexpr std::chrono::days expires_soon{1};

// How rows can be ordered; the rest of the order stays as it is.
enum class RowOrder : std::uint8_t { where, remaining, identity, status };
std::string_view to_string(RowOrder order);
std::optional<RowOrder> parse_row_order(std::string_view word);
inline constexpr std::string_view row_orders = "where, remaining, identity or status";
void sort_rows(std::vector<CertificateRow>& rows, RowOrder order);

}  // namespace mesh
