// From counters, endpoints and their history to the balance of each upstream.
#include "compute/upstream_balances.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mesh::upstream_balances_test {
namespace {

using std::chrono::seconds;
using testing::IsEmpty;

EndpointReading endpoint(std::string address, EndpointState state = EndpointState::ready) {
  EndpointReading reading;
  reading.upstream = "users";
  reading.address = std::move(address);
  reading.state = state;
  reading.connections_active = 1;
  return reading;
}

// What the last ten seconds counted.
CounterView counted(const std::vector<std::pair<std::string, std::uint64_t>>& requests) {
  std::vector<SeriesKey> keys;
  CounterView view;
  for (const auto& [address, count] : requests) {
    keys.push_back({Counted::endpoint_requests, Direction::outbound, "users", "", "", "", address});
    view.totals.push_back(count);
    view.increases.push_back(count);
  }
  view.keys = std::make_shared<const std::vector<SeriesKey>>(std::move(keys));
  view.window_seconds = 10;
  return view;
}

Instant at(int second) { return Instant{} + seconds(second); }

constexpr seconds long_ago{100};

TEST(EndpointPresence, takes_the_first_look_for_how_it_always_was) {
  EndpointPresence presence;
  presence.enter({endpoint("a")}, at(0), long_ago);
  EXPECT_FALSE(presence.of("users", "", "a", at(-10)).joined_or_left);
}

TEST(EndpointPresence, sees_who_joined_and_forgets_it_after_the_window) {
  EndpointPresence presence;
  presence.enter({endpoint("a")}, at(0), long_ago);
  presence.enter({endpoint("a"), endpoint("b")}, at(5), long_ago);
  EXPECT_TRUE(presence.of("users", "", "b", at(0)).joined_or_left);
  EXPECT_FALSE(presence.of("users", "", "a", at(0)).joined_or_left);
  EXPECT_FALSE(presence.of("users", "", "b", at(5)).joined_or_left);
}

TEST(EndpointPresence, sees_who_left_and_who_came_back) {
  EndpointPresence presence;
  presence.enter({endpoint("a"), endpoint("b")}, at(0), long_ago);
  presence.enter({endpoint("a")}, at(5), long_ago);
  EXPECT_TRUE(presence.of("users", "", "b", at(0)).joined_or_left);
  presence.enter({endpoint("a"), endpoint("b")}, at(6), long_ago);
  presence.enter({endpoint("a"), endpoint("b")}, at(7), long_ago);
  EXPECT_TRUE(presence.of("users", "", "b", at(0)).joined_or_left);
  EXPECT_FALSE(presence.of("users", "", "b", at(6)).joined_or_left);
}

TEST(EndpointPresence, remembers_an_ejection_for_the_window) {
  EndpointPresence presence;
  presence.enter({endpoint("a", EndpointState::ejected)}, at(0), long_ago);
  presence.enter({endpoint("a")}, at(5), long_ago);
  EXPECT_TRUE(presence.of("users", "", "a", at(0)).was_barred);
  EXPECT_FALSE(presence.of("users", "", "a", at(1)).was_barred);
}

TEST(EndpointPresence, forgets_what_is_gone_for_long) {
  EndpointPresence presence;
  presence.enter({endpoint("a")}, at(0), seconds(10));
  presence.enter({}, at(11), seconds(10));
  presence.enter({endpoint("a")}, at(12), seconds(10));
  EXPECT_TRUE(presence.of("users", "", "a", at(11)).joined_or_left);
}

TEST(UpstreamLoads, are_none_before_there_is_a_window) {
  EXPECT_THAT(upstream_loads({}, {endpoint("a")}, {}, at(0)), IsEmpty());
}

TEST(UpstreamLoads, bring_together_what_is_known_of_an_endpoint) {
  EndpointPresence presence;
  EndpointReading far = endpoint("b", EndpointState::draining);
  far.weight = 4;
  far.priority = 1;
  far.locality = "eu/b/";
  far.connections_active = 3;
  presence.enter({endpoint("a"), far}, at(0), long_ago);
  presence.enter({endpoint("a"), far}, at(10), long_ago);
  const auto all =
      upstream_loads(counted({{"a", 7}, {"b", 5}}), {endpoint("a"), far}, presence, at(10));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].upstream, "users");
  EXPECT_EQ(all[0].loads, (std::vector<EndpointLoad>{{"a", 7, 1, 1, 0, "", false, false},
                                                     {"b", 5, 3, 4, 1, "eu/b/", false, true}}));
}

// As Envoy counts them while one of three servers is dead: calls that were meant for it got no
// connection, which makes no request of them.
TEST(UpstreamLoads, do_not_expect_a_share_of_who_takes_no_connection) {
  CounterView view = counted({{"a", 380}, {"b", 10}, {"c", 380}});
  std::vector<SeriesKey> keys = *view.keys;
  for (const auto& [address, failed] : {std::pair("a", 3u), std::pair("b", 370u)}) {
    keys.push_back({Counted::endpoint_failures, Direction::outbound, "users", "", "", "", address});
    view.totals.push_back(failed);
    view.increases.push_back(failed);
  }
  view.keys = std::make_shared<const std::vector<SeriesKey>>(std::move(keys));
  const auto all = upstream_loads(view, {endpoint("a"), endpoint("b"), endpoint("c")}, {}, at(10));
  ASSERT_EQ(all.at(0).loads.size(), 3u);
  EXPECT_FALSE(all[0].loads[0].was_barred);
  EXPECT_TRUE(all[0].loads[1].was_barred);
  const auto balances = upstream_balances(all, {}, nullptr, 10, {});
  EXPECT_EQ(balances.at(0).balance.verdict, BalanceVerdict::ejected);
}

TEST(UpstreamLoads, count_who_left_within_the_window) {
  EndpointPresence presence;
  presence.enter({endpoint("a"), endpoint("b")}, at(0), long_ago);
  presence.enter({endpoint("a")}, at(10), long_ago);
  const auto all =
      upstream_loads(counted({{"a", 7}, {"b", 5}, {"c", 0}}), {endpoint("a")}, presence, at(10));
  ASSERT_EQ(all[0].loads.size(), 2u);  // c did nothing and is gone
  EXPECT_EQ(all[0].loads[1].requests, 5u);
  EXPECT_TRUE(all[0].loads[1].joined_or_left);
}

TEST(UpstreamLoads, leave_alone_what_is_over_the_bound) {
  EXPECT_THAT(upstream_loads(counted({{"a", 7}, {"other", 5}}), {endpoint("a")}, {}, at(10)),
              IsEmpty());
}

TEST(UpstreamBalances, know_how_the_proxy_chooses) {
  const std::vector<UpstreamLoads> loads{{"users", "", {{"a", 300, 1}, {"b", 0, 0}, {"c", 0, 0}}}};
  UpstreamReading reading;
  reading.upstream = "users";
  reading.speaks_http = true;
  EXPECT_EQ(upstream_balances(loads, {}, nullptr, 10, {}).at(0).balance.verdict,
            BalanceVerdict::connection_pinned);
  EXPECT_EQ(upstream_balances(loads, {reading}, nullptr, 10, {}).at(0).balance.verdict,
            BalanceVerdict::uneven);
  reading.speaks_http = false;
  const UpstreamBalance balance = upstream_balances(loads, {reading}, nullptr, 10, {}).at(0);
  EXPECT_EQ(balance.chosen, Chosen::per_connection);
  EXPECT_EQ(balance.window_seconds, 10);
}

TEST(UpstreamBalances, know_a_client_that_keeps_to_one_endpoint) {
  const std::vector<UpstreamLoads> loads{{"users", "", {{"a", 300, 1}, {"b", 0, 0}, {"c", 0, 0}}}};
  UpstreamReading reading;
  reading.upstream = "users";
  reading.speaks_http = true;
  reading.balancer = "pick_first";
  const UpstreamBalance pinned = upstream_balances(loads, {reading}, nullptr, 10, {}).at(0);
  EXPECT_EQ(pinned.chosen, Chosen::per_connection);
  EXPECT_EQ(pinned.balancer, "pick_first");
  EXPECT_EQ(pinned.balance.verdict, BalanceVerdict::connection_pinned);
  reading.balancer = "round_robin";
  EXPECT_EQ(upstream_balances(loads, {reading}, nullptr, 10, {}).at(0).balance.verdict,
            BalanceVerdict::uneven);
}

TEST(UpstreamBalances, know_whether_zones_have_weights) {
  std::vector<UpstreamLoads> loads{{"users", "", {{"a", 800, 1}, {"b", 100, 1}}}};
  loads[0].loads[0].locality = "eu/a/";
  loads[0].loads[1].locality = "eu/b/";
  SettingsReading settings;
  settings.upstreams.resize(1);
  settings.upstreams[0].upstream = "users";
  settings.upstreams[0].weighs_localities = true;
  EXPECT_EQ(upstream_balances(loads, {}, &settings, 10, {}).at(0).balance.verdict,
            BalanceVerdict::locality);
  settings.upstreams[0].subset = "v2";
  EXPECT_NE(upstream_balances(loads, {}, &settings, 10, {}).at(0).balance.verdict,
            BalanceVerdict::locality);
}

}  // namespace
}  // namespace mesh::upstream_balances_test
