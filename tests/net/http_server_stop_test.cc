// How our server ends: what is being answered is answered, nothing else holds it up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "net/raw_client.h"
#include "net/serving.h"

namespace mesh::http_server_stop_test {
namespace {

using namespace std::chrono_literals;
using support::RawClient;
using support::Serving;
using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr std::string_view get_x = "GET /x HTTP/1.1\r\nHost: here\r\n\r\n";
constexpr std::string_view get_wait = "GET /wait HTTP/1.1\r\nHost: here\r\n\r\n";

TEST(HttpServerStop, closes_idle_connections_at_once) {
  Serving server;
  RawClient silent(server.port());
  RawClient kept(server.port());
  kept.send(get_x);
  kept.read_answer();
  server.stop(1h).wait();
  EXPECT_TRUE(silent.is_closed());
  EXPECT_TRUE(kept.is_closed());
}

TEST(HttpServerStop, lets_requests_in_progress_finish) {
  Serving server;
  RawClient client(server.port());
  client.send(get_wait);
  server.wait_for_waiting();
  auto stopped = server.stop(1h);
  server.open_gate();
  EXPECT_THAT(client.read_to_end(), HasSubstr("\r\nConnection: close\r\n\r\nGET|/wait|||"));
  stopped.wait();
}

TEST(HttpServerStop, lets_an_answer_under_way_finish_and_then_closes) {
  Serving server;
  RawClient client(server.port());
  client.send("GET /big HTTP/1.1\r\nHost: here\r\n\r\n");
  EXPECT_THAT(client.read_answer(false), HasSubstr("\r\nConnection: keep-alive\r\n"));
  auto stopped = server.stop(1h);
  EXPECT_EQ(client.read_to_end().size(), std::size_t{16} << 20);
  stopped.wait();
}

TEST(HttpServerStop, waits_for_no_request_that_is_not_all_there) {
  Serving server;
  RawClient other(server.port());
  RawClient client(server.port());
  client.send("GET /x HTTP/1.1\r\n");
  other.send(get_x);  // answered after the server has read the bytes above
  other.read_answer();
  server.stop(1h).wait();
  EXPECT_TRUE(client.is_closed());
}

TEST(HttpServerStop, waits_for_no_half_request_behind_one_that_was_answered) {
  Serving server;
  RawClient other(server.port());
  RawClient client(server.port());
  client.send(std::string(get_x) + "GET /x HTTP/1.1\r\n");
  client.read_answer();
  other.send(get_x);  // answered after the server has seen what else the client sent
  other.read_answer();
  server.stop(1h).wait();
  EXPECT_TRUE(client.is_closed());
}

TEST(HttpServerStop, closes_the_rest_at_the_deadline) {
  Serving server;
  RawClient client(server.port());
  client.send(get_wait);
  server.wait_for_waiting();
  server.stop(20ms).wait();
  EXPECT_TRUE(client.is_closed());
}

TEST(HttpServerStop, refuses_new_connections) {
  Serving server;
  const auto port = server.port();
  server.stop(1h).wait();
  EXPECT_THROW(RawClient{port}, std::runtime_error);
}

TEST(HttpServerStop, may_come_twice) {
  Serving server;
  server.stop(1h).wait();
  server.stop(1h).wait();
}

}  // namespace
}  // namespace mesh::http_server_stop_test
