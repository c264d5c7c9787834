// What a request passes before it is answered, and what is added to every answer.
#include "net/web_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "base/rethrow.h"
#include "net/http_reply.h"

namespace mesh::web_gate_test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(TokenBucket, lets_a_burst_through_and_then_one_each_interval) {
  const Instant start{};
  TokenBucket bucket({1s, 2}, start);
  EXPECT_TRUE(bucket.take(start));
  EXPECT_TRUE(bucket.take(start));
  EXPECT_FALSE(bucket.take(start));
  EXPECT_FALSE(bucket.take(start + 900ms));
  EXPECT_TRUE(bucket.take(start + 1s));
  EXPECT_FALSE(bucket.take(start + 1s));
  EXPECT_TRUE(bucket.take(start + 1h));
  EXPECT_TRUE(bucket.take(start + 1h));
  EXPECT_FALSE(bucket.take(start + 1h)) << "more than the burst is not saved up";
}

TEST(TokenBucket, without_an_interval_is_no_limit) {
  TokenBucket bucket(WebRate{}, Instant{});
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(bucket.take(Instant{}));
}

class Gate : public ::testing::Test {
 protected:
  boost::asio::awaitable<WebReply> inside(WebRequest request) {
    ++reached;
    if (request.path == "/metrics" && held) {
      boost::system::error_code ignored;
      auto done = boost::asio::redirect_error(boost::asio::use_awaitable, ignored);
      co_await opened.async_wait(done);
    }
    WebReply reply = plain_reply(200, "page");
    reply.headers.push_back({"X-Frame-Options", "deny"});
    co_return reply;
  }

  boost::asio::awaitable<void> pass(WebRequest request, WebReply& into) {
    WebReply reply = co_await gate.handle(std::move(request));
    into = std::move(reply);
  }

  void start(const std::string& path, const std::string& authorization, WebReply& into) {
    WebRequest request{"GET", path, "", "", "", authorization};
    boost::asio::co_spawn(io, pass(std::move(request), into), rethrow);
  }

  WebReply ask(const std::string& path, const std::string& authorization = "") {
    WebReply reply;
    start(path, authorization, reply);
    io.run();
    io.restart();
    return reply;
  }

  void configure(WebConfig config) {
    gate.change(std::make_shared<const WebConfig>(std::move(config)));
  }

  boost::asio::io_context io{1};
  boost::asio::steady_timer opened{io, Instant::max()};
  bool held = false;
  int reached = 0;
  WebGate gate{[this](WebRequest request) { return inside(std::move(request)); }, {"/metrics", 2}};
};

// Of "secret", with a cost of 4.
constexpr const char* hash = "$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

TEST_F(Gate, lets_all_through_that_nobody_has_closed) {
  EXPECT_EQ(ask("/").status, 200);
  EXPECT_EQ(reached, 1);
}

TEST_F(Gate, has_every_path_want_a_password_once_there_are_users) {
  WebConfig config;
  config.users = {{"alice", hash}};
  configure(config);
  for (const char* path : {"/", "/metrics", "/-/healthy", "/-/reload", "/none"}) {
    const WebReply reply = ask(path);
    EXPECT_EQ(reply.status, 401) << path;
    EXPECT_THAT(reply_head(reply, true, {}), HasSubstr("\r\nWWW-Authenticate: Basic realm="));
  }
  EXPECT_EQ(reached, 0);
  EXPECT_EQ(ask("/metrics", "Basic YWxpY2U6c2VjcmV0").status, 200);  // alice:secret
  EXPECT_EQ(ask("/metrics", "Basic YWxpY2U6c2VjcmV1").status, 401);
  configure({});
  EXPECT_EQ(ask("/metrics").status, 200);
}

TEST_F(Gate, says_what_is_to_be_said_with_every_answer) {
  WebConfig config;
  config.headers = {{"X-Frame-Options", "sameorigin"},
                    {"Strict-Transport-Security", "max-age=60"},
                    {"X-Content-Type-Options", "nosniff"}};
  config.users = {{"alice", hash}};
  configure(config);
  EXPECT_THAT(reply_head(ask("/"), true, {}),
              HasSubstr("\r\nStrict-Transport-Security: max-age=60\r\n"));
  const std::string head = reply_head(ask("/", "Basic YWxpY2U6c2VjcmV0"), true, {});
  EXPECT_THAT(head, HasSubstr("\r\nX-Frame-Options: sameorigin\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("deny"))) << "what is configured is said in place of ours";
  EXPECT_EQ(head.find("nosniff"), head.rfind("nosniff")) << "and once";
}

TEST_F(Gate, tells_who_comes_too_often_before_it_asks_who_that_is) {
  WebConfig config;
  config.rate = {1h, 2};
  config.users = {{"alice", hash}};
  config.headers = {{"X-XSS-Protection", "0"}};
  configure(config);
  EXPECT_EQ(ask("/").status, 401);
  EXPECT_EQ(ask("/").status, 401);
  EXPECT_EQ(ask("/").status, 429);
  configure(config);
  EXPECT_EQ(ask("/").status, 429) << "the same rate goes on";
  config.rate.burst = 3;
  configure(config);
  EXPECT_EQ(ask("/").status, 401) << "another one begins";
}

TEST_F(Gate, answers_so_many_scrapes_at_once_and_all_else_beside) {
  held = true;
  std::vector<WebReply> replies(4);
  start("/metrics", "", replies[0]);
  start("/metrics", "", replies[1]);
  start("/metrics", "", replies[2]);
  start("/-/healthy", "", replies[3]);
  io.poll();
  EXPECT_EQ(reached, 3);
  EXPECT_EQ(replies[2].status, 503);
  EXPECT_EQ(replies[3].status, 200);
  EXPECT_EQ(replies[0].body, "") << "not yet";
  opened.cancel();
  io.run();
  io.restart();
  EXPECT_EQ(replies[0].body, "page\n");
  EXPECT_EQ(replies[1].body, "page\n");
  held = false;
  EXPECT_EQ(ask("/metrics").status, 200) << "there is room again";
}

}  // namespace
}  // namespace mesh::web_gate_test
