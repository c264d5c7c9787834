// /clusters in text, and both forms of recorded answers held against each other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/limits.h"
#include "wire/clusters_reading.h"
#include "wire/fixture.h"

namespace mesh::envoy_clusters_text_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

EnvoyHost host(const std::string& address, std::uint64_t requests_total) {
  EnvoyHost made;
  made.address = address;
  made.requests_total = requests_total;
  return made;
}

// One host given as lines `key::value`.
EnvoyHost text_host(const std::vector<std::string>& fields) {
  std::string body = "c::observability_name::c\n";
  for (const std::string& field : fields) body += "c::10.0.0.7:80::" + field + "\n";
  const EnvoyClusters answer = from_text(body);
  EXPECT_EQ(answer.unreadable, 0u) << answer.unreadable_sample;
  return answer.clusters.at(0).hosts.empty() ? EnvoyHost{} : answer.clusters[0].hosts[0];
}

TEST(EnvoyClustersText, name_a_cluster_and_its_stats) {
  EXPECT_THAT(from_text("a::observability_name::alt\na::added_via_api::true\n").clusters,
              ElementsAre(EnvoyCluster{"a", "alt", true, {}}));
}
TEST(EnvoyClustersText, may_be_none) {
  EXPECT_THAT(from_text("").clusters, IsEmpty());
  EXPECT_THAT(from_text(std::string_view{}).clusters, IsEmpty());
}
TEST(EnvoyClustersText, have_limits_by_priority) {
  const auto answer = from_text(
      "a::observability_name::a\n"
      "a::default_priority::max_connections::1024\n"
      "a::default_priority::max_pending_requests::4294967295\n"
      "a::default_priority::max_requests::x\n"
      "a::high_priority::max_retries::3\n");
  EnvoyCluster cluster{"a", "a", false, {}, {}, {}};
  cluster.default_priority.max_connections = 1024;
  cluster.default_priority.max_pending_requests = 4294967295;
  cluster.high_priority.max_retries = 3;
  EXPECT_THAT(answer.clusters, ElementsAre(cluster));
  EXPECT_EQ(answer.unreadable, 1u);
}
TEST(EnvoyClustersText, pass_over_outliers) {
  const auto answer = from_text(
      "a::observability_name::a\n"
      "a::default_priority::track_remaining::false\n"
      "a::outlier::success_rate_average::-1\n"
      "a::eds_service_name::weight::5::5\n"
      "a::added_via_api::false\n");
  EXPECT_THAT(answer.clusters, ElementsAre(EnvoyCluster{"a", "a", false, {}}));
  EXPECT_EQ(answer.unreadable, 0u);
}
TEST(EnvoyClustersText, may_end_lines_with_carriage_returns) {
  EXPECT_THAT(from_text("a::observability_name::a\r\na::h:1::rq_total::5\r\n").clusters,
              ElementsAre(EnvoyCluster{"a", "a", false, {host("h:1", 5)}}));
}
TEST(EnvoyClustersText, may_have_colons_in_a_clusters_name) {
  const auto answer = from_text(
      "a::observability_name::a\n"
      "a::h:1::rq_total::1\n"
      "a::b::observability_name::a::b\n"
      "a::b::h:2::rq_total::2\n");
  EXPECT_THAT(answer.clusters, ElementsAre(EnvoyCluster{"a", "a", false, {host("h:1", 1)}},
                                           EnvoyCluster{"a::b", "a::b", false, {host("h:2", 2)}}));
}

TEST(EnvoyHostText, reads_every_key) {
  EnvoyHost expected{"10.0.0.7:80", "h", 5, 1, 4, 3, 2, 7, 1, "r", "z", "s"};
  EXPECT_EQ(text_host({"cx_active::2", "cx_total::3", "rq_active::4", "rq_error::1", "rq_total::5",
                       "hostname::h", "health_flags::healthy", "weight::7", "region::r", "zone::z",
                       "sub_zone::s", "canary::false", "priority::1", "success_rate::-1"}),
            expected);
}
TEST(EnvoyHostText, may_have_empty_values) {
  EXPECT_EQ(text_host({"rq_total::5", "hostname::", "zone::"}).hostname, "");
}
TEST(EnvoyHostText, may_have_colons_in_values) {
  EXPECT_EQ(text_host({"hostname::fd00::7"}).hostname, "fd00::7");
  EXPECT_EQ(text_host({"sub_zone::s::1"}).sub_zone, "s::1");
}
TEST(EnvoyHostText, passes_over_unknown_keys_whatever_their_values_hold) {
  const auto answer =
      from_text("c::observability_name::c\nc::h:1::rq_total::5\nc::h:1::novel::weight::7\n");
  EXPECT_THAT(answer.clusters.at(0).hosts, ElementsAre(host("h:1", 5)));
}
TEST(EnvoyHostText, knows_every_flag) {
  EXPECT_TRUE(text_host({"health_flags::/failed_outlier_check"}).ejected);
  EXPECT_TRUE(text_host({"health_flags::/degraded_outlier_detection"}).ejected);
  EXPECT_TRUE(text_host({"health_flags::/failed_active_hc"}).failed_health_check);
  EXPECT_TRUE(text_host({"health_flags::/active_hc_timeout"}).failed_health_check);
  EXPECT_TRUE(text_host({"health_flags::/pending_active_hc"}).failed_health_check);
  EXPECT_TRUE(text_host({"health_flags::/excluded_via_immediate_hc_fail"}).failed_health_check);
  EXPECT_TRUE(text_host({"health_flags::/eds_status_draining"}).draining);
  EXPECT_TRUE(text_host({"health_flags::/pending_dynamic_removal"}).draining);
  EXPECT_TRUE(text_host({"health_flags::/failed_eds_health"}).eds_unhealthy);
}
TEST(EnvoyHostText, may_have_several_flags) {
  const auto host = text_host({"health_flags::/failed_active_hc/eds_status_draining"});
  EXPECT_TRUE(host.failed_health_check && host.draining);
  EXPECT_FALSE(host.ejected || host.eds_unhealthy);
}
TEST(EnvoyHostText, is_well_when_degraded) {
  const auto host = text_host({"health_flags::/degraded_active_hc/degraded_eds_health"});
  EXPECT_FALSE(host.failed_health_check || host.draining || host.ejected || host.eds_unhealthy);
}
TEST(EnvoyHostText, may_have_an_ipv6_address) {
  EXPECT_EQ(from_text("c::observability_name::c\nc::[::1]:81::rq_total::5\n").clusters[0].hosts,
            std::vector<EnvoyHost>({host("[::1]:81", 5)}));
}
TEST(EnvoyHostText, may_be_a_pipe_whose_path_has_colons) {
  const auto answer = from_text(
      "c::observability_name::c\n"
      "c::/tmp/x::y.sock::cx_connect_fail::1\n"
      "c::/tmp/x::y.sock::rq_total::5\n"
      "c::/tmp/x::y.sock::canary::false\n");
  EXPECT_THAT(answer.clusters.at(0).hosts, ElementsAre(host("/tmp/x::y.sock", 5)));
}
TEST(EnvoyHostText, begins_anew_when_an_address_stands_in_two_priorities) {
  const auto answer = from_text(
      "c::observability_name::c\n"
      "c::h:1::rq_total::5\nc::h:1::priority::0\n"
      "c::h:1::rq_total::7\nc::h:1::priority::1\n");
  EnvoyHost other = host("h:1", 7);
  other.priority = 1;
  EXPECT_THAT(answer.clusters.at(0).hosts, ElementsAre(host("h:1", 5), other));
}
TEST(EnvoyHostText, keeps_its_default_where_a_value_is_no_number) {
  const auto answer =
      from_text("c::observability_name::c\nc::h:1::rq_total::-5\nc::h:1::weight::7\n");
  EnvoyHost expected = host("h:1", 0);
  expected.weight = 7;
  EXPECT_THAT(answer.clusters.at(0).hosts, ElementsAre(expected));
  EXPECT_EQ(answer.unreadable, 1u);
  EXPECT_EQ(answer.unreadable_sample, "c::h:1::rq_total::-5");
}

TEST(EnvoyClustersTextOfOldProxies, are_read_from_the_right) {
  const auto answer = from_text(
      "a::b::added_via_api::true\n"
      "a::b::10.0.0.7:80::rq_total::5\n"
      "a::b::[::1]:80::rq_total::6\n"
      "d::[fd00::1]:80::cx_active::2\n");
  EnvoyHost active = host("[fd00::1]:80", 0);
  active.connections_active = 2;
  EXPECT_THAT(
      answer.clusters,
      ElementsAre(EnvoyCluster{"a::b", "a::b", true, {host("10.0.0.7:80", 5), host("[::1]:80", 6)}},
                  EnvoyCluster{"d", "d", false, {active}}));
}

TEST(EnvoyClustersText, count_lines_that_are_none) {
  std::string body = "a::observability_name::a\n<html>\n::h:1::rq_total::5\n";
  body.append("a::h:1::rq_total::5").append(1, '\0').append("\n");
  body.append("a::").append(limits::line_bytes, 'h').append("::rq_total::5\n\n");
  const auto answer = from_text(body);
  EXPECT_EQ(answer.unreadable, 4u);
  EXPECT_EQ(answer.unreadable_sample, "<html>");
  EXPECT_THAT(answer.clusters, ElementsAre(EnvoyCluster{"a", "a", false, {}}));
}
TEST(EnvoyClustersText, are_refused_if_no_line_is_readable) {
  auto answer = parse_envoy_clusters_text("<html>\nno\n");
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().message, "no line of clusters, but: <html>");
}

class RecordedClusters : public testing::TestWithParam<std::string> {};

TEST_P(RecordedClusters, say_the_same_in_both_forms) {
  const auto json = from_json(fixture(GetParam() + "/clusters.json"));
  const auto text = from_text(fixture(GetParam() + "/clusters.txt"));
  EXPECT_EQ(json.unreadable, 0u) << json.unreadable_sample;
  EXPECT_EQ(text.unreadable, 0u) << text.unreadable_sample;
  EXPECT_FALSE(json.clusters.empty());
  // The proxy prints them in another order every time.
  EXPECT_THAT(text.clusters, testing::UnorderedElementsAreArray(json.clusters));
}

INSTANTIATE_TEST_SUITE_P(Envoy, RecordedClusters,
                         testing::Values("envoy/1.36.2/client", "envoy/1.36.2/server",
                                         "envoy/1.40.0/client", "envoy/1.40.0/server",
                                         "envoy_odd_names/1.40.0"));

TEST(RecordedClusters, hold_the_endpoints_of_an_upstream) {
  const auto answer = from_text(fixture("envoy/1.40.0/client/clusters.txt"));
  const auto users =
      std::find_if(answer.clusters.begin(), answer.clusters.end(), [](const EnvoyCluster& cluster) {
        return cluster.name == "outbound|50051||users.shop.svc.cluster.local";
      });
  ASSERT_NE(users, answer.clusters.end());
  EXPECT_THAT(users->hosts, SizeIs(3));
  for (const EnvoyHost& host : users->hosts) EXPECT_NEAR(double(host.requests_total), 542, 1);
}

TEST(RecordedClusters, hold_the_oddest_host_there_is) {
  const auto answer = from_text(fixture("envoy_odd_names/1.40.0/clusters.txt"));
  const auto odd = std::find_if(answer.clusters.begin(), answer.clusters.end(),
                                [](const EnvoyCluster& cluster) { return cluster.name == "a::b"; });
  ASSERT_NE(odd, answer.clusters.end());
  EXPECT_EQ(odd->hosts.at(0), (EnvoyHost{"[::1]:81", "fd00::7", 0, 0, 0, 0, 0, 7, 0, "r1", "z1",
                                         "s::1", false, true, false, false}));
  EXPECT_EQ(odd->hosts.at(5).address, "/tmp/x::y.sock");
  EXPECT_THAT(odd->hosts, SizeIs(7));
}

}  // namespace
}  // namespace mesh::envoy_clusters_text_test
