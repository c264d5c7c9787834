// Who a target is, by what it answers: real answers of each mesh, and what cannot be told.
#include "dialect/auto.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

#include "dialect/scripted_door.h"
#include "wire/fixture.h"

namespace mesh::auto_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Target with_admin() {
  Target target;
  target.mesh = unknown_mesh;
  target.admin = Address{"127.0.0.1", 9901, ""};
  return target;
}

Target with_page() {
  Target target;
  target.mesh = unknown_mesh;
  target.metrics = HttpEndpoint{{"127.0.0.1", 9102, ""}, "/metrics"};
  return target;
}

ScriptedDoor door_of(const Target& target) {
  return ScriptedDoor(find_dialect(unknown_mesh)->open(target, Config{}));
}

std::string_view node(const std::string& id) {
  EnvoyServerInfo info;
  info.node_id = id;
  return dialect_of(info);
}

TEST(Auto, knows_an_envoy_by_its_node) {
  EXPECT_EQ(node("users-1"), "envoy");
  EXPECT_EQ(node("sidecar~10.0.0.7~users-0.shop~shop.svc.cluster.local"), "istio");
  EXPECT_EQ(node("router~10.0.0.7~gateway-0.istio-system~istio-system.svc.cluster.local"), "istio");
  EXPECT_EQ(node("waypoint~10.0.0.7~waypoint-0.shop~shop.svc.cluster.local"), "istio");
  EXPECT_EQ(node("mesh/shop/virtualNode/users"), "appmesh");
  EXPECT_EQ(node("mesh/shop/virtualGateway/in"), "appmesh");
  EXPECT_EQ(node("arn:aws:appmesh:eu-west-1:1:mesh/shop/virtualNode/users"), "appmesh");
  EXPECT_EQ(node("mesh/of/my/own"), "envoy");
}

TEST(Auto, knows_real_envoys_by_their_answer) {
  ScriptedDoor consul = door_of(with_admin());
  consul.bodies_["/server_info"] =
      R"({"uptime_current_epoch":"6s","node":{"id":"payments-sidecar-proxy","cluster":"payments",)"
      R"("metadata":{"partition":"default","namespace":"default"}}})";
  EXPECT_EQ(consul.readings().recognised, "consul");
  EXPECT_THAT(consul.asked(), ElementsAre("/server_info"));
  // The node of this one is called as Istio calls them.
  ScriptedDoor istio = door_of(with_admin());
  istio.bodies_["/server_info"] = fixture("envoy/1.40.0/client/server_info.json");
  EXPECT_EQ(istio.readings().recognised, "istio");
}

TEST(Auto, asks_who_is_no_envoy_for_the_pages_that_others_have) {
  ScriptedDoor ztunnel = door_of(with_admin());
  ztunnel.bodies_["/"] = "<td>dump the current Ztunnel configuration</td>";
  EXPECT_EQ(ztunnel.readings().recognised, "ztunnel");
  EXPECT_THAT(ztunnel.asked(), ElementsAre("/server_info", "/"));
  ScriptedDoor linkerd = door_of(with_admin());
  linkerd.bodies_["/metrics"] = "control_identity_cert_refreshes_total 0\n";
  EXPECT_EQ(linkerd.readings().recognised, "linkerd");
  EXPECT_THAT(linkerd.asked(), ElementsAre("/server_info", "/", "/metrics"));
}

TEST(Auto, knows_pages_by_the_names_on_them) {
  EXPECT_EQ(dialect_of_page("envoy_server_live{} 1\n"), "envoy");
  EXPECT_EQ(dialect_of_page("envoy_server_live{local_cluster=\"users\",consul_source_service="
                            "\"users\"} 1\n"),
            "consul");
  EXPECT_EQ(dialect_of_page("envoy_cluster_upstream_cx_total{cluster_name=\"xds-grpc\"} 1\n"),
            "istio");
  EXPECT_EQ(dialect_of_page("istio_build{component=\"ztunnel\",tag=\"1.27\"} 1\n"), "ztunnel");
  EXPECT_EQ(dialect_of_page("grpc_server_handled_total{grpc_service=\"a.B\",grpc_method=\"C\","
                            "grpc_code=\"OK\"} 1\n"),
            "app");
  EXPECT_EQ(dialect_of_page("process_cpu_seconds_total 1\n"), "");
  EXPECT_EQ(dialect_of_page(""), "");
}

// The agent's, Envoy's and the application's, one behind the other, in whatever order.
TEST(Auto, takes_a_merged_page_for_the_proxys) {
  const std::string app =
      "grpc_server_handled_total{grpc_service=\"a.B\",grpc_method=\"C\",grpc_code=\"OK\"} 1\n";
  EXPECT_EQ(dialect_of_page(app + "istio_agent_startup_duration_seconds 1\n"), "istio");
  EXPECT_EQ(dialect_of_page("consul_dataplane_envoy_connected 1\nenvoy_server_live{} 1\n" + app),
            "consul");
}

// All that are recorded, before and after traffic. One library makes traces
// only and has nothing on its page.
TEST(Auto, knows_recorded_pages) {
  const std::map<std::string, std::string> folders{{"grpc_libraries", "app"},
                                                   {"linkerd/2.366-dev", "linkerd"}};
  for (const auto& [folder, dialect] : folders) {
    int pages = 0;
    for (const auto& file :
         std::filesystem::directory_iterator(MESH_TESTS_DIR "/fixtures/" + folder)) {
      const std::string name = file.path().filename();
      const bool empty = name == "py_otel_instrumentation_grpc_both.om.txt";
      EXPECT_EQ(dialect_of_page(fixture(folder + "/" + name)), empty ? "" : dialect) << name;
      ++pages;
    }
    EXPECT_GT(pages, 5) << folder;
  }
  EXPECT_EQ(dialect_of_page(fixture("istio/1.31-dev/metrics_15020.txt")), "istio");
  EXPECT_EQ(dialect_of_page(fixture("istio/1.31-dev/istiod_metrics.txt")), "istiod");
  EXPECT_EQ(dialect_of_page(fixture("consul/1.20.6/server_metrics.txt")), "consul-server");
}

TEST(Auto, that_cannot_be_told_says_what_was_seen) {
  ScriptedDoor door = door_of(with_page());
  door.bodies_["/metrics"] = "process_cpu_seconds_total 1\n";
  // It is a page, and perhaps tells later.
  const Readings readings = door.readings();
  EXPECT_EQ(readings.recognised, "");
  ASSERT_EQ(readings.partial.size(), 1u);
  EXPECT_THAT(readings.partial[0].message,
              HasSubstr("/metrics: nothing of a mesh, nor of a gRPC library: "
                        "\"process_cpu_seconds_total 1"));
  Target both = with_admin();
  both.metrics = with_page().metrics;
  ScriptedDoor two = door_of(both);
  two.statuses_["/server_info"] = 403;
  two.bodies_["/metrics"] = "no page\n";
  EXPECT_THAT(std::get<Failure>(two.poll()).message, HasSubstr("/server_info: HTTP status 403"));
  EXPECT_THAT(two.asked(), ElementsAre("/server_info", "/", "/metrics", "page /metrics"));
}

TEST(Auto, of_nobody_there_asks_once) {
  ScriptedDoor door = door_of(with_admin());
  door.failures_.insert({"/server_info", Failure{Reason::connect, "connection refused"}});
  EXPECT_EQ(std::get<Failure>(door.poll()).reason, Reason::connect);
  EXPECT_THAT(door.asked(), ElementsAre("/server_info"));
  door.failures_.clear();
  door.bodies_["/server_info"] = fixture("envoy/1.40.0/client/server_info.json");
  EXPECT_EQ(door.readings().recognised, "istio");
}

}  // namespace
}  // namespace mesh::auto_test
