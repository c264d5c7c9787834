// Who is asked, by which door, how that went and what it costs them; and who is not watched, and
// why. What needs somebody stands first.
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "compute/version_skew.h"
#include "expose/human.h"
#include "expose/readiness.h"
#include "expose/remarks.h"
#include "expose/status/other_targets.h"
#include "expose/status/parts.h"
#include "expose/status/target_words.h"

namespace mesh {
namespace {

constexpr std::size_t most_shown = 250, most_remarks = 12;

constexpr std::array<TableColumn, 5> columns{
    {{"Target"}, {"State"}, {"Last success"}, {"Cost of a poll"}, {"Proxy"}}};

void write_state(const TargetState& state, std::size_t remarks, Html& html) {
  if (!state.last_attempt) return write_badge(html, Tone::idle, "not asked yet");
  if (!state.up) return write_badge(html, Tone::bad, "down");
  if (remarks == 0) return write_badge(html, Tone::good, "up");
  write_badge(html, Tone::note, "up, " + counted(remarks, "remark", "remarks"));
}

// "last error 2 min 5 s ago: timeout: /stats: late"
std::string last_error(const TargetState& state, WallTime now) {
  if (!state.last_failure) return "";
  std::string words = "last error";
  if (state.up && state.last_failure_at) words += " " + age_words(*state.last_failure_at, now);
  return words.append(": ")
      .append(to_string(state.last_failure->reason))
      .append(": ")
      .append(state.last_failure->message);
}

// What is hidden, and what its owner said that was passed over.
void note_discovery(const TargetState& state, const Page& page, std::vector<std::string>& notes) {
  const auto& all = page.snapshot.discovery->notes;
  const auto found = all.find(target_id(state.target));
  if (found == all.end()) return;
  if (!found->second.hidden.empty()) notes.push_back("hidden: " + found->second.hidden);
  if (!found->second.wrong.empty()) notes.push_back(found->second.wrong);
}

void write_notes(const TargetState& state, const Page& page, std::vector<std::string> said,
                 PageTable& table, Html& html) {
  const std::string error = last_error(state, page.self.now);
  note_discovery(state, page, said);
  if (error.empty() && said.empty()) return;
  const auto row = html.open("tr", {{"role", "row"}, {"class", "notes"}});
  const auto cell = table.note();
  const auto list = html.open("ul");
  if (!state.up && !error.empty()) html.element("li", {{"class", "alarm"}}, error);
  for (std::size_t i = 0; i < std::min(said.size(), most_remarks); ++i) {
    html.element("li", said[i]);
  }
  if (state.up && !error.empty()) html.element("li", {{"class", "soft"}}, error);
}

void write_target(const TargetState& state, const Page& page, PageTable& table, Html& html) {
  std::vector<std::string> said = remarks(state, page.options.poll_interval);
  {
    const auto row = table.row();
    {
      const auto cell = table.cell();
      html.element("b", target_id(state.target));
      const auto where = html.open("div", {{"class", "soft"}});
      if (!state.target.workload.empty()) {
        html.text(state.target.workload);
        html.text(" · ");
      }
      html.text(state.target.mesh);
      html.text(" · ");
      html.text(address_words(state.target));
    }
    {
      const auto cell = table.cell();
      write_state(state, said.size(), html);
    }
    table.cell(state.last_success ? age_words(*state.last_success, page.self.now) : "never");
    table.cell(cost_words(state));
    table.cell(proxy_words(state));
  }
  write_notes(state, page, std::move(said), table, html);
}

// Who is down, who was never asked, who has remarks.
std::vector<const TargetState*> by_need(const Page& page, const ReportFilter& filter) {
  std::vector<std::pair<int, const TargetState*>> ranked;
  for (const auto& state : page.snapshot.targets) {
    if (!filter.lets(state->target)) continue;
    int rank = state->last_attempt ? 0 : 1;
    if (state->up) rank = remarks(*state, page.options.poll_interval).empty() ? 3 : 2;
    ranked.emplace_back(rank, state.get());
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<int, const TargetState*>::first);
  std::vector<const TargetState*> targets;
  targets.reserve(ranked.size());
  for (const auto& [rank, state] : ranked) targets.push_back(state);
  return targets;
}

}  // namespace

void write_targets(const Page& page, const ReportFilter& filter, Html& html) {
  const std::vector<const TargetState*> targets = by_need(page, filter);
  html.element("p", {{"class", "sum"}}, targets_in_one_line(page, filter));
  std::size_t shown = 0;
  if (!targets.empty()) {
    PageTable table(html, "Targets", columns);
    for (; shown < std::min(targets.size(), most_shown) && !html.full(); ++shown) {
      write_target(*targets[shown], page, table, html);
    }
  }
  write_cut(html, targets.size() - shown, *find_status_page("/targets"));
  write_tls_endpoints(page, filter, html);
  write_not_watched(page, filter, html);
  write_discovery_problems(page, html);
}

std::string targets_in_one_line(const Page& page, const ReportFilter& filter) {
  std::size_t all = 0, up = 0, noted = 0;
  double cost = 0;
  for (const auto& state : page.snapshot.targets) {
    if (!filter.lets(state->target)) continue;
    ++all;
    if (!state->up) continue;
    ++up;
    cost = std::max(cost, state->scrape_seconds);
    noted += remarks(*state, page.options.poll_interval).empty() ? 0 : 1;
  }
  const std::vector<DiscoveryState>& sources = page.snapshot.discovery->sources;
  std::string words = counted(all, "target", "targets") + ", " + std::to_string(up) + " answered";
  if (page.snapshot.targets.empty()) {
    words = sources.empty() ? "none is configured, neither under \"targets\" nor by \"discovery\""
                            : "discovery has found no target";
  }
  if (noted > 0) words += ", " + std::to_string(noted) + " with remarks";
  if (up > 0) words += "; the dearest poll took " + human_seconds(cost);
  std::size_t problems = 0;
  for (const DiscoveryState& source : sources) {
    problems += source.problems.size();
  }
  if (problems > 0) words += "; " + counted(problems, "problem", "problems") + " in finding them";
  return words;
}

}  // namespace mesh
