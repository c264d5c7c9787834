// Calls to real gRPC servers, honest ones and others.
#include "grpc/call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <fstream>
#include <iomanip>
#include <memory>
#include <sstream>
#include <string>
#include <thread>

#include "base/limits.h"
#include "grpc/calling.h"
#include "grpc/serving.h"
#include "support/fake_admin.h"

namespace mesh::call_test {
namespace {

using namespace std::chrono_literals;
using support::Calling;
using support::Served;
using support::Serving;
using support::ServingCall;

Served echo(const ServingCall& call) {
  return {0, "", call.path + "(" + call.request + ")", false};
}
Served never(const ServingCall&) { return {0, "", "", true}; }

Serving::Answer always(int code, const std::string& message) {
  return [code, message](const ServingCall&) { return Served{code, message, "", false}; };
}

// To the port, in state ESTABLISHED, as the kernel lists them. The library's sockets are of IPv6.
int connections_to(int port) {
  std::ostringstream wanted;
  wanted << ':' << std::hex << std::uppercase << std::setw(4) << std::setfill('0') << port
         << " 01 ";
  int count = 0;
  for (const char* const list : {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
    std::ifstream table(list);
    for (std::string line; std::getline(table, line);) {
      if (line.find(wanted.str()) != line.npos) ++count;
    }
  }
  return count;
}

// Speaks HTTP/2 until a call has begun, and is gone.
void break_off_under_a_call(support::FakePeer& peer) {
  constexpr std::size_t preface = 24, frame_head = 9;
  constexpr char headers = 1;
  peer.read(preface);
  peer.send(std::string("\0\0\0\4\0\0\0\0\0", frame_head));  // SETTINGS
  std::string head = peer.read(frame_head);
  while (head.size() == frame_head && head[3] != headers) {
    peer.read(static_cast<std::size_t>(static_cast<unsigned char>(head[1]) << 8 |
                                       static_cast<unsigned char>(head[2])));
    head = peer.read(frame_head);
  }
  peer.leave();
}

TEST(GrpcCall, carries_bytes_both_ways) {
  const Serving server(echo);
  Calling calling(server.address());
  const std::string bytes("\0\xFF\n", 3);
  const auto answer = calling.call("/shop.Users/Get", bytes);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(*answer, (GrpcAnswer{"OK", "", "/shop.Users/Get(" + bytes + ")"}));
  EXPECT_EQ(calling.say("/shop.Users/List", ""), "OK /shop.Users/List()");
}

TEST(GrpcCall, tells_what_the_server_says_from_what_happens_to_a_call) {
  for (const auto& [code, name] :
       std::vector<std::pair<int, std::string>>{{5, "NOT_FOUND"},
                                                {8, "RESOURCE_EXHAUSTED"},
                                                {12, "UNIMPLEMENTED"},
                                                {14, "UNAVAILABLE"},
                                                {4, "DEADLINE_EXCEEDED"},
                                                {1, "CANCELLED"},
                                                {13, "INTERNAL"},
                                                {77, "other"}}) {
    const Serving server(always(code, "says\nthe server"));
    EXPECT_EQ(Calling(server.address()).say(), name + " says\nthe server");
  }
}

// Whether a server is down decides no text that it can write.
TEST(GrpcCall, takes_no_words_of_a_server_for_those_of_the_library) {
  for (const char* words : {"Connection refused", "Socket closed", "Broken pipe", "GOAWAY received",
                            "Received RST_STREAM with error code 7"}) {
    const Serving server(always(14, words));
    Calling calling(server.address());
    EXPECT_EQ(calling.say(), std::string("UNAVAILABLE ") + words);
    EXPECT_EQ(calling.say(), std::string("UNAVAILABLE ") + words);
    EXPECT_EQ(connections_to(server.address().port), 1) << "the connection was kept";
  }
}

TEST(GrpcCall, says_that_the_connection_broke_under_it) {
  for (int round = 0; round < 20; ++round) {
    support::FakeAdmin peer;
    peer.on_accept(break_off_under_a_call);
    EXPECT_THAT(Calling(peer.address()).say(), ::testing::StartsWith("connect: ")) << round;
  }
}

TEST(GrpcCall, tells_the_same_apart_over_a_unix_socket) {
  const std::string socket = ::testing::TempDir() + "grpc call " + std::to_string(getpid());
  {
    const Serving server(always(14, "says the server"), socket);
    EXPECT_EQ(Calling(server.address()).say(), "UNAVAILABLE says the server");
  }
  EXPECT_EQ(Calling(Address{"", 0, socket}).say(), "connect: there is no such socket");
}

TEST(GrpcCall, has_a_deadline) {
  Serving server(never);
  EXPECT_EQ(Calling(server.address()).say("/a.B/C", "", 200ms), "timeout: no answer in time");
  EXPECT_TRUE(server.wait_for_cancelled(1));
}

TEST(GrpcCall, tells_who_answers_too_much_from_who_does_not_answer) {
  const Serving server([](const ServingCall&) { return Served{0, "", "twice", false, 2}; });
  EXPECT_EQ(Calling(server.address()).say("/a.B/C", "", 500ms),
            "parse: more than one message came, or no end of the answer");
}

TEST(GrpcCall, says_that_nobody_listens) {
  auto server = std::make_unique<Serving>(echo);
  const Address address = server->address();
  server = nullptr;
  EXPECT_EQ(Calling(address).say(), "connect: connection refused");
}

TEST(GrpcCall, says_that_it_is_no_grpc_server) {
  support::FakeAdmin http1;
  http1.on_everything(support::habits::page("hello"));
  // By whether the answer or the end of the connection is seen first.
  EXPECT_THAT(Calling(http1.address()).say(),
              ::testing::AnyOf("connect: the server speaks HTTP/1 and no HTTP/2",
                               "connect: the connection was closed before HTTP/2 began"));
}

TEST(GrpcCall, gives_up_on_who_accepts_and_is_silent) {
  support::FakeAdmin silent;
  silent.on_accept(support::habits::never_answer);
  EXPECT_EQ(Calling(silent.address()).say("/a.B/C", "", 300ms), "timeout: no answer in time");
}

TEST(GrpcCall, refuses_a_message_that_is_too_large) {
  const Serving server([](const ServingCall&) {
    return Served{0, "", std::string(limits::grpc_message_bytes + 1, 'x'), false};
  });
  EXPECT_EQ(Calling(server.address()).say(), "too_large: the message is too large");
  const Serving refusing(always(8, "Received message larger than max (9 vs. 8)"));
  EXPECT_EQ(Calling(refusing.address()).say(),
            "RESOURCE_EXHAUSTED Received message larger than max (9 vs. 8)");
  const Serving just([](const ServingCall&) {
    return Served{0, "", std::string(limits::grpc_message_bytes, 'x'), false};
  });
  const auto answer = Calling(just.address()).call();
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->response.size(), limits::grpc_message_bytes);
}

TEST(GrpcCall, finds_a_server_again_that_was_restarted) {
  auto server = std::make_unique<Serving>(echo);
  const int port = server->address().port;
  Calling calling(server->address());
  EXPECT_EQ(calling.say(), "OK /a.B/C()");
  server = nullptr;
  server = std::make_unique<Serving>(echo, nullptr, port);
  EXPECT_EQ(calling.say(), "OK /a.B/C()");
  const std::uint64_t lost = calling.call()->lost;
  EXPECT_GT(lost, 0u);
  calling.rest();
  EXPECT_EQ(calling.call()->lost, lost) << "it was closed by us";
  server = nullptr;
  EXPECT_EQ(calling.say(), "connect: connection refused");
  EXPECT_EQ(calling.say(), "connect: connection refused");
  server = std::make_unique<Serving>(echo, nullptr, port);
  EXPECT_EQ(calling.say(), "OK /a.B/C()");
}

void expect_no_connection_to(int port) {
  const auto end = std::chrono::steady_clock::now() + 20s;
  while (connections_to(port) > 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_EQ(connections_to(port), 0);
}

TEST(GrpcCall, rests_without_a_connection_and_makes_another) {
  const Serving server(echo);
  const int port = server.address().port;
  Calling calling(server.address());
  EXPECT_EQ(calling.say(), "OK /a.B/C()");
  EXPECT_EQ(connections_to(port), 1);
  calling.rest();
  expect_no_connection_to(port);
  EXPECT_EQ(calling.say(), "OK /a.B/C()");
}

TEST(GrpcCall, keeps_no_connection_that_is_idle) {
  const Serving server(echo);
  const int port = server.address().port;
  Calling calling(server.address());
  EXPECT_EQ(calling.say(), "OK /a.B/C()");
  calling.look_for_idle_after(limits::grpc_idle / 2);
  EXPECT_EQ(calling.say(), "OK /a.B/C()");
  EXPECT_EQ(connections_to(port), 1);
  calling.look_for_idle_after(limits::grpc_idle);
  expect_no_connection_to(port);
  EXPECT_EQ(calling.say(), "OK /a.B/C()");
}

TEST(GrpcCall, asks_for_the_authority_it_was_told) {
  const Serving server([](const ServingCall& call) {
    return Served{0, "", call.authority, false};
  });
  EXPECT_EQ(Calling(server.address()).say(), "OK " + to_string(server.address()));
  EXPECT_EQ(Calling(GrpcServer{server.address(), {}, "users.shop"}).say(), "OK users.shop");
}

boost::asio::awaitable<void> call_for_an_hour(GrpcServer server) {
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto channel = grpc_channel(executor, server);
  const Instant deadline = Instant::clock::now() + 1h;
  const std::string path = "/a.B/C";
  const auto answer = co_await grpc_call(channel, path, path, deadline);
  ADD_FAILURE() << "answered: " << answer.ok();
}

TEST(GrpcCall, ends_with_its_context) {
  Serving server(never);
  auto io = std::make_unique<boost::asio::io_context>(1);
  boost::asio::co_spawn(*io, call_for_an_hour({server.address(), {}, ""}), boost::asio::detached);
  boost::asio::co_spawn(*io, call_for_an_hour({server.address(), {}, ""}), boost::asio::detached);
  io->poll();
  ASSERT_TRUE(server.wait_for_calls(2));
  io = nullptr;
  EXPECT_TRUE(server.wait_for_cancelled(2));
}

TEST(GrpcChannel, is_shared_by_all_who_mean_the_same_server) {
  boost::asio::io_context io(1);
  const GrpcServer server{{"users", 1, ""}, GrpcTls{"/ca.pem", "users", "", "", ""}, ""};
  GrpcServer other = server;
  other.tls->server_name = "orders";
  const auto one = grpc_channel(io.get_executor(), server);
  EXPECT_EQ(grpc_channel(io.get_executor(), server), one);
  EXPECT_NE(grpc_channel(io.get_executor(), other), one);
  EXPECT_NE(grpc_channel(io.get_executor(), {server.address, {}, ""}), one);
}

}  // namespace
}  // namespace mesh::call_test
