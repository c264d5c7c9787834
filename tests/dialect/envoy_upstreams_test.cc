// The connection pools of an Envoy's clusters: lines of its statistics in, readings out.
#include "dialect/envoy_upstreams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mesh::envoy_upstreams_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

EnvoyEndpoints endpoints_with(const std::string& cluster, EnvoyThresholds limits) {
  EnvoyClusters clusters;
  EnvoyCluster& one = clusters.clusters.emplace_back();
  one.name = one.stat_name = cluster;
  one.default_priority = limits;
  EnvoyEndpoints endpoints;
  endpoints.enter({"/clusters", true, true, {}}, std::move(clusters));
  return endpoints;
}

std::vector<UpstreamReading> read(const std::string& body, const EnvoyEndpoints& endpoints = {}) {
  StatsReader reader;
  StatsAnswer answer;
  reader.read(body, answer);
  EnvoyUpstreams upstreams;
  return upstreams.report(reader, answer, endpoints);
}

TEST(EnvoyUpstreams, tell_what_is_in_use_and_what_may_be) {
  const auto readings = read(
      "cluster.outbound|80|v1|users.shop.upstream_cx_active: 3\n"
      "cluster.outbound|80|v1|users.shop.upstream_cx_total: 5\n"
      "cluster.outbound|80|v1|users.shop.upstream_rq_active: 20\n"
      "cluster.outbound|80|v1|users.shop.upstream_rq_pending_active: 7\n",
      endpoints_with("outbound|80|v1|users.shop", {100, 200, 300, 4}));
  ASSERT_EQ(readings.size(), 1u);
  const UpstreamReading& one = readings[0];
  EXPECT_EQ(one.upstream, "users.shop:80");
  EXPECT_EQ(one.subset, "v1");
  EXPECT_EQ(one.direction, Direction::outbound);
  EXPECT_EQ(one.connections, (Use{3, 100}));
  EXPECT_EQ(one.pending, (Use{7, 200}));
  EXPECT_EQ(one.requests, (Use{20, 300}));
  EXPECT_EQ(one.retries, (Use{0, 4}));
}

TEST(EnvoyUpstreams, have_no_limit_where_it_is_unlimited_or_not_told) {
  const std::string body = "cluster.users.upstream_cx_total: 5\n";
  EXPECT_EQ(read(body)[0].requests, (Use{0, std::nullopt}));
  constexpr std::uint64_t unlimited = 4'294'967'295;
  EXPECT_EQ(read(body, endpoints_with("users", {1, 2, unlimited, 4}))[0].requests,
            (Use{0, std::nullopt}));
}

TEST(EnvoyUpstreams, know_how_many_retries_are_under_way_where_the_rest_is_tracked) {
  const EnvoyEndpoints limits = endpoints_with("users", {{}, {}, {}, 4});
  const std::string opened = "cluster.users.upstream_cx_total: 5\n";
  EXPECT_EQ(
      read("cluster.users.circuit_breakers.default.remaining_retries: 1\n" + opened, limits)[0]
          .retries,
      (Use{3, 4}));
  // The limit was raised since /clusters was asked.
  EXPECT_EQ(
      read("cluster.users.circuit_breakers.default.remaining_retries: 9\n" + opened, limits)[0]
          .retries,
      (Use{0, 4}));
  EXPECT_EQ(read("cluster.users.circuit_breakers.high.remaining_retries: 1\n" + opened, limits)[0]
                .retries,
            (Use{0, 4}));
}

TEST(EnvoyUpstreams, list_the_breakers_that_are_open) {
  const auto readings = read(
      "cluster.users.circuit_breakers.default.cx_open: 0\n"
      "cluster.users.circuit_breakers.default.cx_pool_open: 1\n"
      "cluster.users.circuit_breakers.default.rq_open: 1\n"
      "cluster.users.circuit_breakers.default.rq_pending_open: 1\n"
      "cluster.users.circuit_breakers.high.cx_open: 1\n"
      "cluster.users.circuit_breakers.high.rq_retry_open: 1\n"
      "cluster.users.upstream_cx_total: 5\n");
  ASSERT_EQ(readings.size(), 1u);
  EXPECT_THAT(readings[0].open_breakers,
              ElementsAre(OpenBreaker{"default", "pools"}, OpenBreaker{"default", "requests"},
                          OpenBreaker{"default", "pending"}, OpenBreaker{"high", "connections"},
                          OpenBreaker{"high", "retries"}));
}

TEST(EnvoyUpstreams, use_the_high_priority_when_it_has_a_breaker) {
  const std::string opened = "cluster.users.upstream_cx_total: 5\n";
  EXPECT_FALSE(
      read("cluster.users.circuit_breakers.default.rq_open: 1\n" + opened)[0].uses_high_priority);
  EXPECT_FALSE(
      read("cluster.users.circuit_breakers.high.cx_pool_open: 0\n" + opened)[0].uses_high_priority);
  EXPECT_TRUE(
      read("cluster.users.circuit_breakers.high.rq_open: 0\n" + opened)[0].uses_high_priority);
}

TEST(EnvoyUpstreams, speak_http_when_connections_were_made_for_it) {
  const std::string opened = "cluster.users.upstream_cx_total: 5\n";
  EXPECT_EQ(read("cluster.users.upstream_cx_http2_total: 5\n" + opened)[0].speaks_http, true);
  EXPECT_EQ(read("cluster.users.upstream_cx_http1_total: 1\n" + opened)[0].speaks_http, true);
  EXPECT_EQ(read(opened)[0].speaks_http, false);
}

TEST(EnvoyUpstreams, do_not_say_whether_http_is_spoken_before_a_connection_was_made) {
  // A protocol that TLS agrees upon is not known of a handshake that failed.
  EXPECT_EQ(
      read("cluster.users.upstream_cx_connect_fail: 5\ncluster.users.upstream_cx_total: 5\n")[0]
          .speaks_http,
      std::nullopt);
}

TEST(EnvoyUpstreams, are_those_that_ever_had_a_connection) {
  EXPECT_THAT(read("cluster.users.upstream_rq_active: 0\n"), IsEmpty());
  EXPECT_THAT(read("cluster.users.upstream_cx_total: 0\n"), IsEmpty());
}

TEST(EnvoyUpstreams, take_names_with_dots_and_nothing_else_for_clusters) {
  const auto readings = read(
      "cluster.a.b.circuit_breakers.default.rq_open: 1\n"
      "cluster.a.b.upstream_cx_total: 1\n"
      "cluster.a.default.rq_open: 1\n"
      "cluster.circuit_breakers.default.rq_open: 1\n"
      "cluster.upstream_cx_total: 1\n"
      "listener.a.upstream_cx_total: 1\n");
  ASSERT_EQ(readings.size(), 1u);
  EXPECT_EQ(readings[0].upstream, "a.b");
  EXPECT_THAT(readings[0].open_breakers, ElementsAre(OpenBreaker{"default", "requests"}));
}

TEST(EnvoyUpstreams, follow_a_layout_that_changes) {
  StatsReader reader;
  StatsAnswer answer;
  EnvoyUpstreams upstreams;
  const EnvoyEndpoints nothing;
  reader.read("cluster.users.upstream_cx_active: 1\ncluster.users.upstream_cx_total: 1\n", answer);
  EXPECT_EQ(upstreams.report(reader, answer, nothing)[0].connections.active, 1u);
  reader.read("cluster.users.upstream_cx_active: 2\ncluster.users.upstream_cx_total: 3\n", answer);
  EXPECT_EQ(upstreams.report(reader, answer, nothing)[0].connections.active, 2u);
  reader.read(
      "cluster.orders.upstream_cx_active: 9\ncluster.orders.upstream_cx_total: 9\n"
      "cluster.users.upstream_cx_active: 4\ncluster.users.upstream_cx_total: 4\n",
      answer);
  const auto readings = upstreams.report(reader, answer, nothing);
  ASSERT_EQ(readings.size(), 2u);
  EXPECT_EQ(readings[0].upstream, "orders");
  EXPECT_EQ(readings[1].connections.active, 4u);
}

}  // namespace
}  // namespace mesh::envoy_upstreams_test
