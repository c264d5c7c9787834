// Reflection's answers: those of real servers, and what a hostile one may send.
#include "wire/grpc_reflection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "support/grpc_answers.h"
#include "support/proto_bytes.h"

namespace mesh::grpc_reflection_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* cpp = "cpp_1.51_server.txt";
constexpr const char* python = "python_1.85_round_robin.txt";

// The first answer of a call of this path that was asked so.
std::string answer_of(const char* server, std::string_view path, const std::string& question) {
  for (const GrpcAnswer& one : grpc_answers(server)) {
    if (one.path == path && one.question == question) return one.answer;
  }
  ADD_FAILURE() << server << " was not asked so at " << path;
  return "";
}

std::string list_of(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += field(1, field(1, name));
  return field(6, list);
}

// A file that declares pkg.Service with one method.
std::string file_with(const std::string& method) {
  return field(2, "pkg") + field(4, "a message, whatever it holds") +
         field(6, field(1, "Service") + field(2, method));
}

std::string answer_with(const std::string& file) { return field(4, field(1, file)); }

TEST(GrpcReflection, lists_the_services_of_real_servers) {
  const auto of_cpp = read_listed_services(answer_of(cpp, reflection_v1alpha, "\x3a\x01*"));
  ASSERT_TRUE(of_cpp) << of_cpp.error().message;
  EXPECT_THAT(of_cpp->names, ElementsAre("user.v1.UserService", "order.v1.OrderService", "Greeter",
                                         "grpc.reflection.v1alpha.ServerReflection",
                                         "grpc.channelz.v1.Channelz", "grpc.health.v1.Health"));
  const auto of_python = read_listed_services(answer_of(python, reflection_v1alpha, "\x3a\x01*"));
  ASSERT_TRUE(of_python) << of_python.error().message;
  EXPECT_THAT(of_python->names, testing::Contains("user.v1.UserService"));
  EXPECT_EQ(list_services_question(), "\x3a\x01*");
}

TEST(GrpcReflection, reads_the_methods_of_real_servers) {
  const std::string question = file_containing_question("user.v1.UserService");
  const auto of_cpp =
      read_service_methods(answer_of(cpp, reflection_v1alpha, question), "user.v1.UserService");
  ASSERT_TRUE(of_cpp) << of_cpp.error().message;
  EXPECT_THAT(*of_cpp, ElementsAre(ServiceMethod{"GetUser", false, false},
                                   ServiceMethod{"ListUsers", false, true},
                                   ServiceMethod{"Chat", true, true}));
  const auto of_python =
      read_service_methods(answer_of(python, reflection_v1alpha, question), "user.v1.UserService");
  ASSERT_TRUE(of_python) << of_python.error().message;
  EXPECT_THAT(*of_python, ElementsAre(ServiceMethod{"GetUser", false, false},
                                      ServiceMethod{"ListUsers", false, true},
                                      ServiceMethod{"Forget", false, false}));
}

TEST(GrpcReflection, tells_why_a_server_cannot_tell) {
  const std::string question = file_containing_question("no.such.Service");
  const auto methods =
      read_service_methods(answer_of(cpp, reflection_v1alpha, question), "no.such.Service");
  ASSERT_FALSE(methods);
  EXPECT_EQ(methods.error().message, "the server answers NOT_FOUND: \"Symbol not found.\"");
}

TEST(GrpcReflection, bounds_the_list_and_counts_what_is_left_out) {
  std::vector<std::string> names(100'000, "a.B");
  const auto listed = read_listed_services(list_of(names));
  ASSERT_TRUE(listed);
  EXPECT_EQ(listed->names.size(), limits::reflected_services);
  EXPECT_EQ(listed->left_out, 100'000 - limits::reflected_services);
}

TEST(GrpcReflection, takes_no_service_whose_name_is_none) {
  const auto listed = read_listed_services(
      list_of({"a.B", "", "a b", "a/b", "a..b", ".a", "a\xff", std::string(600, 'a')}));
  ASSERT_TRUE(listed);
  EXPECT_THAT(listed->names, ElementsAre("a.B"));
  EXPECT_EQ(listed->unreadable, 7u);
}

TEST(GrpcReflection, knows_a_server_without_services_from_an_answer_to_something_else) {
  EXPECT_TRUE(read_listed_services(field(6, "")));
  EXPECT_FALSE(read_listed_services(""));
  EXPECT_FALSE(read_listed_services(answer_with(file_with(""))));
  EXPECT_FALSE(read_listed_services("\xff\xff"));
}

TEST(GrpcReflection, refuses_a_service_that_is_damaged_or_not_declared) {
  EXPECT_TRUE(read_service_methods(answer_with(file_with(field(1, "Get"))), "pkg.Service"));
  const auto damaged =
      read_service_methods(answer_with(file_with(field(1, "no name"))), "pkg.Service");
  ASSERT_FALSE(damaged);
  EXPECT_THAT(damaged.error().message, HasSubstr("damaged"));
  const auto other = read_service_methods(answer_with(file_with("")), "pkg.Other");
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("no descriptor"));
  EXPECT_FALSE(read_service_methods(answer_with("\xff\xff"), "pkg.Service"));
}

TEST(GrpcReflection, is_not_held_up_by_names_that_fill_the_answer) {
  const std::size_t half = 1 << 20;
  std::string services;
  while (services.size() < half) services += field(6, "");
  const std::string file = field(2, std::string(half, 'a')) + services;
  EXPECT_FALSE(read_service_methods(answer_with(file), "pkg.Service"));
  const std::string files = field(1, file_with(field(1, "Get")));
  EXPECT_TRUE(read_service_methods(field(4, files), "pkg.Service"));
  std::string empty;
  while (empty.size() < half) empty += field(1, "");
  EXPECT_FALSE(read_service_methods(field(4, empty + files), "pkg.Service"));
}

TEST(GrpcReflection, knows_a_service_by_its_whole_name) {
  const auto declared = [](const std::string& package, const std::string& name) {
    const std::string file = field(2, package) + field(6, field(1, name));
    return read_service_methods(answer_with(file), "pkg.Service").ok();
  };
  EXPECT_TRUE(declared("pkg", "Service"));
  EXPECT_TRUE(declared("", "pkg.Service"));
  EXPECT_FALSE(declared("pkg", "pkg.Service"));
  EXPECT_FALSE(declared("pk", "g.Service"));
  EXPECT_FALSE(declared("pkg.Service", ""));
  EXPECT_FALSE(declared("", "Service"));
}

TEST(GrpcReflection, passes_over_messages_that_nest_without_end) {
  std::string nested;
  for (int depth = 0; depth < 2'000; ++depth) nested = field(3, nested);
  EXPECT_TRUE(read_service_methods(answer_with(field(4, nested) + file_with(field(1, "Get"))),
                                   "pkg.Service"));
}

}  // namespace
}  // namespace mesh::grpc_reflection_test
