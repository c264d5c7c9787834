// Whole conversations with an Envoy's admin port, played from a script: what is asked, and what the
// answers mean.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialect/scripted_envoy.h"

namespace mesh::envoy_conversation_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

TEST_F(EnvoyConversationTest, the_first_poll_asks_who_it_is_and_what_it_has) {
  const Readings first = readings();
  EXPECT_THAT(asked_, ElementsAre("/stats", "/server_info", "/clusters", "/certs"));
  ASSERT_TRUE(first.traffic);
  EXPECT_THAT(first.traffic->values, ElementsAre(19, 2, 21));
  EXPECT_EQ(first.traffic->series->front().key,
            (SeriesKey{Counted::calls, Direction::outbound, "users.shop.svc.cluster.local:50051",
                       "", "user.v1.UserService", "GetUser", "OK"}));
  ASSERT_TRUE(first.endpoints);
  EXPECT_THAT(first.endpoints->values, ElementsAre(21, 0, 0));
  ASSERT_TRUE(first.proxy);
  EXPECT_EQ(first.proxy->version, "1.40.0");
  EXPECT_EQ(first.proxy->node_id, "users-0");
  EXPECT_THAT(first.partial, IsEmpty());
  EXPECT_THAT(first.heard, ElementsAre("/server_info", "/clusters", "/certs"));
}

TEST_F(EnvoyConversationTest, a_quiet_poll_is_one_question) {
  (void)readings();
  const Readings second = readings();
  EXPECT_THAT(asked_, ElementsAre("/stats"));
  EXPECT_THAT(second.traffic->values, ElementsAre(19, 2, 21));
  EXPECT_TRUE(second.endpoints);
}

// Statistics that came in a poll which then failed are learnt nonetheless.
TEST_F(EnvoyConversationTest, a_layout_that_changed_in_a_failed_poll_is_not_misread) {
  const std::string cluster = users;
  const std::string pool = cluster + ".upstream_cx_active: 3\n" + cluster +
                           ".upstream_cx_total: 5\n" + cluster + ".upstream_rq_active: 7\n";
  bodies_["/stats"] = pool;
  ASSERT_EQ(readings().upstreams.at(0).requests.active, 7u);

  ++connection_;
  bodies_["/stats"] = cluster + ".grpc.user.v1.UserService.GetUser.0: 1\n" + pool;
  failures_["/server_info"] = Failure{Reason::timeout, "/server_info: no answer in time"};
  ASSERT_TRUE(std::holds_alternative<Failure>(poll()));

  failures_.clear();
  const Readings after = readings();
  ASSERT_EQ(after.upstreams.size(), 1u);
  EXPECT_EQ(after.upstreams[0].connections.active, 3u);
  EXPECT_EQ(after.upstreams[0].requests.active, 7u);
}

TEST_F(EnvoyConversationTest, the_same_layout_is_the_same_series_object) {
  const Readings first = readings();
  bodies_["/stats"] = stats(20, 3);
  const Readings second = readings();
  EXPECT_EQ(first.traffic->series, second.traffic->series);
  EXPECT_THAT(asked_, ElementsAre("/stats", "/clusters"));
}

TEST_F(EnvoyConversationTest, refused_clusters_leave_the_methods_whole) {
  statuses_["/clusters"] = 403;
  const Readings first = readings();
  EXPECT_THAT(first.partial, ElementsAre(Failure{Reason::forbidden, "/clusters: HTTP status 403"}));
  EXPECT_FALSE(first.endpoints);
  EXPECT_EQ(first.ambiguous, 0u);  // the cluster names itself in upstream_rq_total
  EXPECT_EQ(first.traffic->series->front().key.method, "GetUser");
}

TEST_F(EnvoyConversationTest, each_failed_question_ends_the_poll_or_is_partial) {
  const Failure refused{Reason::connect, "connection refused"};
  for (const char* page : {"/stats", "/server_info"}) {
    failures_ = {{page, refused}};
    ++connection_;
    const Step step = poll();
    ASSERT_TRUE(std::holds_alternative<Failure>(step)) << page;
    EXPECT_EQ(std::get<Failure>(step),
              (Failure{Reason::connect, std::string(page) + ": connection refused"}));
  }
  failures_ = {{"/clusters", refused}};
  const Readings partly = readings();
  EXPECT_THAT(partly.partial,
              ElementsAre(Failure{Reason::connect, "/clusters: connection refused"}));
  failures_ = {{"/certs", refused}};
  ++connection_;
  now_ += std::chrono::minutes(1);
  EXPECT_THAT(readings().partial,
              ElementsAre(Failure{Reason::connect, "/certs: connection refused"}));
  failures_.clear();
  EXPECT_TRUE(readings().endpoints);
}

TEST_F(EnvoyConversationTest, statuses_other_than_200_fail_by_reason) {
  statuses_["/stats"] = 503;
  EXPECT_EQ(std::get<Failure>(poll()), (Failure{Reason::http_status, "/stats: HTTP status 503"}));
  statuses_["/stats"] = 403;
  EXPECT_EQ(std::get<Failure>(poll()), (Failure{Reason::forbidden, "/stats: HTTP status 403"}));
}

TEST_F(EnvoyConversationTest, a_refusal_quotes_what_the_proxy_said) {
  const Instant sent = now_;
  (void)conversation_->begin(sent);
  const Step step = conversation_->hear(Response{400, "Invalid regex: \"x\"\n", 1, sent, sent});
  EXPECT_EQ(std::get<Failure>(step).message,
            R"(/stats: HTTP status 400: "Invalid regex: \"x\"\n")");
}

TEST_F(EnvoyConversationTest, a_page_of_garbage_is_a_parse_failure) {
  bodies_["/stats"] = "<html>\n<body>nothing here</body>\n</html>\n";
  const Step step = poll();
  ASSERT_TRUE(std::holds_alternative<Failure>(step));
  EXPECT_EQ(std::get<Failure>(step).reason, Reason::parse);
  EXPECT_THAT(std::get<Failure>(step).message,
              StartsWith("/stats: no line is a statistic: <html>"));
}

TEST_F(EnvoyConversationTest, a_bad_line_is_counted_and_the_others_are_read) {
  bodies_["/stats"] += "cluster.x.upstream_rq_total\n";
  const Readings first = readings();
  EXPECT_EQ(first.unreadable, 1u);
  EXPECT_EQ(first.unreadable_sample, "cluster.x.upstream_rq_total");
  EXPECT_THAT(first.traffic->values, ElementsAre(19, 2, 21));
}

TEST_F(EnvoyConversationTest, an_empty_answer_is_a_proxy_without_statistics) {
  bodies_["/stats"] = "";
  EXPECT_THAT(readings().traffic->values, IsEmpty());
}

TEST_F(EnvoyConversationTest, pools_have_the_limits_that_the_clusters_told) {
  bodies_["/stats"] +=
      std::string(users) + ".upstream_cx_active: 3\n" + users + ".upstream_cx_total: 4\n";
  bodies_["/clusters"].insert(bodies_["/clusters"].rfind("}]}"),
                              R"(,"circuit_breakers":{"thresholds":[{"max_connections":1024}]})");
  const Readings first = readings();
  ASSERT_EQ(first.upstreams.size(), 1u);
  EXPECT_EQ(first.upstreams[0].upstream, "users.shop.svc.cluster.local:50051");
  EXPECT_EQ(first.upstreams[0].connections, (Use{3, 1024}));
}

TEST_F(EnvoyConversationTest, messages_resets_and_aggregates_have_their_keys) {
  bodies_["/stats"] =
      "cluster.inbound|50051||.grpc.14: 3\n"
      "cluster.inbound|50051||.grpc.S.M.request_message_count: 4\n"
      "cluster.inbound|50051||.grpc.S.M.response_message_count: 5\n"
      "cluster.inbound|50051||.upstream_cx_destroy_with_active_rq: 1\n"
      "cluster.inbound|50051||.upstream_rq_rx_reset: 6\n"
      "cluster.inbound|50051||.upstream_rq_total: 9\n"
      "cluster.inbound|50051||.upstream_rq_tx_reset: 7\n";
  const Readings first = readings();
  std::vector<std::string> seen;
  for (const Series& series : *first.traffic->series) {
    seen.push_back(std::to_string(static_cast<int>(series.key.counted)) + " " + series.key.service +
                   "/" + series.key.method + " " + series.key.detail);
    EXPECT_EQ(series.key.direction, Direction::inbound);
  }
  EXPECT_THAT(seen, ElementsAre("0 / UNAVAILABLE", "2 S/M request", "2 S/M response",
                                "3 / connection", "3 / remote", "9 / ", "3 / local"));
  EXPECT_THAT(first.traffic->values, ElementsAre(3, 4, 5, 1, 6, 9, 7));
}

TEST_F(EnvoyConversationTest, a_histogram_becomes_cumulative_buckets_in_seconds) {
  bodies_["/stats"] =
      "cluster.c.upstream_rq_total: 5\n"
      "cluster.c.grpc.S.M.upstream_rq_time: B0.5(0,1) B1(0,3) B2500(0,5)\n";
  const Readings first = readings();
  std::vector<std::string> bounds;
  for (const Series& series : *first.traffic->series) bounds.push_back(series.key.detail);
  EXPECT_THAT(bounds, ElementsAre("", "0.0005", "0.001", "2.5"));
  EXPECT_THAT(first.traffic->values, ElementsAre(5, 1, 3, 5));
}

TEST_F(EnvoyConversationTest, a_histogram_that_was_empty_is_learnt_when_it_fills) {
  bodies_["/stats"] =
      "cluster.c.upstream_rq_total: 5\n"
      "cluster.c.grpc.S.M.upstream_rq_time: No recorded values\n";
  EXPECT_THAT(readings().traffic->values, ElementsAre(5));
  bodies_["/stats"] =
      "cluster.c.upstream_rq_total: 5\n"
      "cluster.c.grpc.S.M.upstream_rq_time: B0.5(0,1)\n";
  EXPECT_THAT(readings().traffic->values, ElementsAre(5, 1));
}

TEST_F(EnvoyConversationTest, an_unknown_cluster_keeps_its_statuses_and_is_counted) {
  statuses_["/clusters"] = 403;
  bodies_["/stats"] = "cluster.a.b.grpc.S.M.5: 4\n";
  const Readings first = readings();
  EXPECT_EQ(first.ambiguous, 1u);
  EXPECT_EQ(first.traffic->series->front().key,
            (SeriesKey{Counted::calls, Direction::outbound, "", "", "", "", "NOT_FOUND"}));
}

}  // namespace
}  // namespace mesh::envoy_conversation_test
