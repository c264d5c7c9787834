// The pods of a workload side by side, and who sends to them.
#include "compute/workload_balance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace mesh::workload_balance_test {
namespace {

using testing::IsEmpty;

TargetState pod(const std::string& name, std::uint64_t received, std::uint64_t connections) {
  TargetState state;
  state.target.ns = "shop";
  state.target.pod = name;
  state.target.workload = "users";
  state.up = true;
  state.received = received;
  state.inbound_connections = connections;
  state.traffic.window_seconds = 10;
  return state;
}

// A sidecar that sends to an upstream, all of it to one of its endpoints.
TargetState client(const std::string& upstream, Chosen chosen, std::uint64_t requests) {
  TargetState state;
  state.target.ns = "shop";
  state.target.pod = "storefront-0";
  UpstreamBalance one;
  one.upstream = upstream;
  one.chosen = chosen;
  one.balance.requests = one.balance.requests_max = requests;
  const bool told = chosen == Chosen::per_request;
  one.balance.verdict = told ? BalanceVerdict::uneven : BalanceVerdict::too_little_traffic;
  state.balances = {one};
  return state;
}

std::vector<WorkloadBalance> judged(const std::vector<TargetState>& states) {
  Snapshot snapshot;
  for (const TargetState& state : states) {
    snapshot.targets.push_back(std::make_shared<const TargetState>(state));
  }
  return workload_balances(snapshot, {});
}

TEST(WorkloadBalances, see_what_no_client_sees) {
  const auto all = judged({pod("users-0", 300, 1), pod("users-1", 0, 0), pod("users-2", 0, 0)});
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].ns, "shop");
  EXPECT_EQ(all[0].workload, "users");
  EXPECT_EQ(all[0].balance.verdict, BalanceVerdict::connection_pinned);
  EXPECT_EQ(all[0].balance.busiest, "users-0");
  EXPECT_EQ(all[0].window_seconds, 10);
}

TEST(WorkloadBalances, name_the_sidecar_that_forwards_bytes) {
  const auto all =
      judged({pod("users-0", 300, 1), pod("users-1", 0, 0),
              client("users.shop.svc.cluster.local:50051", Chosen::per_connection, 1)});
  EXPECT_EQ(all.at(0).forwarded_by, "shop/storefront-0");
  EXPECT_EQ(all[0].forwarded_as, "users.shop.svc.cluster.local:50051");
  EXPECT_EQ(all[0].balance.verdict, BalanceVerdict::connection_pinned);
}

// It has one connection because it chose one pod, not the other way round.
TEST(WorkloadBalances, do_not_blame_connections_where_the_client_chooses_per_request) {
  const auto verdict = [](std::uint64_t sent) {
    const auto all = judged({pod("users-0", 300, 1), pod("users-1", 0, 0),
                             client("accounts:50051", Chosen::per_request, sent)});
    return all.at(0).balance.verdict;
  };
  EXPECT_EQ(verdict(290), BalanceVerdict::uneven);
  EXPECT_EQ(verdict(20), BalanceVerdict::connection_pinned);  // that was somebody else
}

// Whom a sidecar keeps away from gets no connection either.
TEST(WorkloadBalances, do_not_blame_connections_where_the_client_avoids_a_pod) {
  for (const auto verdict : {BalanceVerdict::ejected, BalanceVerdict::locality,
                             BalanceVerdict::warming, BalanceVerdict::weighted}) {
    TargetState storefront = client("accounts:50051", Chosen::per_request, 150);
    storefront.balances[0].balance.verdict = verdict;
    const auto all =
        judged({pod("users-0", 150, 1), pod("users-1", 150, 1), pod("users-2", 0, 0), storefront});
    EXPECT_EQ(all.at(0).balance.verdict, BalanceVerdict::uneven) << to_string(verdict);
  }
}

TEST(WorkloadBalances, excuse_a_pod_that_has_just_begun) {
  TargetState young = pod("users-2", 5, 1);
  young.proxy = Proxy{"1.40.0", "", "", ProxyState::live, Instant{}};
  young.uptime_seconds = 3;
  const auto all = judged({pod("users-0", 150, 1), pod("users-1", 150, 1), young});
  EXPECT_EQ(all.at(0).balance.verdict, BalanceVerdict::warming);
}

TargetState app(const std::string& name, std::uint64_t received) {
  TargetState state = pod(name, received, 0);
  state.target.mesh = "app";
  return state;
}

TEST(WorkloadBalances, hear_proxies_and_not_what_the_applications_say_of_the_same_calls) {
  const auto all = judged(
      {pod("users-0", 150, 1), app("users-0", 140), pod("users-1", 150, 1), app("users-1", 10)});
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].mesh, "envoy");
  EXPECT_EQ(all[0].balance.requests, 300u);
}

TEST(WorkloadBalances, hear_applications_whose_proxies_count_no_calls) {
  const auto all = judged(
      {pod("users-0", 0, 1), app("users-0", 150), pod("users-1", 0, 1), app("users-1", 150)});
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].mesh, "app");
  EXPECT_EQ(all[0].balance.requests, 300u);
}

TEST(WorkloadBalances, need_a_name_two_pods_and_a_window) {
  TargetState nameless = pod("a", 300, 1), windowless = pod("b", 0, 0);
  nameless.target.workload = "";
  windowless.received.reset();
  EXPECT_THAT(judged({nameless, nameless, windowless, pod("c", 300, 1)}), IsEmpty());
}

TEST(NamesWorkload, knows_how_meshes_spell_it) {
  EXPECT_TRUE(names_workload("users.shop.svc.cluster.local:50051", "shop", "users"));
  EXPECT_TRUE(names_workload("users.shop.dc1.internal.1234.consul", "shop", "users"));
  EXPECT_TRUE(names_workload("users", "shop", "users"));
  EXPECT_TRUE(names_workload("users:50051", "", "users"));
  EXPECT_FALSE(names_workload("users-admin.shop.svc:1", "shop", "users"));
  EXPECT_FALSE(names_workload("users.other.svc.cluster.local:1", "shop", "users"));
}

TEST(WorkloadBalances, believe_sidecars_before_the_channelz_of_what_is_behind_them) {
  std::vector<TargetState> states{pod("users-0", 300, 1), pod("users-1", 300, 1)};
  for (const char* name : {"users-0-app", "users-1-app"}) {
    states.push_back(pod(name, 300, 1));
    states.back().target.mesh = "proxyless";
  }
  const auto all = judged(states);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_NE(all[0].mesh, "proxyless");
  const auto alone = judged({states[2], states[3]});
  ASSERT_EQ(alone.size(), 1u);
  EXPECT_EQ(alone[0].mesh, "proxyless");
}

}  // namespace
}  // namespace mesh::workload_balance_test
