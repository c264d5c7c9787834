// When two answers belong to one process: restarts, broken connections and refused identities,
// played from a script.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialect/scripted_envoy.h"

namespace mesh::envoy_identity_test {
namespace {

using IdentityTest = EnvoyConversationTest;
using testing::ElementsAre;

TEST_F(IdentityTest, a_new_connection_to_the_same_process_is_no_new_life) {
  const Readings first = readings();
  ++connection_;
  bodies_["/server_info"] = server_info(5015);
  const Readings second = readings();
  EXPECT_THAT(asked_, ElementsAre("/stats", "/server_info"));
  EXPECT_EQ(first.incarnation, second.incarnation);
}

TEST_F(IdentityTest, a_restart_is_seen_though_every_counter_is_higher) {
  const Readings first = readings();
  restart(1000, 3);
  const Readings second = readings();
  EXPECT_NE(first.incarnation, second.incarnation);
  EXPECT_THAT(asked_, ElementsAre("/stats", "/server_info", "/clusters", "/certs"));
}

TEST_F(IdentityTest, a_young_process_that_was_replaced_by_a_young_one_is_told_by_its_counters) {
  bodies_["/server_info"] = server_info(0);
  const Readings first = readings();
  now_ -= std::chrono::milliseconds(14'500);  // polled again half a second later
  restart(3, 0);
  const Readings second = readings();
  EXPECT_NE(first.incarnation, second.incarnation);
}

TEST_F(IdentityTest, a_restart_between_stats_and_identity_is_not_mixed_up) {
  (void)readings();
  ++connection_;  // closed while idle: the same process, but…
  on_question_ = [&](const std::string& page) {
    if (page == "/server_info") {  // …it is replaced right after it answered /stats
      restart(4, 0);
      on_question_ = nullptr;
    }
  };
  const Readings second = readings();
  EXPECT_THAT(asked_, ElementsAre("/stats", "/server_info", "/stats", "/clusters", "/certs"));
  EXPECT_EQ(second.traffic->values.front(), 4u);
}

TEST_F(IdentityTest, a_proxy_that_closes_after_every_answer_is_polled_all_the_same) {
  closes_every_time_ = true;
  const Readings first = readings();
  EXPECT_TRUE(first.endpoints);
  bodies_["/server_info"] = server_info(5015);
  const Readings second = readings();
  EXPECT_EQ(first.incarnation, second.incarnation);
}

TEST_F(IdentityTest, a_refused_identity_degrades_and_is_reported) {
  statuses_["/server_info"] = 403;
  // An Envoy of unknown version is asked for its clusters in the text form, which all have.
  bodies_["/clusters"] =
      "outbound|50051||users.shop.svc.cluster.local::10.0.0.1:80::rq_total::21\n";
  const Readings first = readings();
  EXPECT_THAT(first.partial,
              ElementsAre(Failure{Reason::forbidden, "/server_info: HTTP status 403"}));
  EXPECT_FALSE(first.proxy);
  EXPECT_TRUE(first.traffic);
  (void)readings();
  EXPECT_THAT(asked_, ElementsAre("/stats"));  // not asked again on the same connection
}

TEST_F(IdentityTest, without_identity_a_restart_shows_by_the_uptime_statistic) {
  statuses_["/server_info"] = 403;
  const Readings first = readings();
  restart(1000, 0);
  bodies_["/stats"].replace(bodies_["/stats"].find("server.uptime: 5"), 16, "server.uptime: 0");
  EXPECT_NE(readings().incarnation, first.incarnation);
}

}  // namespace
}  // namespace mesh::envoy_identity_test
