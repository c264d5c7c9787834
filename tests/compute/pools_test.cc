// Pools: readings and counters of one upstream brought together under one name.
#include "compute/pools.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mesh::compute_pools_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

SeriesKey key(Counted counted, const std::string& upstream, const std::string& detail = "") {
  SeriesKey key;
  key.counted = counted;
  key.upstream = upstream;
  key.detail = detail;
  return key;
}

TargetState counting(std::vector<SeriesKey> keys, std::vector<std::uint64_t> increases) {
  TargetState state;
  state.traffic.totals = increases;
  state.traffic.increases = std::move(increases);
  state.traffic.keys = std::make_shared<const std::vector<SeriesKey>>(std::move(keys));
  return state;
}

UpstreamReading reading(const std::string& upstream, Use requests) {
  UpstreamReading reading;
  reading.upstream = upstream;
  reading.requests = requests;
  return reading;
}

TEST(Pools, bring_together_what_is_in_use_and_what_was_counted) {
  TargetState state =
      counting({key(Counted::attempts, "users"), key(Counted::overflows, "users", "pending"),
                key(Counted::overflows, "users", "requests")},
               {100, 3, 4});
  state.upstreams = {reading("users", {7, 8})};
  const auto pools = pools_of(state.traffic, state.upstreams);
  ASSERT_EQ(pools.size(), 1u);
  EXPECT_EQ(pools[0].upstream, "users");
  EXPECT_TRUE(pools[0].is_told);
  EXPECT_EQ(pools[0].now.requests, (Use{7, 8}));
  EXPECT_EQ(pools[0].increase(Counted::attempts), 100u);
  EXPECT_EQ(pools[0].increase(Counted::overflows), 7u);
  EXPECT_EQ(pools[0].increase(Counted::overflows, "pending"), 3u);
  EXPECT_EQ(pools[0].increase(Counted::retries), 0u);
}

TEST(Pools, are_there_with_one_half_only) {
  TargetState state = counting({key(Counted::attempts, "a")}, {1});
  state.upstreams = {reading("b", {1, {}})};
  const auto pools = pools_of(state.traffic, state.upstreams);
  ASSERT_EQ(pools.size(), 2u);
  EXPECT_FALSE(pools[0].is_told);
  EXPECT_TRUE(pools[1].is_told);
  EXPECT_EQ(pools[1].increase(Counted::attempts), 0u);
}

TEST(Pools, are_of_what_is_counted_of_an_upstream_and_not_of_methods_or_endpoints) {
  const TargetState state = counting(
      {key(Counted::calls, "users"), key(Counted::endpoint_connections, "users", "10.0.0.1:80"),
       key(Counted::duration_bucket, "users", "1")},
      {1, 1, 1});
  EXPECT_THAT(pools_of(state.traffic, state.upstreams), IsEmpty());
}

TEST(Pools, have_no_increases_before_there_is_a_window) {
  TargetState state = counting({key(Counted::attempts, "users")}, {});
  const auto pools = pools_of(state.traffic, state.upstreams);
  ASSERT_EQ(pools.size(), 1u);
  EXPECT_EQ(pools[0].increase(Counted::attempts), 0u);
}

TEST(Pools, of_one_name_add_up_with_a_limit_where_all_have_one) {
  TargetState state;
  state.upstreams = {reading("users", {1, 10}), reading("users", {2, 20})};
  EXPECT_EQ(pools_of(state.traffic, state.upstreams)[0].now.requests, (Use{3, 30}));
  state.upstreams.push_back(reading("users", {4, std::nullopt}));
  EXPECT_EQ(pools_of(state.traffic, state.upstreams)[0].now.requests, (Use{7, std::nullopt}));
  state.upstreams.push_back(reading("users", {8, 80}));
  EXPECT_EQ(pools_of(state.traffic, state.upstreams)[0].now.requests, (Use{15, std::nullopt}));
}

TEST(Pools, of_one_name_have_every_open_breaker_once) {
  TargetState state;
  state.upstreams = {reading("users", {}), reading("users", {})};
  state.upstreams[0].open_breakers = {{"default", "requests"}};
  state.upstreams[1].open_breakers = {{"default", "requests"}, {"high", "pending"}};
  const auto pools = pools_of(state.traffic, state.upstreams);
  EXPECT_THAT(pools[0].now.open_breakers,
              ElementsAre(OpenBreaker{"default", "requests"}, OpenBreaker{"high", "pending"}));
  EXPECT_TRUE(pools[0].has_open("pending"));
  EXPECT_FALSE(pools[0].has_open("connections"));
}

TEST(Pools, follow_the_names_to_which_counters_were_folded) {
  TargetState state =
      counting({key(Counted::attempts, "a"), key(Counted::attempts, "other")}, {1, 5});
  state.upstreams = {reading("a", {1, 10}), reading("b", {2, 20}), reading("c", {4, 40})};
  const auto pools = pools_of(state.traffic, state.upstreams);
  ASSERT_EQ(pools.size(), 2u);
  EXPECT_EQ(pools[0].now.requests, (Use{1, 10}));
  EXPECT_EQ(pools[1].upstream, "other");
  EXPECT_EQ(pools[1].now.requests, (Use{6, 60}));
}

TEST(Pools, keep_directions_and_subsets_apart) {
  TargetState state;
  state.upstreams = {reading("users", {1, 1}), reading("users", {2, 2}), reading("", {3, 3})};
  state.upstreams[1].subset = "canary";
  state.upstreams[2].direction = Direction::inbound;
  EXPECT_EQ(pools_of(state.traffic, state.upstreams).size(), 3u);
}

TEST(RefusedOrReset, is_what_did_not_time_out_and_never_less_than_nothing) {
  EXPECT_EQ(refused_or_reset(5, 2), 3u);
  EXPECT_EQ(refused_or_reset(2, 3), 0u);
}

}  // namespace
}  // namespace mesh::compute_pools_test
