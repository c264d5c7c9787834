// A call that many messages answer: they come as they are asked for, and its end is told.
#include "grpc/stream.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/rethrow.h"
#include "grpc/flight.h"
#include "grpc/serving.h"

namespace mesh::stream_test {
namespace {

namespace asio = boost::asio;
using support::HealthServing;
using support::Served;
using support::Serving;
using support::ServingCall;

constexpr const char* watch = "/grpc.health.v1.Health/Watch";

class GrpcStreams : public ::testing::Test {
 protected:
  void open(const Address& address, const std::string& path = watch) {
    const auto executor = io_.get_executor();
    stream_ = std::make_unique<GrpcStream>(
        executor, grpc_channel(executor, GrpcServer{address, {}, ""}), path, "");
  }

  // The next message; nothing when there is none any more.
  std::optional<std::string> next() {
    std::optional<std::optional<std::string>> got;
    asio::co_spawn(io_, wait(got), rethrow);
    io_.restart();
    while (!got) io_.run_one();
    return *got;
  }

  // "OK", "NOT_FOUND message", or "reason: message" of a failure.
  std::string end() const {
    const auto& end = stream_->end();
    if (end) return std::string(end->code) + (end->message.empty() ? "" : " " + end->message);
    return std::string(to_string(end.error().reason)) + ": " + end.error().message;
  }

  asio::io_context io_{1};
  std::unique_ptr<GrpcStream> stream_;

 private:
  asio::awaitable<void> wait(std::optional<std::optional<std::string>>& got) {
    std::optional<std::string> message = co_await stream_->next();
    got = std::move(message);
  }
};

const std::string serving("\x08\x01", 2), not_serving("\x08\x02", 2);

TEST_F(GrpcStreams, have_a_message_for_everything_that_is_said) {
  HealthServing server;
  open(server.address());
  EXPECT_EQ(next(), serving);
  server.say("", false);
  EXPECT_EQ(next(), not_serving);
  server.say("", true);
  EXPECT_EQ(next(), serving);
}

TEST_F(GrpcStreams, are_no_idle_connection_however_silent) {
  HealthServing server;
  const auto channel = grpc_channel(io_.get_executor(), GrpcServer{server.address(), {}, ""});
  open(server.address());
  EXPECT_EQ(next(), serving);
  flights_of(io_.get_executor()).let_go_idle(Instant::clock::now() + std::chrono::hours(1));
  EXPECT_TRUE(channel->is_kept());
  stream_ = nullptr;
  io_.restart();
  io_.run();
  flights_of(io_.get_executor()).let_go_idle(Instant::clock::now() + std::chrono::hours(1));
  EXPECT_FALSE(channel->is_kept());
}

TEST_F(GrpcStreams, end_with_the_server) {
  auto server = std::make_unique<HealthServing>();
  open(server->address());
  EXPECT_EQ(next(), serving);
  server = nullptr;
  EXPECT_EQ(next(), std::nullopt);
  EXPECT_FALSE(end().starts_with("OK")) << "by its own word, or with the connection: " << end();
  EXPECT_EQ(next(), std::nullopt) << "however often one asks";
}

TEST_F(GrpcStreams, tell_what_the_server_said_at_the_end) {
  const Serving refusing([](const ServingCall&) { return Served{5, "no such thing", "", false}; });
  open(refusing.address());
  EXPECT_EQ(next(), std::nullopt);
  EXPECT_EQ(end(), "NOT_FOUND no such thing");
  const Serving one([](const ServingCall& call) { return Served{0, "", call.path, false}; });
  open(one.address(), "/a.B/C");
  EXPECT_EQ(next(), "/a.B/C");
  EXPECT_EQ(next(), std::nullopt);
  EXPECT_EQ(end().substr(0, 2), "OK");
}

TEST_F(GrpcStreams, tell_that_there_is_nobody) {
  Address nobody;
  {
    const HealthServing gone;
    nobody = gone.address();
  }
  open(nobody);
  EXPECT_EQ(next(), std::nullopt);
  EXPECT_EQ(end(), "connect: connection refused");
}

TEST_F(GrpcStreams, end_for_who_waits_when_they_are_cancelled) {
  Serving silent([](const ServingCall&) { return Served{0, "", "", true}; });
  open(silent.address());
  std::optional<std::string> message = "none yet";
  const auto waiting = [](GrpcStream& stream,
                          std::optional<std::string>& out) -> asio::awaitable<void> {
    out = co_await stream.next();
  };
  asio::co_spawn(io_, waiting(*stream_, message), rethrow);
  io_.poll();
  ASSERT_TRUE(silent.wait_for_calls(1));
  stream_->cancel();
  io_.restart();
  while (message) io_.run_one();
  EXPECT_EQ(end().substr(0, 8), "connect:") << end();
  EXPECT_TRUE(silent.wait_for_cancelled(1));
}

// The context ends first, as at the end of the program: nothing waits for ever, nothing leaks.
TEST(GrpcStreamsAtTheEnd, are_cancelled_with_their_context) {
  Serving silent([](const ServingCall&) { return Served{0, "", "", true}; });
  {
    auto io = std::make_unique<asio::io_context>(1);
    const auto waiting = [](asio::any_io_executor executor,
                            Address address) -> asio::awaitable<void> {
      const auto channel = grpc_channel(executor, GrpcServer{std::move(address), {}, ""});
      GrpcStream stream(executor, channel, watch, "");
      co_await stream.next();
    };
    asio::co_spawn(*io, waiting(io->get_executor(), silent.address()), rethrow);
    io->poll();
    ASSERT_TRUE(silent.wait_for_calls(1));
    io = nullptr;
  }
  EXPECT_TRUE(silent.wait_for_cancelled(1));
}

}  // namespace
}  // namespace mesh::stream_test
