// How our server begins, and for how long it waits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "net/raw_client.h"
#include "net/serving.h"

namespace mesh::http_server_bounds_test {
namespace {

using namespace std::chrono_literals;
using support::RawClient;
using support::Serving;
using ::testing::EndsWith;

constexpr std::string_view get_x = "GET /x HTTP/1.1\r\nHost: here\r\n\r\n";
constexpr std::string_view get_big = "GET /big HTTP/1.1\r\nHost: here\r\n\r\n";
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

// How much of "/big" a client gets that takes nothing of it until another one, who came later and
// is silent, has been cut off.
std::size_t taken_late(WebBounds bounds) {
  Serving server(bounds);
  RawClient greedy(server.port());
  greedy.send(get_big);
  greedy.read_answer(false);
  EXPECT_TRUE(RawClient(server.port()).is_closed());
  return greedy.read_to_end().size();
}

TEST(HttpServerBounds, a_client_that_takes_nothing_of_its_answer_is_cut_off) {
  WebBounds bounds;
  bounds.stall = 50ms;
  bounds.idle = 200ms;
  EXPECT_LT(taken_late(bounds), std::size_t{16} << 20);
}

TEST(HttpServerBounds, a_client_that_takes_too_long_over_its_answer_is_cut_off) {
  WebBounds bounds;
  bounds.answer = 50ms;
  bounds.idle = 200ms;
  EXPECT_LT(taken_late(bounds), std::size_t{16} << 20);
}

TEST(HttpServerBounds, idleness_is_nothing_to_a_client_that_is_being_answered) {
  Serving server(impatient());
  RawClient greedy(server.port());
  greedy.send("GET /big HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(RawClient(server.port()).is_closed());
  EXPECT_GT(greedy.read_to_end().size(), std::size_t{16} << 20);
}

// The whole takes longer than a stall may: it is each piece that has to come in time.
TEST(HttpServerBounds, a_client_that_takes_its_answer_slowly_gets_all_of_it) {
  WebBounds bounds;
  bounds.stall = 400ms;
  Serving server(bounds);
  RawClient slow(server.port());
  slow.take_small_pieces();
  slow.send("GET /big HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
  const Instant hurry_from = Instant::clock::now() + bounds.stall + 100ms;
  std::size_t taken = 0;
  for (std::size_t more = 1; more > 0; taken += more) {
    if (Instant::clock::now() < hurry_from) std::this_thread::sleep_for(5ms);
    more = slow.take();
  }
  EXPECT_GT(taken, std::size_t{16} << 20);
}

}  // namespace
}  // namespace mesh::http_server_bounds_test
