// ztunnel's page or a sign of life in every poll, and its dump rarely.
#include "dialect/ztunnel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialect/scripted_door.h"
#include "wire/fixture.h"

namespace mesh::ztunnel_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// As src/admin.rs of ztunnel makes it, shortened.
const std::string links =
    "<html><td><a href=\"config_dump\">config_dump</a></td>"
    "<td>dump the current Ztunnel configuration</td></html>";

Target node_proxy() {
  Target target;
  target.mesh = "ztunnel";
  target.admin = Address{"127.0.0.1", 15000, ""};
  return target;
}

class ZtunnelTest : public testing::Test {
 protected:
  ZtunnelTest() {
    door_.bodies_ = {{"/config_dump", fixture("ztunnel/2026-08-20/config_dump.json")},
                     {"/", links}};
  }

  ScriptedDoor door_{find_dialect("ztunnel")->open(node_proxy(), Config{})};
};

TEST_F(ZtunnelTest, is_asked_for_its_dump_once_an_interval) {
  EXPECT_EQ(door_.readings().certificates->held.size(), 1u);
  EXPECT_THAT(door_.asked(), ElementsAre("/", "/config_dump"));
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(door_.readings().certificates);
    EXPECT_THAT(door_.asked(), ElementsAre("/"));
  }
  EXPECT_TRUE(door_.readings().certificates);
}

TEST_F(ZtunnelTest, without_any_certificate_yet_was_looked_at) {
  door_.bodies_["/config_dump"] = fixture("ztunnel/2026-08-20/config_dump_idle.json");
  const Readings readings = door_.readings();
  ASSERT_TRUE(readings.certificates);
  EXPECT_THAT(readings.certificates->held, IsEmpty());
}

TEST_F(ZtunnelTest, that_is_gone_is_down_and_asked_for_its_dump_when_it_is_back) {
  door_.readings();
  door_.failures_.insert({"/", Failure{Reason::connect, "connection refused"}});
  EXPECT_EQ(std::get<Failure>(door_.poll()).message, "/: connection refused");
  door_.failures_.clear();
  EXPECT_TRUE(door_.readings().certificates);
}

TEST_F(ZtunnelTest, is_down_where_somebody_else_answers) {
  const auto expect_down = [&](Reason reason, const std::string& message) {
    const Step step = door_.poll();
    ASSERT_TRUE(std::holds_alternative<Failure>(step)) << message;
    EXPECT_EQ(std::get<Failure>(step).reason, reason);
    EXPECT_EQ(std::get<Failure>(step).message, message);
  };
  door_.readings();
  door_.bodies_["/"] = "";
  expect_down(Reason::parse, "/: not the page of a ztunnel: \"\"");
  door_.bodies_["/"] = "<title>Envoy Admin</title> <a href='config_dump'>";
  door_.bodies_["/config_dump"] = R"({"configs":[]})";
  expect_down(
      Reason::parse,
      "/: not the page of a ztunnel: \"<title>Envoy Admin</title> <a href='config_dump'>\"");
  EXPECT_THAT(door_.asked(), ElementsAre("/"));
  door_.statuses_["/"] = 404;
  expect_down(Reason::http_status, "/: HTTP status 404: \"no\"");
}

TEST_F(ZtunnelTest, tells_its_good_certificates_beside_a_bad_string) {
  std::string& dump = door_.bodies_["/config_dump"];
  const std::string list = "\"certificates\": [";
  dump.insert(dump.find(list) + list.size(), R"({"certChain":[{"pem":"\ud800"}]},)");
  const Readings readings = door_.readings();
  EXPECT_EQ(readings.certificates->held.size(), 1u);
  EXPECT_EQ(readings.unreadable, 1u);
  EXPECT_THAT(readings.partial, IsEmpty());
}

TEST_F(ZtunnelTest, whose_dump_cannot_be_had_is_up_without_certificates) {
  const auto partial = [&]() -> Reason {
    ScriptedDoor door(find_dialect("ztunnel")->open(node_proxy(), Config{}));
    door.bodies_ = door_.bodies_;
    door.statuses_ = door_.statuses_;
    door.failures_ = door_.failures_;
    const Readings readings = door.readings();
    EXPECT_FALSE(readings.certificates);
    return readings.partial.at(0).reason;
  };
  door_.bodies_["/config_dump"] = "<html>";
  EXPECT_EQ(partial(), Reason::parse);
  door_.statuses_["/config_dump"] = 403;
  EXPECT_EQ(partial(), Reason::forbidden);
  for (const Reason reason : {Reason::too_large, Reason::timeout}) {
    door_.failures_ = {{"/config_dump", Failure{reason, "no answer"}}};
    EXPECT_EQ(partial(), reason);
  }
}

TEST_F(ZtunnelTest, is_labelled_as_the_mesh_it_belongs_to) {
  EXPECT_EQ(labelled(node_proxy()).mesh, "istio");
}

// ---- with a page ----

const std::string page = "istio_build{component=\"ztunnel\",tag=\"1.30.1\"} 1\n";

ScriptedDoor door_with_page(bool and_admin) {
  Target target = node_proxy();
  if (!and_admin) target.admin.reset();
  target.metrics = HttpEndpoint{{"10.0.0.9", 15020, ""}, "/metrics"};
  ScriptedDoor door(find_dialect("ztunnel")->open(target, Config{}));
  door.bodies_ = {{"/metrics", page + "# EOF\n"},
                  {"/config_dump", fixture("ztunnel/2026-08-20/config_dump.json")}};
  return door;
}

TEST(ZtunnelPageTest, is_asked_in_every_poll_and_the_dump_beside_it_once_an_interval) {
  ScriptedDoor door = door_with_page(true);
  EXPECT_TRUE(door.readings().certificates);
  EXPECT_THAT(door.asked(), ElementsAre("page /metrics", "/config_dump"));
  for (int i = 0; i < 3; ++i) {
    const Readings readings = door.readings();
    EXPECT_FALSE(readings.certificates);
    EXPECT_TRUE(readings.traffic);
    EXPECT_THAT(door.asked(), ElementsAre("page /metrics"));
  }
  EXPECT_TRUE(door.readings().certificates);
}

TEST(ZtunnelPageTest, is_enough_without_an_admin_port_and_without_a_dump) {
  ScriptedDoor alone = door_with_page(false);
  EXPECT_EQ(alone.readings().proxy->mesh_version, "1.30.1");
  EXPECT_THAT(alone.asked(), ElementsAre("page /metrics"));

  ScriptedDoor door = door_with_page(true);
  door.failures_.insert({"/config_dump", Failure{Reason::connect, "no such namespace"}});
  const Readings readings = door.readings();
  EXPECT_TRUE(readings.traffic);
  EXPECT_EQ(readings.partial.at(0).message, "/config_dump: no such namespace");
}

TEST(ZtunnelPageTest, that_does_not_answer_is_a_target_that_is_down) {
  ScriptedDoor door = door_with_page(true);
  door.failures_.insert({"/metrics", Failure{Reason::timeout, "no answer"}});
  EXPECT_EQ(std::get<Failure>(door.poll()).message, "/metrics: no answer");
  EXPECT_THAT(door.asked(), ElementsAre("page /metrics"));
  door.failures_.clear();
  door.bodies_["/metrics"] = "";
  EXPECT_EQ(std::get<Failure>(door.poll()).reason, Reason::parse);
}

TEST(ZtunnelPageTest, tells_of_the_nodes_proxies_and_of_istiod) {
  ScriptedDoor door = door_with_page(false);
  EXPECT_FALSE(door.readings().ambient);
  EXPECT_FALSE(door.readings().agent);
  door.bodies_["/metrics"] =
      page +
      "workload_manager_active_proxy_count 7\nworkload_manager_pending_proxy_count 2\n"
      "istio_xds_connection_terminations_total{reason=\"ConnectionError\"} 3\n"
      "istio_xds_connection_terminations_total{reason=\"Error\"} 1\n"
      "istio_xds_connection_terminations_total{reason=\"Reconnect\"} 40\n"
      "istio_xds_message_total{url=\"type.googleapis.com/istio.workload.Address\"} 9\n";
  const Readings readings = door.readings();
  EXPECT_EQ(readings.ambient, (AmbientProxies{7, 2}));
  ASSERT_TRUE(readings.agent);
  EXPECT_EQ(readings.agent->link, (AgentLink{4, 9}));
  EXPECT_THAT(readings.agent->look.held, IsEmpty());
  door.bodies_["/metrics"] = "istio_active_proxy_count 7\nistio_pending_proxy_count NaN\n";
  const Readings former = door.readings();
  EXPECT_EQ(former.ambient, (AmbientProxies{7, 0}));
  EXPECT_EQ(former.unreadable_sample, "istio_pending_proxy_count nan");
}

TEST(ZtunnelPageTest, counts_what_goes_to_nobody_known_as_ambiguous) {
  ScriptedDoor door = door_with_page(false);
  const std::string name = "istio_tcp_connections_opened_total{reporter=";
  door.bodies_["/metrics"] = name + "\"source\",destination_workload=\"unknown\"} 2\n" + name +
                             "\"destination\"} 5\n" + name + "\"source\"} -1\n";
  const Readings readings = door.readings();
  EXPECT_EQ(readings.ambiguous, 2u);
  EXPECT_EQ(readings.unreadable, 1u);
  EXPECT_THAT(readings.traffic->values, ElementsAre(2u, 5u));
  EXPECT_FALSE(readings.traffic->complete);
}

}  // namespace
}  // namespace mesh::ztunnel_test
