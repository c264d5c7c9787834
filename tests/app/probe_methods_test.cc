// The methods of real gRPC servers by reflection, of which some services are slow or hang.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/rethrow.h"
#include "grpc/serving.h"
#include "scrape/grpc_question.h"
#include "support/reflection_bytes.h"

namespace mesh::probe_methods_test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::steady_clock;
using support::Served;
using support::Serving;
using support::ServingCall;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Lists these services; of those that begin with "pkg.H" it never tells, and of the others after a
// while.
Serving::Answer reflecting(std::vector<std::string> services, std::chrono::milliseconds pause) {
  return [services = std::move(services), pause](const ServingCall& call) -> Served {
    if (call.request.starts_with("\x3a")) return {0, "", list_of(services), false};
    const std::string name = call.request.substr(call.request.rfind('.') + 1);
    if (name.starts_with("H")) return {0, "", "", true};
    std::this_thread::sleep_for(pause);
    return {0, "", declaration(name), false};
  };
}

MethodLook look_at(const Serving& server, Duration patience) {
  MethodLook look;
  asio::io_context io{1};
  const auto channel = grpc_channel(io.get_executor(), GrpcServer{server.address(), {}, ""});
  const auto ask = [](std::shared_ptr<GrpcChannel> asked, Duration each,
                      MethodLook& out) -> asio::awaitable<void> {
    MethodLook found = co_await look_at_methods(asked, each);
    out = std::move(found);
  };
  asio::co_spawn(io, ask(channel, patience, look), rethrow);
  io.run();
  return look;
}

TEST(ProbeMethods, are_waited_for_one_by_one) {
  const Serving server(reflecting({"pkg.A", "pkg.B", "pkg.C", "pkg.D", "pkg.E"}, 300ms));
  const auto began = steady_clock::now();
  const MethodLook look = look_at(server, 1s);
  EXPECT_GT(steady_clock::now() - began, 1s) << "together longer than one may take";
  ASSERT_TRUE(look.declared);
  EXPECT_THAT(look.declared->methods, SizeIs(5));
  EXPECT_FALSE(look.failure);
  EXPECT_THAT(look.unanswered, IsEmpty());
}

TEST(ProbeMethods, are_told_of_the_others_where_a_service_hangs) {
  const Serving server(reflecting({"pkg.A", "pkg.Hung", "pkg.Z"}, 0ms));
  const MethodLook look = look_at(server, 1s);
  ASSERT_TRUE(look.declared);
  ASSERT_THAT(look.declared->methods, SizeIs(2));
  EXPECT_EQ(look.declared->methods[1].service.str(), "pkg.Z");
  EXPECT_THAT(look.unanswered, ElementsAre("pkg.Hung"));
  ASSERT_TRUE(look.failure);
  EXPECT_EQ(look.failure->message, "no answer in time");
  EXPECT_EQ(look.unasked, 0u);
}

TEST(ProbeMethods, take_a_bounded_time_where_all_hang) {
  std::vector<std::string> services;
  for (int i = 0; i < 50; ++i) services.push_back("pkg.H" + std::to_string(i));
  const Serving server(reflecting(services, 0ms));
  const auto began = steady_clock::now();
  const MethodLook look = look_at(server, 300ms);
  EXPECT_LT(steady_clock::now() - began, 10s) << "50 times 300 ms are 15 s";
  ASSERT_TRUE(look.declared);
  EXPECT_THAT(look.declared->methods, IsEmpty());
  EXPECT_GE(look.unanswered.size(), 1u);
  EXPECT_LE(look.unanswered.size(), static_cast<std::size_t>(method_patience));
  EXPECT_EQ(look.unanswered.size() + look.unasked, 50u);
}

}  // namespace
}  // namespace mesh::probe_methods_test
