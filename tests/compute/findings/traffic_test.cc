// Findings about load: a snapshot in, what is wrong out, with numbers and a remedy.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "compute/findings/all.h"

namespace mesh::traffic_test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

Balance all_on_one(BalanceVerdict verdict) {
  Balance balance;
  balance.requests = balance.requests_max = 300;
  balance.endpoints = 3;
  balance.connections = 1;
  balance.imbalance_ratio = 3;
  balance.effective_endpoints = 1;
  balance.requests_per_connection = 300;
  balance.busiest = "users-1";
  balance.verdict = verdict;
  return balance;
}

TargetState client(BalanceVerdict verdict) {
  TargetState state;
  state.target.ns = "shop";
  state.target.pod = "storefront-0";
  UpstreamBalance one;
  one.upstream = "users:50051";
  one.balance = all_on_one(verdict);
  one.window_seconds = 10;
  state.balances = {one};
  return state;
}

std::vector<Finding> found(const FindingMaker& maker, const TargetState& state,
                           const std::vector<WorkloadBalance>& workloads = {}) {
  Snapshot snapshot;
  snapshot.targets = {std::make_shared<const TargetState>(state)};
  snapshot.workload_balances = workloads;
  std::vector<Finding> all;
  maker.find(snapshot, WallTime{}, all);
  return all;
}

TEST(TrafficPinned, names_the_policy_of_a_client_that_balances_itself) {
  TargetState state = client(BalanceVerdict::connection_pinned);
  state.target.mesh = "proxyless";
  state.balances[0].balancer = "pick_first";
  const auto all = found(traffic_pinned, state);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_THAT(all[0].cause, HasSubstr("its gRPC library keeps one connection (pick_first)"));
  EXPECT_THAT(all[0].remedy, HasSubstr("round_robin"));
  WorkloadBalance users;
  users.workload = "users";
  users.forwarded_by = "shop/storefront-0";
  users.forwarded_as = "users:50051";
  users.forwarded_with = "pick_first";
  users.balance = all_on_one(BalanceVerdict::connection_pinned);
  const auto received = found(traffic_pinned, TargetState{}, {users});
  ASSERT_EQ(received.size(), 1u);
  EXPECT_THAT(received[0].cause, HasSubstr("shop/storefront-0 calls users:50051 by pick_first, "
                                           "which keeps one connection"));
}

TEST(TrafficPinned, is_told_of_an_upstream_with_its_numbers) {
  const auto all = found(traffic_pinned, client(BalanceVerdict::connection_pinned));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].where, "shop/storefront-0");
  EXPECT_EQ(all[0].upstream, "users:50051");
  EXPECT_EQ(all[0].cause,
            "300 of 300 calls to users-1, one of 3 endpoints, over 1 connection in all: requests "
            "follow connections");
  EXPECT_THAT(all[0].evidence, Contains(Evidence{"requests_per_connection", 300, Unit::count}));
  EXPECT_THAT(all[0].remedy, HasSubstr("max_connection_age"));
}

TEST(TrafficPinned, is_told_of_a_workload_with_who_forwards_to_it) {
  WorkloadBalance users;
  users.mesh = "istio";
  users.ns = "shop";
  users.workload = "users";
  users.balance = all_on_one(BalanceVerdict::connection_pinned);
  users.forwarded_by = "shop/storefront-0";
  users.forwarded_as = "users.shop:50051";
  const auto all = found(traffic_pinned, client(BalanceVerdict::balanced), {users});
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].where, "shop/users");
  EXPECT_EQ(all[0].whose.pod, "");
  EXPECT_THAT(all[0].cause, HasSubstr("shop/storefront-0 forwards users.shop:50051 as plain TCP"));
  EXPECT_THAT(all[0].remedy, HasSubstr("appProtocol: grpc"));
}

TEST(TrafficPinned, tells_how_the_calls_of_the_busiest_pod_spread_over_its_connections) {
  WorkloadBalance users;
  users.mesh = "proxyless";
  users.ns = "shop";
  users.workload = "users";
  users.balance = all_on_one(BalanceVerdict::connection_pinned);
  TargetState busiest;
  busiest.target.mesh = users.mesh;
  busiest.target.ns = users.ns;
  busiest.target.workload = users.workload;
  busiest.target.pod = users.balance.busiest;
  busiest.connection_spread = ConnectionSpread{2, 10, 1, 300, 300};
  const auto all = found(traffic_pinned, busiest, {users});
  ASSERT_EQ(all.size(), 1u);
  EXPECT_THAT(all[0].evidence, Contains(Evidence{"connections_used", 1, Unit::count}));
  EXPECT_THAT(all[0].evidence, Contains(Evidence{"busiest_connection_requests", 300, Unit::count}));
}

TEST(TrafficPinned, is_silent_about_every_other_verdict) {
  for (std::size_t i = 0; i < balance_verdicts; ++i) {
    const auto verdict = static_cast<BalanceVerdict>(i);
    if (verdict == BalanceVerdict::connection_pinned) continue;
    EXPECT_THAT(found(traffic_pinned, client(verdict)), IsEmpty()) << to_string(verdict);
  }
}

TEST(TrafficUneven, says_which_endpoint_stands_out) {
  TargetState state = client(BalanceVerdict::uneven);
  EXPECT_THAT(found(traffic_uneven, state).at(0).cause, HasSubstr("a hash policy with a hot key"));
  for (const std::uint64_t open : {1u, 20u, 2u}) {
    EndpointReading endpoint;
    endpoint.upstream = "users:50051";
    endpoint.address = "10.0.0." + std::to_string(open) + ":50051";
    endpoint.requests_active = open;
    state.endpoints.push_back(endpoint);
  }
  const auto all = found(traffic_uneven, state);
  EXPECT_THAT(all.at(0).cause, HasSubstr("10.0.0.20:50051 has 20 of 23 requests open"));
  EXPECT_EQ(all[0].severity, Severity::info);
}

TEST(FindingMakers, that_judge_traffic_state_it_after_a_window) {
  EXPECT_EQ(traffic_pinned.stated, Stated::after_a_window);
  EXPECT_EQ(traffic_uneven.stated, Stated::after_a_window);
}

}  // namespace
}  // namespace mesh::traffic_test
