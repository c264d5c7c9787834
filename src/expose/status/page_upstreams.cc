// How much room is left in the pools of each upstream: what is in use against its limits, and which
// breakers are open. Those with the least room stand first.
#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "expose/human.h"
#include "expose/status/parts.h"

namespace mesh {
namespace {

constexpr std::size_t most_shown = 300;
constexpr double nearly_full = 0.8;

constexpr std::array<TableColumn, 5> columns{
    {{"Upstream"}, {"Breakers"}, {"Connections"}, {"Requests"}, {"Waiting"}}};

struct Row {
  const TargetState* state = nullptr;
  const Pool* pool = nullptr;
};

std::optional<double> use_of(const Use& use) {
  if (!use.limit || *use.limit == 0) return std::nullopt;
  return static_cast<double>(use.active) / static_cast<double>(*use.limit);
}

double fullest(const Pool& pool) {
  double most = pool.now.open_breakers.empty() ? 0 : 1;
  for (const Use* use : {&pool.now.connections, &pool.now.requests, &pool.now.pending}) {
    most = std::max(most, use_of(*use).value_or(0));
  }
  return most;
}

std::vector<Row> rows_of(const Page& page, const ReportFilter& filter) {
  std::vector<Row> rows;
  for (const auto& state : page.snapshot.targets) {
    if (!filter.lets(state->target)) continue;
    for (const Pool& pool : state->pools) {
      const bool is_shown = pool.is_told && pool.direction == Direction::outbound &&
                            filter.lets_upstream(pool.upstream);
      if (is_shown) rows.push_back({state.get(), &pool});
    }
  }
  std::ranges::stable_sort(rows, std::ranges::greater(),
                           [](const Row& row) { return fullest(*row.pool); });
  return rows;
}

void write_use(const Use& use, PageTable& table, Html& html) {
  const auto cell = table.cell();
  const auto share = use_of(use);
  if (share) write_bar(html, *share >= nearly_full ? Tone::note : Tone::idle, *share);
  html.element("span", std::to_string(use.active) +
                           (use.limit ? " of " + std::to_string(*use.limit) : ", without a limit"));
}

void write_breakers(const UpstreamReading& upstream, PageTable& table, Html& html) {
  const auto cell = table.cell();
  if (upstream.open_breakers.empty()) {
    return upstream.tells_requests ? write_badge(html, Tone::good, "closed")
                                   : html.text("not told");
  }
  for (const OpenBreaker& open : upstream.open_breakers) {
    write_badge(html, Tone::bad, "open: " + open.priority + " " + open.resource);
  }
}

void write_row(const Row& row, WallTime now, PageTable& table, Html& html) {
  const Pool& pool = *row.pool;
  const auto line = table.row();
  {
    const auto cell = table.cell();
    html.element("b", pool.subset.empty() ? pool.upstream : pool.upstream + " " + pool.subset);
    const auto where = html.open("div", {{"class", "soft"}});
    html.text("of " + target_id(row.state->target));
    if (pool.none_opened_since && pool.now.connections.active > 0) {
      html.text(", the last connection was opened " + age_words(*pool.none_opened_since, now));
    }
  }
  write_breakers(pool.now, table, html);
  write_use(pool.now.connections, table, html);
  if (pool.now.tells_requests) {
    write_use(pool.now.requests, table, html);
  } else {
    table.cell("not told");
  }
  write_use(pool.now.pending, table, html);
}

}  // namespace

void write_upstreams(const Page& page, const ReportFilter& filter, Html& html) {
  const std::vector<Row> rows = rows_of(page, filter);
  html.element("p", {{"class", "sum"}}, upstreams_in_one_line(page, filter));
  if (rows.empty()) return;
  const std::size_t shown = write_table(
      html, "Connection pools", columns, rows, most_shown,
      [&](const Row& row, PageTable& table) { write_row(row, page.self.now, table, html); });
  write_cut(html, rows.size() - shown, *find_status_page("/upstreams"));
}

std::string upstreams_in_one_line(const Page& page, const ReportFilter& filter) {
  const std::vector<Row> rows = rows_of(page, filter);
  if (rows.empty()) return "no connection pools are known";
  const auto open = static_cast<std::size_t>(std::ranges::count_if(
      rows, [](const Row& row) { return !row.pool->now.open_breakers.empty(); }));
  std::string words = counted(rows.size(), "connection pool", "connection pools") + ", ";
  if (open > 0) return words + counted(open, "has an open breaker", "have an open breaker");
  const auto telling = static_cast<std::size_t>(
      std::ranges::count_if(rows, [](const Row& row) { return row.pool->now.tells_requests; }));
  if (telling == 0) {
    words += "whether a breaker is open is not told";
  } else if (telling < rows.size()) {
    words += "no breaker is open of the " + std::to_string(telling) + " that are told";
  } else {
    words += "no breaker is open";
  }
  const double most = fullest(*rows.front().pool);
  return most > 0 ? words + "; the fullest is at " + percent_words(most) : words;
}

}  // namespace mesh
