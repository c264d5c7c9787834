// What the verdict on balance is worth, by simulation: thousands of windows, healthy ones and
// skewed ones, with fixed seeds. The figures are those of docs/adr/0004-diagnosis.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "compute/balance.h"

namespace mesh::balance_simulation_test {
namespace {

using Loads = std::vector<EndpointLoad>;

class BalanceSimulation : public testing::Test {
 protected:
  std::uint64_t between(std::uint64_t least, std::uint64_t most) {
    return std::uniform_int_distribution<std::uint64_t>(least, most)(random_);
  }
  // Every order of magnitude as often as every other.
  std::uint64_t spread(std::uint64_t least, std::uint64_t most) {
    const double low = std::log(static_cast<double>(least));
    const double high = std::log(static_cast<double>(most));
    return static_cast<std::uint64_t>(
        std::exp(std::uniform_real_distribution<double>(low, high)(random_)));
  }

  // How many of so many choices fall on each, by weights: as if thrown one by one.
  std::vector<std::uint64_t> thrown(std::uint64_t times, const std::vector<double>& weights) {
    double left = std::accumulate(weights.begin(), weights.end(), 0.0);
    std::vector<std::uint64_t> counts;
    for (const double weight : weights) {
      const double share = left > 0 ? std::min(1.0, weight / left) : 0;
      counts.push_back(std::binomial_distribution<std::uint64_t>(times, share)(random_));
      times -= counts.back();
      left -= weight;
    }
    return counts;
  }
  // The weights are not told to the judge.
  void send_at_random(Loads& loads, std::uint64_t requests, const std::vector<double>& weights) {
    const auto counts = thrown(requests, weights);
    for (std::size_t i = 0; i < loads.size(); ++i) loads[i].requests = counts[i];
  }
  void send_in_turn(Loads& loads, std::uint64_t requests) {
    const std::uint64_t first = between(0, loads.size() - 1);
    for (EndpointLoad& load : loads) load.requests = requests / loads.size();
    for (std::uint64_t i = 0; i < requests % loads.size(); ++i) {
      ++loads[(first + i) % loads.size()].requests;
    }
  }
  // The endpoint of each connection.
  std::vector<std::size_t> connect_at_random(Loads& loads, std::uint64_t connections) {
    std::vector<std::size_t> to;
    for (std::uint64_t i = 0; i < connections; ++i) {
      to.push_back(between(0, loads.size() - 1));
      ++loads[to.back()].connections;
    }
    return to;
  }

  static Loads endpoints(std::uint64_t count) {
    Loads loads(count);
    for (std::size_t i = 0; i < loads.size(); ++i) loads[i].name = std::to_string(i);
    return loads;
  }

  std::mt19937_64 random_{20'261'126};
};

bool is_finding(BalanceVerdict verdict) {
  return verdict == BalanceVerdict::connection_pinned || verdict == BalanceVerdict::uneven;
}

TEST_F(BalanceSimulation, finds_nothing_in_ten_thousand_healthy_windows) {
  std::map<BalanceVerdict, int> verdicts;
  for (int window = 0; window < 10'000; ++window) {
    Loads loads = endpoints(between(2, 50));
    const std::uint64_t requests = spread(20, 100'000);
    connect_at_random(loads, spread(1, 200));
    if (window % 2 == 0) {
      send_at_random(loads, requests, std::vector<double>(loads.size(), 1));
    } else {
      send_in_turn(loads, requests);
    }
    const Balance balance = judge_balance(loads, Chosen::unknown);
    ASSERT_FALSE(is_finding(balance.verdict))
        << "window " << window << ": " << loads.size() << " endpoints, " << requests
        << " requests: " << to_string(balance.verdict);
    ++verdicts[balance.verdict];
  }
  // It is no silence: nearly all with enough traffic are called balanced.
  RecordProperty("balanced", verdicts[BalanceVerdict::balanced]);
  RecordProperty("too_little_traffic", verdicts[BalanceVerdict::too_little_traffic]);
  EXPECT_GT(verdicts[BalanceVerdict::balanced], 7'000);
}

TEST_F(BalanceSimulation, finds_one_that_gets_twice_as_much_as_the_nine_others) {
  constexpr int windows = 2'000;
  int found = 0;
  for (int window = 0; window < windows; ++window) {
    Loads loads = endpoints(10);
    std::vector<double> weights(10, 1);
    weights[between(0, 9)] = 2;
    for (EndpointLoad& load : loads) load.connections = 2;
    send_at_random(loads, 5'000, weights);
    found += is_finding(judge_balance(loads, Chosen::unknown).verdict) ? 1 : 0;
  }
  RecordProperty("found", found);
  EXPECT_GE(found, windows * 99 / 100);
}

// Connections thrown at random, all as busy as each other.
TEST_F(BalanceSimulation, calls_a_skew_pinned_where_requests_follow_connections) {
  int skewed = 0, pinned = 0;
  for (int window = 0; window < 4'000; ++window) {
    Loads loads = endpoints(between(3, 20));
    const auto to = connect_at_random(loads, between(1, 4 * loads.size()));
    const std::uint64_t requests = spread(200 * to.size(), 2'000 * to.size());
    const auto counts = thrown(requests, std::vector<double>(to.size(), 1));
    for (std::size_t i = 0; i < to.size(); ++i) loads[to[i]].requests += counts[i];
    const BalanceVerdict verdict = judge_balance(loads, Chosen::unknown).verdict;
    skewed += is_finding(verdict) ? 1 : 0;
    pinned += verdict == BalanceVerdict::connection_pinned ? 1 : 0;
  }
  RecordProperty("skewed", skewed);
  RecordProperty("pinned", pinned);
  EXPECT_GT(skewed, 2'000);
  EXPECT_GE(pinned * 100, skewed * 99);
}

// Keys that are not alike, hashed onto endpoints to each of which there are connections.
TEST_F(BalanceSimulation, calls_a_skew_of_keys_uneven) {
  int skewed = 0, uneven = 0;
  for (int window = 0; window < 4'000; ++window) {
    Loads loads = endpoints(between(3, 20));
    const std::uint64_t each = between(1, 4);
    for (EndpointLoad& load : loads) load.connections = each;
    std::vector<double> weights(loads.size(), 0);
    const std::uint64_t keys = between(10, 200);
    for (std::uint64_t key = 1; key <= keys; ++key) {
      weights[between(0, loads.size() - 1)] += 1 / static_cast<double>(key);  // as Zipf has it
    }
    send_at_random(loads, spread(1'000, 50'000), weights);
    const BalanceVerdict verdict = judge_balance(loads, Chosen::unknown).verdict;
    skewed += is_finding(verdict) ? 1 : 0;
    uneven += verdict == BalanceVerdict::uneven ? 1 : 0;
  }
  RecordProperty("skewed", skewed);
  RecordProperty("uneven", uneven);
  EXPECT_GT(skewed, 2'000);
  EXPECT_GE(uneven * 100, skewed * 99);
}

}  // namespace
}  // namespace mesh::balance_simulation_test
