// What is recognised in pods of Consul: tests/fixtures/pods says where
// they are from.
#include <gtest/gtest.h>

#include "discover/told.h"

namespace mesh::consul_test {
namespace {

TEST(RecogniseConsul, has_no_page_by_default) {
  EXPECT_EQ(told("consul/sidecar"),
            "meshed in consul\n"
            "consul shop/users-7c9d8f6b5-x2x4z of users, container consul-dataplane\n"
            "  inbound 10.244.1.7:20000\n"
            "  loopback admin 19000\n"
            "  not watched: its metrics are not enabled (connectInject.metrics.defaultEnabled, or "
            "the annotation consul.hashicorp.com/enable-metrics), and its admin port, 19000, "
            "listens on the pod's loopback only\n"
            "  but from inside");
}

TEST(RecogniseConsul, has_a_page_where_metrics_are_enabled) {
  EXPECT_EQ(told("consul/metrics_enabled"),
            "meshed in consul\n"
            "consul shop/users-7c9d8f6b5-x2x4z of users, container consul-dataplane\n"
            "  page 10.244.1.7:20200/metrics\n"
            "  inbound 10.244.1.7:20000\n"
            "  loopback admin 19000\n"
            "  hidden: names as they are, and load by endpoint: its admin port, 19000, listens on "
            "the pod's loopback only");
}

TEST(RecogniseConsul, moves_its_page_by_annotation) {
  EXPECT_EQ(told("consul/metrics_port_moved"),
            "meshed in consul\n"
            "consul shop/users-7c9d8f6b5-x2x4z of users, container consul-dataplane\n"
            "  page 10.244.1.7:20299/scrape\n"
            "  inbound 10.244.1.7:20000\n"
            "  loopback admin 19000\n"
            "  hidden: names as they are, and load by endpoint: its admin port, 19000, listens on "
            "the pod's loopback only");
}

TEST(RecogniseConsul, takes_no_page_of_the_application_for_its_own) {
  EXPECT_EQ(told("consul/app_metrics_only"),
            "meshed in consul\n"
            "consul shop/users-7c9d8f6b5-x2x4z of users, container consul-dataplane\n"
            "  inbound 10.244.1.7:20000\n"
            "  loopback admin 19000\n"
            "  not watched: its metrics are not enabled (connectInject.metrics.defaultEnabled, or "
            "the annotation consul.hashicorp.com/enable-metrics), and its admin port, 19000, "
            "listens on the pod's loopback only\n"
            "  but from inside\n"
            "app shop/users-7c9d8f6b5-x2x4z (app) of users, container users\n"
            "  page 10.244.1.7:9102/metrics");
}

TEST(RecogniseConsul, may_want_a_certificate_for_its_page) {
  EXPECT_EQ(told("consul/metrics_over_tls"),
            "meshed in consul\n"
            "consul shop/users-7c9d8f6b5-x2x4z of users, container consul-dataplane\n"
            "  page 10.244.1.7:20200/metrics\n"
            "  inbound 10.244.1.7:20000\n"
            "  loopback admin 19000\n"
            "  not watched: its page of metrics wants a client certificate, and its admin port, "
            "19000, listens on the pod's loopback only\n"
            "  but from inside");
}

TEST(RecogniseConsul, may_be_a_native_sidecar) {
  EXPECT_EQ(told("consul/native_sidecar"),
            "meshed in consul\n"
            "consul shop/users-7c9d8f6b5-x2x4z of users, container consul-dataplane\n"
            "  page 10.244.1.7:20200/metrics\n"
            "  inbound 10.244.1.7:20000\n"
            "  loopback admin 19000\n"
            "  hidden: names as they are, and load by endpoint: its admin port, 19000, listens on "
            "the pod's loopback only");
}

TEST(RecogniseConsul, has_a_proxy_for_each_service_of_a_pod) {
  EXPECT_EQ(told("consul/two_services"),
            "meshed in consul\n"
            "consul shop/users-7c9d8f6b5-x2x4z of users, container consul-dataplane-users\n"
            "  inbound 10.244.1.7:20000\n"
            "  loopback admin 19000\n"
            "  not watched: its metrics are not enabled (connectInject.metrics.defaultEnabled, or "
            "the annotation consul.hashicorp.com/enable-metrics), and its admin port, 19000, "
            "listens on the pod's loopback only\n"
            "  but from inside\n"
            "consul shop/users-7c9d8f6b5-x2x4z/consul-dataplane-orders of users, container "
            "consul-dataplane-orders\n"
            "  inbound 10.244.1.7:20001\n"
            "  loopback admin 19001\n"
            "  not watched: its metrics are not enabled (connectInject.metrics.defaultEnabled, or "
            "the annotation consul.hashicorp.com/enable-metrics), and its admin port, 19001, "
            "listens on the pod's loopback only\n"
            "  but from inside");
}

TEST(RecogniseConsul, has_gateways_of_other_names) {
  EXPECT_EQ(told("consul/gateway"),
            "meshed in consul\n"
            "consul shop/consul-ingress-gateway-5f6c9-lm2kq of consul-ingress-gateway, container "
            "ingress-gateway\n"
            "  page 10.244.1.7:20200/metrics\n"
            "  inbound 10.244.1.7:20000\n"
            "  loopback admin 19000\n"
            "  hidden: names as they are, and load by endpoint: its admin port, 19000, listens on "
            "the pod's loopback only");
}

TEST(RecogniseConsul, may_have_come_after_the_pod) {
  EXPECT_EQ(told("consul/injection_pending"),
            "injection_pending in consul\n"
            "consul.hashicorp.com/connect-inject asks for a proxy that it was not given; a new pod "
            "would be");
}

TEST(RecogniseConsul, is_not_wanted) {
  EXPECT_EQ(told("consul/opted_out"),
            "opted_out in consul\n"
            "consul.hashicorp.com/connect-inject is false");
}

TEST(RecogniseConsul, knows_its_servers) {
  EXPECT_EQ(told("consul/server"),
            "opted_out in consul\n"
            "consul-server consul/consul-server-0 of consul-server, container consul\n"
            "  page 10.244.1.7:8500/v1/agent/metrics?format=prometheus\n"
            "  control plane 1.20.6\n"
            "consul.hashicorp.com/connect-inject is false");
}

TEST(RecogniseConsul, says_why_a_server_is_not_read) {
  EXPECT_EQ(told("consul/server_over_tls"),
            "opted_out in consul\n"
            "consul-server consul/consul-server-0 of consul-server, container consul\n"
            "  page 10.244.1.7:8501/v1/agent/metrics?format=prometheus\n"
            "  control plane 1.20.6\n"
            "  not watched: this server's page is served over TLS only, which is not spoken to "
            "pages\n"
            "consul.hashicorp.com/connect-inject is false");
  EXPECT_EQ(told("consul/server_without_metrics"),
            "opted_out in consul\n"
            "consul-server consul/consul-server-0 of consul-server, container consul\n"
            "  page 10.244.1.7:8500/v1/agent/metrics?format=prometheus\n"
            "  control plane 1.20.6\n"
            "  not watched: this server's metrics are not enabled (global.metrics.enabled and "
            "enableAgentMetrics)\n"
            "consul.hashicorp.com/connect-inject is false");
}

}  // namespace
}  // namespace mesh::consul_test
