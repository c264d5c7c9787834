// Names for addresses, where there is one.
#include "model/pod_addresses.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace mesh::pod_addresses_test {
namespace {

Target target(const std::string& pod, const std::string& host) {
  Target target;
  target.ns = "shop";
  target.pod = pod;
  target.admin = Address{host, 15000, {}};
  return target;
}

std::string name(const PodAddresses& pods, std::string_view endpoint) {
  const PodName* pod = pods.of_endpoint(endpoint);
  return pod ? pod->ns + "/" + pod->pod : "nobody";
}

TEST(PodAddresses, name_the_pod_behind_an_endpoint_whatever_its_port) {
  PodAddresses pods;
  pods.add(target("users-0", "10.0.0.7"));
  pods.add("fd00::7", {"shop", "users-1"});
  EXPECT_EQ(name(pods, "10.0.0.7:50051"), "shop/users-0");
  EXPECT_EQ(name(pods, "[fd00::7]:50051"), "shop/users-1");
  EXPECT_EQ(name(pods, "10.0.0.8:50051"), "nobody");
}

TEST(PodAddresses, know_a_pod_by_each_of_its_doors) {
  Target one = target("users-0", "10.0.0.7");
  one.inbound = TlsPort{{"10.0.0.9", 8080, {}}, "", {}};
  one.metrics = HttpEndpoint{{"10.0.0.8", 15020, {}}, "/metrics"};
  PodAddresses pods;
  pods.add(one);
  EXPECT_EQ(name(pods, "10.0.0.7:1"), "shop/users-0");
  EXPECT_EQ(name(pods, "10.0.0.8:1"), "shop/users-0");
  EXPECT_EQ(name(pods, "10.0.0.9:1"), "shop/users-0");
}

TEST(PodAddresses, name_nobody_where_several_share_the_hosts_address) {
  PodAddresses pods;
  pods.add(target("a", "192.168.1.1"));
  pods.add(target("b", "192.168.1.1"));
  pods.add(target("a", "192.168.1.1"));
  EXPECT_EQ(name(pods, "192.168.1.1:80"), "nobody");
}

TEST(PodAddresses, leave_out_what_everybody_has) {
  PodAddresses pods;
  pods.add(target("a", "127.0.0.1"));
  pods.add(target("a", "::1"));
  pods.add(target("a", "localhost"));
  EXPECT_EQ(name(pods, "127.0.0.1:80"), "nobody");
  EXPECT_EQ(name(pods, "[::1]:80"), "nobody");
}

std::shared_ptr<const EndpointSlice> slice(std::vector<PodAddress> addresses) {
  return std::make_shared<const EndpointSlice>(
      EndpointSlice{"shop", "users-x", std::move(addresses)});
}

PodAddresses elsewhere(SliceAddresses::Slices slices) {
  PodAddresses pods;
  pods.set_elsewhere(std::make_shared<const SliceAddresses>(std::move(slices)));
  return pods;
}

TEST(PodAddresses, of_other_nodes_are_those_of_slices) {
  const PodAddresses pods = elsewhere(
      {slice({{"10.0.1.7", {"shop", "users-0"}}}), slice({{"fd00::7", {"shop", "users-0"}}})});
  EXPECT_EQ(name(pods, "10.0.1.7:50051"), "shop/users-0");
  EXPECT_EQ(name(pods, "[fd00::7]:50051"), "shop/users-0");
  EXPECT_EQ(name(pods, "10.0.1.70:50051"), "nobody");
  EXPECT_EQ(name(pods, "10.0.1.:50051"), "nobody");
}

TEST(PodAddresses, of_a_pod_of_several_services_are_its_own_as_long_as_one_has_it) {
  const auto one = slice({{"10.0.1.7", {"shop", "users-0"}}, {"10.0.1.8", {"shop", "users-1"}}});
  const auto other = slice({{"10.0.1.7", {"shop", "users-0"}}});
  EXPECT_EQ(name(elsewhere({one, other}), "10.0.1.7:1"), "shop/users-0");
  EXPECT_EQ(name(elsewhere({one, other}), "10.0.1.8:1"), "shop/users-1");
  EXPECT_EQ(name(elsewhere({other}), "10.0.1.7:1"), "shop/users-0");
  EXPECT_EQ(name(elsewhere({other}), "10.0.1.8:1"), "nobody");
}

TEST(PodAddresses, of_several_pods_in_slices_are_nobodys) {
  const PodAddresses pods =
      elsewhere({slice({{"192.168.1.1", {"shop", "a"}}}), slice({{"192.168.1.1", {"pay", "a"}}})});
  EXPECT_EQ(name(pods, "192.168.1.1:80"), "nobody");
}

TEST(PodAddresses, of_this_node_come_before_those_of_slices) {
  PodAddresses pods = elsewhere({slice({{"10.0.0.7", {"shop", "of-before"}},
                                        {"10.0.0.8", {"shop", "one"}},
                                        {"127.0.0.1", {"shop", "odd"}}})});
  pods.add("10.0.0.7", {"shop", "users-0"});
  pods.add("10.0.0.8", {"shop", "one"});
  pods.add("10.0.0.8", {"shop", "another"});
  EXPECT_EQ(name(pods, "10.0.0.7:1"), "shop/users-0");
  EXPECT_EQ(name(pods, "10.0.0.8:1"), "nobody") << "of several";
  EXPECT_EQ(name(pods, "127.0.0.1:1"), "nobody");
}

TEST(PodAddresses, make_nothing_of_odd_endpoints) {
  PodAddresses pods;
  pods.add(target("a", "10.0.0.7"));
  for (const char* odd : {"", ":", "[", "[10.0.0.7", "other", "envoy://internal/"}) {
    EXPECT_EQ(name(pods, odd), odd == std::string("[10.0.0.7") ? "shop/a" : "nobody") << odd;
  }
}

}  // namespace
}  // namespace mesh::pod_addresses_test
