// One text, held by many.
#include "base/name.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

namespace mesh::name_test {
namespace {

TEST(Name, is_its_text) {
  const Name name = std::string("users.shop:50051");
  const std::string_view text = name;
  EXPECT_EQ(text, "users.shop:50051");
  EXPECT_EQ(name, "users.shop:50051");
  EXPECT_EQ(std::string(name) + "!", "users.shop:50051!");
  EXPECT_FALSE(name.empty());
}

TEST(Name, is_empty_at_first) {
  EXPECT_TRUE(Name().empty());
  EXPECT_EQ(Name(), Name(""));
  EXPECT_EQ(Name().str(), "");
}

TEST(Name, is_the_same_wherever_it_came_from) {
  const Name one("users"), other(std::string("us") + "ers"), copy = one;
  EXPECT_EQ(one, other);
  EXPECT_EQ(&one.str(), &other.str()) << "the text is there once";
  EXPECT_EQ(&one.str(), &copy.str());
  EXPECT_NE(one, Name("orders"));
}

TEST(Name, is_ordered_by_its_text) {
  const std::map<Name, int> sorted{{"b", 2}, {"", 0}, {"a", 1}, {"ab", 3}};
  std::string order;
  for (const auto& [name, number] : sorted) order += std::to_string(number);
  EXPECT_EQ(order, "0132");
}

TEST(Name, may_be_assigned_to_itself_and_moved) {
  Name name("users");
  const Name& same = name;
  name = same;
  EXPECT_EQ(name, "users");
  const Name moved = std::move(name);
  EXPECT_EQ(moved, "users");
}

// The sanitizers judge: texts come and go on several threads at once.
TEST(Name, may_be_held_and_dropped_on_any_thread) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 5000; ++i) {
        const Name name("name " + std::to_string(i % 3)), copy = name;
        EXPECT_EQ(copy.str().size(), 6u);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace mesh::name_test
