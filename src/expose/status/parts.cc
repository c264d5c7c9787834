// See parts.h; how these look is in style.css.
#include "expose/status/parts.h"

#include <algorithm>
#include <cmath>

#include "expose/human.h"
#include "expose/reports.h"

namespace mesh {
namespace {

std::string_view name_of(Tone tone) {
  switch (tone) {
    case Tone::idle: return "idle";
    case Tone::good: return "good";
    case Tone::note: return "note";
    case Tone::bad: return "bad";
  }
  return "";
}

}  // namespace

Tone tone_of(std::string_view severity) {
  if (severity == "critical") return Tone::bad;
  return severity == "warning" ? Tone::note : Tone::idle;
}

void write_badge(Html& html, Tone tone, std::string_view words) {
  html.element("span", {{"class", "badge " + std::string(name_of(tone))}}, words);
}

void write_bar(Html& html, Tone tone, double share) {
  const double width = std::isfinite(share) ? std::clamp(share, 0.0, 1.0) * 100 : 0;
  const auto bar = html.open("svg", {{"class", "bar " + std::string(name_of(tone))},
                                     {"viewBox", "0 0 100 1"},
                                     {"preserveAspectRatio", "none"},
                                     {"aria-hidden", "true"}});
  html.element("rect", {{"width", shown_number(width)}, {"height", "1"}}, "");
}

std::string address_of(const StatusPage& page, const ReportFilter& filter) {
  ReportFilter kept = page.by_place ? filter : ReportFilter{};
  if (!page.by_upstream) kept.upstream.clear();
  const std::string query = report_query(kept);
  return query.empty() ? std::string(page.path) : std::string(page.path) + "?" + query;
}

std::string api_of(const StatusPage& page) {
  return page.path == "/" ? "/api/v1/status" : "/api/v1" + std::string(page.path);
}

// As a list on a phone the elements are no table to a browser any more, so their roles are said.
PageTable::PageTable(Html& html, Literal what, std::span<const TableColumn> columns)
    : html_(html),
      columns_(columns),
      table_(html.open("table", {{"role", "table"}, {"aria-label", std::string(what.view())}})),
      head_(write_head()),
      body_(html.open("tbody", {{"role", "rowgroup"}})) {}

bool PageTable::write_head() {
  const auto head = html_.open("thead", {{"role", "rowgroup"}});
  const auto row = html_.open("tr", {{"role", "row"}});
  for (const auto& [title, number] : columns_) {
    html_.element("th",
                  {{"role", "columnheader"}, {"scope", "col"}, {"class", number ? "number" : ""}},
                  title);
  }
  return true;
}

Html::Element PageTable::row() {
  next_ = 0;
  return html_.open("tr", {{"role", "row"}});
}

Html::Element PageTable::cell() {
  const auto& [title, number] = columns_[next_++];
  return html_.open(
      "td", {{"role", "cell"}, {"class", number ? "number" : ""}, {"data-is", std::string(title)}});
}

void PageTable::cell(std::string_view words) {
  const auto open = cell();
  html_.text(words);
}

Html::Element PageTable::note() {
  return html_.open("td", {{"role", "cell"}, {"colspan", std::to_string(columns_.size())}});
}

void write_cut(Html& html, std::size_t left, const StatusPage& page) {
  if (left == 0) return;
  const auto words = html.open("p", {{"class", "cut"}});
  html.text("and " + std::to_string(left) +
            " more, which are not shown here: narrow the page, or ");
  html.element("a", {{"href", api_of(page)}}, "see all of them as JSON");
}

std::string age_words(WallTime then, WallTime now) {
  return human_seconds(seconds(now - then)) + " ago";
}

std::string percent_words(double share) { return shown_number(share * 100) + " %"; }

std::string spaced(std::string_view word) {
  std::string words(word);
  std::ranges::replace(words, '_', ' ');
  return words;
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return std::to_string(count).append(" ").append(count == 1 ? one : many);
}

}  // namespace mesh
