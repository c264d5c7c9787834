// How our server begins, what it bears, and how it ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "net/raw_client.h"
#include "net/serving.h"

namespace mesh {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::RawClient;
using testing::Serving;
using ::testing::StartsWith;

constexpr std::string_view get_x = "GET /x HTTP/1.1\r\nHost: here\r\n\r\n";
constexpr std::string_view get_wait = "GET /wait HTTP/1.1\r\nHost: here\r\n\r\n";

WebBounds impatient() {
  WebBounds bounds;
  bounds.idle = 50ms;
  return bounds;
}

Result<Address> try_to_listen(const Address& address) {
  boost::asio::io_context io;
  HttpServer server(io.get_executor(), nullptr);
  return server.listen(address);
}

TEST(HttpServerBounds, a_free_port_is_found_and_told) {
  Serving server;
  EXPECT_EQ(server.bound()->host, "127.0.0.1");
  EXPECT_NE(server.bound()->port, 0);
}

TEST(HttpServerBounds, no_host_means_both_families) {
  Serving server({}, Address{"", 0, ""});
  RawClient v4(server.port(), "127.0.0.1");
  v4.send(get_x);
  EXPECT_THAT(v4.read_answer(), EndsWith("GET|/x|||"));
  if (server.bound()->host == "0.0.0.0") GTEST_SKIP() << "no IPv6 here";
  EXPECT_EQ(server.bound()->host, "::");
  RawClient v6(server.port(), "::1");
  v6.send(get_x);
  EXPECT_THAT(v6.read_answer(), EndsWith("GET|/x|||"));
}

TEST(HttpServerBounds, a_name_is_looked_up) {
  EXPECT_THAT(try_to_listen({"localhost", 0, ""})->host, ::testing::AnyOf("127.0.0.1", "::1"));
}

TEST(HttpServerBounds, an_address_in_use_is_named) {
  Serving server;
  const Address taken = *server.bound();
  EXPECT_EQ(try_to_listen(taken).error().message,
            "127.0.0.1:" + std::to_string(taken.port) + ": address already in use");
  EXPECT_EQ(try_to_listen({"", taken.port, ""}).error().message,
            ":" + std::to_string(taken.port) + ": address already in use");
}

TEST(HttpServerBounds, an_address_of_another_machine_is_named) {
  EXPECT_EQ(try_to_listen({"192.0.2.1", 80, ""}).error().message,
            "192.0.2.1:80: cannot assign requested address");
}

TEST(HttpServerBounds, a_unix_socket_is_refused) {
  EXPECT_EQ(try_to_listen({"", 0, "/tmp/web.sock"}).error().message,
            "unix:/tmp/web.sock: the web server listens on TCP only");
}

TEST(HttpServerBounds, a_port_can_be_taken_again_at_once) {
  std::uint16_t port = 0;
  {
    Serving server;
    port = server.port();
    RawClient client(port);
    client.send(get_x);
    client.read_answer();
    server.stop(1h)
        .wait();  // the side that closes first is the one that keeps the port for a while
    EXPECT_TRUE(client.is_closed());
  }
  EXPECT_EQ(Serving({}, Address{"127.0.0.1", port, ""}).port(), port);
}

TEST(HttpServerBounds, a_silent_client_is_cut_off) {
  Serving server(impatient());
  EXPECT_TRUE(RawClient(server.port()).is_closed());
}

TEST(HttpServerBounds, a_client_that_never_ends_its_request_is_cut_off) {
  Serving server(impatient());
  RawClient client(server.port());
  EXPECT_NO_THROW({
    while (client.send("X")) {
    }
  });
}

TEST(HttpServerBounds, a_kept_connection_is_closed_when_idle) {
  Serving server(impatient());
  RawClient client(server.port());
  client.send(get_x);
  EXPECT_THAT(client.read_answer(), EndsWith("GET|/x|||"));
  EXPECT_TRUE(client.is_closed());
}

TEST(HttpServerBounds, a_slow_page_is_not_idleness) {
  Serving server(impatient());
  RawClient client(server.port());
  client.send(get_wait);
  server.wait_for_waiting();
  EXPECT_TRUE(RawClient(server.port()).is_closed());  // which took as long as idleness may
  server.open_gate();
  EXPECT_THAT(client.read_answer(), EndsWith("GET|/wait|||"));
}

TEST(HttpServerBounds, one_connection_too_many_is_told_so) {
  WebBounds bounds;
  bounds.connections = 2;
  Serving server(bounds);
  RawClient first(server.port());
  first.send(get_x);
  first.read_answer();
  auto second = std::make_unique<RawClient>(server.port());
  second->send(get_x);
  second->read_answer();
  RawClient third(server.port());
  const std::string answer = third.read_to_end();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n"));
  first.send(get_x);
  EXPECT_THAT(first.read_answer(), EndsWith("GET|/x|||"));
}

// The place of a client that takes nothing of its answer becomes free again.
TEST(HttpServerBounds, a_client_that_does_not_read_is_cut_off) {
  WebBounds bounds = impatient();
  bounds.connections = 1;
  Serving server(bounds);
  RawClient greedy(server.port());
  greedy.send("GET /big HTTP/1.1\r\nHost: here\r\n\r\n");
  std::string answer;
  do {
    answer = RawClient(server.port()).read_to_end();
  } while (answer.starts_with("HTTP/1.1 503"));
  EXPECT_EQ(answer, "");  // accepted, and as silent closed
  EXPECT_LT(greedy.read_answer().size(), std::size_t{16} << 20);
}

// For its lifetime the process may open this many files and no more.
class FileLimit {
 public:
  explicit FileLimit(int files) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit tight{static_cast<rlim_t>(files), before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &tight);
  }
  ~FileLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;

 private:
  rlimit before_{};
};

TEST(HttpServerBounds, accepting_goes_on_after_descriptors_ran_out) {
  Serving server;
  RawClient client(server.port());
  client.send(get_x);
  client.read_answer();
  ::testing::internal::CaptureStderr();
  std::unique_ptr<RawClient> starved;
  {
    // The next descriptor goes to the second client, none is left for the server's side of it.
    const int next = ::dup(0);
    ::close(next);
    const FileLimit limit(next + 1);
    starved = std::make_unique<RawClient>(server.port());
    starved->send(get_x);
    client.send(get_wait);
    server.wait_for_waiting();  // so the server has looked at its sockets since
  }
  EXPECT_THAT(starved->read_answer(), EndsWith("GET|/x|||"));
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              HasSubstr("msg=\"cannot accept\" error=\"too many open files\""));
}

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

TEST(HttpServerStop, lets_a_request_that_is_arriving_finish) {
  Serving server;
  RawClient other(server.port());
  RawClient client(server.port());
  client.send(get_x);
  client.read_answer();
  client.send("GET /x HTTP/1.1\r\n");
  other.send(get_x);  // answered after the server has read the bytes above
  other.read_answer();
  auto stopped = server.stop(1h);
  EXPECT_TRUE(other.is_closed());
  client.send("Host: here\r\n\r\n");
  EXPECT_THAT(client.read_to_end(), HasSubstr("\r\nConnection: close\r\n\r\nGET|/x|||"));
  stopped.wait();
}

TEST(HttpServerStop, lets_a_request_that_came_with_the_one_before_finish) {
  Serving server;
  RawClient other(server.port());
  RawClient client(server.port());
  client.send(std::string(get_x) + "GET /x HTTP/1.1\r\n");
  client.read_answer();
  other.send(get_x);  // answered after the server has seen what else the client sent
  other.read_answer();
  auto stopped = server.stop(1h);
  EXPECT_TRUE(other.is_closed());
  client.send("Host: here\r\n\r\n");
  EXPECT_THAT(client.read_to_end(), HasSubstr("\r\nConnection: close\r\n\r\nGET|/x|||"));
  stopped.wait();
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
}  // namespace mesh
