// Loads in, a verdict out: what is luck, what is explained, and what is not.
#include "compute/balance.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace mesh::balance_test {
namespace {

using Loads = std::vector<EndpointLoad>;

// Endpoints "a", "b", … with these requests, a connection each unless told otherwise.
Loads loads(const std::vector<std::uint64_t>& requests,
            const std::vector<std::uint64_t>& connections = {}) {
  Loads all;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    EndpointLoad load;
    load.name = std::string(1, static_cast<char>('a' + i));
    load.requests = requests[i];
    load.connections = connections.empty() ? 1 : connections[i];
    all.push_back(load);
  }
  return all;
}

std::string verdict(const Loads& all, Chosen chosen = Chosen::unknown) {
  return std::string(to_string(judge_balance(all, chosen).verdict));
}

TEST(Balance, has_the_parts_that_add_up) {
  const Balance balance = judge_balance(loads({300, 0, 0}, {1, 0, 0}), Chosen::unknown);
  EXPECT_EQ(balance.requests, 300u);
  EXPECT_EQ(balance.requests_squared, 90000);
  EXPECT_EQ(balance.requests_max, 300u);
  EXPECT_EQ(balance.endpoints, 3u);
  EXPECT_EQ(balance.connections, 1u);
  EXPECT_EQ(balance.imbalance_ratio, 3.0);
  EXPECT_EQ(balance.effective_endpoints, 1.0);
  EXPECT_EQ(balance.requests_per_connection, 300.0);
  EXPECT_EQ(balance.busiest, "a");
}

TEST(Balance, is_balanced_when_even) { EXPECT_EQ(verdict(loads({100, 101, 99})), "balanced"); }

// Random choice, a thousand times: never a false alarm at one in a million.
TEST(Balance, takes_luck_for_luck) {
  std::mt19937 random(7);
  for (int trial = 0; trial < 1000; ++trial) {
    std::vector<std::uint64_t> requests(5, 0);
    for (int call = 0; call < 200; ++call) ++requests[random() % 5];
    ASSERT_EQ(verdict(loads(requests)), "balanced") << "trial " << trial;
  }
}

TEST(Balance, says_when_it_cannot_tell) {
  EXPECT_EQ(verdict(loads({10, 0, 0, 0, 0})), "too_little_traffic");
  EXPECT_EQ(verdict(loads({0, 0, 0})), "too_little_traffic");
  EXPECT_EQ(verdict({}), "too_little_traffic");
}

TEST(Balance, leaves_a_skew_alone_that_does_not_matter) {
  EXPECT_EQ(verdict(loads({110'000, 100'000, 90'000})), "balanced");
}

TEST(Balance, sees_one_of_many_that_gets_nothing) {
  EXPECT_EQ(verdict(loads({50, 50, 50, 50, 50, 50, 50, 0}), Chosen::per_request), "uneven");
}

TEST(Balance, has_nothing_to_balance_with_one_endpoint) {
  EXPECT_EQ(verdict(loads({100})), "balanced");
}

TEST(Balance, sees_one_channel_that_holds_to_one_pod) {
  EXPECT_EQ(verdict(loads({300, 0, 0}, {1, 0, 0})), "connection_pinned");
}

TEST(Balance, sees_three_channels_on_three_of_five_pods) {
  EXPECT_EQ(verdict(loads({100, 101, 99, 0, 0}, {1, 1, 1, 0, 0})), "connection_pinned");
  EXPECT_EQ(verdict(loads({200, 100, 0, 0, 0}, {2, 1, 0, 0, 0})), "connection_pinned");
}

TEST(Balance, knows_that_a_proxy_that_chooses_per_request_does_not_pin) {
  EXPECT_EQ(verdict(loads({300, 0, 0}, {1, 0, 0}), Chosen::per_request), "uneven");
}

TEST(Balance, does_not_blame_connections_that_are_even) {
  EXPECT_EQ(verdict(loads({300, 20, 20}, {4, 4, 4})), "uneven");
}

TEST(Balance, is_sure_where_the_proxy_chooses_per_connection) {
  EXPECT_EQ(verdict(loads({300, 20, 20}, {4, 4, 4}), Chosen::per_connection), "connection_pinned");
}

TEST(Balance, divides_weights_out) {
  Loads all = loads({900, 100});
  all[0].weight = 9;
  EXPECT_EQ(verdict(all), "weighted");
  all[0].requests = 100;
  all[1].requests = 900;
  EXPECT_EQ(verdict(all, Chosen::per_request), "uneven");
}

TEST(Balance, judges_the_heavy_ones_where_a_light_one_gets_next_to_nothing) {
  Loads all = loads({500, 500, 2});
  all[0].weight = all[1].weight = 1000;
  EXPECT_EQ(verdict(all), "weighted");
}

TEST(Balance, excuses_what_could_not_be_chosen) {
  Loads all = loads({300, 300, 10});
  all[2].was_barred = true;
  EXPECT_EQ(verdict(all), "ejected");
}

TEST(Balance, excuses_what_joined_or_left) {
  Loads all = loads({300, 300, 10});
  all[2].joined_or_left = true;
  EXPECT_EQ(verdict(all), "warming");
}

TEST(Balance, still_sees_a_skew_among_the_others) {
  Loads all = loads({600, 0, 60}, {1, 0, 1});
  all[2].joined_or_left = true;
  EXPECT_EQ(verdict(all, Chosen::per_request), "uneven");
}

TEST(Balance, takes_a_standby_priority_for_what_it_is) {
  Loads all = loads({300, 300, 0, 0}, {1, 1, 0, 0});
  all[2].priority = all[3].priority = 1;
  EXPECT_EQ(verdict(all), "locality");
  EXPECT_EQ(judge_balance(all, Chosen::unknown).endpoints, 2u);
}

TEST(Balance, lets_a_client_prefer_its_zone) {
  Loads all = loads({300, 300, 20, 20});
  all[0].locality = all[1].locality = "eu/a";
  all[2].locality = all[3].locality = "eu/b";
  EXPECT_EQ(verdict(all), "locality");
  all[1].requests = 0;
  EXPECT_EQ(verdict(all, Chosen::per_request), "uneven");
}

TEST(Balance, does_not_let_three_zones_explain_three_pods) {
  Loads all = loads({300, 0, 0}, {1, 0, 0});
  all[0].locality = "eu/a";
  all[1].locality = "eu/b";
  all[2].locality = "eu/c";
  EXPECT_EQ(verdict(all), "connection_pinned");
}

TEST(Balance, lets_zones_with_weights_of_their_own_explain_one_pod_in_each) {
  Loads all = loads({800, 100, 100});
  all[0].locality = "eu/a";
  all[1].locality = "eu/b";
  all[2].locality = "eu/c";
  const auto judged = [&](bool zones_weighed) {
    return to_string(judge_balance(all, Chosen::per_request, {}, zones_weighed).verdict);
  };
  EXPECT_EQ(judged(true), "locality");
  EXPECT_EQ(judged(false), "uneven");
  // Within a zone they explain nothing.
  all[2].locality = "eu/a";
  EXPECT_EQ(judged(true), "uneven");
}

}  // namespace
}  // namespace mesh::balance_test
