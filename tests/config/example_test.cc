// config.example.yaml is documentation that must not lie: it is a valid file, it has every key, and
// what it shows as defaults are the defaults.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>

#include "config/load.h"
#include "config/parse.h"

namespace mesh::example_test {
namespace {

std::string example() {
  std::ifstream file(MESH_SOURCE_DIR "/config.example.yaml");
  return {std::istreambuf_iterator<char>{file}, {}};
}

// The same file with every value outside `targets` commented out.
std::string example_without_settings() {
  const std::string text = example();
  const auto targets = text.find("\ntargets:");
  const std::string settings = std::regex_replace(text.substr(0, targets), std::regex("\n"), "\n#");
  return settings + text.substr(targets);
}

Config parsed(const std::string& yaml) {
  auto config = parse_config(yaml, "config.example.yaml", test_context());
  EXPECT_TRUE(config) << (config ? "" : config.error().front().message);
  return config ? *config : Config{};
}

TEST(ConfigExample, shows_the_defaults) {
  const Config shown = parsed(example());
  const Config defaults;
  EXPECT_EQ(shown.poll.interval, defaults.poll.interval);
  EXPECT_EQ(shown.poll.timeout, defaults.poll.timeout);
  EXPECT_EQ(shown.poll.window, defaults.poll.window);
  EXPECT_EQ(shown.poll.stale_after, defaults.poll.stale_after);
  EXPECT_EQ(shown.poll.parallel, defaults.poll.parallel);
  EXPECT_EQ(shown.limits.methods_per_upstream, defaults.limits.methods_per_upstream);
  EXPECT_EQ(shown.limits.upstreams_per_target, defaults.limits.upstreams_per_target);
  EXPECT_EQ(shown.limits.endpoints_per_upstream, defaults.limits.endpoints_per_upstream);
  EXPECT_EQ(shown.limits.body_bytes, defaults.limits.body_bytes);
  EXPECT_EQ(shown.grpc.failure_codes, defaults.grpc.failure_codes);
  EXPECT_EQ(shown.cgroup_root, defaults.cgroup_root);
}

TEST(ConfigExample, is_as_good_with_its_settings_left_out) {
  EXPECT_EQ(parsed(example_without_settings()).targets, parsed(example()).targets);
}

TEST(ConfigExample, has_every_key) {
  const std::string text = example();
  for (const char* key : {"poll",
                          "interval",
                          "timeout",
                          "window",
                          "stale_after",
                          "parallel",
                          "limits",
                          "methods_per_upstream",
                          "upstreams_per_target",
                          "endpoints_per_upstream",
                          "body_bytes",
                          "grpc",
                          "failure_codes",
                          "targets",
                          "name",
                          "namespace",
                          "workload",
                          "mesh",
                          "admin",
                          "metrics",
                          "inbound",
                          "cgroup",
                          "cgroup_root",
                          "network_namespace",
                          "grpc",
                          "network_namespaces",
                          "kubelet",
                          "ca_file",
                          "insecure_skip_verify",
                          "secrets",
                          "enabled",
                          "namespaces",
                          "selector"}) {
    const std::regex line(std::string("\n *(- )?").append(key).append(":"));
    EXPECT_TRUE(std::regex_search(text, line)) << key;
  }
}

TEST(ConfigExample, shows_each_way_to_reach_a_target) {
  const std::vector<Target> targets = parsed(example()).targets;
  ASSERT_EQ(targets.size(), 6u);
  EXPECT_EQ(targets[0].admin, (Address{"127.0.0.1", 9901, ""}));
  EXPECT_EQ(targets[0].inbound,
            (TlsPort{{"10.0.0.7", 50051, ""}, "users.shop.svc.cluster.local", {"h2"}}));
  EXPECT_EQ(targets[1].admin, (Address{"", 0, "/run/envoy/admin.sock"}));
  EXPECT_EQ(targets[2].admin, std::nullopt);
  EXPECT_EQ(targets[2].metrics, (HttpEndpoint{{"127.0.0.1", 15090, ""}, "/stats/prometheus"}));
  EXPECT_EQ(targets[3].mesh, "linkerd");
  EXPECT_EQ(targets[4].mesh, "app");
  EXPECT_EQ(targets[4].metrics, (HttpEndpoint{{"10.0.0.7", 9102, ""}, "/metrics"}));
  EXPECT_EQ(targets[5].mesh, "proxyless");
  EXPECT_EQ(
      targets[5].grpc,
      (GrpcServer{{"10.0.0.9", 50051, ""}, GrpcTls{"/etc/ssl/mesh/ca.pem", "", "", "", ""}, ""}));
}

}  // namespace
}  // namespace mesh::example_test
