// Which gRPC servers are asked for their health, how, and what each last said: who is not up
// first.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "expose/human.h"
#include "expose/probe_rows.h"
#include "expose/status/parts.h"

namespace mesh {
namespace {

constexpr std::size_t most_shown = 300;

constexpr std::array<TableColumn, 5> columns{
    {{"gRPC server"}, {"Service"}, {"Health"}, {"Since"}, {"Last probe"}}};

// Who is not up, who cannot be asked, who was not asked yet.
int rank_of(const ProbeRow& row) {
  if (!row.state) return 2;
  if (row.state->look.status == HealthStatus::not_asked) return 1;
  return row.is_up() ? 3 : 0;
}

std::vector<ProbeRow> rows_of(const Page& page, const ReportFilter& filter) {
  std::vector<ProbeRow> rows = probe_rows(page, filter);
  std::ranges::stable_sort(rows, {}, rank_of);
  return rows;
}

std::string name_of(const ProbeRow& row) { return qualified(row.whose->ns, std::string(row.name)); }

std::string_view tls_words(const ProbeRow& row) {
  if (row.tls() == "plain") return "plain text";
  return row.tls() == "tls" ? "TLS" : "mutual TLS";
}

void write_health(const ProbeRow& row, Html& html) {
  if (!row.state) return write_badge(html, Tone::idle, "not asked yet");
  const HealthLook& look = row.state->look;
  const Tone tone = row.is_up()                              ? Tone::good
                    : look.status == HealthStatus::not_asked ? Tone::note
                                                             : Tone::bad;
  write_badge(html, tone, health_words(look.status));
  if (!look.words.empty()) html.element("div", look.words);
}

// "1.5 ms, 2 s ago; 3 of 40 failed"
std::string probe_words(const GrpcHealthState& state, WallTime now) {
  std::string words = human_seconds(seconds(state.look.took)) + ", " + age_words(state.at, now);
  if (state.failures == 0) return words;
  return words + "; " + std::to_string(state.failures) + " of " + std::to_string(state.probes) +
         " failed";
}

void write_row(const ProbeRow& row, WallTime now, PageTable& table, Html& html) {
  const auto line = table.row();
  {
    const auto cell = table.cell();
    html.element("b", name_of(row));
    const auto how = html.open("div", {{"class", "soft"}});
    html.text(to_string(row.server->address));
    html.text(" · ");
    html.text(tls_words(row));
    html.text(row.source() == "kubernetes" ? " · by the pod's annotation" : " · configured");
  }
  table.cell(row.service.empty() ? "the server as a whole" : row.service);
  {
    const auto cell = table.cell();
    write_health(row, html);
  }
  table.cell(row.state ? age_words(row.state->since, now) : "–");
  table.cell(row.state ? probe_words(*row.state, now) : "–");
}

}  // namespace

void write_probes(const Page& page, const ReportFilter& filter, Html& html) {
  const std::vector<ProbeRow> rows = rows_of(page, filter);
  html.element("p", {{"class", "sum"}}, probes_in_one_line(page, filter));
  if (rows.empty()) return;
  const std::size_t shown = write_table(
      html, "gRPC servers", columns, rows, most_shown,
      [&](const ProbeRow& row, PageTable& table) { write_row(row, page.self.now, table, html); });
  write_cut(html, rows.size() - shown, *find_status_page("/probes"));
}

std::string probes_in_one_line(const Page& page, const ReportFilter& filter) {
  const std::vector<ProbeRow> rows = rows_of(page, filter);
  if (rows.empty()) {
    return "no gRPC server is asked for its health, neither under \"probes\" nor by a pod's "
           "annotation";
  }
  std::array<std::size_t, 4> by_rank{};
  for (const ProbeRow& row : rows) ++by_rank[static_cast<std::size_t>(rank_of(row))];
  const auto& [not_up, not_askable, waiting, up] = by_rank;
  std::string words = counted(rows.size(), "gRPC service", "gRPC services") +
                      " asked for health, " + std::to_string(up) + " up";
  if (not_up > 0) {
    words += ", " + std::to_string(not_up) + " not: " + name_of(rows.front()) + " " +
             std::string(health_words(rows.front().state->look.status));
  }
  if (not_askable > 0) words += "; " + std::to_string(not_askable) + " cannot be asked";
  if (waiting > 0) words += "; " + std::to_string(waiting) + " not asked yet";
  return words;
}

}  // namespace mesh
