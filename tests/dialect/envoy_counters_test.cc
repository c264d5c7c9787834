// What Envoy counts of clusters and listeners as a whole: lines of its statistics in, counters in
// mesh-neutral words out.
#include "dialect/envoy_counters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <vector>

#include "dialect/envoy_traffic.h"

namespace mesh::envoy_counters_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// "direction upstream counted detail = value" of each series.
std::vector<std::string> counted(const std::string& body) {
  EnvoyTraffic traffic;
  traffic.read(body);
  const EnvoyTrafficReport report = traffic.report();
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < report.counters.values.size(); ++i) {
    const SeriesKey& key = (*report.counters.series)[i].key;
    lines.push_back(std::string(to_string(key.direction)) + " " + key.upstream + " " +
                    std::to_string(static_cast<int>(key.counted)) + " " + key.detail + " = " +
                    std::to_string(report.counters.values[i]));
  }
  return lines;
}

std::string kind(Counted counted) { return std::to_string(static_cast<int>(counted)); }

TEST(EnvoyCounters, are_told_of_a_cluster_under_the_name_of_the_upstream) {
  EXPECT_THAT(counted("cluster.outbound|80||users.shop.ssl.fail_verify_san: 3\n"
                      "cluster.outbound|80||users.shop.upstream_cx_total: 7\n"),
              ElementsAre("outbound users.shop:80 " + kind(Counted::tls_failures) + " name = 3",
                          "outbound users.shop:80 " + kind(Counted::connections) + "  = 7"));
}

TEST(EnvoyCounters, of_several_parts_are_of_no_cluster_by_that_name) {
  EXPECT_THAT(counted("cluster.a.outlier_detection.ejections_enforced_consecutive_5xx: 1\n"
                      "cluster.a.upstream_cx_total: 2\n"),
              Contains("outbound a " + kind(Counted::ejections) + " consecutive_5xx = 1"));
}

TEST(EnvoyCounters, are_told_of_no_cluster_that_nothing_names) {
  EXPECT_THAT(counted("cluster.users.shop.ssl.fail_verify_san: 3\n"), IsEmpty());
}

TEST(EnvoyCounters, of_listeners_are_of_callers) {
  EXPECT_THAT(counted("listener.0.0.0.0_15006.ssl.fail_verify_no_cert: 4\n"
                      "listener.[__1]_15006.ssl.connection_error: 5\n"),
              ElementsAre("inbound  " + kind(Counted::tls_failures) + " no_certificate = 4",
                          "inbound  " + kind(Counted::tls_failures) + " handshake = 5"));
}

TEST(EnvoyCounters, of_the_process_are_of_callers) {
  EXPECT_THAT(counted("http2.stream_refused_errors: 18\n"),
              ElementsAre("inbound  " + kind(Counted::stream_refusals) + "  = 18"));
  EXPECT_THAT(counted("cluster.a.http2.stream_refused_errors: 1\n"), IsEmpty());
}

// As 1.36.2 and 1.40.0 name them.
TEST(EnvoyCounters, of_policies_are_of_callers_and_count_once) {
  const std::string http = "http.inbound_0.0.0.0_8080.rbac.";
  EXPECT_THAT(counted(http + "denied: 2\n" + http + "istio_dry_run_allow_.shadow_denied: 3\n" +
                      "tcp.rbac.denied: 5\n"),
              UnorderedElementsAre("inbound  " + kind(Counted::denials) + " enforced = 2",
                                   "inbound  " + kind(Counted::denials) + " shadow = 3",
                                   "inbound  " + kind(Counted::denials) + " enforced = 5"));
  EXPECT_THAT(counted(http + "policy.no.denied: 2\n" + http + "allowed: 2\n" + http +
                      "istio_dry_run_allow_.policy.no.shadow_denied: 3\n" +
                      "cluster.a.rbac.denied: 1\n.rbac.denied: 1\n"),
              IsEmpty());
}

TEST(EnvoyCounters, are_no_others_than_those_listed) {
  EXPECT_THAT(counted("listener.a.ssl.handshake: 1\nlistener.ssl.connection_error: 1\n"
                      "listener..ssl.connection_error: 1\nlistener.assl.connection_error: 1\n"),
              IsEmpty());
  EXPECT_EQ(find_cluster_counter("upstream_cx_active"), nullptr);
}

TEST(EnvoyCounters, that_show_activity_count_as_well) {
  EnvoyTraffic traffic;
  const auto digest = [&](const std::string& requests) {
    traffic.read("cluster.a.membership_healthy: 1\ncluster.a.upstream_rq_total: " + requests +
                 "\n");
    const EnvoyTrafficReport report = traffic.report();
    EXPECT_EQ(report.counters.values, std::vector<std::uint64_t>{std::stoull(requests)});
    EXPECT_EQ(report.activity.size(), 1u);
    return report.activity.at(0).digest;
  };
  const auto first = digest("5");
  EXPECT_NE(digest("6"), first);
  EXPECT_EQ(digest("5"), first);
}

TEST(EnvoyCounters, that_show_activity_do_so_in_every_layout) {
  EnvoyTraffic traffic;
  traffic.read("cluster.a.upstream_rq_total: 5\n");
  const auto first = traffic.report().activity;
  traffic.read("cluster.a.upstream_rq_retry: 1\ncluster.a.upstream_rq_total: 5\n");
  EXPECT_EQ(traffic.report().activity, first);
}

// The filter is RE2's; what is used of it means the same to std::regex.
TEST(EnvoyCounters, are_all_asked_for_and_nothing_that_only_looks_like_them) {
  const std::regex filter{std::string(envoy_stats_filter())};
  const auto asked = [&](const std::string& name) { return std::regex_search(name, filter); };
  for (const EnvoyCounter& one : envoy_cluster_counters()) {
    EXPECT_TRUE(asked("cluster.a.b." + std::string(one.stat))) << one.stat;
    EXPECT_FALSE(asked("cluster.a.b." + std::string(one.stat) + "_x")) << one.stat;
    EXPECT_FALSE(asked("listener.a.upstream." + std::string(one.stat) + "x")) << one.stat;
  }
  for (const EnvoyCounter& one : envoy_listener_counters()) {
    EXPECT_TRUE(asked("listener.0.0.0.0_80." + std::string(one.stat))) << one.stat;
  }
  EXPECT_TRUE(asked("http2.stream_refused_errors"));
  EXPECT_TRUE(asked("http.inbound_0.0.0.0_8080.rbac.denied"));
  EXPECT_TRUE(asked("http.inbound_0.0.0.0_8080.rbac.istio_dry_run_allow_.shadow_denied"));
  EXPECT_TRUE(asked("tcp.rbac.denied"));
  EXPECT_FALSE(asked("http.inbound_0.0.0.0_8080.rbac.policy.no.denied"));
  EXPECT_FALSE(asked("http.inbound_0.0.0.0_8080.rbac.allowed"));
  EXPECT_TRUE(asked("cluster.a.circuit_breakers.high.rq_pending_open"));
  EXPECT_TRUE(asked("cluster.a.circuit_breakers.default.remaining_retries"));
  EXPECT_TRUE(asked("cluster.a.grpc.user.v1.UserService.GetUser.14"));
  EXPECT_TRUE(asked("cluster.a.upstream_rq_pending_active"));
  EXPECT_FALSE(asked("cluster.a.circuit_breakers.default.remaining_rq"));
  EXPECT_FALSE(asked("cluster.a.sslxfail_verify_error"));
  EXPECT_FALSE(asked("cluster.a.upstream_rq_time"));
}

}  // namespace
}  // namespace mesh::envoy_counters_test
