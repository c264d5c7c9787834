// Which family is counted, when a Service's routes are what they are, and when they change.
#include "dialect/linkerd_truth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "dialect/scripted_door.h"
#include "dialect/small_book.h"

namespace mesh::linkerd_truth_test {
namespace {

// Lines of a page, each with as much of its labels as matters here.
std::string answers(const std::string& authority, int number, const std::string& status = "0") {
  return "response_total{direction=\"outbound\",authority=\"" + authority +
         "\",target_addr=\"10.0.0.7:80\",status_code=\"200\",classification=\"success\"," +
         "grpc_status=\"" + status + "\",error=\"\"} " + std::to_string(number) + "\n";
}

std::string ref(const std::string& role, const std::string& name, const std::string& kind) {
  return role + "_kind=\"" + kind + "\"," + role + "_namespace=\"shop\"," + role + "_name=\"" +
         name + "\"," + role + "_port=\"80\"";
}

std::string grpc_calls(const std::string& name, int number, const std::string& kind = "Service") {
  return "outbound_grpc_route_request_statuses_total{" + ref("parent", name, kind) +
         ",route_name=\"r\",grpc_status=\"OK\",error=\"\"} " + std::to_string(number) + "\n";
}

std::string http_requests(const std::string& name, int number) {
  return "outbound_http_route_request_statuses_total{" + ref("parent", name, "Service") +
         ",route_name=\"http\",http_status=\"200\",error=\"\"} " + std::to_string(number) + "\n";
}

std::string sends(const std::string& from, const std::string& to) {
  return "outbound_http_balancer_endpoints{endpoint_state=\"ready\"," +
         ref("parent", from, "Service") + "," + ref("backend", to, "Service") + "} 1\n";
}

const std::string users = "users.shop.svc.cluster.local:80",
                  users_v2 = "users-v2.shop.svc.cluster.local:80";

class LinkerdTruthTest : public testing::Test {
 protected:
  // What the next page adds to the calls of an upstream.
  std::uint64_t more_calls(const std::string& page, const std::string& upstream = users) {
    door_.bodies_["/metrics"] = "process_start_time_seconds 1\n" + page;
    return book_.more(*door_.readings().traffic, [&](const SeriesKey& key) {
      return key.counted == Counted::calls && key.upstream == upstream;
    });
  }

 private:
  static Target target() {
    Target target;
    target.metrics = HttpEndpoint{{"127.0.0.1", 4191, ""}, "/metrics"};
    return target;
  }

  ScriptedDoor door_{find_dialect("linkerd")->open(target(), Config{})};
  SmallBook book_;
};

TEST_F(LinkerdTruthTest, is_the_answers_where_there_is_no_route) {
  EXPECT_EQ(more_calls(answers(users, 7) + http_requests("users", 7)), 7u);
  EXPECT_EQ(more_calls(answers(users, 9) + http_requests("users", 9)), 2u);
}

TEST_F(LinkerdTruthTest, is_the_route_where_there_is_one) {
  // Nine attempts were seven calls.
  EXPECT_EQ(more_calls(answers(users, 9) + grpc_calls("users", 7)), 7u);
}

// Idle answers vanish and begin again, the route's counts stay.
TEST_F(LinkerdTruthTest, does_not_change_when_idle_series_vanish_and_return) {
  EXPECT_EQ(more_calls(answers(users, 7) + grpc_calls("users", 7)), 7u);
  EXPECT_EQ(more_calls(grpc_calls("users", 7)), 0u);
  EXPECT_EQ(more_calls(answers(users, 3) + grpc_calls("users", 10)), 3u);

  EXPECT_EQ(more_calls(answers(users_v2, 7), users_v2), 7u);
  EXPECT_EQ(more_calls("up 1\n", users_v2), 0u);
  EXPECT_EQ(more_calls(answers(users_v2, 8), users_v2), 8u);
}

TEST_F(LinkerdTruthTest, changes_to_a_route_that_is_new) {
  EXPECT_EQ(more_calls(answers(users, 7) + http_requests("users", 7)), 7u);
  EXPECT_EQ(more_calls(answers(users, 12) + http_requests("users", 7) + grpc_calls("users", 5)),
            5u);
}

TEST_F(LinkerdTruthTest, changes_back_when_the_route_is_taken_away) {
  EXPECT_EQ(more_calls(answers(users, 7) + grpc_calls("users", 7)), 7u);
  EXPECT_EQ(more_calls(answers(users, 9) + grpc_calls("users", 7) + http_requests("users", 2)), 2u);
  // The series of the route stay for the life of the process.
  EXPECT_EQ(more_calls(answers(users, 9) + grpc_calls("users", 7) + http_requests("users", 2)), 0u);
  EXPECT_EQ(more_calls(answers(users, 10) + grpc_calls("users", 7) + http_requests("users", 3)),
            1u);
  EXPECT_EQ(more_calls(answers(users, 14) + grpc_calls("users", 11) + http_requests("users", 3)),
            4u);
}

// The answers name the Service whose endpoints gave them.
TEST_F(LinkerdTruthTest, follows_a_route_to_the_endpoints_of_another_service) {
  const std::string page = answers(users_v2, 5) + grpc_calls("users", 5);
  EXPECT_EQ(more_calls(page + sends("users", "users-v2")), 5u);
  EXPECT_EQ(more_calls(page + sends("users", "users-v2"), users_v2), 0u);
}

TEST_F(LinkerdTruthTest, is_the_profile_where_there_is_one) {
  const std::string page = answers(users, 6) +
                           "route_response_total{direction=\"outbound\",dst=\"" + users +
                           "\",rt_route=\"/a.B/C\",classification=\"success\",grpc_status=\"0\"} ";
  EXPECT_EQ(more_calls(page + "5\n"), 5u);
  // It vanished for a moment: nothing of what it counted is counted by the answers.
  EXPECT_EQ(more_calls(answers(users, 6)), 0u);
}

// Both texts have other names for what is no Service.
TEST_F(LinkerdTruthTest, takes_all_that_is_no_service_as_one) {
  const std::string direct = answers("", 4);
  EXPECT_EQ(more_calls(direct, "10.0.0.7:80"), 4u);
  EXPECT_EQ(more_calls(direct + grpc_calls("all", 4, "EgressNetwork"), "10.0.0.7:80"), 0u);
  EXPECT_EQ(more_calls(direct + grpc_calls("all", 6, "EgressNetwork"), "EgressNetwork/shop/all:80"),
            2u);
}

TEST_F(LinkerdTruthTest, learns_the_domain_of_the_cluster_from_any_address) {
  const std::string control =
      "control_request_total{addr=\"linkerd-policy.linkerd.svc.east.example.:8090\"} 1\n";
  EXPECT_EQ(more_calls(control + grpc_calls("users", 2), "users.shop.svc.east.example:80"), 2u);
}

TEST_F(LinkerdTruthTest, times_no_upstream_that_answers_something_else_as_well) {
  const std::string time =
      "response_latency_ms_bucket{direction=\"outbound\",authority=\"" + users + "\",le=\"1\"} 3\n";
  const auto is_timed = [&](const std::string& page) {
    LinkerdTruth truth;
    truth.begin();
    read_exposition(page, [&](const Sample& sample) { truth.look(sample); });
    truth.judge(false);
    bool timed = false;
    read_exposition(time, [&](const Sample& sample) { timed = truth.times_calls(sample); });
    return timed;
  };
  EXPECT_TRUE(is_timed(answers(users, 3)));
  EXPECT_FALSE(is_timed(answers(users, 3) + answers(users, 1, "")));
  EXPECT_FALSE(is_timed(""));
}

}  // namespace
}  // namespace mesh::linkerd_truth_test
