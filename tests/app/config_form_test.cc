// The configuration in force, as it is shown: read again it means the same; and nothing that may be
// a secret is in it. That no member is forgotten sees the compiler (expose/config_form.cc).
#include "expose/config_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "app/config_context.h"
#include "config/load.h"

namespace mesh::config_form_test {
namespace {

using testing::HasSubstr;
using testing::Not;

Config parsed(const std::string& yaml) {
  const auto config = parse_config(yaml, "test.yaml", config_context());
  if (config) return *config;
  for (const Error& error : config.error()) ADD_FAILURE() << error.message << "\n" << yaml;
  return {};
}

// Every key there is, each with another value than its default.
constexpr const char* every_key = R"yaml(
poll: {interval: 11s, timeout: 4s, window: 2m, stale_after: 90s, parallel: 7}
limits: {methods_per_upstream: 21, upstreams_per_target: 22, endpoints_per_upstream: 23, body_bytes: 1024}
grpc: {failure_codes: [UNAVAILABLE, "ABORTED"]}
balance: {imbalance_ratio: 2.5, effective_share: 0.5}
audit: false
cgroup_root: /sys/fs/other
certificates:
  interval: 31s
  stale_after: 8m
  timeout: 3s
  parallel: 5
  endpoints:
    - {name: gateway, mesh: spire, namespace: shop, workload: gw, address: "10.0.0.9:8443", sni: gw.test,
       alpn: [h2, "http/1.1"], client_certificate: /etc/c.pem, client_key: /etc/k.pem, issuer: spire,
       rotation_point: 0.5}
  files:
    - {paths: ["/etc/tls/*.p12"], password_file: /etc/password, issuer: cert-manager, rotation_point: 0.6}
  trust:
    - {name: mesh, file: /etc/roots.pem, spiffe_trust_domain: mesh.test}
  secrets: {enabled: true, kubeconfig: /etc/kubeconfig, namespaces: [shop, "true"], selector: "app=users",
            issuer: cert-manager, rotation_point: 0.7}
discovery:
  file: [/etc/targets/*.json]
  kubernetes:
    node_name: node-1
    kubeconfig: /etc/kube/config
    namespaces: [shop]
    selector: "tier in (a, b)"
    network_namespaces: true
    endpoint_slices: true
    kubelet: {address: "10.0.0.1:10250", ca_file: /etc/kubelet.pem, insecure_skip_verify: false}
probes:
  grpc:
    - {name: users, namespace: shop, workload: users, address: "users:50051", authority: users.test,
       services: ["", shop.v1.Users], interval: 13s, timeout: 2s, watch: true,
       tls: {ca_file: /etc/ca.pem, server_name: s.test, client_certificate: /etc/c.pem, client_key: /etc/k.pem}}
    - {address: "plain:50051", tls: {spiffe_id: "spiffe://mesh.test/users"}}
targets:
  - {name: users-0, namespace: shop, workload: users, mesh: envoy, admin: "http://127.0.0.1:9901",
     metrics: "http://127.0.0.1:9902/stats/prometheus", issuer: spire, rotation_point: 0.4,
     inbound: {address: "10.0.0.7:8443", sni: users.test, alpn: [h2]}, cgroup: /system.slice/envoy.service,
     network_namespace: /run/netns/blue}
  - {name: on-a-socket, mesh: consul, admin: "unix:/run/envoy/admin.sock"}
  - {name: proxyless, mesh: proxyless, grpc: {address: "[::1]:50051", authority: a.test, tls: {}}}
)yaml";

TEST(ConfigForm, read_again_means_the_same) {
  const Config config = parsed(every_key);
  const Config again = parsed(config_yaml(config));
  EXPECT_EQ(config_yaml(again), config_yaml(config));
  EXPECT_EQ(again.poll, config.poll);
  EXPECT_EQ(again.limits, config.limits);
  EXPECT_EQ(again.grpc, config.grpc);
  EXPECT_EQ(again.balance, config.balance);
  EXPECT_EQ(again.certificates, config.certificates);
  EXPECT_EQ(again.discovery, config.discovery);
  EXPECT_EQ(again.probes, config.probes);
  EXPECT_EQ(again.targets, config.targets);
  EXPECT_EQ(again.audit, config.audit);
  EXPECT_EQ(again.cgroup_root, config.cgroup_root);
}

TEST(ConfigForm, shows_what_defaults_fill_in) {
  const std::string yaml = config_yaml(parsed("targets: [{name: a, admin: \"http://h:1\"}]"));
  EXPECT_THAT(yaml, HasSubstr("poll:\n  interval: 15s\n  timeout: 5s\n  window: 5m\n"));
  EXPECT_THAT(yaml, HasSubstr("  effective_share: 0.6666666666666666\n"));
  EXPECT_THAT(yaml, HasSubstr("targets:\n  - name: \"a\"\n    mesh: envoy\n    admin: "
                              "\"http://h:1\"\n"));
}

// The one place of a configuration that takes a secret itself.
TEST(ConfigForm, tells_no_value_of_a_query) {
  const Config config =
      parsed("targets: [{name: a, metrics: \"http://h:1/m?format=prometheus&token=hush&hush2\"}]");
  for (const std::string& shown : {config_yaml(config), config_json(config)}) {
    EXPECT_THAT(shown, Not(HasSubstr("hush")));
    EXPECT_THAT(shown, HasSubstr("http://h:1/m?format=<redacted>&token=<redacted>&<redacted>"));
  }
}

TEST(ConfigForm, tells_nothing_that_a_variable_puts_into_a_path) {
  ConfigContext context = config_context();
  context.environment = [](std::string_view name) { return std::optional(std::string(name)); };
  const auto config = parse_config(
      "targets: [{name: a, metrics: \"http://${NODE}:1/x/${HUSH}/m?${HUSH}=1&a=${HUSH}\"}]",
      "test.yaml", context);
  ASSERT_TRUE(config);
  for (const std::string& shown : {config_yaml(*config), config_json(*config)}) {
    EXPECT_THAT(shown, HasSubstr("http://NODE:1/x/<redacted>/m?<redacted>=<redacted>&"
                                 "a=<redacted>\""));
  }
}

TEST(ConfigForm, keeps_a_text_that_looks_like_something_else) {
  Config config;
  for (const char* name : {"true", "12", "1e3", "null", "a: b", "- x", "#", "'", "\"", "x\ny"}) {
    Target target;
    target.pod = name;
    target.admin = Address{"h", 1, ""};
    config.targets.push_back(target);
  }
  const std::string yaml = config_yaml(config);
  EXPECT_THAT(yaml, HasSubstr("name: \"true\"\n"));
  EXPECT_THAT(yaml, HasSubstr("name: \"1e3\"\n"));
  EXPECT_THAT(yaml, HasSubstr("name: \"a: b\"\n"));
  EXPECT_THAT(yaml, HasSubstr("name: \"\\\"\"\n"));
  EXPECT_THAT(yaml, Not(HasSubstr("x\ny")));
}

}  // namespace
}  // namespace mesh::config_form_test
