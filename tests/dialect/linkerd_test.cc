// Linkerd's page: the process and the certificate, from a real proxy.
#include "dialect/linkerd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialect/scripted_door.h"
#include "wire/fixture.h"

namespace mesh {
namespace {

using testing::ElementsAre;

Target at_metrics() {
  Target target;
  target.mesh = "linkerd";
  target.metrics = HttpEndpoint{{"127.0.0.1", 4191, ""}, "/metrics"};
  return target;
}

class LinkerdTest : public testing::Test {
 protected:
  ScriptedDoor door_{find_dialect("linkerd")->open(at_metrics(), Config{})};
};

TEST_F(LinkerdTest, tells_its_process_and_its_certificate) {
  door_.bodies_["/metrics"] = fixture("linkerd/2.366-dev/idle.txt");
  const Instant asked = door_.now_;
  const Readings readings = door_.readings();
  EXPECT_THAT(door_.asked(), ElementsAre("page /metrics"));
  ASSERT_TRUE(readings.proxy);
  EXPECT_EQ(readings.proxy->version, "2.366.0-dev.7");
  EXPECT_EQ(readings.proxy->build, "29637b64f/release");
  EXPECT_EQ(readings.proxy->started, asked - std::chrono::nanoseconds(9'047'901'035));
  ASSERT_TRUE(readings.agent);
  EXPECT_EQ(readings.agent->look.held.size(), 1u);
}

TEST_F(LinkerdTest, reads_every_line_of_both_texts) {
  for (const char* file : {"before_identity", "idle", "refresh_recovered"}) {
    door_.bodies_["/metrics"] = fixture(std::string("linkerd/2.366-dev/") + file + ".txt");
    EXPECT_EQ(door_.readings().unreadable, 0u) << file;
  }
}

TEST_F(LinkerdTest, shows_a_restart_by_its_start) {
  door_.bodies_["/metrics"] = "process_start_time_seconds 1000.25\n";
  EXPECT_EQ(door_.readings().incarnation, 0u);
  EXPECT_EQ(door_.readings().incarnation, 0u);
  door_.bodies_["/metrics"] = "process_start_time_seconds 1000.75\n";
  EXPECT_EQ(door_.readings().incarnation, 1u);
}

TEST_F(LinkerdTest, is_asked_at_its_admin_address_where_that_is_configured) {
  Target target;
  target.mesh = "linkerd";
  target.admin = Address{"127.0.0.1", 4191, ""};
  ScriptedDoor door(find_dialect("linkerd")->open(target, Config{}));
  door.bodies_["/metrics"] = "process_cpu_seconds_total 1\n";
  EXPECT_FALSE(door.readings().proxy);
  EXPECT_EQ(door.asked_.at(0), (Request{Request::Port::admin, "/metrics"}));
}

TEST_F(LinkerdTest, with_nothing_on_its_page_is_none) {
  for (const std::string body : {"", "\n", "# HELP a b\n"}) {
    door_.bodies_["/metrics"] = body;
    const Step step = door_.poll();
    ASSERT_TRUE(std::holds_alternative<Failure>(step)) << body;
    EXPECT_EQ(std::get<Failure>(step).message, "/metrics: nothing on it");
  }
}

TEST_F(LinkerdTest, that_forbids_its_page_is_a_failure) {
  door_.statuses_["/metrics"] = 403;
  EXPECT_EQ(std::get<Failure>(door_.poll()).reason, Reason::forbidden);
}

TEST_F(LinkerdTest, that_answers_garbage_is_a_failure) {
  door_.bodies_["/metrics"] = "<html>\n";
  EXPECT_EQ(std::get<Failure>(door_.poll()).reason, Reason::parse);
}

}  // namespace
}  // namespace mesh
