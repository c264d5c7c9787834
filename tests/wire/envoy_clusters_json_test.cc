// /clusters in JSON.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/clusters_reading.h"

namespace mesh::envoy_clusters_json_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// One host of one cluster, given as the JSON of its fields; default if it was skipped.
EnvoyHost json_host(const std::string& fields) {
  const EnvoyClusters answer = from_json(
      R"({"cluster_statuses":[{"name":"c","host_statuses":[{"address":{"pipe":{"path":"/p"}},)" +
      fields + "}]}]}");
  EXPECT_EQ(answer.unreadable, 0u) << answer.unreadable_sample;
  return answer.clusters.at(0).hosts.empty() ? EnvoyHost{} : answer.clusters[0].hosts[0];
}

std::string json_address(const std::string& address) {
  const EnvoyClusters answer = from_json(
      R"({"cluster_statuses":[{"name":"c","host_statuses":[{"address":)" + address + "}]}]}");
  return answer.unreadable == 1 ? "unreadable" : answer.clusters.at(0).hosts.at(0).address;
}

TEST(EnvoyClustersJson, name_a_cluster_and_its_stats) {
  const auto answer = from_json(
      R"({"cluster_statuses":[{"name":"a","observability_name":"alt","added_via_api":true}]})");
  EXPECT_THAT(answer.clusters, ElementsAre(EnvoyCluster{"a", "alt", true, {}}));
}
TEST(EnvoyClustersJson, take_the_name_where_no_stat_name_is_told) {
  EXPECT_THAT(from_json(R"({"cluster_statuses":[{"name":"a"}]})").clusters,
              ElementsAre(EnvoyCluster{"a", "a", false, {}}));
}
TEST(EnvoyClustersJson, may_be_none) {
  EXPECT_THAT(from_json("{}").clusters, IsEmpty());
  EXPECT_THAT(from_json(R"({"cluster_statuses":[]})").clusters, IsEmpty());
}
TEST(EnvoyClustersJson, skip_and_count_a_cluster_without_a_name) {
  const auto answer = from_json(R"({"cluster_statuses":[{"added_via_api":true},7,{"name":"b"}]})");
  EXPECT_THAT(answer.clusters, ElementsAre(EnvoyCluster{"b", "b", false, {}}));
  EXPECT_EQ(answer.unreadable, 2u);
  EXPECT_EQ(answer.unreadable_sample, R"({"added_via_api":true})");
}
TEST(EnvoyClustersJson, skip_and_count_a_host_without_an_address) {
  const auto answer = from_json(R"({"cluster_statuses":[{"name":"a","host_statuses":[{"weight":1},)"
                                R"({"address":{"pipe":{"path":"/p"}}}]}]})");
  EXPECT_THAT(answer.clusters.at(0).hosts, SizeIs(1));
  EXPECT_EQ(answer.unreadable, 1u);
  EXPECT_EQ(answer.unreadable_sample, R"({"weight":1})");
}

TEST(EnvoyHostJson, reads_a_counter_given_as_a_string) {
  const auto host = json_host(R"("stats":[{"name":"rq_total","value":"18446744073709551615"},)"
                              R"({"type":"GAUGE","name":"cx_active","value":"2"}])");
  EXPECT_EQ(host.requests_total, 18446744073709551615u);
  EXPECT_EQ(host.connections_active, 2u);
}
TEST(EnvoyHostJson, reads_a_counter_given_as_a_number) {
  EXPECT_EQ(json_host(R"("stats":[{"name":"rq_total","value":7}])").requests_total, 7u);
}
TEST(EnvoyHostJson, reads_a_counter_at_zero_that_is_only_its_name) {
  EXPECT_EQ(json_host(R"("stats":[{"name":"rq_total"}])").requests_total, 0u);
}
TEST(EnvoyHostJson, passes_over_other_stats_whatever_they_are) {
  EXPECT_EQ(json_host(R"("stats":[{"name":"rq_novel","value":{}},5,{"value":"1"}])"),
            json_host(R"("stats":[])"));
}
TEST(EnvoyHostJson, is_unreadable_with_a_counter_that_is_no_number) {
  EXPECT_EQ(
      from_json(
          R"({"cluster_statuses":[{"name":"c","host_statuses":[)"
          R"({"address":{"pipe":{"path":"/p"}},"stats":[{"name":"rq_total","value":"-1"}]}]}]})")
          .unreadable,
      1u);
}
TEST(EnvoyHostJson, has_weight_one_and_priority_zero_by_default) {
  const auto host = json_host(R"("hostname":"h")");
  EXPECT_EQ(host.weight, 1u);
  EXPECT_EQ(host.priority, 0u);
  EXPECT_EQ(host.hostname, "h");
}
TEST(EnvoyHostJson, reads_weight_priority_and_locality) {
  const auto host =
      json_host(R"("weight":7,"priority":1,"locality":{"region":"r","zone":"z","sub_zone":"s"})");
  EXPECT_EQ(host.weight, 7u);
  EXPECT_EQ(host.priority, 1u);
  EXPECT_EQ(host.region + host.zone + host.sub_zone, "rzs");
}
TEST(EnvoyHostJson, has_an_ipv4_address) {
  EXPECT_EQ(json_address(R"({"socket_address":{"address":"10.0.0.7","port_value":80}})"),
            "10.0.0.7:80");
}
TEST(EnvoyHostJson, has_an_ipv6_address_in_brackets) {
  EXPECT_EQ(json_address(R"({"socket_address":{"address":"::1","port_value":80}})"), "[::1]:80");
}
TEST(EnvoyHostJson, has_port_zero_where_none_is_told) {
  EXPECT_EQ(json_address(R"({"socket_address":{"address":"10.0.0.7"}})"), "10.0.0.7:0");
}
TEST(EnvoyHostJson, may_be_a_pipe) { EXPECT_EQ(json_address(R"({"pipe":{"path":"/p"}})"), "/p"); }
TEST(EnvoyHostJson, may_be_internal) {
  EXPECT_EQ(json_address(
                R"({"envoy_internal_address":{"server_listener_name":"il","endpoint_id":"e1"}})"),
            "envoy://il/e1");
}
TEST(EnvoyHostJson, is_unreadable_with_an_address_of_an_unknown_kind) {
  EXPECT_EQ(json_address(R"({"pigeon":{}})"), "unreadable");
  EXPECT_EQ(json_address("7"), "unreadable");
}

TEST(EnvoyHostJson, is_ejected_by_either_outlier_check) {
  EXPECT_TRUE(json_host(R"("health_status":{"failed_outlier_check":true})").ejected);
  EXPECT_TRUE(json_host(R"("health_status":{"failed_degraded_outlier_detection":true})").ejected);
  EXPECT_FALSE(json_host(R"("health_status":{"failed_outlier_check":false})").ejected);
}
TEST(EnvoyHostJson, fails_its_health_check_in_four_ways) {
  for (const char* const flag : {"failed_active_health_check", "active_hc_timeout",
                                 "pending_active_hc", "excluded_via_immediate_hc_fail"}) {
    const auto host = json_host(R"("health_status":{")" + std::string(flag) + R"(":true})");
    EXPECT_TRUE(host.failed_health_check) << flag;
    EXPECT_FALSE(host.ejected || host.draining || host.eds_unhealthy) << flag;
  }
}
TEST(EnvoyHostJson, is_draining_by_eds_or_when_it_will_be_removed) {
  EXPECT_TRUE(json_host(R"("health_status":{"eds_health_status":"DRAINING"})").draining);
  EXPECT_TRUE(json_host(R"("health_status":{"pending_dynamic_removal":true})").draining);
}
TEST(EnvoyHostJson, is_unhealthy_by_eds) {
  EXPECT_TRUE(json_host(R"("health_status":{"eds_health_status":"UNHEALTHY"})").eds_unhealthy);
  EXPECT_TRUE(json_host(R"("health_status":{"eds_health_status":"TIMEOUT"})").eds_unhealthy);
}
TEST(EnvoyHostJson, is_well_when_eds_says_so_or_degraded) {
  for (const char* const status : {"HEALTHY", "DEGRADED", "UNKNOWN"}) {
    const auto host =
        json_host(R"("health_status":{"eds_health_status":")" + std::string(status) + "\"}");
    EXPECT_FALSE(host.ejected || host.draining || host.eds_unhealthy || host.failed_health_check);
  }
}

TEST(EnvoyClustersJson, are_refused_if_there_is_no_list_of_them) {
  EXPECT_FALSE(parse_envoy_clusters_json(R"({"listener_statuses":[]})").ok());
  EXPECT_FALSE(parse_envoy_clusters_json(R"({"cluster_statuses":7})").ok());
  EXPECT_FALSE(parse_envoy_clusters_json("[]").ok());
}
TEST(EnvoyClustersJson, are_refused_if_they_are_no_json) {
  EXPECT_FALSE(parse_envoy_clusters_json(std::string_view{}).ok());
  for (const std::string_view body : {"", "<html>", "a::b::c", R"({"cluster_statuses":[)", "\0"}) {
    EXPECT_FALSE(parse_envoy_clusters_json(body).ok()) << body;
  }
}
TEST(EnvoyClustersJson, are_refused_with_bytes_that_are_no_text) {
  EXPECT_FALSE(parse_envoy_clusters_json("{\"cluster_statuses\":[{\"name\":\"\xff\"}]}").ok());
}

}  // namespace
}  // namespace mesh::envoy_clusters_json_test
