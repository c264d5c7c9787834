// A target with an admin port and a page of metrics: what is asked when, and that a page with
// whatever habits never hurts what the admin port tells.
#include "dialect/agent_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialect/scripted_door.h"
#include "dialect/scripted_envoy.h"

namespace mesh::agent_page_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

const std::string page = "page /stats/prometheus";
const std::string left = "istio_agent_cert_expiry_seconds{resource_name=\"default\"} 86000.5\n";

Target target(const std::string& mesh) {
  Target target;
  target.mesh = mesh;
  target.admin = Address{"127.0.0.1", 15000, ""};
  target.metrics = HttpEndpoint{{"127.0.0.1", 15020, ""}, "/stats/prometheus"};
  return target;
}

class AgentPageTest : public testing::Test {
 protected:
  AgentPageTest() {
    door_.bodies_ = {{"/stats", stats(19, 2)},
                     {"/server_info", server_info(5000)},
                     {"/clusters", clusters(21)},
                     {"/certs", "{}"},
                     {"/stats/prometheus", left}};
  }

  // One poll in which the page is due, and what it left behind.
  void expect_admin_unhurt(Reason reason) {
    const Readings readings = door_.readings();
    EXPECT_THAT(door_.asked(), Contains(page));
    EXPECT_FALSE(readings.agent);
    EXPECT_TRUE(readings.traffic);
    EXPECT_TRUE(readings.certificates);
    EXPECT_TRUE(readings.proxy);
    ASSERT_EQ(readings.partial.size(), 1u);
    EXPECT_EQ(readings.partial[0].reason, reason);
    EXPECT_EQ(question_of(readings.partial[0]), "metrics page");
    EXPECT_THAT(readings.heard, Not(Contains("metrics page")));
  }

  ScriptedDoor door_{find_dialect("consul")->open(target("consul"), Config{})};
};

TEST_F(AgentPageTest, is_asked_last_and_once_an_interval) {
  const Readings first = door_.readings();
  EXPECT_THAT(door_.asked(), ElementsAre("/stats", "/server_info", "/clusters", "/certs", page));
  ASSERT_TRUE(first.agent);
  EXPECT_EQ(first.agent->look.held.size(), 1u);
  EXPECT_THAT(first.heard, Contains("metrics page"));
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(door_.readings().agent);
    EXPECT_THAT(door_.asked(), Not(Contains(page)));
  }
  EXPECT_TRUE(door_.readings().agent);
}

TEST_F(AgentPageTest, lets_nothing_of_envoys_through) {
  door_.readings();
  EXPECT_EQ(door_.asked_.back(),
            (Request{Request::Port::metrics, "/stats/prometheus?usedonly&filter=%5E%24"}));
}

TEST_F(AgentPageTest, is_asked_as_it_is_where_somebody_wrote_a_query) {
  Target own = target("istio");
  own.metrics->path = "/stats/prometheus?x=1";
  ScriptedDoor door(find_dialect("istio")->open(own, Config{}));
  door.bodies_ = door_.bodies_;
  door.readings();
  EXPECT_EQ(door.asked_.back().path, "/stats/prometheus?x=1");
}

TEST_F(AgentPageTest, that_is_missing_hurts_nothing) {
  door_.bodies_.erase("/stats/prometheus");
  expect_admin_unhurt(Reason::http_status);
}

TEST_F(AgentPageTest, that_is_forbidden_hurts_nothing) {
  door_.statuses_["/stats/prometheus"] = 403;
  expect_admin_unhurt(Reason::forbidden);
}

TEST_F(AgentPageTest, that_cannot_be_reached_hurts_nothing) {
  door_.failures_.insert({"/stats/prometheus", Failure{Reason::timeout, "no answer in time"}});
  expect_admin_unhurt(Reason::timeout);
}

TEST_F(AgentPageTest, of_garbage_hurts_nothing) {
  door_.bodies_["/stats/prometheus"] = "<html>\n";
  expect_admin_unhurt(Reason::parse);
}

TEST_F(AgentPageTest, that_fails_waits_for_its_turn) {
  door_.statuses_["/stats/prometheus"] = 503;
  door_.readings();
  door_.readings();
  EXPECT_THAT(door_.asked(), Not(Contains(page)));
}

TEST_F(AgentPageTest, that_hangs_every_time_is_left_alone_for_longer_and_longer) {
  door_.failures_.insert({"/stats/prometheus", Failure{Reason::timeout, "no answer in time"}});
  std::vector<int> asked_in;  // which poll, of four an interval
  for (int poll = 0; poll < 200; ++poll) {
    door_.readings();
    if (door_.asked().back() == page) asked_in.push_back(poll / 4);
  }
  EXPECT_THAT(asked_in, ElementsAre(0, 1, 3, 7, 15, 23, 31, 39, 47));
  door_.failures_.clear();
  for (int poll = 200; poll < 228; ++poll) {
    if (door_.readings().agent) asked_in.push_back(poll / 4);
  }
  EXPECT_THAT(asked_in, testing::IsSupersetOf({55, 56}));
}

TEST_F(AgentPageTest, without_any_certificate_is_no_look_and_no_failure) {
  door_.bodies_["/stats/prometheus"] = "app_requests_total 3\n";
  const Readings readings = door_.readings();
  EXPECT_FALSE(readings.agent);
  EXPECT_THAT(readings.partial, IsEmpty());
}

TEST_F(AgentPageTest, that_is_empty_is_no_failure) {
  door_.bodies_["/stats/prometheus"] = "";
  EXPECT_THAT(door_.readings().partial, IsEmpty());
}

TEST_F(AgentPageTest, with_unreadable_lines_of_an_application_is_read_as_far_as_it_goes) {
  door_.bodies_["/stats/prometheus"] = left + "this is no sample\n";
  const Readings readings = door_.readings();
  EXPECT_TRUE(readings.agent);
  EXPECT_EQ(readings.unreadable, 0u);  // whose lines these are is no business of the sidecar's
}

TEST_F(AgentPageTest, is_not_asked_when_the_admin_port_fails) {
  door_.failures_.insert({"/stats", Failure{Reason::connect, "connection refused"}});
  EXPECT_TRUE(std::holds_alternative<Failure>(door_.poll()));
  EXPECT_THAT(door_.asked(), ElementsAre("/stats"));
  door_.failures_.clear();
  EXPECT_TRUE(door_.readings().agent);
}

}  // namespace
}  // namespace mesh::agent_page_test
