// The list of meshes, and how the Envoys of each are asked.
#include "dialect/dialects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mesh {
namespace {

using testing::ElementsAre;
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
  EXPECT_THAT(names, ElementsAre("envoy", "istio", "ztunnel", "linkerd", "consul", "appmesh", "app",
                                 "auto"));
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
  EXPECT_EQ(first_question("istio", "/metrics").path, "/metrics");
  EXPECT_EQ(first_question("consul", "/v1/agent/metrics?format=prometheus").path,
            "/v1/agent/metrics?format=prometheus");
}

TEST(Dialects, label_them_by_their_mesh) {
  for (const Dialect& dialect : dialects()) {
    const bool unknown = dialect.name == "auto";
    EXPECT_EQ(dialect.label, dialect.name == "ztunnel" ? "istio" : unknown ? "" : dialect.name);
  }
}

}  // namespace
}  // namespace mesh
