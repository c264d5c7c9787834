// What Envoy's names mean, one oddity each.
#include "dialect/envoy_names.h"

#include <gtest/gtest.h>

namespace mesh::envoy_names_test {
namespace {

TEST(ClusterName, an_istio_outbound_cluster_is_host_and_port) {
  EXPECT_EQ(read_cluster_name("outbound|50051||users.shop.svc.cluster.local"),
            (UpstreamName{Direction::outbound, "users.shop.svc.cluster.local:50051", ""}));
}

TEST(ClusterName, a_subset_is_kept_apart) {
  EXPECT_EQ(read_cluster_name("outbound|8080|v1|reviews.shop.svc.cluster.local"),
            (UpstreamName{Direction::outbound, "reviews.shop.svc.cluster.local:8080", "v1"}));
}

TEST(ClusterName, waypoints_name_their_services_by_what_they_receive) {
  const UpstreamName plain{Direction::outbound, "users.shop.svc.cluster.local:50051", ""};
  EXPECT_EQ(read_cluster_name("inbound-vip|50051|http|users.shop.svc.cluster.local"), plain);
  EXPECT_EQ(read_cluster_name("inbound-vip|50051|tcp|users.shop.svc.cluster.local;"), plain);
  EXPECT_EQ(read_cluster_name("inbound-vip|50051|http/v1|users.shop.svc.cluster.local").subset,
            "v1");
}

TEST(ClusterName, inbound_clusters_have_no_upstream) {
  for (const char* name : {"inbound|50051||", "inbound|8080|http|mgmt.cluster.local", "local_app",
                           "local_app_8080", "local_service"}) {
    EXPECT_EQ(read_cluster_name(name), (UpstreamName{Direction::inbound, "", ""})) << name;
  }
}

TEST(ClusterName, the_semicolon_of_istio_is_no_part_of_the_name) {
  EXPECT_EQ(read_cluster_name("outbound|80||a.b;").upstream, "a.b:80");
}

TEST(ClusterName, any_other_name_is_outbound_as_it_stands) {
  for (const char* name : {"payments.default.dc1.internal.dc0d.consul", "outbound", "outbound|80",
                           "outbound|||host", "localhost_app", "local_agent"}) {
    EXPECT_EQ(read_cluster_name(name), (UpstreamName{Direction::outbound, name, ""})) << name;
  }
}

TEST(StatForm, colons_are_sanitised_as_envoy_does) {
  EXPECT_EQ(stat_form("payments:50051"), "payments_50051");
  EXPECT_EQ(stat_form("http://a:/b:c"), "http_a_b_c");
  EXPECT_EQ(stat_form("outbound|80||a.b;"), "outbound|80||a.b");
}

TEST(StatForm, dots_at_the_end_are_dropped) { EXPECT_EQ(stat_form("x.local.."), "x.local"); }

TEST(ClusterStat, the_longest_known_name_wins) {
  const NameSet known{"a", "a.grpc.b"};
  const ClusterStat stat = split_cluster_stat("cluster.a.grpc.b.grpc.S.M.0", known);
  EXPECT_EQ(stat.cluster, "a.grpc.b");
  EXPECT_EQ(stat.rest, "grpc.S.M.0");
}

TEST(ClusterStat, a_service_of_package_grpc_does_not_confuse_the_split) {
  const ClusterStat stat =
      split_cluster_stat("cluster.c.d.consul.grpc.grpc.health.v1.Health.Check.0", {"c.d.consul"});
  EXPECT_EQ(stat.cluster, "c.d.consul");
  EXPECT_EQ(stat.rest, "grpc.grpc.health.v1.Health.Check.0");
}

TEST(ClusterStat, a_name_delimited_by_a_semicolon_is_found_by_its_plain_name) {
  const ClusterStat stat =
      split_cluster_stat("cluster.outbound|80||a.b;.grpc.14", {"outbound|80||a.b"});
  EXPECT_EQ(stat.cluster, "outbound|80||a.b");
  EXPECT_EQ(stat.rest, "grpc.14");
}

TEST(ClusterStat, an_unknown_cluster_or_another_prefix_gives_nothing) {
  EXPECT_TRUE(split_cluster_stat("cluster.x.grpc.S.M.0", {"y"}).cluster.empty());
  EXPECT_TRUE(split_cluster_stat("listener.y.grpc.S.M.0", {"y"}).cluster.empty());
  EXPECT_TRUE(split_cluster_stat("cluster.", {""}).cluster.empty());
  EXPECT_TRUE(split_cluster_stat("", {}).cluster.empty());
}

TEST(SelfEvidentCluster, a_single_known_last_word_names_the_cluster) {
  EXPECT_EQ(self_evident_cluster("cluster.a.b.upstream_rq_total"), "a.b");
  EXPECT_EQ(self_evident_cluster("cluster.a.b;.membership_total"), "a.b");
}

TEST(SelfEvidentCluster, grpc_statistics_do_not) {
  EXPECT_EQ(self_evident_cluster("cluster.a.grpc.S.M.0"), "");
  EXPECT_EQ(self_evident_cluster("cluster.upstream_rq_total"), "");
  EXPECT_EQ(self_evident_cluster("upstream_rq_total"), "");
}

TEST(GrpcStat, a_dotted_service_is_all_before_the_method) {
  const GrpcStat stat = split_grpc_stat("grpc.user.v1.UserService.GetUser.14");
  EXPECT_EQ(stat.service, "user.v1.UserService");
  EXPECT_EQ(stat.method, "GetUser");
  EXPECT_EQ(stat.counted, "14");
  EXPECT_TRUE(stat.exact);
}

TEST(GrpcStat, an_undotted_service_is_one_part) {
  const GrpcStat stat = split_grpc_stat("grpc.Greeter.SayHello.0");
  EXPECT_EQ(stat.service, "Greeter");
  EXPECT_EQ(stat.method, "SayHello");
}

TEST(GrpcStat, grpc_web_calls_are_read_alike) {
  const GrpcStat stat = split_grpc_stat("grpc-web.Greeter.SayHello.0");
  EXPECT_EQ(stat.service, "Greeter");
  EXPECT_EQ(stat.counted, "0");
}

TEST(GrpcStat, an_aggregate_has_neither_service_nor_method_and_that_is_certain) {
  const GrpcStat stat = split_grpc_stat("grpc.14");
  EXPECT_EQ(stat.service, "");
  EXPECT_EQ(stat.method, "");
  EXPECT_EQ(stat.counted, "14");
  EXPECT_TRUE(stat.exact);
}

TEST(GrpcStat, one_part_alone_could_be_either_and_is_not_guessed) {
  for (const char* rest : {"grpc.X.0", "grpc..M.0", "grpc.S..0"}) {
    const GrpcStat stat = split_grpc_stat(rest);
    EXPECT_EQ(stat.service, "") << rest;
    EXPECT_EQ(stat.method, "") << rest;
    EXPECT_FALSE(stat.exact) << rest;
  }
}

TEST(GrpcStat, other_statistics_are_none) {
  EXPECT_EQ(split_grpc_stat("upstream_rq_total").counted, "");
  EXPECT_EQ(split_grpc_stat("grpcx.S.M.0").counted, "");
}

}  // namespace
}  // namespace mesh::envoy_names_test
