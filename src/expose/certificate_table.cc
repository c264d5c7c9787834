// Rows to lines; see certificate_table.h.
#include "expose/certificate_table.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <utility>
#include <vector>

#include "base/duration.h"
#include "base/rfc3339.h"
#include "base/utf8.h"
#include "expose/table.h"

namespace mesh {
namespace {

namespace json = boost::json;
using std::chrono::sys_seconds;

std::string percent(std::optional<double> ratio) {
  if (!ratio) return "-";
  return std::to_string(static_cast<int>(std::floor(*ratio * 100))) + "%";
}

json::value date_or_null(const std::optional<sys_seconds>& t) {
  return t ? json::value(to_rfc3339(*t)) : json::value(nullptr);
}

json::value number_or_null(const std::optional<double>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

constexpr std::size_t columns = 8, numbers = 2;  // the first are numbers
using Line = std::array<std::string, columns>;
constexpr std::array<std::string_view, columns> titles{
    "REMAINING", "LEFT", "STATUS", "ROTATED", "SOURCE", "ROLE", "WHERE", "CERTIFICATE"};
constexpr std::string_view no_rows = "no certificates\n";

// One long path shall not push what follows off everybody's screen: its own line is longer then.
constexpr std::size_t widest = 48;

Line line_of(const CertificateRow& row, sys_seconds now) {
  std::string rotated = "-";
  if (row.rotations > 0 && row.last_rotation) {
    rotated = format_roughly((now - *row.last_rotation).count()) + " ago";
    if (row.rotations > 1) rotated += ", " + std::to_string(row.rotations) + "x";
  }
  std::string identity = shown_on_one_line(identity_of(row.certificate));
  return {format_roughly(row.remaining_seconds),
          percent(row.remaining_ratio),
          std::string(row.draining ? "draining" : to_string(row.status)),
          std::move(rotated),
          std::string(to_string(row.source)),
          std::string(to_string(row.certificate.role)),
          shown_on_one_line(row.where),
          identity.empty() ? "-" : std::move(identity)};
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

}  // namespace

std::string certificate_table(std::span<const CertificateRow> rows, WallTime now,
                              std::uint64_t left_out) {
  if (rows.empty()) return std::string(no_rows);
  std::vector<Line> lines(1);
  std::ranges::copy(titles, lines[0].begin());
  const sys_seconds second = std::chrono::floor<std::chrono::seconds>(now);
  for (const CertificateRow& row : rows) lines.push_back(line_of(row, second));
  std::array<std::size_t, columns> widths{};
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < columns; ++i) {
      widths[i] = std::max(widths[i], std::min(width_of(line[i]), widest));
    }
  }
  std::string table;
  for (const Line& line : lines) append_line(line, widths, table);
  if (left_out == 0) return table;
  return table + "and " + std::to_string(left_out) + " more, which expire later\n";
}

std::string cascade_words(const Snapshot& snapshot, WallTime now, const ReportFilter& filter) {
  const TargetState* first = nullptr;
  std::size_t cut_off = 0;
  for (const auto& state : snapshot.targets) {
    const auto& cascade = state->control_plane.cascade;
    if (!cascade || !filter.lets(state->target)) continue;
    ++cut_off;
    if (!first || cascade->at < first->control_plane.cascade->at) first = state.get();
  }
  if (!first) return "";
  const Cascade& cascade = *first->control_plane.cascade;
  const auto left = (cascade.at - std::chrono::floor<std::chrono::seconds>(now)).count();
  std::string words = std::to_string(cut_off);
  words += cut_off == 1 ? " sidecar cannot renew its certificates"
                        : " sidecars cannot renew their certificates";
  words += ", for the control plane or issuer is unreachable; the first of them, " +
           shown_on_one_line(cascade.leaf) + " of " + shown_on_one_line(target_id(first->target));
  words += left > 0 ? ", runs out in " + format_roughly(left)
                    : ", ran out " + format_roughly(-left) + " ago";
  return words + " (" + to_rfc3339(cascade.at) + ")";
}

bool is_certificates_answer(std::string_view text, bool json) {
  if (json) return is_json_list(text, "certificate");
  // The page may open with the words of a cascade.
  const auto gap = text.find("\n\n");
  if (gap != text.npos) text.remove_prefix(gap + 2);
  return text == no_rows || has_head(text, titles);
}

std::string certificates_json(std::span<const CertificateRow> rows) {
  json::array all;
  for (const CertificateRow& row : rows) {
    const Certificate& one = row.certificate;
    json::array names;
    for (const SubjectAltName& name : one.sans) names.emplace_back(shown_on_one_line(name.text));
    json::object object;
    object["certificate"] = shown_on_one_line(identity_of(one));
    object["source"] = to_string(row.source);
    object["where"] = shown_on_one_line(row.where);
    object["role"] = to_string(one.role);
    object["state"] = row.draining ? "draining" : "in_use";
    object["status"] = to_string(row.status);
    object["not_before"] = date_or_null(one.not_before);
    object["not_after"] = to_rfc3339(one.not_after);
    object["remaining_seconds"] = row.remaining_seconds;
    object["remaining_ratio"] = number_or_null(row.remaining_ratio);
    object["rotations"] = row.rotations;
    // What is in use from the beginning replaced nothing.
    object["last_rotation"] =
        row.rotations > 0 ? date_or_null(row.last_rotation) : json::value(nullptr);
    object["rotation_point"] = number_or_null(row.rotation_point);
    object["renewal_due"] = date_or_null(row.due);
    object["serial"] = one.serial;
    object["subject"] = shown_on_one_line(one.subject);
    object["issuer"] = shown_on_one_line(one.issuer);
    object["sans"] = std::move(names);
    object["key_algorithm"] = to_string(one.key_algorithm);
    object["key_bits"] = one.key_bits;
    object["fingerprint_sha256"] = one.fingerprint_sha256;
    all.push_back(std::move(object));
  }
  return json::serialize(all) + "\n";
}

}  // namespace mesh
