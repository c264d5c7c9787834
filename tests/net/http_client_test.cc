// The client against a proxy that behaves: what it sends, what it returns, and how it keeps its one
// connection.
#include "net/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <future>
#include <string>

#include "base/build.h"
#include "base/limits.h"
#include "net/asking.h"
#include "support/fake_admin.h"

namespace mesh::http_client_test {
namespace {

using support::Asking;
using support::FakeAdmin;
using support::FakePeer;
namespace habits = support::habits;

std::string socket_path(const std::string& name) {
  return ::testing::TempDir() + name + "-" + std::to_string(::getpid()) + ".sock";
}

TEST(HttpClient, returns_the_body_of_a_page) {
  FakeAdmin admin;
  admin.on("/stats?usedonly", habits::page("a: 1\n"));
  EXPECT_EQ(Asking(admin.address()).say("/stats?usedonly"), "200 a: 1\n");
}

TEST(HttpClient, joins_the_chunks_of_a_page) {
  FakeAdmin admin;
  admin.on("/", habits::chunked_page("a: 1\n"));
  EXPECT_EQ(Asking(admin.address()).say(), "200 a: 1\n");
}

TEST(HttpClient, sends_what_a_proxy_needs_to_know) {
  FakeAdmin admin;
  EXPECT_EQ(Asking(admin.address()).say("/stats?filter=%5Ea"), "404 ");
  EXPECT_EQ(admin.last_head(),
            "GET /stats?filter=%5Ea HTTP/1.1\r\n"
            "Host: 127.0.0.1:" +
                std::to_string(admin.address().port) +
                "\r\n"
                "User-Agent: mesh_exporter/" +
                std::string(build::version) +
                "\r\n"
                "Accept: text/plain;version=0.0.4, */*;q=0.5\r\n"
                "Accept-Encoding: identity\r\n"
                "Connection: keep-alive\r\n\r\n");
}

TEST(HttpClient, asks_over_a_unix_socket) {
  FakeAdmin admin(socket_path("asks"));
  admin.on("/ready", habits::page("LIVE\n"));
  EXPECT_EQ(Asking(admin.address()).say("/ready"), "200 LIVE\n");
  EXPECT_THAT(admin.last_head(), ::testing::HasSubstr("\r\nHost: localhost\r\n"));
}

TEST(HttpClient, returns_any_status_as_an_answer) {
  FakeAdmin admin;
  admin.on("/forbidden", habits::forbidden());
  admin.on("/unavailable", habits::unavailable());
  admin.on("/moved",
           habits::say(habits::head("302 Found", "Location: /\r\nContent-Length: 0\r\n")));
  Asking ask(admin.address());
  EXPECT_EQ(ask.say("/forbidden"), "403 Access denied");
  EXPECT_EQ(ask.say("/unavailable"), "503 overloaded");
  EXPECT_EQ(ask.say("/moved"), "302 ");
  EXPECT_EQ(ask.say("/nothing"), "404 ");
}

TEST(HttpClient, returns_a_body_of_many_reads_whole) {
  std::string body;
  for (int i = 0; body.size() < 3'000'000; ++i) body += "a." + std::to_string(i) + ": 1\n";
  FakeAdmin admin;
  admin.on("/", habits::page(body));
  admin.on("/chunked", habits::chunked_page(body));
  Asking ask(admin.address());
  EXPECT_EQ(ask.get("/", body.size())->body, body);
  EXPECT_EQ(ask.get("/chunked", body.size())->body, body);
}

TEST(HttpClient, says_when_it_asked_and_when_it_had_the_answer) {
  FakeAdmin admin;
  Asking ask(admin.address());
  const Instant before = Instant::clock::now();
  const WallTime wall_before = WallTime::clock::now();
  const Answer answer = ask.get();
  const Instant after = Instant::clock::now();
  EXPECT_LE(before, answer->sent);
  EXPECT_LT(answer->sent, answer->received);
  EXPECT_LE(answer->received, after);
  EXPECT_LE(wall_before, answer->received_at);
  EXPECT_LE(answer->received_at, WallTime::clock::now());
}

TEST(HttpClient, asks_many_times_on_one_connection) {
  FakeAdmin admin;
  Asking ask(admin.address());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask.get()->connection, 1u);
  EXPECT_EQ(admin.connections(), 1);
  EXPECT_EQ(admin.requests(), 5);
}

TEST(HttpClient, numbers_a_new_connection_after_the_proxy_closed_the_idle_one) {
  FakeAdmin admin;
  admin.on("/", habits::page_then_close("a: 1\n"));
  Asking ask(admin.address());
  EXPECT_EQ(ask.get()->connection, 1u);
  ASSERT_TRUE(admin.wait_for_open_connections(0));
  EXPECT_EQ(ask.get()->connection, 2u);
  EXPECT_EQ(admin.requests(), 2);
}

TEST(HttpClient, numbers_a_new_connection_after_a_restart) {
  FakeAdmin admin;
  Asking ask(admin.address());
  EXPECT_EQ(ask.get()->connection, 1u);
  admin.refuse();
  EXPECT_EQ(ask.say(), "connect: connection refused");
  admin.listen();
  EXPECT_EQ(ask.get()->connection, 2u);
}

TEST(HttpClient, asks_once_more_when_a_kept_connection_ends_unanswered) {
  for (const support::Habit& end :
       {support::Habit(habits::close_unanswered), support::Habit(habits::reset_unanswered)}) {
    FakeAdmin admin;
    admin.on("/stats", habits::page("a: 1\n"));
    Asking ask(admin.address());
    EXPECT_EQ(ask.get("/stats")->connection, 1u);
    admin.on("/stats", [&](FakePeer& peer) {
      admin.on("/stats", habits::page("a: 2\n"));
      end(peer);
    });
    const Answer answer = ask.get("/stats");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "a: 2\n");
    EXPECT_EQ(answer->connection, 2u);
    EXPECT_EQ(admin.requests_for("/stats"), 3);
  }
}

TEST(HttpClient, does_not_ask_a_third_time) {
  FakeAdmin admin;
  Asking ask(admin.address());
  EXPECT_EQ(ask.say(), "404 ");
  admin.on_everything(habits::close_unanswered);
  EXPECT_EQ(ask.say(), "connect: closed without an answer");
  EXPECT_EQ(admin.requests(), 3);
  EXPECT_EQ(admin.connections(), 2);
}

TEST(HttpClient, does_not_ask_again_when_a_new_connection_ends_unanswered) {
  FakeAdmin admin;
  admin.on_everything(habits::close_unanswered);
  EXPECT_EQ(Asking(admin.address()).say(), "connect: closed without an answer");
  EXPECT_EQ(admin.requests(), 1);
}

TEST(HttpClient, does_not_ask_again_when_an_answer_had_begun) {
  FakeAdmin admin;
  Asking ask(admin.address());
  EXPECT_EQ(ask.say(), "404 ");
  admin.on_everything(habits::close_in_body());
  EXPECT_EQ(ask.say(), "connect: closed in the middle of the answer");
  EXPECT_EQ(admin.requests(), 2);
}

TEST(HttpClient, does_not_take_what_came_unasked_for_an_answer) {
  const std::string page = habits::with_length("200 OK", "a: 1\n");
  const std::string unasked = habits::with_length("408 Request Timeout", "too slow");
  FakeAdmin admin;
  admin.on("/", habits::say(page));
  Asking ask(admin.address());
  admin.on("/then", habits::say_and_close(page + unasked));
  EXPECT_EQ(ask.say("/then"), "200 a: 1\n");
  EXPECT_EQ(ask.say("/"), "200 a: 1\n");
  EXPECT_EQ(admin.connections(), 2);
}

TEST(HttpClient, drops_a_connection_on_which_something_came_while_it_was_idle) {
  FakeAdmin admin;
  std::promise<void> ask_again;
  std::promise<void> said;
  admin.on("/", [&](FakePeer& peer) {
    peer.send(habits::with_length("200 OK", "first"));
    ask_again.get_future().wait();
    peer.send(habits::with_length("408 Request Timeout", "too slow"));
    said.set_value();
  });
  Asking ask(admin.address());
  EXPECT_EQ(ask.say(), "200 first");
  ask_again.set_value();
  said.get_future().wait();
  admin.on("/", habits::page("second"));
  EXPECT_EQ(ask.say(), "200 second");
}

TEST(HttpClient, leaves_no_connection_behind) {
  FakeAdmin admin;
  {
    Asking ask(admin.address());
    EXPECT_EQ(ask.say(), "404 ");
    EXPECT_EQ(admin.open_connections(), 1);
  }
  EXPECT_TRUE(admin.wait_for_open_connections(0));
}

TEST(HttpClient, can_be_moved_with_its_connection) {
  boost::asio::io_context io;
  HttpClient first(io.get_executor(), Address{"127.0.0.1", 1, ""});
  HttpClient second(std::move(first));
  first = std::move(second);
  SUCCEED();
}

TEST(HttpClient, refuses_a_path_that_would_break_the_request) {
  FakeAdmin admin;
  Asking ask(admin.address());
  const std::string refusal = "parse: question with a byte that must be percent-encoded";
  EXPECT_EQ(ask.say("/a b"), refusal);
  EXPECT_EQ(ask.say("/a\r\nX: y"), refusal);
  EXPECT_EQ(ask.say("/\xc3\xbc"), refusal);
  EXPECT_EQ(admin.connections(), 0);
}

TEST(HttpClient, refuses_a_path_beyond_the_limit) {
  FakeAdmin admin;
  Asking ask(admin.address());
  const std::string longest = "/" + std::string(limits::request_target_bytes - 1, 'a');
  EXPECT_EQ(ask.say(longest), "404 ");
  EXPECT_EQ(ask.say(longest + "a"), "too_large: question longer than 8192 bytes");
  EXPECT_EQ(admin.requests(), 1);
}

}  // namespace
}  // namespace mesh::http_client_test
