// Names of destinations in both texts of Linkerd's page.
#include "dialect/linkerd_names.h"

#include <gtest/gtest.h>

#include <vector>

namespace mesh::linkerd_names_test {
namespace {

TEST(LinkerdNamesTest, finds_the_domain_of_a_cluster) {
  EXPECT_EQ(cluster_domain("users.shop.svc.cluster.local:8080"), "cluster.local");
  EXPECT_EQ(cluster_domain("linkerd-dst-headless.linkerd.svc.east.example.:8086"), "east.example");
  EXPECT_EQ(cluster_domain("users.shop.svc.k8s"), "k8s");
  EXPECT_EQ(cluster_domain("api.example.com:443"), "");
  EXPECT_EQ(cluster_domain("10.0.0.7:8080"), "");
  EXPECT_EQ(cluster_domain(""), "");
}

TEST(LinkerdNamesTest, gives_both_texts_one_plain_name) {
  EXPECT_EQ(plain_name("users.shop.svc.cluster.local:8080"), "users.shop.svc:8080");
  EXPECT_EQ(plain_name("10.0.0.7:8080"), "10.0.0.7:8080");
  const std::vector<Label> labels{{"parent_kind", "Service"},        {"parent_namespace", "shop"},
                                  {"parent_name", "users"},          {"parent_port", "8080"},
                                  {"backend_kind", "EgressNetwork"}, {"backend_namespace", "shop"},
                                  {"backend_name", "all"},           {"backend_port", "443"}};
  const Sample sample{"any", labels, 1};
  EXPECT_EQ(plain_name(sample, "parent"), "users.shop.svc:8080");
  EXPECT_EQ(plain_name(sample, "backend"), "EgressNetwork/shop/all:443");
  EXPECT_EQ(plain_name(sample, "route"), "");
}

TEST(LinkerdNamesTest, puts_the_domain_into_the_name_of_a_service) {
  EXPECT_EQ(with_domain("users.shop.svc:8080", "cluster.local"),
            "users.shop.svc.cluster.local:8080");
  EXPECT_EQ(with_domain("EgressNetwork/shop/all:443", "cluster.local"),
            "EgressNetwork/shop/all:443");
  EXPECT_EQ(with_domain("", "cluster.local"), "");
}

TEST(LinkerdNamesTest, reads_a_method_only_where_the_route_says_so_beyond_doubt) {
  for (const char* route : {"/user.v1.UserService/GetUser", "POST /user.v1.UserService/GetUser"}) {
    const auto method = method_of_route(route);
    ASSERT_TRUE(method) << route;
    EXPECT_EQ(method->service, "user.v1.UserService");
    EXPECT_EQ(method->method, "GetUser");
  }
  for (const char* route : {"", "/", "GetUser", "users", "//", "/a/", "/a/b/c", "/users/{id}",
                            "GET /users/list", "POST /a.B/[^/]*"}) {
    EXPECT_FALSE(method_of_route(route)) << route;
  }
}

TEST(LinkerdNamesTest, finds_the_port_of_an_inbound_sample) {
  const std::vector<Label> both{{"target_addr", "10.0.0.7:8080"}, {"target_port", "8080"}};
  EXPECT_EQ(inbound_port({"any", both, 1}), "8080");
  const std::vector<Label> address{{"target_addr", "[::1]:4191"}};
  EXPECT_EQ(inbound_port({"any", address, 1}), "4191");
  EXPECT_EQ(inbound_port({"any", {}, 1}), "");
}

}  // namespace
}  // namespace mesh::linkerd_names_test
