// The list of meshes, and how the Envoys of each are asked.
#include "dialect/dialects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string_view>

namespace mesh::dialects_test {
namespace {

using testing::ElementsAre;
using testing::Pair;
using testing::StartsWith;

Request first_question(const std::string& mesh, const std::string& path) {
  Target target;
  target.mesh = mesh;
  if (path.empty()) {
    target.admin = Address{"127.0.0.1", 9901, ""};
  } else {
    target.metrics = HttpEndpoint{{"127.0.0.1", 20200, ""}, path};
  }
  return std::get<Request>(find_dialect(mesh)->open(target, Config{})->begin(Instant{}));
}

TEST(Dialects, are_these) {
  std::vector<std::string_view> names;
  for (const Dialect& dialect : dialects()) names.push_back(dialect.name);
  EXPECT_THAT(names,
              ElementsAre("envoy", "istio", "ztunnel", "linkerd", "consul", "appmesh", "app",
                          "proxyless", "istiod", "linkerd-control-plane", "consul-server", "auto"));
  EXPECT_EQ(find_dialect("nginx"), nullptr);
}

TEST(Dialects, of_envoys_ask_the_admin_port_alike) {
  for (const char* mesh : {"envoy", "istio", "consul", "appmesh"}) {
    EXPECT_THAT(first_question(mesh, "").path, StartsWith("/stats?usedonly&")) << mesh;
  }
}

TEST(Dialects, add_the_filter_to_the_page_that_envoy_answers) {
  EXPECT_THAT(first_question("istio", "/stats/prometheus").path,
              StartsWith("/stats/prometheus?usedonly&filter="));
  EXPECT_THAT(first_question("appmesh", "/stats/prometheus").path,
              StartsWith("/stats/prometheus?usedonly&filter="));
  EXPECT_THAT(first_question("consul", "/metrics").path, StartsWith("/metrics?usedonly&filter="));
}

TEST(Dialects, leave_envoys_part_out_of_the_page_that_an_application_shares_with_it) {
  EXPECT_EQ(first_question("app", "/stats/prometheus").path,
            "/stats/prometheus?usedonly&filter=%5E%24");
  EXPECT_EQ(first_question("app", "/metrics").path, "/metrics");
}

TEST(Dialects, ask_a_control_planes_page_as_it_is) {
  EXPECT_EQ(first_question("istiod", "/metrics").path, "/metrics");
  EXPECT_EQ(first_question("consul-server", "").path, "/v1/agent/metrics?format=prometheus");
  EXPECT_EQ(first_question("consul", "/v1/agent/metrics?format=prometheus").path,
            "/v1/agent/metrics?format=prometheus");
}

TEST(Dialects, of_one_mesh_have_one_label) {
  std::map<std::string_view, std::string_view> others;
  for (const Dialect& dialect : dialects()) {
    if (dialect.label != dialect.name) others.emplace(dialect.name, dialect.label);
  }
  EXPECT_THAT(others, ElementsAre(Pair("auto", ""), Pair("consul-server", "consul"),
                                  Pair("istiod", "istio"), Pair("linkerd-control-plane", "linkerd"),
                                  Pair("ztunnel", "istio")));
}

}  // namespace
}  // namespace mesh::dialects_test
