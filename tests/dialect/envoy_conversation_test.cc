// Whole conversations with an Envoy's admin port, played from a script.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dialect/dialects.h"

namespace mesh {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr const char* users = "cluster.outbound|50051||users.shop.svc.cluster.local";

std::string stats(int ok, int not_found) {
  const std::string cluster = users;
  return cluster + ".grpc.user.v1.UserService.GetUser.0: " + std::to_string(ok) + "\n" + cluster +
         ".grpc.user.v1.UserService.GetUser.5: " + std::to_string(not_found) + "\n" + cluster +
         ".membership_total: 1\n" + cluster +
         ".upstream_rq_total: " + std::to_string(ok + not_found) +
         "\nserver.state: 0\nserver.uptime: 5\n";
}

std::string clusters(int requests) {
  return R"({"cluster_statuses":[{"name":"outbound|50051||users.shop.svc.cluster.local",)"
         R"("observability_name":"outbound|50051||users.shop.svc.cluster.local",)"
         R"("host_statuses":[{"address":{"socket_address":{"address":"10.0.0.1","port_value":80}},)"
         R"("stats":[{"name":"rq_total","value":")" +
         std::to_string(requests) + R"("}],"health_status":{"eds_health_status":"HEALTHY"}}]}]})";
}

std::string server_info(int uptime, const std::string& version = "1.40.0") {
  return R"({"version":"abc/)" + version + R"(/Clean/RELEASE/BoringSSL","state":"LIVE",)" +
         R"("uptime_current_epoch":")" + std::to_string(uptime) +
         R"(s","command_line_options":{"restart_epoch":0},"node":{"id":"users-0","cluster":"x"}})";
}

// A proxy of one connection whose answers a test sets; time moves by a millisecond a question.
class EnvoyConversationTest : public testing::Test {
 protected:
  // Holds one poll. An empty path in `failing` fails nothing.
  Step poll() {
    asked_.clear();
    Step step = conversation_->begin(now_);
    while (const auto* request = std::get_if<Request>(&step)) {
      asked_.push_back(request->path.substr(0, request->path.find('?')));
      EXPECT_EQ(request->port, Request::Port::admin);
      step = conversation_->hear(answer(asked_.back()));
      if (asked_.size() > 20) ADD_FAILURE() << "endless conversation";
      if (asked_.size() > 20) break;
    }
    now_ += seconds(15);
    return step;
  }

  Readings readings() {
    Step step = poll();
    EXPECT_TRUE(std::holds_alternative<Readings>(step))
        << (std::holds_alternative<Failure>(step) ? std::get<Failure>(step).message : "");
    return std::holds_alternative<Readings>(step) ? std::get<Readings>(step) : Readings{};
  }

  Answer answer(const std::string& page) {
    const Instant sent = now_;
    now_ += milliseconds(1);
    if (on_question_) on_question_(page);
    if (closes_every_time_) ++connection_;
    if (const auto it = failures_.find(page); it != failures_.end()) return it->second;
    const auto status = statuses_.find(page);
    if (status != statuses_.end()) return Response{status->second, "", connection_, sent, now_};
    return Response{200, bodies_[page], connection_, sent, now_};
  }

  void restart(int ok, int uptime) {
    ++connection_;
    bodies_["/stats"] = stats(ok, 0);
    bodies_["/server_info"] = server_info(uptime);
    bodies_["/clusters"] = clusters(ok);
  }

  std::unique_ptr<Conversation> conversation_ = [] {
    Target target;
    target.admin = Address{"127.0.0.1", 9901, ""};
    return find_dialect("envoy")->open(target, LimitsConfig{});
  }();
  Instant now_ = Instant{} + seconds(100'000);
  std::uint64_t connection_ = 1;
  bool closes_every_time_ = false;
  std::function<void(const std::string&)> on_question_;
  std::map<std::string, std::string> bodies_{
      {"/stats", stats(19, 2)}, {"/server_info", server_info(5000)}, {"/clusters", clusters(21)}};
  std::map<std::string, int> statuses_;
  std::map<std::string, Failure> failures_;
  std::vector<std::string> asked_;
};

TEST_F(EnvoyConversationTest, the_first_poll_asks_who_it_is_and_what_it_has) {
  const Readings first = readings();
  EXPECT_THAT(asked_, ElementsAre("/stats", "/server_info", "/clusters"));
  ASSERT_TRUE(first.traffic);
  EXPECT_THAT(first.traffic->values, ElementsAre(19, 2));
  EXPECT_EQ(first.traffic->series->front().key,
            (SeriesKey{Counted::calls, Direction::outbound, "users.shop.svc.cluster.local:50051",
                       "", "user.v1.UserService", "GetUser", "OK"}));
  ASSERT_TRUE(first.endpoints);
  EXPECT_THAT(first.endpoints->values, ElementsAre(21));
  ASSERT_TRUE(first.proxy);
  EXPECT_EQ(first.proxy->version, "1.40.0");
  EXPECT_EQ(first.proxy->node_id, "users-0");
  EXPECT_THAT(first.partial, IsEmpty());
}

TEST_F(EnvoyConversationTest, a_quiet_poll_is_one_question) {
  (void)readings();
  const Readings second = readings();
  EXPECT_THAT(asked_, ElementsAre("/stats"));
  EXPECT_THAT(second.traffic->values, ElementsAre(19, 2));
  EXPECT_TRUE(second.endpoints);
}

TEST_F(EnvoyConversationTest, the_same_layout_is_the_same_series_object) {
  const Readings first = readings();
  bodies_["/stats"] = stats(20, 3);
  const Readings second = readings();
  EXPECT_EQ(first.traffic->series, second.traffic->series);
  EXPECT_THAT(asked_, ElementsAre("/stats", "/clusters"));
}

TEST_F(EnvoyConversationTest, a_new_connection_to_the_same_process_is_no_new_life) {
  const Readings first = readings();
  ++connection_;
  bodies_["/server_info"] = server_info(5015);
  const Readings second = readings();
  EXPECT_THAT(asked_, ElementsAre("/stats", "/server_info"));
  EXPECT_EQ(first.incarnation, second.incarnation);
}

TEST_F(EnvoyConversationTest, a_restart_is_seen_though_every_counter_is_higher) {
  const Readings first = readings();
  restart(1000, 3);
  const Readings second = readings();
  EXPECT_NE(first.incarnation, second.incarnation);
  EXPECT_THAT(asked_, ElementsAre("/stats", "/server_info", "/clusters"));
}

TEST_F(EnvoyConversationTest,
       a_young_process_that_was_replaced_by_a_young_one_is_told_by_its_counters) {
  bodies_["/server_info"] = server_info(0);
  const Readings first = readings();
  now_ -= milliseconds(14'500);  // polled again half a second later
  restart(3, 0);
  const Readings second = readings();
  EXPECT_NE(first.incarnation, second.incarnation);
}

TEST_F(EnvoyConversationTest, a_restart_between_stats_and_identity_is_not_mixed_up) {
  (void)readings();
  ++connection_;  // closed while idle: the same process, but…
  on_question_ = [&](const std::string& page) {
    if (page == "/server_info") {  // …it is replaced right after it answered /stats
      restart(4, 0);
      on_question_ = nullptr;
    }
  };
  const Readings second = readings();
  EXPECT_THAT(asked_, ElementsAre("/stats", "/server_info", "/stats", "/clusters"));
  EXPECT_EQ(second.traffic->values.front(), 4u);
}

TEST_F(EnvoyConversationTest, a_proxy_that_closes_after_every_answer_is_polled_all_the_same) {
  closes_every_time_ = true;
  const Readings first = readings();
  EXPECT_TRUE(first.endpoints);
  bodies_["/server_info"] = server_info(5015);
  const Readings second = readings();
  EXPECT_EQ(first.incarnation, second.incarnation);
}

TEST_F(EnvoyConversationTest, a_refused_identity_degrades_and_is_reported) {
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

TEST_F(EnvoyConversationTest, without_identity_a_restart_shows_by_the_uptime_statistic) {
  statuses_["/server_info"] = 403;
  const Readings first = readings();
  restart(1000, 0);
  bodies_["/stats"].replace(bodies_["/stats"].find("server.uptime: 5"), 16, "server.uptime: 0");
  EXPECT_NE(readings().incarnation, first.incarnation);
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
  EXPECT_THAT(first.traffic->values, ElementsAre(19, 2));
}

TEST_F(EnvoyConversationTest, an_empty_answer_is_a_proxy_without_statistics) {
  bodies_["/stats"] = "";
  EXPECT_THAT(readings().traffic->values, IsEmpty());
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
  EXPECT_THAT(seen, ElementsAre("0 / UNAVAILABLE", "1 S/M request", "1 S/M response",
                                "2 / connection", "2 / remote", "2 / local"));
  EXPECT_THAT(first.traffic->values, ElementsAre(3, 4, 5, 1, 6, 7));
}

TEST_F(EnvoyConversationTest, a_histogram_becomes_cumulative_buckets_in_seconds) {
  bodies_["/stats"] =
      "cluster.c.upstream_rq_total: 5\n"
      "cluster.c.grpc.S.M.upstream_rq_time: B0.5(0,1) B1(0,3) B2500(0,5)\n";
  const Readings first = readings();
  std::vector<std::string> bounds;
  for (const Series& series : *first.traffic->series) bounds.push_back(series.key.detail);
  EXPECT_THAT(bounds, ElementsAre("0.0005", "0.001", "2.5"));
  EXPECT_THAT(first.traffic->values, ElementsAre(1, 3, 5));
}

TEST_F(EnvoyConversationTest, a_histogram_that_was_empty_is_learnt_when_it_fills) {
  bodies_["/stats"] =
      "cluster.c.upstream_rq_total: 5\n"
      "cluster.c.grpc.S.M.upstream_rq_time: No recorded values\n";
  EXPECT_THAT(readings().traffic->values, IsEmpty());
  bodies_["/stats"] =
      "cluster.c.upstream_rq_total: 5\n"
      "cluster.c.grpc.S.M.upstream_rq_time: B0.5(0,1)\n";
  EXPECT_THAT(readings().traffic->values, ElementsAre(1));
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
}  // namespace mesh
