// Findings about the limits of connection pools: what a sidecar has in use and counted in, what is
// wrong out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "compute/findings/pool_findings.h"

namespace mesh::findings_pools_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

TEST_F(PoolFindings, are_none_when_all_is_well) { EXPECT_THAT(words(), IsEmpty()); }

TEST_F(PoolFindings, are_none_of_a_sidecar_that_does_not_answer) {
  count({Counted::overflows, "requests", 500});
  state_.up = false;
  EXPECT_THAT(words(), IsEmpty());
}

TEST_F(PoolFindings, name_the_limit_that_refuses_calls) {
  count({Counted::overflows, "requests", 50});
  pool().requests = {100, 100};
  pool().open_breakers = {{"default", "requests"}};
  EXPECT_THAT(words(), ElementsAre("warning pool_exhausted requests: 50 calls to users:50051 "
                                   "refused by this sidecar in the window: max_requests is 100"));
  const Finding one = found().at(0);
  EXPECT_EQ(one.where, "shop/storefront-0");
  EXPECT_EQ(one.upstream, users);
  EXPECT_THAT(one.evidence, Contains(Evidence{"overflows", 50, Unit::count}));
  EXPECT_THAT(one.evidence, Contains(Evidence{"share", 50.0 / 1050, Unit::ratio}));
  EXPECT_THAT(one.evidence, Contains(Evidence{"limit", 100, Unit::count}));
  EXPECT_THAT(one.remedy, HasSubstr("circuit_breakers.thresholds.max_requests"));
}

TEST_F(PoolFindings, show_what_a_policy_refuses_as_such) {
  count({Counted::denials, "shadow", 90, Direction::inbound});
  EXPECT_THAT(words(), IsEmpty()) << "on trial: it refuses nobody";
  count({Counted::denials, "enforced", 7, Direction::inbound});
  EXPECT_THAT(words(), ElementsAre("info calls_denied callers: 7 calls of callers refused in the "
                                   "window by an authorization policy of this pod"));
}

// What a ztunnel counts for a workload of its node.
TEST_F(PoolFindings, tell_of_the_connections_of_an_ambient_workload) {
  const auto add = [&](Counted counted, Direction direction, const char* detail,
                       std::uint64_t increase) {
    const bool inbound = direction == Direction::inbound;
    keys_.push_back(
        {counted, direction, inbound ? "" : "users.shop", "", "", "", detail, "people/web"});
    increases_.push_back(increase);
  };
  state_.target.mesh = "istio";
  add(Counted::tcp_opened, Direction::outbound, "mutual_tls", 100);
  add(Counted::tcp_closed, Direction::outbound, "connect_failed", 4);
  add(Counted::tcp_closed, Direction::outbound, "denied", 50);
  add(Counted::tcp_opened, Direction::inbound, "mutual_tls", 100);
  EXPECT_THAT(words(), IsEmpty()) << "too few, and a denial is told where it was made";
  add(Counted::tcp_closed, Direction::outbound, "connect_failed", 3);
  add(Counted::tcp_closed, Direction::inbound, "denied", 7);
  add(Counted::tcp_closed, Direction::inbound, "connect_failed", 90);
  EXPECT_THAT(
      words(),
      UnorderedElementsAre(
          "warning connect_failures: 7 connections to users.shop could not be made (7.0 % "
          "of those tried): refused or not answered, or denied by a policy of the other side",
          "critical connect_failures application: 90 connections to the pod's own "
          "application could not be made (90 % of those tried): refused or not answered",
          "info calls_denied callers: 7 connections of callers refused in the window by an "
          "authorization policy of this workload"));
  const Finding one = found().at(0);
  EXPECT_EQ(one.where, "people/web");
  EXPECT_EQ(one.whose.mesh, "istio");
  EXPECT_EQ(one.whose.ns, "people");
  EXPECT_EQ(one.whose.workload, "web");
  EXPECT_EQ(one.whose.pod, "");
}

TEST_F(PoolFindings, show_permission_denied_as_such_and_not_as_a_failure) {
  keys_.push_back({Counted::calls, Direction::outbound, users, "", "user.v1.User", "Get", "OK"});
  keys_.push_back(keys_.back());
  keys_.back().detail = "PERMISSION_DENIED";
  keys_.push_back(
      {Counted::calls, Direction::inbound, "", "", "own.v1.Own", "Get", "PERMISSION_DENIED"});
  const std::vector<std::uint64_t> of_the_pool = increases_;
  const auto answer = [&](std::uint64_t denied) {
    increases_ = of_the_pool;
    increases_.insert(increases_.end(), {1000 - denied, denied, 500});
  };
  answer(100);
  EXPECT_THAT(words(), ElementsAre("info calls_denied: 10 % of the calls to users:50051 are "
                                   "answered PERMISSION_DENIED: by a policy of the mesh, or by the "
                                   "application itself"));
  answer(4);
  EXPECT_THAT(words(), IsEmpty());
  answer(9);
  EXPECT_THAT(words(), IsEmpty());
}

TEST_F(PoolFindings, say_the_remedy_in_the_words_of_the_mesh) {
  count({Counted::overflows, "requests", 50});
  state_.target.mesh = "istio";
  EXPECT_THAT(found().at(0).remedy, HasSubstr("connectionPool.http.http2MaxRequests"));
  state_.target.mesh = "consul";
  EXPECT_THAT(found().at(0).remedy, HasSubstr("limits.max_concurrent_requests"));
}

TEST_F(PoolFindings, call_linkerds_limit_of_retries_a_budget) {
  state_.target.mesh = "linkerd";
  count({Counted::overflows, "retries", 50});
  EXPECT_THAT(words(), ElementsAre(HasSubstr("its budget of retries is used up")));
  EXPECT_THAT(found().at(0).remedy, HasSubstr("retryBudget of the ServiceProfile"));
  count({Counted::overflows, "requests", 50});
  EXPECT_THAT(found().at(0).remedy, Not(IsEmpty()));  // the one for all other meshes
}

TEST_F(PoolFindings, are_critical_when_every_tenth_call_is_refused) {
  count({Counted::overflows, "pending", 200});
  EXPECT_THAT(words(), ElementsAre(HasSubstr("critical pool_exhausted pending: 200 calls")));
}

TEST_F(PoolFindings, are_silent_about_a_handful_and_about_a_small_share) {
  count({Counted::overflows, "pending", 4});
  EXPECT_THAT(words(), IsEmpty());
  count({Counted::attempts, "", 100'000});
  count({Counted::overflows, "requests", 90});
  EXPECT_THAT(words(), IsEmpty());
}

TEST_F(PoolFindings, tell_requests_from_pending_as_far_as_they_can_where_envoy_counts_both_as_one) {
  state_.proxy = Proxy{};
  state_.proxy->version = "1.36.2";
  count({Counted::overflows, "pending", 50});
  EXPECT_THAT(words(), ElementsAre(HasSubstr("max_requests or max_pending_requests is reached")));
  pool().requests = {100, 100};
  EXPECT_THAT(words(), ElementsAre(HasSubstr("max_requests is 100")));
  pool().pending = {50, 50};
  EXPECT_THAT(words(), ElementsAre(HasSubstr("max_pending_requests is 50")));
  pool().pending = {0, 50};
  state_.proxy->version = "1.38.0";
  EXPECT_THAT(words(), ElementsAre(HasSubstr("max_pending_requests is 50")));
}

TEST_F(PoolFindings, see_retries_that_are_not_made) {
  count({Counted::overflows, "retries", 50});
  EXPECT_THAT(words(), ElementsAre("warning pool_exhausted retries: 50 retries to users:50051 "
                                   "refused by this sidecar in the window: max_retries is 3"));
}

TEST_F(PoolFindings, are_silent_about_connections_that_http_does_not_need) {
  count({Counted::overflows, "connections", 50});
  pool().connections = {3, 1};
  pool().open_breakers = {{"default", "connections"}};
  EXPECT_THAT(words(), IsEmpty());
}

TEST_F(PoolFindings, see_calls_that_wait_for_a_connection_of_their_own) {
  count({Counted::overflows, "connections", 50});
  pool().connections = {3, 3};
  pool().requests.active = 3;
  pool().pending.active = 9;
  EXPECT_THAT(words(),
              ElementsAre("warning pool_exhausted connections: 50 calls to users:50051 had to wait "
                          "for a connection in the window: max_connections is 3"));
}

TEST_F(PoolFindings, see_connections_refused_where_bytes_are_forwarded) {
  count({Counted::overflows, "connections", 50});
  pool().connections = {3, 3};
  pool().speaks_http = false;
  EXPECT_THAT(words(), ElementsAre(HasSubstr("pool_exhausted connections: 50 calls to users:50051 "
                                             "refused by this sidecar")));
}

TEST_F(PoolFindings, see_calls_that_wait_for_a_stream) {
  count({Counted::overflows, "connections", 50});
  pool().connections = {1, 1};
  pool().requests.active = 100;
  pool().pending.active = 9;
  EXPECT_THAT(words(), ElementsAre("warning stream_limit: 9 calls to users:50051 waiting: 1 "
                                   "connection with as many streams as allowed, and no more may be "
                                   "opened"));
}

TEST_F(PoolFindings, tell_of_refused_calls_rather_than_of_those_that_wait) {
  count({Counted::overflows, "connections", 50});
  count({Counted::overflows, "pending", 50});
  pool().connections = {1, 1};
  pool().requests.active = 90;
  pool().pending = {50, 50};
  EXPECT_THAT(words(), ElementsAre(HasSubstr("pool_exhausted pending")));
}

TEST_F(PoolFindings, see_streams_that_were_refused_to_callers) {
  count({Counted::stream_refusals, "", 20, Direction::inbound});
  count({Counted::attempts, "", 500, Direction::inbound});
  EXPECT_THAT(words(),
              ElementsAre("warning stream_limit: 20 streams of callers refused in the "
                          "window: more at once than this sidecar allows on a connection"));
}

TEST_F(PoolFindings, see_a_breaker_that_stands_open_before_it_refuses) {
  pool().requests = {100, 100};
  pool().open_breakers = {{"default", "requests"}};
  EXPECT_THAT(words(),
              ElementsAre("warning circuit_breaker_open requests (default): the circuit "
                          "breaker for requests to users:50051 is open (priority default): "
                          "100 in use of 100"));
}

TEST_F(PoolFindings, see_a_breaker_of_the_high_priority_without_its_limit) {
  pool().open_breakers = {{"high", "pending"}};
  EXPECT_THAT(words(), ElementsAre("warning circuit_breaker_open pending (high): the circuit "
                                   "breaker for pending to users:50051 is open (priority high)"));
}

TEST(PoolFindingMakers, state_what_a_single_look_proves_at_once_and_traffic_after_a_window) {
  EXPECT_EQ(endpoints_ejected.stated, Stated::at_once);
  EXPECT_EQ(no_healthy_endpoint.stated, Stated::at_once);
  for (const FindingMaker* maker :
       {&pool_exhausted, &stream_limit, &circuit_breaker_open, &tls_handshake_failures,
        &connection_resets, &connect_failures}) {
    EXPECT_EQ(maker->stated, Stated::after_a_window) << maker->name;
  }
}

}  // namespace
}  // namespace mesh::findings_pools_test
