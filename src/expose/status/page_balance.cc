// Whether the work is spread: a bar for each endpoint of each upstream, and for each pod of the
// workloads here, under the verdict in words. What is uneven stands first.
#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "base/text.h"
#include "expose/endpoint_rows.h"
#include "expose/status/balance_words.h"
#include "expose/status/parts.h"

namespace mesh {
namespace {

constexpr std::size_t most_sections = 60, most_bars = 24;

// One bar and the words beside it.
struct Bar {
  std::string name, beside;  // who; its pod, state and connections
  std::optional<double> share;
  std::string words;  // "12.5 requests/s"
};

struct BalanceSection {
  std::string who, towards;
  const Balance* balance = nullptr;
  std::string_view member;  // "endpoint", "pod"
  std::vector<Bar> bars;    // by share, the busiest first
};

Bar bar_of(const EndpointRow& row) {
  const EndpointReading& endpoint = *row.endpoint;
  Bar bar{endpoint.address, row.pod, row.share, ""};
  const auto beside = [&](const std::string& words) {
    bar.beside.append(bar.beside.empty() ? "" : " · ").append(words);
  };
  if (endpoint.state != EndpointState::ready) beside(std::string(to_string(endpoint.state)));
  if (endpoint.weight != 1) beside("weight " + std::to_string(endpoint.weight));
  // "region/zone/", as Envoy names places: most have no third part.
  std::string_view place = endpoint.locality.str();
  while (take_back(place, "/")) {
  }
  if (!place.empty()) beside(std::string(place));
  beside(counted(endpoint.connections_active, "connection", "connections"));
  if (row.rate) bar.words = shown_number(*row.rate) + " requests/s";
  if (row.failures.value_or(0) > 0) bar.words += ", " + std::to_string(*row.failures) + " failed";
  return bar;
}

Bar bar_of(const EndpointLoad& load, const Balance& balance) {
  Bar bar{load.name, counted(load.connections, "connection", "connections"), std::nullopt,
          counted(load.requests, "call", "calls")};
  if (balance.requests > 0) {
    bar.share = static_cast<double>(load.requests) / static_cast<double>(balance.requests);
  }
  return bar;
}

std::vector<BalanceSection> sections_of(const Page& page, const ReportFilter& filter) {
  using Key = std::tuple<const TargetState*, std::string, std::string>;
  std::map<Key, std::vector<Bar>> bars;
  for (const EndpointRow& row : endpoint_rows(page, filter)) {
    bars[{row.state, row.endpoint->upstream, row.endpoint->subset}].push_back(bar_of(row));
  }
  std::vector<BalanceSection> sections;
  for (const WorkloadBalance& one : page.snapshot.workload_balances) {
    const Target whose = workload_target(one.mesh, qualified(one.ns, one.workload));
    if (!filter.lets(whose) || !filter.upstream.empty()) continue;
    BalanceSection section{
        qualified(one.ns, one.workload), "what its pods here received", &one.balance, "pod", {}};
    for (const EndpointLoad& load : one.pods) section.bars.push_back(bar_of(load, one.balance));
    sections.push_back(std::move(section));
  }
  for (const auto& state : page.snapshot.targets) {
    if (!filter.lets(state->target)) continue;
    for (const UpstreamBalance& one : state->balances) {
      if (!filter.lets_upstream(one.upstream)) continue;
      const std::string towards =
          one.subset.empty() ? one.upstream : one.upstream + " " + one.subset;
      BalanceSection section{
          target_id(state->target), "→ " + towards, &one.balance, "endpoint", {}};
      const auto found = bars.find({state.get(), one.upstream, one.subset});
      if (found != bars.end()) section.bars = std::move(found->second);
      sections.push_back(std::move(section));
    }
  }
  std::ranges::stable_sort(sections, std::ranges::greater(), [](const BalanceSection& one) {
    return std::tuple(badness(one.balance->verdict), one.balance->requests);
  });
  return sections;
}

void write_bar_line(const Bar& bar, Tone tone, Html& html) {
  const auto item = html.open("li");
  {
    const auto name = html.open("span", {{"class", "name"}});
    html.text(bar.name);
    if (!bar.beside.empty()) html.element("small", bar.beside);
  }
  write_bar(html, tone, bar.share.value_or(0));
  std::string words = bar.share ? percent_words(*bar.share) : "";
  if (!words.empty() && !bar.words.empty()) words += ", ";
  words += bar.words;
  html.element("span", {{"class", "value"}}, words.empty() ? "not counted" : words);
}

void write_section(const BalanceSection& section, Html& html) {
  const Balance& balance = *section.balance;
  const Tone tone = tone_of(balance.verdict);
  const auto card = html.open("article", {{"class", "balance"}});
  {
    const auto title = html.open("h2");
    html.text(section.who);
    html.text(" ");
    html.element("span", {{"class", "where"}}, section.towards);
  }
  {
    const auto verdict = html.open("p");
    write_badge(html, tone, spaced(to_string(balance.verdict)));
    html.text(" ");
    html.text(balance_words(balance, section.member), 2 * Html::longest_text);
  }
  if (section.bars.empty()) return;
  std::vector<const Bar*> bars;
  for (const Bar& bar : section.bars) bars.push_back(&bar);
  std::ranges::stable_sort(bars, std::ranges::greater(),
                           [](const Bar* bar) { return bar->share.value_or(-1); });
  const auto list = html.open("ul", {{"class", "bars"}});
  const std::size_t shown = std::min(bars.size(), most_bars);
  for (std::size_t i = 0; i < shown; ++i) write_bar_line(*bars[i], tone, html);
  if (bars.size() > shown) {
    html.element("li", "and " + std::to_string(bars.size() - shown) + " more, which get less");
  }
}

}  // namespace

void write_balance(const Page& page, const ReportFilter& filter, Html& html) {
  const std::vector<BalanceSection> sections = sections_of(page, filter);
  html.element("p", {{"class", "sum"}}, balance_in_one_line(page, filter));
  std::size_t shown = 0;
  for (; shown < std::min(sections.size(), most_sections) && !html.full(); ++shown) {
    write_section(sections[shown], html);
  }
  write_cut(html, sections.size() - shown, *find_status_page("/endpoints"));
}

std::string balance_in_one_line(const Page& page, const ReportFilter& filter) {
  std::size_t all = 0, quiet = 0, pinned = 0, uneven = 0;
  const auto count = [&](const Balance& one) {
    ++all;
    quiet += one.verdict == BalanceVerdict::too_little_traffic ? 1 : 0;
    pinned += one.verdict == BalanceVerdict::connection_pinned ? 1 : 0;
    uneven += one.verdict == BalanceVerdict::uneven ? 1 : 0;
  };
  for (const auto& state : page.snapshot.targets) {
    if (!filter.lets(state->target)) continue;
    for (const UpstreamBalance& one : state->balances) {
      if (filter.lets_upstream(one.upstream)) count(one.balance);
    }
  }
  const std::size_t upstreams = all;
  for (const WorkloadBalance& one : page.snapshot.workload_balances) {
    if (filter.upstream.empty() &&
        filter.lets(workload_target(one.mesh, qualified(one.ns, one.workload)))) {
      count(one.balance);
    }
  }
  if (all == 0) return "no upstreams are known yet";
  std::string words = counted(upstreams, "upstream", "upstreams") + " and " +
                      counted(all - upstreams, "workload", "workloads");
  words += pinned + uneven == 0 ? ", none pinned or uneven" : "";
  if (pinned > 0) words += ", " + std::to_string(pinned) + " pinned";
  if (uneven > 0) words += ", " + std::to_string(uneven) + " uneven";
  if (quiet > 0) words += ", " + std::to_string(quiet) + " with too little traffic to tell";
  return words;
}

}  // namespace mesh
