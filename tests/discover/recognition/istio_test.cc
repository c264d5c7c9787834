// What is recognised in pods of Istio: tests/fixtures/pods says where
// they are from.
#include <gtest/gtest.h>

#include <string>

#include "discover/told.h"

namespace mesh::istio_test {
namespace {

const std::string always_hidden =
    "  hidden anyway: calls by method, unless a Telemetry resource makes their path a label "
    "(tagOverrides, request.url_path); how pools are used, unless proxyStatsMatcher lets that in\n";

std::string hidden(const std::string& admin_port) {
  return always_hidden + "  hidden: endpoints, limits and settings: its admin port, " + admin_port +
         ", listens on the pod's loopback only";
}

TEST(RecogniseIstio, is_asked_at_the_page_that_has_all_three) {
  EXPECT_EQ(told("istio/sidecar"),
            "meshed in istio\n"
            "istio shop/users-7c9d8f6b5-x2x4z of users, container istio-proxy\n"
            "  page 10.244.1.7:15020/stats/prometheus\n"
            "  inbound 10.244.1.7:50051 istio\n"
            "  loopback admin 15000\n" +
                hidden("15000"));
}

TEST(RecogniseIstio, has_its_sidecar_among_the_init_containers) {
  EXPECT_EQ(told("istio/native_sidecar"),
            "meshed in istio\n"
            "istio shop/users-7c9d8f6b5-x2x4z of users, container istio-proxy\n"
            "  page 10.244.1.7:15020/stats/prometheus\n"
            "  inbound 10.244.1.7:50051 istio\n"
            "  loopback admin 15000\n" +
                hidden("15000"));
}

TEST(RecogniseIstio, has_the_applications_page_on_its_own_which_no_mutual_tls_guards) {
  EXPECT_EQ(told("istio/app_metrics_merged"),
            "meshed in istio\n"
            "istio shop/users-7c9d8f6b5-x2x4z of users, container istio-proxy\n"
            "  page 10.244.1.7:15020/stats/prometheus\n"
            "  inbound 10.244.1.7:50051 istio\n"
            "  loopback admin 15000\n" +
                hidden("15000") +
                "\n"
                "app shop/users-7c9d8f6b5-x2x4z (app) of users, container users\n"
                "  page 10.244.1.7:15020/stats/prometheus");
}

TEST(RecogniseIstio, moves_its_page_by_annotation) {
  EXPECT_EQ(told("istio/status_port_moved"),
            "meshed in istio\n"
            "istio shop/users-7c9d8f6b5-x2x4z of users, container istio-proxy\n"
            "  page 10.244.1.7:16020/stats/prometheus\n"
            "  inbound 10.244.1.7:50051 istio\n"
            "  loopback admin 15000\n" +
                hidden("15000"));
}

TEST(RecogniseIstio, has_envoys_own_page_where_the_other_is_off_whatever_prometheus_is_told) {
  EXPECT_EQ(told("istio/status_port_off"),
            "meshed in istio\n"
            "istio shop/users-7c9d8f6b5-x2x4z of users, container istio-proxy\n"
            "  page 10.244.1.7:15090/stats/prometheus\n"
            "  inbound 10.244.1.7:50051 istio\n"
            "  loopback admin 15000\n" +
                hidden("15000"));
}

TEST(RecogniseIstio, moves_both_ports_by_its_configuration) {
  EXPECT_EQ(told("istio/admin_port_moved"),
            "meshed in istio\n"
            "istio shop/users-7c9d8f6b5-x2x4z of users, container istio-proxy\n"
            "  page 10.244.1.7:15520/stats/prometheus\n"
            "  inbound 10.244.1.7:50051 istio\n"
            "  loopback admin 15700\n" +
                hidden("15700"));
}

TEST(RecogniseIstio, may_keep_its_pages_to_the_pod) {
  EXPECT_EQ(told("istio/loopback_metrics"),
            "meshed in istio\n"
            "istio shop/users-7c9d8f6b5-x2x4z of users, container istio-proxy\n"
            "  inbound 10.244.1.7:50051 istio\n"
            "  loopback admin 15000\n"
            "  not watched: METRICS_LOCALHOST_ACCESS_ONLY keeps its pages to the pod itself, and "
            "its admin port, 15000, listens on the pod's loopback only\n" +
                always_hidden + "  but from inside");
}

TEST(RecogniseIstio, has_an_agent_without_an_envoy) {
  EXPECT_EQ(
      told("istio/proxyless_agent"),
      "meshed in proxyless\n"
      "proxyless shop/users-7c9d8f6b5-x2x4z of users, container istio-proxy\n"
      "  not watched: speaks xDS itself: there is no proxy to ask, only the application, where "
      "mesh-exporter.io/admin-port names the port at which it serves channelz, CSDS or reflection, "
      "or its page, where prometheus.io/scrape tells of one");
}

TEST(RecogniseIstio, has_applications_that_speak_xds_themselves) {
  EXPECT_EQ(
      told("istio/proxyless_simple"),
      "meshed in proxyless\n"
      "proxyless shop/users-7c9d8f6b5-x2x4z of users, container users\n"
      "  not watched: speaks xDS itself: there is no proxy to ask, only the application, where "
      "mesh-exporter.io/admin-port names the port at which it serves channelz, CSDS or reflection, "
      "or its page, where prometheus.io/scrape tells of one");
}

TEST(RecogniseIstio, has_gateways) {
  EXPECT_EQ(told("istio/gateway"),
            "meshed in istio\n"
            "istio shop/ingress-6f7d9-zzzzz of ingress, container istio-proxy\n"
            "  page 10.244.1.7:15020/stats/prometheus\n"
            "  loopback admin 15000\n" +
                hidden("15000"));
}

TEST(RecogniseIstio, has_waypoints_that_are_told_to_have_no_sidecar) {
  EXPECT_EQ(told("istio/waypoint"),
            "meshed in istio\n"
            "istio shop/waypoint-66b59898f6-6gqkv of waypoint, container istio-proxy\n"
            "  page 10.244.1.7:15020/stats/prometheus\n"
            "  inbound 10.244.1.7:15008 h2\n"
            "  loopback admin 15000\n" +
                hidden("15000"));
}

TEST(RecogniseIstio, has_waypoints_that_are_no_envoy) {
  EXPECT_EQ(told("istio/agentgateway"),
            "meshed in istio\n"
            "istio shop/waypoint-77b59898f6-6gqkv of waypoint, container agentgateway\n"
            "  not watched: agentgateway, Istio's gateway without Envoy, is not read");
}

TEST(RecogniseIstio, has_a_ztunnel_that_is_called_istio_proxy) {
  EXPECT_EQ(told("istio/ztunnel"),
            "meshed in istio\n"
            "ztunnel istio-system/ztunnel-8hq5d of ztunnel, container istio-proxy\n"
            "  page 10.244.1.3:15020/metrics\n"
            "  loopback admin 15000\n"
            "  hidden: certificates of the node's ambient pods: its admin port, 15000, listens on "
            "the pod's loopback only");
}

TEST(RecogniseIstio, has_pods_without_a_proxy_of_their_own) {
  EXPECT_EQ(told("istio/ambient"),
            "meshed in istio\n"
            "ambient: its calls go through the node's ztunnel, which is a target of its own");
}

TEST(RecogniseIstio, may_not_have_redirected_a_pod_yet) {
  EXPECT_EQ(told("istio/ambient_pending"),
            "injection_pending in istio\n"
            "ambient, and not yet redirected to the node's ztunnel");
}

TEST(RecogniseIstio, may_have_come_after_the_pod) {
  EXPECT_EQ(told("istio/injection_pending"),
            "injection_pending in istio\n"
            "its labels ask for a sidecar that it was not given; a new pod would be");
}

TEST(RecogniseIstio, is_not_wanted) {
  EXPECT_EQ(told("istio/opted_out"),
            "opted_out in istio\n"
            "sidecar.istio.io/inject is false");
}

TEST(RecogniseIstio, gives_no_sidecar_to_pods_in_the_nodes_network) {
  EXPECT_EQ(told("istio/host_network"),
            "unmeshed\n"
            "no proxy that is known here");
}

TEST(RecogniseIstio, may_stand_beside_another_envoy) {
  EXPECT_EQ(told("istio/with_second_envoy"),
            "meshed in istio\n"
            "istio shop/users-7c9d8f6b5-x2x4z of users, container istio-proxy\n"
            "  page 10.244.1.7:15020/stats/prometheus\n"
            "  inbound 10.244.1.7:50051 istio\n"
            "  loopback admin 15000\n" +
                hidden("15000") +
                "\n"
                "envoy shop/users-7c9d8f6b5-x2x4z/proxy of users, container proxy\n"
                "  admin 10.244.1.7:9901");
}

Pod annotated_sidecar(const std::string& key, const std::string& value) {
  Pod pod = sample_pod("istio/sidecar");
  pod.annotations["traffic.sidecar.istio.io/" + key] = value;
  return pod;
}

std::optional<TlsPort> inbound_of(const Pod& pod) {
  return recognise(pod, spoken).found.at(0).target.inbound;
}

TEST(RecogniseIstio, shows_no_leaf_at_a_port_that_is_not_captured) {
  EXPECT_TRUE(inbound_of(annotated_sidecar("excludeInboundPorts", "80,8080")));
  EXPECT_FALSE(inbound_of(annotated_sidecar("excludeInboundPorts", "80,50051")));
  EXPECT_TRUE(inbound_of(annotated_sidecar("includeInboundPorts", "*")));
  EXPECT_TRUE(inbound_of(annotated_sidecar("includeInboundPorts", "50051")));
  EXPECT_FALSE(inbound_of(annotated_sidecar("includeInboundPorts", "50052,")));
  EXPECT_FALSE(inbound_of(annotated_sidecar("includeInboundPorts", "")));
  Pod pod = sample_pod("istio/sidecar");
  pod.annotations["sidecar.istio.io/interceptionMode"] = "NONE";
  EXPECT_FALSE(inbound_of(pod));
}

TEST(RecogniseIstio, is_looked_at_at_the_first_port_that_is) {
  Pod pod = annotated_sidecar("excludeInboundPorts", "50051");
  for (PodContainer& container : pod.containers) {
    if (container.name == "users") container.ports.push_back({"http", 8080});
  }
  EXPECT_EQ(inbound_of(pod), (TlsPort{{"10.244.1.7", 8080, ""}, "", {"istio"}}));
  for (PodContainer& container : pod.containers) {
    if (container.name == "users") container.ports.clear();
  }
  EXPECT_FALSE(inbound_of(pod));
}

TEST(RecogniseIstio, knows_its_control_plane) {
  EXPECT_EQ(told("istio/istiod"),
            "opted_out in istio\n"
            "istiod istio-system/istiod-6d8f7b9c5-q9w2e of istiod, container discovery\n"
            "  page 10.244.1.7:15014/metrics\n"
            "  control plane 1.31.0\n"
            "sidecar.istio.io/inject is false");
}

TEST(RecogniseIstio, knows_where_its_control_plane_was_told_to_listen) {
  EXPECT_EQ(told("istio/istiod_port_moved"),
            "opted_out in istio\n"
            "istiod istio-system/istiod-6d8f7b9c5-q9w2e of istiod, container discovery\n"
            "  page 10.244.1.7:16014/metrics\n"
            "  control plane 1.31.0\n"
            "sidecar.istio.io/inject is false");
}

}  // namespace
}  // namespace mesh::istio_test
