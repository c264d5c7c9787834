// The load generator's own promises: a mix that covers what it says, books that add up, and a
// command line that refuses what it does not understand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>

#include "ledger.h"
#include "load_options.h"
#include "plan.h"

namespace mesh::demo {
namespace {

using grpc::StatusCode;

TEST(Plan, every_method_meets_every_status_in_one_turn_of_the_plan) {
  std::set<std::pair<Method, StatusCode>> seen;
  for (std::uint64_t i = 0; i < kCallsToSeeAll; ++i) {
    seen.emplace(planned_call(i).method, planned_call(i).code);
  }
  EXPECT_EQ(seen.size(), 6u * 5u);
}

TEST(Plan, one_call_in_25_has_each_of_the_four_failures) {
  std::map<StatusCode, int> count;
  for (std::uint64_t i = 0; i < kCallsToSeeAll; ++i) ++count[planned_call(i).code];
  EXPECT_THAT(count, testing::ElementsAre(testing::Pair(StatusCode::OK, 336),
                                          testing::Pair(StatusCode::DEADLINE_EXCEEDED, 16),
                                          testing::Pair(StatusCode::NOT_FOUND, 16),
                                          testing::Pair(StatusCode::INTERNAL, 16),
                                          testing::Pair(StatusCode::UNAVAILABLE, 16)));
}

TEST(Plan, a_method_is_known_with_and_without_its_service) {
  Method method{};
  EXPECT_TRUE(parse_method("Chat", method));
  EXPECT_EQ(method, Method::chat);
  EXPECT_TRUE(parse_method("order.v1.OrderService/PlaceOrder", method));
  EXPECT_EQ(method, Method::place_order);
  EXPECT_FALSE(parse_method("Greeter.SayHello", method));
}

TEST(Ledger, books_by_method_and_status) {
  Ledger ledger;
  ledger.book(Method::chat, {StatusCode::OK, true, 2, 2});
  ledger.book(Method::chat, {StatusCode::OK, true, 3, 3});
  ledger.book(Method::say_hello, {StatusCode::NOT_FOUND, true, 1, 0});
  EXPECT_EQ(ledger.json(),
            R"({"calls":[)"
            R"({"service":"Greeter","method":"SayHello","code":"NOT_FOUND","count":1},)"
            R"({"service":"user.v1.UserService","method":"Chat","code":"OK","count":2}],)"
            R"("unanswered":[],"messages":[)"
            R"({"service":"Greeter","method":"SayHello","kind":"request","count":1},)"
            R"({"service":"user.v1.UserService","method":"Chat","kind":"request","count":5},)"
            R"({"service":"user.v1.UserService","method":"Chat","kind":"response","count":5}]})");
}

TEST(Ledger, books_a_call_without_a_status_from_the_mesh_apart) {
  Ledger ledger;
  ledger.book(Method::get_user, {StatusCode::CANCELLED, false, 1, 0});
  EXPECT_EQ(ledger.json(),
            R"({"calls":[],"unanswered":[)"
            R"({"service":"user.v1.UserService","method":"GetUser","code":"CANCELLED","count":1}],)"
            R"("messages":[]})");
}

TEST(LoadOptions, reads_what_it_is_told) {
  std::string error;
  const auto options =
      parse_load_options({"--target", "127.0.0.1:1", "--rate", "12.5", "--duration", "30s",
                          "--metadata", "x-trace=a=b", "--all-ok", "yes"},
                         error);
  ASSERT_TRUE(options) << error;
  EXPECT_TRUE(options->all_ok);
  EXPECT_EQ(options->rate, 12.5);
  EXPECT_EQ(options->duration, std::chrono::seconds(30));
  EXPECT_THAT(options->call.metadata, testing::ElementsAre(testing::Pair("x-trace", "a=b")));
}

TEST(LoadOptions, refuses_a_duration_without_a_unit) {
  std::string error;
  EXPECT_FALSE(parse_load_options({"--target", "a:1", "--duration", "30"}, error));
  EXPECT_EQ(error, "--duration needs a value that makes sense");
}

TEST(LoadOptions, refuses_an_unknown_option) {
  std::string error;
  EXPECT_FALSE(parse_load_options({"--target", "a:1", "--fast", "yes"}, error));
  EXPECT_EQ(error, "unknown option --fast");
}

TEST(LoadOptions, refuses_an_option_without_its_value) {
  std::string error;
  EXPECT_FALSE(parse_load_options({"--target"}, error));
  EXPECT_EQ(error, "--target needs a value that makes sense");
}

}  // namespace
}  // namespace mesh::demo
