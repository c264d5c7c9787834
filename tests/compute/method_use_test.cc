// Declared methods against those that were called, by whoever counts the workload's calls.
#include "compute/method_use.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mesh::method_use_test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

SeriesKey call(std::string method, Direction direction = Direction::inbound) {
  return {Counted::calls,    direction, "", "", method.empty() ? "" : "users.Users",
          std::move(method), "OK"};
}

std::shared_ptr<const TargetState> counting(std::string workload, std::vector<SeriesKey> keys) {
  auto state = std::make_shared<TargetState>();
  state->target.workload = std::move(workload);
  state->target.pod = "counting-0";
  state->traffic.totals.assign(keys.size(), 7);
  state->traffic.keys = std::make_shared<const std::vector<SeriesKey>>(std::move(keys));
  return state;
}

std::shared_ptr<const TargetState> declaring() {
  auto state = std::make_shared<TargetState>();
  state->target.mesh = "proxyless";
  state->target.workload = "users";
  state->target.pod = "users-0";
  state->declared = std::make_shared<const DeclaredMethods>(DeclaredMethods{
      {{"users.Admin", "Purge"}, {"users.Users", "Get"}, {"users.Users", "List"}}, 0, 0});
  return state;
}

std::vector<MethodUse> uses(std::shared_ptr<const TargetState> counts) {
  static Snapshot snapshot;
  snapshot.targets = {declaring(), std::move(counts)};
  return method_uses(snapshot);
}

TEST(MethodUses, are_told_by_service_of_whoever_declares_them) {
  const auto all = uses(counting("users", {call("Get")}));
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].service, "users.Admin");
  EXPECT_EQ(all[0].declared, 1u);
  EXPECT_EQ(all[0].unused, 1u);
  EXPECT_EQ(all[1].declared, 2u);
  EXPECT_EQ(all[1].unused, 1u);
  EXPECT_EQ(all[1].state->target.pod, "users-0");
}

TEST(MethodUses, say_nothing_of_use_where_nobody_tells_methods) {
  for (const auto& counts : {counting("users", {call("")}), counting("orders", {call("Get")}),
                             counting("users", {call("Get", Direction::outbound)}),
                             counting("users", {call("Get"), call("other")})}) {
    const auto all = uses(counts);
    ASSERT_THAT(all, SizeIs(2));
    EXPECT_EQ(all[0].declared, 1u);
    EXPECT_FALSE(all[0].unused);
  }
}

TEST(MethodUses, are_none_where_nobody_declares_any) {
  Snapshot snapshot;
  snapshot.targets = {counting("users", {call("Get")})};
  EXPECT_THAT(method_uses(snapshot), IsEmpty());
}

}  // namespace
}  // namespace mesh::method_use_test
