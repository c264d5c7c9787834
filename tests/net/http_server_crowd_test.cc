// More clients than places: who has to go, and who is answered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "net/raw_client.h"
#include "net/serving.h"

namespace mesh::http_server_crowd_test {
namespace {

using namespace std::chrono_literals;
using support::RawClient;
using support::Serving;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view get_x = "GET /x HTTP/1.1\r\nHost: here\r\n\r\n";
constexpr std::string_view get_big = "GET /big HTTP/1.1\r\nHost: here\r\n\r\n";
constexpr std::string_view get_wait = "GET /wait HTTP/1.1\r\nHost: here\r\n\r\n";

WebBounds places(std::size_t connections) {
  WebBounds bounds;
  bounds.connections = connections;
  bounds.idle = 1h;
  return bounds;
}

// One question and its answer; then the connection is idle.
void ask(RawClient& client) {
  client.send(get_x);
  EXPECT_THAT(client.read_answer(), EndsWith("GET|/x|||"));
}

// Its head has come; 16 MiB of body have not been taken yet.
void begin_big_answer(RawClient& client) {
  client.send(get_big);
  client.read_answer(false);
}

TEST(HttpServerCrowd, the_longest_idle_connection_gives_way) {
  Serving server(places(2));
  RawClient first(server.port());
  ask(first);
  RawClient second(server.port());
  ask(second);
  RawClient third(server.port());
  ask(third);
  EXPECT_TRUE(first.is_closed());
  ask(second);
}

TEST(HttpServerCrowd, an_answer_makes_a_connection_young_again) {
  Serving server(places(2));
  RawClient first(server.port());
  ask(first);
  RawClient second(server.port());
  ask(second);
  ask(first);
  RawClient third(server.port());
  ask(third);
  EXPECT_TRUE(second.is_closed());
  ask(first);
}

TEST(HttpServerCrowd, a_client_that_never_asked_gives_way) {
  Serving server(places(1));
  RawClient silent(server.port());
  RawClient other(server.port());
  ask(other);
  EXPECT_TRUE(silent.is_closed());
}

TEST(HttpServerCrowd, half_a_request_is_no_reason_to_stay) {
  Serving server(places(2));
  RawClient second(server.port());
  RawClient first(server.port());
  ask(first);
  ask(second);
  first.send("GET /x HTTP/1.1\r\n");
  ask(second);  // after the server has read the bytes above
  RawClient third(server.port());
  ask(third);
  EXPECT_TRUE(first.is_closed());
  ask(second);
}

TEST(HttpServerCrowd, who_is_being_answered_stays_and_one_more_is_told_so) {
  Serving server(places(1));
  RawClient client(server.port());
  client.send(get_wait);
  server.wait_for_waiting();
  const std::string answer = RawClient(server.port()).read_to_end();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n"));
  server.open_gate();
  EXPECT_THAT(client.read_answer(), EndsWith("GET|/wait|||"));
}

TEST(HttpServerCrowd, who_takes_an_answer_slowly_stays) {
  Serving server(places(1));
  RawClient greedy(server.port());
  begin_big_answer(greedy);
  EXPECT_THAT(RawClient(server.port()).read_to_end(), StartsWith("HTTP/1.1 503"));
  EXPECT_EQ(greedy.read_body(16 << 20), std::size_t{16} << 20);
}

// The place of a client that takes nothing of its answer becomes free in the end.
TEST(HttpServerCrowd, who_takes_nothing_of_an_answer_goes_when_that_has_lasted) {
  WebBounds bounds = places(1);
  bounds.stall = 50ms;
  Serving server(bounds);
  RawClient greedy(server.port());
  greedy.send(get_big);
  std::string answer;
  do {
    RawClient other(server.port());
    other.send("GET /x HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
    answer = other.read_answer();
  } while (answer.starts_with("HTTP/1.1 503"));
  EXPECT_THAT(answer, EndsWith("GET|/x|||"));
}

TEST(HttpServerCrowd, who_waits_longest_for_an_answer_gives_way) {
  WebBounds bounds = places(2);
  bounds.yield = 0s;
  Serving server(bounds);
  RawClient waiting(server.port());
  waiting.send(get_wait);
  server.wait_for_waiting();
  RawClient greedy(server.port());
  begin_big_answer(greedy);
  RawClient third(server.port());
  ask(third);
  EXPECT_TRUE(waiting.is_closed());
  RawClient fourth(server.port());
  ask(fourth);
  EXPECT_TRUE(third.is_closed()) << "who is idle goes before who is answered";
  EXPECT_EQ(greedy.read_body(16 << 20), std::size_t{16} << 20);
}

TEST(HttpServerCrowd, who_takes_longest_over_an_answer_gives_way) {
  WebBounds bounds = places(1);
  bounds.yield = 0s;
  Serving server(bounds);
  RawClient greedy(server.port());
  begin_big_answer(greedy);
  RawClient other(server.port());
  ask(other);
  EXPECT_LT(greedy.read_to_end().size(), std::size_t{16} << 20);
}

// To the handler, which need not make what nobody may take.
TEST(HttpServerCrowd, who_has_shut_his_side_is_told) {
  for (const bool shuts : {false, true}) {
    Serving server;
    RawClient client(server.port());
    client.send("GET /presence HTTP/1.1\r\nHost: here\r\n\r\n");
    server.wait_for_waiting();
    if (shuts) client.half_close();
    server.open_gate();
    EXPECT_THAT(client.read_answer(), EndsWith(shuts ? "\r\n\r\nshut" : "\r\n\r\nhere"));
  }
}

TEST(HttpServerCrowd, who_is_only_heard_out_gives_way) {
  Serving server(places(1));
  RawClient refused(server.port());
  refused.send("BREW\r\n\r\n");
  EXPECT_THAT(refused.read_answer(), StartsWith("HTTP/1.1 400"));
  RawClient other(server.port());
  ask(other);
}

TEST(HttpServerCrowd, is_told_to_the_log_once) {
  Serving server(places(4));
  ::testing::internal::CaptureStderr();
  std::list<RawClient> crowd;
  for (int i = 0; i < 100; ++i) crowd.emplace_back(server.port());
  ask(crowd.back());
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, EndsWith("level=warn msg=\"the web server is crowded, connections give way\" "
                            "why=\"limit of connections reached\" connections=4\n"));
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1);
}

// For its lifetime the process may open so many files more.
class FilesLeft {
 public:
  explicit FilesLeft(int more) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    std::vector<int> free;  // the lowest ones, which are given out first
    for (int i = 0; i < more; ++i) free.push_back(::dup(0));
    for (const int file : free) ::close(file);
    const rlimit tight{static_cast<rlim_t>(free.back() + 1), before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &tight);
  }
  ~FilesLeft() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  FilesLeft(const FilesLeft&) = delete;
  FilesLeft& operator=(const FilesLeft&) = delete;

 private:
  rlimit before_{};
};

TEST(HttpServerCrowd, an_idle_connection_gives_way_where_descriptors_ran_out) {
  Serving server;
  RawClient idle(server.port());
  ask(idle);
  const FilesLeft just_the_clients(1);
  RawClient other(server.port());
  ask(other);
  EXPECT_TRUE(idle.is_closed());
}

TEST(HttpServerCrowd, nobody_gives_way_where_the_last_descriptor_was_enough) {
  Serving server;
  RawClient idle(server.port());
  ask(idle);
  const FilesLeft just_enough(2);
  RawClient other(server.port());
  ask(other);
  ask(idle);
}

TEST(HttpServerCrowd, accepting_goes_on_after_descriptors_ran_out) {
  Serving server;
  RawClient busy(server.port());
  busy.send(std::string(get_big) + std::string(get_wait));
  busy.read_answer(false);
  ::testing::internal::CaptureStderr();
  std::unique_ptr<RawClient> starved;
  {
    const FilesLeft just_the_clients(1);
    starved = std::make_unique<RawClient>(server.port());
    starved->send(get_x);
    busy.read_body(16 << 20);
    server.wait_for_waiting();  // so the server has looked at its sockets since
  }
  EXPECT_THAT(starved->read_answer(), EndsWith("GET|/x|||"));
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("why=\"too many open files\""));
  server.open_gate();
  EXPECT_THAT(busy.read_answer(), EndsWith("GET|/wait|||"));
}

}  // namespace
}  // namespace mesh::http_server_crowd_test
