// What the servers of a workload declare, as those that count its calls are told it.
#include "compute/declared_by.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mesh::declared_by_test {
namespace {

using testing::ElementsAre;
using testing::Pair;

std::shared_ptr<TargetState> declaring(std::string workload, std::string pod,
                                       std::vector<std::string> methods) {
  auto state = std::make_shared<TargetState>();
  state->target.ns = "shop";
  state->target.workload = std::move(workload);
  state->target.pod = std::move(pod);
  DeclaredMethods declared;
  for (std::string& method : methods) declared.methods.push_back({"users.Users", method});
  state->declared = std::make_shared<const DeclaredMethods>(std::move(declared));
  return state;
}

Target counting(std::string workload, std::string pod) {
  Target target;
  target.ns = "shop";
  target.workload = std::move(workload);
  target.pod = std::move(pod);
  return target;
}

TEST(DeclaredBook, tells_what_all_pods_of_a_workload_declare_together) {
  DeclaredBook book;
  book.enter({declaring("users", "users-0", {"Get"}), declaring("users", "users-1", {"List"})});
  const auto known = book.of(counting("users", "users-sidecar"));
  ASSERT_TRUE(known);
  EXPECT_THAT(*known, ElementsAre(Pair("users.Users", "Get"), Pair("users.Users", "List")));
  EXPECT_FALSE(book.of(counting("orders", "users-0")));
}

TEST(DeclaredBook, goes_by_the_pod_where_the_workload_has_no_name) {
  DeclaredBook book;
  book.enter({declaring("", "users-0", {"Get"})});
  EXPECT_TRUE(book.of(counting("", "users-0")));
  EXPECT_FALSE(book.of(counting("", "users-1")));
}

TEST(DeclaredBook, gives_the_same_until_something_else_is_declared) {
  DeclaredBook book;
  book.enter({declaring("users", "users-0", {"Get"})});
  const auto first = book.of(counting("users", "a"));
  book.enter({declaring("users", "users-0", {"Get"})});
  EXPECT_EQ(book.of(counting("users", "a")), first);
  book.enter({declaring("users", "users-0", {"Get", "List"})});
  EXPECT_NE(book.of(counting("users", "a")), first);
  book.enter({});
  EXPECT_FALSE(book.of(counting("users", "a")));
}

TEST(DeclaredTogether, is_not_whole_if_one_look_was_not) {
  auto partial = declaring("users", "users-1", {"Get"});
  partial->declared = std::make_shared<const DeclaredMethods>(DeclaredMethods{{}, 0, 1});
  const auto together = declared_together({declaring("users", "users-0", {"Get"}), partial});
  EXPECT_FALSE(together.at(called_at(counting("users", ""))).whole);
  const auto other = declared_together({declaring("users", "users-0", {"Get"})});
  EXPECT_TRUE(other.at(called_at(counting("users", ""))).whole);
}

}  // namespace
}  // namespace mesh::declared_by_test
