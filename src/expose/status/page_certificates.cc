// How long each certificate has left, as a bar of its whole life, those that end first on top; and
// how its renewal goes, in words.
#include <algorithm>
#include <array>
#include <vector>

#include "base/duration.h"
#include "base/rfc3339.h"
#include "compute/certificate_rows.h"
#include "compute/left_out.h"
#include "expose/certificate_table.h"
#include "expose/status/parts.h"

namespace mesh {
namespace {

using std::chrono::sys_seconds;

constexpr std::size_t most_shown = 200, most_failures = 50;

constexpr std::array<TableColumn, 4> columns{
    {{"Certificate"}, {"Status"}, {"Left of its life"}, {"Renewal"}}};

Tone tone_of(const CertificateRow& row) {
  switch (row.status) {
    case CertificateStatus::ok: return Tone::good;
    case CertificateStatus::overdue:
    case CertificateStatus::not_yet_valid: return Tone::note;
    case CertificateStatus::expiring:
      return std::chrono::seconds(row.remaining_seconds) < expires_soon ? Tone::bad : Tone::note;
    case CertificateStatus::expired: return Tone::bad;
  }
  return Tone::idle;
}

std::string_view seen_words(CertificateSource source) {
  switch (source) {
    case CertificateSource::admin: return "told by the proxy";
    case CertificateSource::handshake: return "seen in a handshake";
    case CertificateSource::proxy: return "told by the mesh's agent";
    case CertificateSource::file: return "in a file";
    case CertificateSource::secret: return "in a Secret";
  }
  return "";
}

std::string left_words(const CertificateRow& row) {
  if (row.remaining_seconds <= 0)
    return "expired " + format_roughly(-row.remaining_seconds) + " ago";
  std::string words = format_roughly(row.remaining_seconds) + " left";
  if (row.certificate.not_before) {
    const auto life = row.certificate.not_after - *row.certificate.not_before;
    words += " of " + format_roughly(life.count());
  }
  return words;
}

std::string due_words(const CertificateRow& row, sys_seconds now) {
  if (!row.due) return "";
  const auto ahead = (*row.due - now).count();
  return ahead >= 0 ? "due in " + format_roughly(ahead)
                    : "was due " + format_roughly(-ahead) + " ago";
}

// What came of its renewals, as far as that was seen.
std::string renewal_words(const CertificateRow& row, sys_seconds now) {
  if (row.draining) return "replaced, and still listed";
  std::string words;
  if (row.rotations == 0) {
    words = "not renewed since it is watched";
  } else {
    words =
        row.rotations == 1 ? "renewed once" : "renewed " + std::to_string(row.rotations) + " times";
    if (row.last_rotation) {
      words += row.rotations == 1 ? ", " : ", last ";
      words += format_roughly((now - *row.last_rotation).count()) + " ago";
    }
  }
  const std::string due = due_words(row, now);
  return due.empty() ? words : words + "; the next " + due;
}

void write_row(const CertificateRow& row, sys_seconds now, PageTable& table, Html& html) {
  const auto line = table.row();
  {
    const auto cell = table.cell();
    const std::string_view identity = identity_of(row.certificate);
    html.element("b", identity.empty() ? "without a name" : identity);
    const auto where = html.open("div", {{"class", "soft"}});
    html.text(row.where);
    html.text(" · " + std::string(to_string(row.certificate.role)) + ", " +
              std::string(seen_words(row.source)));
  }
  {
    const auto cell = table.cell();
    write_badge(html, tone_of(row), to_string(row.status));
  }
  {
    const auto cell = table.cell();
    if (row.remaining_ratio) write_bar(html, tone_of(row), *row.remaining_ratio);
    html.element("span", left_words(row));
    html.element("div", {{"class", "soft date"}}, "until " + to_rfc3339(row.certificate.not_after));
  }
  table.cell(renewal_words(row, now));
}

// What the proxies and their agents count of renewals that failed.
void write_failures(const Page& page, const ReportFilter& filter, Html& html) {
  std::size_t shown = 0, all = 0;
  std::vector<std::string> lines;
  for (const auto& state : page.snapshot.targets) {
    if (!filter.lets(state->target)) continue;
    for (const RotationFailure& one : state->rotation_failures) {
      if (one.count == 0) continue;
      if (++all > most_failures) continue;
      ++shown;
      lines.push_back(target_id(state->target) + ": renewing " +
                      (one.secret.empty() ? "a certificate" : one.secret) + " failed " +
                      (one.count == 1 ? "once" : std::to_string(one.count) + " times") + ", " +
                      one.reason + (one.failing ? ", and has not succeeded since" : ""));
    }
  }
  if (lines.empty()) return;
  html.element("h2", "Renewals that failed");
  const auto list = html.open("ul");
  for (const std::string& line : lines) html.element("li", line);
  if (all > shown) html.element("li", "and " + std::to_string(all - shown) + " more");
}

std::vector<CertificateRow> rows_of(const Page& page, const ReportFilter& filter) {
  std::vector<CertificateRow> rows = certificate_rows(page.snapshot, page.self.now, false, filter);
  sort_rows(rows, RowOrder::remaining);
  return rows;
}

}  // namespace

void write_certificates(const Page& page, const ReportFilter& filter, Html& html) {
  const std::vector<CertificateRow> rows = rows_of(page, filter);
  const sys_seconds now = std::chrono::floor<std::chrono::seconds>(page.self.now);
  html.element("p", {{"class", "sum"}}, certificates_in_one_line(page, filter));
  const std::string cascade = cascade_words(cut_off(page.snapshot, filter), page.self.now);
  if (!cascade.empty()) {
    const auto alarm = html.open("p", {{"class", "alarm"}});
    html.text(cascade, 2 * Html::longest_text);
  }
  write_failures(page, filter, html);
  if (rows.empty()) return;
  const std::size_t shown =
      write_table(html, "Certificates in use", columns, rows, most_shown,
                  [&](const auto& row, PageTable& table) { write_row(row, now, table, html); });
  const std::uint64_t left_out = all_left_out(page.snapshot, filter);
  write_cut(html, rows.size() - shown, *find_status_page("/certificates"));
  if (left_out > 0) {
    html.element("p", {{"class", "soft"}},
                 counted(left_out, "certificate is", "certificates are") +
                     " beyond the bounds of their places and not kept, those that expire last");
  }
}

std::string certificates_in_one_line(const Page& page, const ReportFilter& filter) {
  const std::vector<CertificateRow> rows = rows_of(page, filter);
  if (rows.empty()) return "no certificates are known";
  std::string words = counted(rows.size(), "certificate", "certificates") + " in use";
  for (const auto status : {CertificateStatus::expired, CertificateStatus::expiring,
                            CertificateStatus::overdue, CertificateStatus::not_yet_valid}) {
    const auto count = std::ranges::count(rows, status, &CertificateRow::status);
    if (count == 0) continue;
    words += ", " + std::to_string(count) + " ";
    words += to_string(status);
  }
  const auto next = std::ranges::find_if(
      rows, [](const CertificateRow& row) { return row.remaining_seconds > 0; });
  if (next == rows.end()) return words;
  return words + "; the next to end, in " + format_roughly(next->remaining_seconds) + ": " +
         std::string(identity_of(next->certificate));
}

}  // namespace mesh
