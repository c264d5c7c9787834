// Upstreams: is the load spread, and how much room is left in the pools.
#include <algorithm>
#include <string>
#include <utility>

#include "expose/reports.h"

namespace mesh {
namespace {

Cell use_of(const Use& use) { return {use.active, use.limit}; }

std::string breakers_in_words(const UpstreamReading& upstream) {
  std::string words;
  for (const OpenBreaker& open : upstream.open_breakers) {
    words += (words.empty() ? "" : ", ") + open.priority + " " + open.resource;
  }
  return words;
}

Cell youngest_of(const Pool* pool, WallTime now) {
  if (!pool || !pool->none_opened_since || pool->now.connections.active == 0) return {};
  const double age = std::max(0.0, unix_seconds(now) - unix_seconds(*pool->none_opened_since));
  return {age};
}

Cell number(const std::optional<double>& value) {
  if (!value) return {};
  return {*value};
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
               {"CONNECTIONS", "connections", true, Shown::use},
               {"YOUNGEST", "youngest_connection_seconds", true, Shown::seconds},
               {"REQUESTS", "requests_active", true, Shown::use},
               {"PENDING", "requests_pending", true, Shown::use},
               {"OPEN BREAKERS", "open_breakers"}},
              {}};
  for (const auto& state : page.snapshot.targets) {
    if (!filter.lets(state->target)) continue;
    for (const UpstreamBalance& one : state->balances) {
      if (!filter.lets_upstream(one.upstream)) continue;
      const auto found = std::ranges::find_if(state->pools, [&](const Pool& pool) {
        return pool.is_told && pool.direction == one.direction && pool.upstream == one.upstream &&
               pool.subset == one.subset;
      });
      const Pool* pool = found == state->pools.end() ? nullptr : &*found;
      const Balance& balance = one.balance;
      Cell rate;
      if (one.window_seconds > 0) {
        rate = {static_cast<double>(balance.requests) / one.window_seconds};
      }
      table.rows.push_back({{target_id(state->target)},
                            {one.upstream},
                            {one.subset},
                            {balance.endpoints},
                            rate,
                            {std::string(to_string(balance.verdict))},
                            number(balance.imbalance_ratio),
                            number(balance.effective_endpoints),
                            number(balance.requests_per_connection),
                            pool ? use_of(pool->now.connections) : Cell{balance.connections},
                            youngest_of(pool, page.self.now),
                            pool && pool->now.tells_requests ? use_of(pool->now.requests) : Cell{},
                            pool ? use_of(pool->now.pending) : Cell{},
                            {pool ? breakers_in_words(pool->now) : ""}});
    }
  }
  return table;
}

}  // namespace mesh
