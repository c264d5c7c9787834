// What a target's history makes of its endpoints and of what it received: the numbers that balance
// is judged by.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "compute/target_history.h"

namespace mesh::target_history_balance_test {
namespace {

using std::chrono::seconds;
using testing::IsEmpty;

Instant at(int second) { return Instant{} + seconds(1000 + second); }

PollCost cost(int second) {
  return {WallTime{} + seconds(5000 + second), at(second), std::chrono::milliseconds(20), 1234};
}

class TargetHistoryBalanceTest : public testing::Test {
 protected:
  static Config config() {
    Config config;
    config.poll = {seconds(10), seconds(5), seconds(60), seconds(30), 4};
    return config;
  }

  TargetHistory history_{Target{}, config()};
};

// The pod that nobody calls is the one that balance is about.
TEST_F(TargetHistoryBalanceTest, a_pod_that_received_nothing_received_zero) {
  Readings silent;
  silent.at = at(0);
  silent.traffic = CounterBlock{};
  history_.record(silent, cost(0));
  EXPECT_EQ(history_.state(at(0), cost(0).at)->received, std::nullopt);
  silent.at = at(10);
  history_.record(silent, cost(10));
  EXPECT_EQ(history_.state(at(10), cost(10).at)->received, 0u);
}

TEST_F(TargetHistoryBalanceTest, the_balance_of_an_upstream_is_over_the_window) {
  const auto look = [](int second, std::uint64_t requests) {
    static const auto series = std::make_shared<const std::vector<Series>>(std::vector<Series>{
        {"a", 0, {Counted::endpoint_requests, Direction::outbound, "u", "", "", "", "a:80"}},
        {"b", 0, {Counted::endpoint_requests, Direction::outbound, "u", "", "", "", "b:80"}}});
    Readings one;
    one.at = at(second);
    one.traffic = CounterBlock{};
    one.endpoints = CounterBlock{series, {requests, 5}};
    one.endpoint_states = {{"u", "", Direction::outbound, "a:80", EndpointState::ready, 1},
                           {"u", "", Direction::outbound, "b:80", EndpointState::ready, 0}};
    return one;
  };
  history_.record(look(0, 5), cost(0));
  EXPECT_THAT(history_.state(at(0), cost(0).at)->balances, IsEmpty());
  history_.record(look(10, 105), cost(10));
  const auto state = history_.state(at(10), cost(10).at);
  ASSERT_EQ(state->balances.size(), 1u);
  EXPECT_EQ(state->balances[0].balance.requests, 100u);
  EXPECT_EQ(state->balances[0].balance.verdict, BalanceVerdict::connection_pinned);
  EXPECT_EQ(state->balances[0].window_seconds, 10);
}

}  // namespace
}  // namespace mesh::target_history_balance_test
