// Rows to lines for people; see certificate_table.h.
#include "expose/certificate_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "base/duration.h"
#include "base/rfc3339.h"
#include "base/utf8.h"
#include "expose/table.h"

namespace mesh {
namespace {

using std::chrono::sys_seconds;

std::string percent(std::optional<double> ratio) {
  if (!ratio) return "-";
  return std::to_string(static_cast<int>(std::floor(*ratio * 100))) + "%";
}

constexpr std::size_t columns = 8, numbers = 2;  // the first are numbers
using Line = std::array<std::string, columns>;
constexpr std::array<std::string_view, columns> titles{
    "REMAINING", "LEFT", "STATUS", "ROTATED", "SOURCE", "ROLE", "WHERE", "CERTIFICATE"};

// One long path shall not push what follows off everybody's screen: its own line is longer then.
constexpr std::size_t widest = 48;

Line cells_of(const CertificateLine& line, sys_seconds now) {
  std::string rotated = "-";
  if (line.last_rotation) {
    rotated = format_roughly((now - *line.last_rotation).count()) + " ago";
    if (line.rotations > 1) rotated += ", " + std::to_string(line.rotations) + "x";
  }
  std::string certificate = shown_on_one_line(line.certificate);
  return {
      format_roughly(line.remaining_seconds), percent(line.remaining_ratio),
      shown_on_one_line(line.status),         std::move(rotated),
      shown_on_one_line(line.source),         shown_on_one_line(line.role),
      shown_on_one_line(line.where),          certificate.empty() ? "-" : std::move(certificate)};
}

void append_line(const Line& line, const std::array<std::size_t, columns>& widths,
                 std::string& table) {
  for (std::size_t i = 0; i + 1 < columns; ++i) {
    const std::size_t blanks = widths[i] - std::min(widths[i], width_of(line[i]));
    if (i < numbers) table.append(blanks, ' ');
    table += line[i];
    if (i >= numbers) table.append(blanks, ' ');
    table += "  ";
  }
  table += line.back() + "\n";
}

CertificateLine line_of(const CertificateRow& row) {
  CertificateLine line;
  line.remaining_seconds = row.remaining_seconds;
  line.remaining_ratio = row.remaining_ratio;
  line.status = row.draining ? "draining" : to_string(row.status);
  line.rotations = row.rotations;
  // What is in use from the beginning replaced nothing.
  if (row.rotations > 0) line.last_rotation = row.last_rotation;
  line.source = to_string(row.source);
  line.role = to_string(row.certificate.role);
  line.where = row.where;
  line.certificate = identity_of(row.certificate);
  return line;
}

}  // namespace

CertificateList certificate_list(std::span<const CertificateRow> rows, WallTime now,
                                 std::uint64_t left_out, std::optional<CutOff> cut_off) {
  CertificateList list;
  list.at = std::chrono::floor<std::chrono::seconds>(now);
  list.lines.reserve(rows.size());
  for (const CertificateRow& row : rows) list.lines.push_back(line_of(row));
  list.left_out = left_out;
  list.cut_off = std::move(cut_off);
  return list;
}

std::string certificate_text(const CertificateList& list) {
  std::string text = cascade_words(list.cut_off, list.at);
  if (!text.empty()) text += "\n\n";
  if (list.lines.empty()) return text + "no certificates\n";
  std::vector<Line> lines(1);
  std::ranges::copy(titles, lines[0].begin());
  for (const CertificateLine& line : list.lines) lines.push_back(cells_of(line, list.at));
  std::array<std::size_t, columns> widths{};
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < columns; ++i) {
      widths[i] = std::max(widths[i], std::min(width_of(line[i]), widest));
    }
  }
  for (const Line& line : lines) append_line(line, widths, text);
  if (list.left_out == 0) return text;
  return text + "and " + std::to_string(list.left_out) + " more, which expire later\n";
}

std::optional<CutOff> cut_off(const Snapshot& snapshot, const ReportFilter& filter) {
  const TargetState* first = nullptr;
  CutOff all;
  for (const auto& state : snapshot.targets) {
    const auto& cascade = state->control_plane.cascade;
    if (!cascade || !filter.lets(state->target)) continue;
    ++all.sidecars;
    if (!first || cascade->at < first->control_plane.cascade->at) first = state.get();
  }
  if (!first) return std::nullopt;
  const Cascade& cascade = *first->control_plane.cascade;
  all.certificate = cascade.leaf;
  all.pod = target_id(first->target);
  all.runs_out = cascade.at;
  return all;
}

std::string cascade_words(const std::optional<CutOff>& cut_off, WallTime now) {
  if (!cut_off) return "";
  const auto left = (cut_off->runs_out - std::chrono::floor<std::chrono::seconds>(now)).count();
  std::string words = std::to_string(cut_off->sidecars);
  words += cut_off->sidecars == 1 ? " sidecar cannot renew its certificates"
                                  : " sidecars cannot renew their certificates";
  words += ", for the control plane or issuer is unreachable; the first of them, " +
           shown_on_one_line(cut_off->certificate) + " of " + shown_on_one_line(cut_off->pod);
  words += left > 0 ? ", runs out in " + format_roughly(left)
                    : ", ran out " + format_roughly(-left) + " ago";
  return words + " (" + to_rfc3339(cut_off->runs_out) + ")";
}

}  // namespace mesh
