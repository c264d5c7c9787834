// ztunnel's dump, rarely, and a sign of life between.
#include "dialect/ztunnel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialect/scripted_door.h"
#include "wire/fixture.h"

namespace mesh {
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
  EXPECT_THAT(door_.asked(), ElementsAre("/config_dump"));
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
  EXPECT_THAT(door_.asked(), ElementsAre("/config_dump", "/"));
  door_.statuses_["/"] = 404;
  expect_down(Reason::http_status, "/: HTTP status 404: \"no\"");
}

TEST_F(ZtunnelTest, that_says_nothing_to_its_dump_is_down_at_once) {
  door_.failures_.insert({"/config_dump", Failure{Reason::timeout, "no answer"}});
  EXPECT_EQ(std::get<Failure>(door_.poll()).message, "/config_dump: no answer");
  EXPECT_THAT(door_.asked(), ElementsAre("/config_dump"));
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
  door_.failures_.insert({"/config_dump", Failure{Reason::too_large, "more than 64 MiB"}});
  EXPECT_EQ(partial(), Reason::too_large);
}

TEST_F(ZtunnelTest, is_labelled_as_the_mesh_it_belongs_to) {
  EXPECT_EQ(labelled(node_proxy()).mesh, "istio");
}

TEST_F(ZtunnelTest, with_a_page_only_is_up_or_down) {
  Target target;
  target.mesh = "ztunnel";
  target.metrics = HttpEndpoint{{"127.0.0.1", 15020, ""}, "/stats/prometheus"};
  ScriptedDoor door(find_dialect("ztunnel")->open(target, Config{}));
  door.bodies_["/stats/prometheus"] = "istio_build{component=\"ztunnel\"} 1\n# EOF\n";
  EXPECT_THAT(door.readings().traffic->values, IsEmpty());
  EXPECT_EQ(door.asked_.at(0).path, "/stats/prometheus");
}

}  // namespace
}  // namespace mesh
