// Upstreams: is the load spread, and how much room is left in the pools.
#include <algorithm>
#include <string>
#include <utility>

#include "expose/reports.h"

namespace mesh {
namespace {

// "12/1024"; without a limit the use alone.
Cell use_of(const Use& use) {
  std::string shown = std::to_string(use.active);
  if (use.limit) shown += "/" + std::to_string(*use.limit);
  return {use.active, shown};
}

std::string breakers_in_words(const UpstreamReading& upstream) {
  std::string words;
  for (const OpenBreaker& open : upstream.open_breakers) {
    words += (words.empty() ? "" : ", ") + open.priority + " " + open.resource;
  }
  return words;
}

Cell number(const std::optional<double>& value) {
  if (!value) return {};
  return {*value, ""};
}

}  // namespace

Table upstreams_report(const Page& page, const ReportFilter& filter) {
  Table table{{{"POD", "pod"},
               {"UPSTREAM", "upstream"},
               {"SUBSET", "subset"},
               {"ENDPOINTS", "endpoints", true},
               {"REQUESTS/S", "requests_per_second", true},
               {"VERDICT", "verdict"},
               {"IMBALANCE", "imbalance_ratio", true},
               {"EFFECTIVE", "effective_endpoints", true},
               {"PER CONN", "requests_per_connection", true},
               {"CONNECTIONS", "connections", true},
               {"REQUESTS", "requests_active", true},
               {"PENDING", "requests_pending", true},
               {"OPEN BREAKERS", "open_breakers"}},
              {}};
  for (const auto& state : page.snapshot.targets) {
    if (!filter.lets(state->target)) continue;
    for (const UpstreamBalance& one : state->balances) {
      if (!filter.lets_upstream(one.upstream)) continue;
      const auto pool = std::ranges::find_if(state->upstreams, [&](const UpstreamReading& reading) {
        return reading.direction == one.direction && reading.upstream == one.upstream &&
               reading.subset == one.subset;
      });
      const bool known = pool != state->upstreams.end();
      const Balance& balance = one.balance;
      Cell rate;
      if (one.window_seconds > 0) {
        rate = {static_cast<double>(balance.requests) / one.window_seconds, ""};
      }
      table.rows.push_back({{target_id(state->target), ""},
                            {one.upstream, ""},
                            {one.subset, ""},
                            {balance.endpoints, ""},
                            rate,
                            {std::string(to_string(balance.verdict)), ""},
                            number(balance.imbalance_ratio),
                            number(balance.effective_endpoints),
                            number(balance.requests_per_connection),
                            known ? use_of(pool->connections) : Cell{balance.connections, ""},
                            known ? use_of(pool->requests) : Cell{},
                            known ? use_of(pool->pending) : Cell{},
                            {known ? breakers_in_words(*pool) : "", ""}});
    }
  }
  return table;
}

}  // namespace mesh
