// Rows out of a snapshot; see certificate_rows.h.
#include "compute/certificate_rows.h"

#include <algorithm>
#include <utility>

#include "compute/each_certificate.h"

namespace mesh {
namespace {

using std::chrono::sys_seconds;

constexpr double expiring_below = 0.08;

void add_place(const std::string& where, const CertificatePlace& place, WallTime now, bool all,
               std::vector<CertificateRow>& rows) {
  const sys_seconds second = std::chrono::floor<std::chrono::seconds>(now);
  const auto row_of = [&](const Certificate& one, bool overdue) {
    CertificateRow row;
    row.where = where;
    row.source = place.source;
    row.certificate = one;
    row.remaining_seconds = (one.not_after - second).count();
    row.remaining_ratio = life_left(one, second);
    row.status = certificate_status(one, overdue, now);
    return row;
  };
  for (const KnownCertificate& known : place.known) {
    CertificateRow row = row_of(known.in_use, is_overdue(place, known, now));
    row.rotations = known.rotations;
    row.last_rotation = known.last_rotation;
    row.due = known.due;
    row.rotation_point = known.rotation_point;
    rows.push_back(std::move(row));
    for (const Certificate& one : known.beside) rows.push_back(row_of(one, false));
    if (!all) continue;
    for (const Certificate& one : known.draining) {
      rows.push_back(row_of(one, false));
      rows.back().draining = true;
    }
  }
}

}  // namespace

std::string_view to_string(CertificateStatus status) {
  switch (status) {
    case CertificateStatus::ok: return "ok";
    case CertificateStatus::overdue: return "overdue";
    case CertificateStatus::not_yet_valid: return "not yet valid";
    case CertificateStatus::expiring: return "expiring";
    case CertificateStatus::expired: return "expired";
  }
  return "";
}

CertificateStatus certificate_status(const Certificate& one, bool overdue, WallTime now) {
  const sys_seconds second = std::chrono::floor<std::chrono::seconds>(now);
  if (one.not_after <= second) return CertificateStatus::expired;
  if (one.not_before && *one.not_before > second) return CertificateStatus::not_yet_valid;
  const auto left = one.not_after - second;
  const bool long_lived = one.not_before && one.not_after - *one.not_before > std::chrono::days(1);
  if (long_lived && left < std::chrono::hours(1)) return CertificateStatus::expiring;
  if (life_left(one, second).value_or(1) < expiring_below) return CertificateStatus::expiring;
  return overdue ? CertificateStatus::overdue : CertificateStatus::ok;
}

std::vector<CertificateRow> certificate_rows(const Snapshot& snapshot, WallTime now, bool all,
                                             const ReportFilter& filter) {
  std::vector<CertificateRow> rows;
  each_place(snapshot,
             [&](const Target& whose, const std::string& where, const CertificatePlace& place) {
               if (filter.lets(whose)) add_place(where, place, now, all, rows);
             });
  return rows;
}

std::string_view to_string(RowOrder order) {
  switch (order) {
    case RowOrder::where: return "where";
    case RowOrder::remaining: return "remaining";
    case RowOrder::identity: return "identity";
    case RowOrder::status: return "status";
  }
  return "";
}

std::optional<RowOrder> parse_row_order(std::string_view word) {
  using enum RowOrder;
  for (const RowOrder order : {where, remaining, identity, status}) {
    if (to_string(order) == word) return order;
  }
  return std::nullopt;
}

void sort_rows(std::vector<CertificateRow>& rows, RowOrder order) {
  const auto by = [&](auto less) { std::ranges::stable_sort(rows, less); };
  using Row = const CertificateRow&;
  switch (order) {
    case RowOrder::where: return by([](Row a, Row b) { return a.where < b.where; });
    case RowOrder::remaining:
      return by([](Row a, Row b) { return a.remaining_seconds < b.remaining_seconds; });
    case RowOrder::identity:
      return by(
          [](Row a, Row b) { return identity_of(a.certificate) < identity_of(b.certificate); });
    case RowOrder::status: return by([](Row a, Row b) { return a.status > b.status; });
  }
}

}  // namespace mesh
