// Calls to servers that send frames of HTTP/2 without end: they are told as what they are, and
// those to others go on beside them.
#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/completion_queue.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/rethrow.h"
#include "grpc/call.h"
#include "grpc/connections.h"
#include "grpc/library_channel.h"
#include "grpc/server_names.h"
#include "grpc/serving.h"
#include "grpc/stream.h"

namespace mesh::flood_test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::steady_clock;
using namespace std::chrono_literals;
using support::Served;
using support::Serving;
using support::ServingCall;

const std::string settings("\0\0\0\4\0\0\0\0\0", 9);

std::string many_updates(std::size_t bytes) {
  const std::string update("\0\0\4\10\0\0\0\0\0\0\0\0\1", 13);
  std::string updates;
  while (updates.size() < bytes) updates += update;
  return updates;
}

// Floods whoever connects, once.
class Flooding {
 public:
  explicit Flooding(const std::string& host = "127.0.0.1")
      : acceptor_(io_, tcp::endpoint(asio::ip::make_address(host), 0)), host_(host) {
    thread_ = std::thread([this] { flood(); });
  }
  ~Flooding() { thread_.join(); }
  Flooding(const Flooding&) = delete;
  Flooding& operator=(const Flooding&) = delete;

  GrpcServer server() const { return {{host_, acceptor_.local_endpoint().port(), ""}, {}, ""}; }

 private:
  void flood() {
    tcp::socket peer(io_);
    acceptor_.accept(peer);
    const std::string updates = many_updates(65'000);
    boost::system::error_code gone;
    asio::write(peer, asio::buffer(settings), gone);
    while (!gone) asio::write(peer, asio::buffer(updates), gone);
  }

  asio::io_context io_;
  tcp::acceptor acceptor_;
  const std::string host_;
  std::thread thread_;
};

asio::awaitable<void> call(GrpcServer server, std::string& said) {
  const auto executor = co_await asio::this_coro::executor;
  const auto channel = grpc_channel(executor, server);
  const Instant deadline = steady_clock::now() + 60s;
  const std::string path = "/a.B/C", request;
  const auto answer = co_await grpc_call(channel, path, request, deadline);
  said = answer ? std::string(answer->code)
                : std::string(to_string(answer.error().reason)) + ": " + answer.error().message;
}

// By whether we are first or the library, which counts what it cannot take in at once.
auto is_named() {
  return ::testing::AnyOf("connect: the server floods the connection",
                          "too_large: more came than a message may have");
}

TEST(GrpcFloods, are_named_and_do_not_hold_others_up) {
  const Serving honest([](const ServingCall&) { return Served{0, "", "", false}; });
  const Flooding floods[3];
  asio::io_context io(1);
  std::vector<std::string> said(3);
  for (std::size_t i = 0; i < 3; ++i) {
    asio::co_spawn(io, call(floods[i].server(), said[i]), rethrow);
  }
  const auto open = [&said] {
    return std::ranges::any_of(said, [](const std::string& one) { return one.empty(); });
  };
  Duration longest{};
  while (open()) {
    std::string answer;
    const Instant began = steady_clock::now();
    asio::co_spawn(io, call({honest.address(), {}, ""}, answer), rethrow);
    while (answer.empty()) io.run_one();
    EXPECT_EQ(answer, "OK");
    longest = std::max<Duration>(longest, steady_clock::now() - began);
  }
  EXPECT_THAT(said, ::testing::Each(is_named()));
  EXPECT_LT(longest, 10s);
}

TEST(GrpcFloods, are_named_by_ipv6_too) {
  const Flooding flood("::1");
  asio::io_context io(1);
  std::string said;
  asio::co_spawn(io, call(flood.server(), said), rethrow);
  io.run();
  EXPECT_THAT(said, is_named());
}

// The library may keep the connection beyond that, which matters nothing at the end of a process.
TEST(GrpcFloods, do_not_keep_a_context_from_ending) {
  const Flooding flood;
  auto io = std::make_unique<asio::io_context>(1);
  std::string said;
  asio::co_spawn(*io, call(flood.server(), said), rethrow);
  io->run_for(50ms);
  io = nullptr;
  EXPECT_EQ(said, "");
  cut_off(peer_name(flood.server().address));
}

asio::awaitable<void> listen(GrpcStream& stream, bool& over) {
  const std::optional<std::string> message = co_await stream.next();
  EXPECT_EQ(message, std::nullopt);
  over = true;
}

// Nobody waits for an answer. It is found at a look that all streams share.
TEST(GrpcFloods, of_a_stream_are_found) {
  const Flooding flood;
  asio::io_context io(1);
  GrpcStream stream(io.get_executor(), grpc_channel(io.get_executor(), flood.server()), "/a.B/C",
                    "");
  bool over = false;
  asio::co_spawn(io, listen(stream, over), rethrow);
  io.run_for(60s);
  EXPECT_TRUE(over);
  ASSERT_FALSE(stream.end());
  EXPECT_THAT(
      std::string(to_string(stream.end().error().reason)) + ": " + stream.end().error().message,
      is_named());
}

// 2.2 GB without a pause, twice a pause, and whether the other side is still there.
void flood_far(tcp::acceptor& acceptor, std::atomic<bool>& survived) {
  tcp::socket peer = acceptor.accept();
  const std::string ping("\0\0\10\6\0\0\0\0\0mesh 1.0", 17), pong("\0\0\10\6\1\0\0\0\0", 9);
  boost::system::error_code gone;
  asio::write(peer, asio::buffer(settings), gone);
  const std::string updates = many_updates(1'000'000);
  for (int i = 0; i < 2'200 && !gone; ++i) asio::write(peer, asio::buffer(updates), gone);
  std::string answers;
  for (int i = 0; i < 2 && !gone; ++i) {
    asio::write(peer, asio::buffer(ping), gone);
    if (!gone) asio::read_until(peer, asio::dynamic_buffer(answers), pong, gone);
    answers.erase(0, answers.find(pong) + pong.size());
  }
  survived = !gone;
}

// Of the library alone, over a connection on which nobody waits for anything, so that nobody cuts
// it off. As it is by itself it would abort the process.
TEST(GrpcFloods, of_more_than_two_gigabytes_are_survived) {
  asio::io_context io(1);
  tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
  const GrpcServer server{{"127.0.0.1", acceptor.local_endpoint().port(), ""}, {}, ""};
  const auto channel = library_channel(server);
  ASSERT_TRUE(channel);
  std::atomic<bool> over = false, survived = false;
  std::thread thread([&] {
    flood_far(acceptor, survived);
    over = true;
  });
  (*channel)->GetState(true);
  grpc::CompletionQueue queue;
  while (!over) {
    void* tag = nullptr;
    bool ok = false;
    queue.AsyncNext(&tag, &ok, std::chrono::system_clock::now() + 50ms);
  }
  thread.join();
  EXPECT_TRUE(survived);
}

}  // namespace
}  // namespace mesh::flood_test
