// Routes: more questions than are rendered for, and answers that nobody takes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "expose/ask_routes.h"
#include "expose/routes.h"
#include "net/http_reply.h"

namespace mesh::routes_crowd_test {
namespace {

using sample::ask;
using sample::get;
using sample::two_sidecars_now;
using testing::Each;
using testing::HasSubstr;

// Replies in the order in which they came, each with the path that was asked for.
class Crowd : public ::testing::Test {
 protected:
  void start(WebRequest request) {
    const std::string path = request.path;
    boost::asio::awaitable<WebReply> reply = routes.handle(std::move(request));
    boost::asio::co_spawn(io, std::move(reply),
                          [this, path](std::exception_ptr error, WebReply answer) {
                            EXPECT_EQ(error, nullptr);
                            paths.push_back(path);
                            statuses.push_back(answer.status);
                            replies.push_back(std::move(answer));
                          });
  }

  std::size_t answered(int status) const {
    return static_cast<std::size_t>(std::ranges::count(statuses, status));
  }

  boost::asio::io_context io{1};
  int rendered = 0;
  Routes routes{sample::options(), [this] {
                  ++rendered;
                  return two_sidecars_now();
                }};
  std::vector<std::string> paths;
  std::vector<int> statuses;
  std::vector<WebReply> replies;
};

WebRequest get_by(Presence presence, const char* path) {
  WebRequest request = get(path);
  request.presence = [presence] { return presence; };
  return request;
}

TEST_F(Crowd, nothing_is_rendered_for_who_has_left) {
  for (const char* path : {"/metrics", "/", "/api/v1/methods"}) {
    start(get_by(Presence::gone, path));
  }
  io.run();
  EXPECT_EQ(rendered, 0);
  EXPECT_THAT(statuses, Each(503));
}

// As `nc -N` does, and some proxies.
TEST_F(Crowd, who_shuts_his_side_after_his_request_is_answered) {
  for (const char* path : {"/metrics", "/", "/api/v1/methods"}) {
    EXPECT_EQ(ask(routes, get_by(Presence::shut, path)).status, 200) << path;
  }
}

TEST_F(Crowd, of_many_who_have_shut_their_side_a_few_are_answered_and_last) {
  start(get("/"));  // under way while the others come
  for (int i = 0; i < 10; ++i) start(get_by(Presence::shut, "/"));
  start(get("/api/v1/methods"));
  io.run();
  EXPECT_EQ(rendered, 6);
  EXPECT_EQ(answered(503), 6U);
  std::vector<std::string> in_turn;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (statuses[i] == 200) in_turn.push_back(paths[i]);
  }
  EXPECT_EQ(in_turn.at(1), "/api/v1/methods") << "who is there for certain comes first";
}

TEST_F(Crowd, so_many_pages_wait_and_more_are_told_to_come_again) {
  for (int i = 0; i < 100; ++i) start(get(i % 2 == 0 ? "/" : "/api/v1/methods"));
  start(get("/metrics"));
  io.run();
  EXPECT_EQ(answered(200), 1 + limits::pages_waiting + 1) << "one is rendered, one is the scrape";
  ASSERT_GT(answered(503), 0U);
  const auto refused = std::ranges::find(statuses, 503) - statuses.begin();
  EXPECT_THAT(reply_head(replies[static_cast<std::size_t>(refused)], true, {}),
              HasSubstr("\r\nRetry-After: 1\r\n"));
}

TEST_F(Crowd, who_has_left_makes_room_for_who_comes) {
  bool left = false;
  for (std::size_t i = 0; i < 1 + limits::pages_waiting; ++i) {
    WebRequest request = get("/");
    request.presence = [&left] { return left ? Presence::gone : Presence::here; };
    start(std::move(request));
  }
  boost::asio::post(io, [&left] { left = true; });
  start(get("/api/v1/methods"));
  io.run();
  EXPECT_EQ(rendered, 2) << "the first, who had not left yet, and the last";
  EXPECT_EQ(answered(200), 2U);
  EXPECT_EQ(statuses[static_cast<std::size_t>(std::ranges::find(paths, "/api/v1/methods") -
                                              paths.begin())],
            200);
}

TEST_F(Crowd, a_scrape_waits_for_no_crowd_of_pages) {
  for (int i = 0; i < 10; ++i) start(get("/"));
  start(get("/metrics"));
  io.run();
  EXPECT_EQ(std::ranges::find(paths, "/metrics") - paths.begin(), 1) << "after the one under way";
}

TEST_F(Crowd, what_is_not_taken_is_bounded_and_health_is_told_all_the_same) {
  std::vector<WebReply> in_hand;
  std::size_t bytes = 0;
  for (WebReply one = ask(routes, get("/metrics")); one.status == 200;
       one = ask(routes, get("/metrics"))) {
    bytes += one.body.size();
    ASSERT_LT(bytes, limits::answer_bytes_in_hand + one.body.size()) << "no bound at all";
    in_hand.push_back(std::move(one));
  }
  EXPECT_GT(bytes, limits::answer_bytes_in_hand / 2) << "room in its text counts as well";
  const int before = rendered;
  for (const char* path : {"/metrics", "/", "/api/v1/methods"}) {
    const WebReply refused = ask(routes, get(path));
    EXPECT_EQ(refused.status, 503) << path;
    EXPECT_EQ(refused.body, "too much of what was answered is not taken yet; ask again\n");
    EXPECT_THAT(reply_head(refused, true, {}), HasSubstr("\r\nRetry-After: 1\r\n"));
  }
  EXPECT_EQ(rendered, before);
  EXPECT_EQ(ask(routes, get("/-/healthy")).status, 200);
  EXPECT_EQ(ask(routes, get("/-/ready")).status, 200);
  in_hand.pop_back();
  EXPECT_EQ(ask(routes, get("/metrics")).status, 200) << "there is room again";
}

TEST_F(Crowd, nobody_is_cut_off_for_who_may_have_left) {
  std::vector<WebReply> in_hand;
  for (WebReply one = ask(routes, get("/metrics")); one.status == 200;
       one = ask(routes, get("/metrics"))) {
    in_hand.push_back(std::move(one));
  }
  int cut_off = 0;  // all have had their time: the last one waited for it
  for (const WebReply& one : in_hand) one.held->may_be_cut_off([&cut_off] { ++cut_off; });
  EXPECT_EQ(ask(routes, get_by(Presence::shut, "/metrics")).status, 503);
  EXPECT_EQ(cut_off, 0);
  EXPECT_EQ(ask(routes, get("/metrics")).status, 200);
  EXPECT_EQ(cut_off, 1);
}

}  // namespace
}  // namespace mesh::routes_crowd_test
