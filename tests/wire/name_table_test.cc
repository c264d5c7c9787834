// Names in twelve bytes.
#include "wire/name_table.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace mesh::name_table_test {
namespace {

TEST(NameTable, gives_every_name_another_short_one_and_always_the_same) {
  std::set<std::string> shorts;
  for (int i = 0; i < 20'000; ++i) {
    const std::string name = "cluster.users.grpc.user.v1.UserService.GetUser." + std::to_string(i);
    const std::string stands = NameTable::short_for(name);
    EXPECT_EQ(stands, NameTable::short_for(name));
    EXPECT_LE(stands.size(), std::string().capacity());
    shorts.insert(stands);
  }
  EXPECT_EQ(shorts.size(), 20'000u);
  EXPECT_NE(NameTable::short_for(""), NameTable::short_for(std::string(1, '\0')));
}

}  // namespace
}  // namespace mesh::name_table_test
