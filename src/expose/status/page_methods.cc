// Which method fails, with which status, how often it is called and how long it takes: those that
// fail most first.
#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <vector>

#include "expose/human.h"
#include "expose/method_rows.h"
#include "expose/status/parts.h"

namespace mesh {
namespace {

constexpr std::size_t most_shown = 300;

constexpr std::array<TableColumn, 5> columns{
    {{"Method"}, {"Calls/s", true}, {"Failed"}, {"Took"}, {"Statuses but OK"}}};

std::vector<MethodRow> rows_of(const Page& page, const ReportFilter& filter) {
  std::vector<MethodRow> rows = method_rows(page, filter);
  std::ranges::stable_sort(rows, std::ranges::greater(), [](const MethodRow& row) {
    return std::tuple(row.failed, row.untold, row.calls);
  });
  return rows;
}

// "12 ms on average, half within 10 ms, 99 % within 100 ms": bounds of buckets, so no more than
// what is known.
std::string took_words(const MethodRow& row) {
  std::string words;
  const auto add = [&](const std::string& more) { words += (words.empty() ? "" : ", ") + more; };
  if (const auto mean = row.mean_seconds()) add(human_seconds(*mean) + " on average");
  if (const auto bound = row.within(0.5)) add("half within " + human_seconds(*bound));
  if (const auto bound = row.within(0.99)) add("99 % within " + human_seconds(*bound));
  if (const auto bound = row.not_within(0.99)) {
    add("more than 1 % above " + human_seconds(*bound));
  }
  return words.empty() ? "not told" : words;
}

std::string name_of(const MethodRow& row) {
  if (row.service.empty() && row.method.empty()) return "method not told";
  return row.service + "/" + (row.method.empty() ? "…" : row.method);
}

// A long name is broken before its last words, not within them.
void write_name(const MethodRow& row, Html& html) {
  const std::string name = name_of(row);
  const std::string_view all = name;
  const auto bold = html.open("b");
  std::size_t from = 0;
  for (const auto at : {name.rfind('.', name.find('/')), name.find('/')}) {
    if (at == name.npos || at < from) continue;
    html.text(all.substr(from, at + 1 - from));
    html.lone("wbr", {});
    from = at + 1;
  }
  html.text(all.substr(from));
}

std::string untold_words(std::uint64_t untold) {
  return counted(untold, "call", "calls") + " failed with a status that is not told";
}

// "2 callers and servers see failures, most of A/B, 5 % of its calls". REQUIRES: one of them does.
std::string failing_words(const std::vector<MethodRow>& rows) {
  const auto failing = static_cast<std::size_t>(
      std::ranges::count_if(rows, [](const MethodRow& row) { return row.failed > 0; }));
  const MethodRow& worst = rows.front();
  const auto ratio = worst.error_ratio();
  return counted(failing, "caller or server sees", "callers and servers see") +
         " failures, most of " + name_of(worst) + ", " +
         (ratio ? percent_words(*ratio) : std::to_string(worst.failed)) + " of its calls";
}

void write_row(const MethodRow& row, PageTable& table, Html& html) {
  const auto line = table.row();
  {
    const auto cell = table.cell();
    write_name(row, html);
    const auto where = html.open("div", {{"class", "soft"}});
    html.text(target_id(row.state->target));
    html.text(" · " + std::string(to_string(row.direction)));
    if (!row.upstream.empty()) {
      html.text(" → ");
      html.text(row.upstream);
    }
  }
  table.cell(shown_number(row.per_second()));
  {
    const auto cell = table.cell();
    const auto ratio = row.error_ratio();
    if (row.untold > 0) {
      html.text("not known: " + untold_words(row.untold));
    } else if (!ratio) {
      html.text("no calls");
    } else {
      write_bar(html, row.failed > 0 ? Tone::bad : Tone::good, *ratio);
      html.element("span", percent_words(*ratio));
    }
  }
  table.cell(took_words(row));
  const std::string not_ok = not_ok_words(row);
  table.cell(not_ok.empty() ? "none" : not_ok);
}

}  // namespace

void write_methods(const Page& page, const ReportFilter& filter, Html& html) {
  const std::vector<MethodRow> rows = rows_of(page, filter);
  html.element("p", {{"class", "sum"}}, methods_in_one_line(page, filter));
  if (rows.empty()) return;
  const std::size_t shown =
      write_table(html, "Methods", columns, rows, most_shown,
                  [&](const MethodRow& row, PageTable& table) { write_row(row, table, html); });
  write_cut(html, rows.size() - shown, *find_status_page("/methods"));
}

std::string methods_in_one_line(const Page& page, const ReportFilter& filter) {
  const std::vector<MethodRow> rows = rows_of(page, filter);
  if (rows.empty()) return "no calls are counted yet";
  double out = 0, in = 0;
  std::uint64_t untold = 0;
  std::set<std::string> names;
  for (const MethodRow& row : rows) {
    (row.direction == Direction::outbound ? out : in) += row.per_second();
    untold += row.untold;
    names.insert(name_of(row));
  }
  std::string words = counted(names.size(), "method", "methods") + ", " + shown_number(out) +
                      " calls/s out and " + shown_number(in) + " in; ";
  const bool some_fail = rows.front().failed > 0;
  if (!some_fail && untold == 0) return words + "none fails";
  if (some_fail) words += failing_words(rows);
  if (some_fail && untold > 0) words += "; ";
  return untold > 0 ? words + untold_words(untold) : words;
}

}  // namespace mesh
