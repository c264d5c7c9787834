// The test, and what may explain it; see balance.h.
#include "compute/balance.h"

#include <algorithm>
#include <array>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <map>
#include <vector>

namespace mesh {
namespace {

constexpr double fewest_expected = 5;  // the usual rule for Pearson's test

// How far the signature of connection-level balancing may be from what it is on average.
constexpr double near = 4;
constexpr double far = 10;

enum class Explanation : std::uint8_t { ejected, locality, warming, weighted };
constexpr std::array explanations{Explanation::ejected, Explanation::locality, Explanation::warming,
                                  Explanation::weighted};

BalanceVerdict verdict_of(Explanation explanation) {
  switch (explanation) {
    case Explanation::ejected: return BalanceVerdict::ejected;
    case Explanation::locality: return BalanceVerdict::locality;
    case Explanation::warming: return BalanceVerdict::warming;
    case Explanation::weighted: return BalanceVerdict::weighted;
  }
  return BalanceVerdict::uneven;
}

// Which of them are taken into account.
struct Model {
  std::array<bool, explanations.size()> takes{};
  bool zones_weighed = false;  // zones explain even where each has one endpoint
  bool has(Explanation explanation) const { return takes[static_cast<std::size_t>(explanation)]; }
  bool& operator[](Explanation explanation) { return takes[static_cast<std::size_t>(explanation)]; }
};

Model all_but(std::optional<Explanation> left_out, bool zones_weighed) {
  Model model;
  model.zones_weighed = zones_weighed;
  for (const Explanation one : explanations) model[one] = one != left_out;
  return model;
}

// What was seen and what was to be expected of one endpoint, or of several small ones together.
struct Cell {
  double seen = 0, expected = 0;
};

// Endpoints that are compared with each other, and only with each other.
using Group = std::vector<const EndpointLoad*>;

std::string zone_of(const EndpointLoad& load) {
  return std::to_string(load.priority) + " " + load.locality;
}

std::uint64_t requests_of(const Group& group) {
  std::uint64_t sum = 0;
  for (const EndpointLoad* load : group) sum += load->requests;
  return sum;
}

// Whether the zones can explain anything: one that took traffic has two endpoints to compare, or a
// whole priority took none.
bool zones_tell(std::span<const EndpointLoad> loads) {
  std::map<std::string, Group> zones;
  std::map<std::uint64_t, std::uint64_t> by_priority;
  for (const EndpointLoad& load : loads) {
    zones[zone_of(load)].push_back(&load);
    by_priority[load.priority] += load.requests;
  }
  const bool standby = std::ranges::any_of(by_priority, [&](const auto& level) {
    return level.first > by_priority.begin()->first && level.second == 0;
  });
  return standby || std::ranges::any_of(zones, [](const auto& zone) {
           return zone.second.size() >= 2 && requests_of(zone.second) > 0;
         });
}

std::vector<Group> groups_of(std::span<const EndpointLoad> loads, const Model& model) {
  const bool by_zone =
      model.has(Explanation::locality) && (model.zones_weighed || zones_tell(loads));
  std::map<std::string, Group> groups;
  for (const EndpointLoad& load : loads) {
    const bool excused = (model.has(Explanation::ejected) && load.was_barred) ||
                         (model.has(Explanation::warming) && load.joined_or_left);
    if (!excused) groups[by_zone ? zone_of(load) : ""].push_back(&load);
  }
  std::vector<Group> list;
  list.reserve(groups.size());
  for (auto& [zone, group] : groups) list.push_back(std::move(group));
  return list;
}

std::vector<Cell> cells_of(const Group& group, const Model& model) {
  const auto weight_of = [&](const EndpointLoad& load) {
    return model.has(Explanation::weighted) ? load.weight : 1.0;
  };
  double weights = 0;
  for (const EndpointLoad* load : group) weights += weight_of(*load);
  if (weights <= 0) return {};
  const auto total = static_cast<double>(requests_of(group));
  std::vector<Cell> cells;
  Cell small;
  for (const EndpointLoad* load : group) {
    const Cell cell{static_cast<double>(load->requests), total * weight_of(*load) / weights};
    if (cell.expected >= fewest_expected) {
      cells.push_back(cell);
    } else {
      small.seen += cell.seen;
      small.expected += cell.expected;
    }
  }
  if (small.expected >= fewest_expected) {
    cells.push_back(small);
  }
  return cells;
}

struct Test {
  bool possible = false;  // there was something to compare
  bool skewed = false;    // more than luck, and enough to matter
  double p_value = 1;
};

Test test(std::span<const EndpointLoad> loads, const Model& model, const BalanceRules& rules) {
  double chi_squared = 0, freedom = 0, squares = 0, total = 0;
  double most = 0, least = 1;  // of what was expected
  for (const Group& group : groups_of(loads, model)) {
    const std::vector<Cell> cells = cells_of(group, model);
    if (cells.size() < 2) continue;
    freedom += static_cast<double>(cells.size() - 1);
    for (const auto& [seen, expected] : cells) {
      chi_squared += (seen - expected) * (seen - expected) / expected;
      most = std::max(most, seen / expected);
      least = std::min(least, seen / expected);
      squares += seen * seen / expected;
      total += seen;
    }
  }
  if (freedom < 1 || total <= 0) return {};
  const boost::math::chi_squared distribution(freedom);
  const double p_value = boost::math::cdf(boost::math::complement(distribution, chi_squared));
  const double effective_share = total / squares;
  const bool matters = most >= rules.largest_ratio || least < rules.starved_below ||
                       effective_share < rules.least_effective_share;
  return {true, matters && p_value < rules.significance, p_value};
}

bool requests_follow_connections(std::span<const EndpointLoad> loads, const Balance& balance) {
  if (balance.connections == 0 || balance.endpoints < 2) return false;
  const auto n = static_cast<double>(balance.endpoints);
  const auto s = static_cast<double>(balance.requests);
  const auto c = static_cast<double>(balance.connections);
  const double mean_per_connection = s / c;
  for (const EndpointLoad& load : loads) {
    const auto requests = static_cast<double>(load.requests);
    if (load.connections == 0) {
      if (requests > s / 20) return false;  // a connection that has closed since, and more
      continue;
    }
    const double per_connection = requests / static_cast<double>(load.connections);
    if (per_connection > mean_per_connection * 1.5 || per_connection < mean_per_connection / 2) {
      return false;
    }
  }
  const double cv_squared = n * balance.requests_squared / (s * s) - 1;
  const double of_connections = (n - 1) / c;
  return cv_squared > of_connections / near && cv_squared < of_connections * near &&
         cv_squared > far * (n - 1) / s;
}

void add_parts(std::span<const EndpointLoad> loads, Balance& balance) {
  for (const EndpointLoad& load : loads) {
    balance.connections += load.connections;
    balance.requests += load.requests;
    balance.requests_squared +=
        static_cast<double>(load.requests) * static_cast<double>(load.requests);
    if (load.requests > balance.requests_max) {
      balance.requests_max = load.requests;
      balance.busiest = load.name;
    }
  }
  // A standby priority without traffic does no work and is asked for none.
  std::map<std::uint64_t, std::uint64_t> by_priority;
  for (const EndpointLoad& load : loads) by_priority[load.priority] += load.requests;
  for (const EndpointLoad& load : loads) {
    const bool first = load.priority == by_priority.begin()->first;
    if (first || by_priority[load.priority] > 0) ++balance.endpoints;
  }
  if (balance.requests == 0) return;
  const auto s = static_cast<double>(balance.requests);
  balance.imbalance_ratio =
      static_cast<double>(balance.requests_max) * static_cast<double>(balance.endpoints) / s;
  balance.effective_endpoints = s * s / balance.requests_squared;
  if (balance.connections > 0) {
    balance.requests_per_connection = s / static_cast<double>(balance.connections);
  }
}

}  // namespace

BalanceRules balance_rules(const BalanceConfig& config) {
  BalanceRules rules;
  rules.largest_ratio = config.imbalance_ratio;
  rules.least_effective_share = config.effective_share;
  return rules;
}

Balance judge_balance(std::span<const EndpointLoad> loads, Chosen chosen, const BalanceRules& rules,
                      bool zones_weighed) {
  Balance balance;
  add_parts(loads, balance);
  const Test explained = test(loads, all_but({}, zones_weighed), rules);
  balance.p_value = explained.p_value;
  if (explained.skewed) {
    const bool pinned = chosen == Chosen::per_connection ||
                        (chosen == Chosen::unknown && requests_follow_connections(loads, balance));
    balance.verdict = pinned ? BalanceVerdict::connection_pinned : BalanceVerdict::uneven;
    return balance;
  }
  const Test even = test(loads, Model{}, rules);
  if (!even.skewed) {
    const bool tested = even.possible || (balance.endpoints == 1 && balance.requests > 0);
    balance.verdict = tested ? BalanceVerdict::balanced : BalanceVerdict::too_little_traffic;
    return balance;
  }
  // The first without which the skew is unexplained; if several would do, the first there is.
  for (const Explanation one : explanations) {
    if (!test(loads, all_but(one, zones_weighed), rules).skewed) continue;
    balance.verdict = verdict_of(one);
    return balance;
  }
  for (const Explanation one : explanations) {
    Model alone;
    alone.zones_weighed = zones_weighed;
    alone[one] = true;
    if (test(loads, alone, rules).skewed) continue;
    balance.verdict = verdict_of(one);
    return balance;
  }
  balance.verdict = BalanceVerdict::weighted;
  return balance;
}

}  // namespace mesh
