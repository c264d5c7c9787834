// Keys in, entries out; and who was given the keys sees them as they were.
#include "compute/series_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mesh::series_table_test {
namespace {

using testing::ElementsAre;

SeriesKey key(const std::string& method, Counted counted = Counted::calls) {
  return {counted, Direction::outbound, "users", "", "user.v1.UserService", method, "OK"};
}

TEST(SeriesTable, numbers_keys_as_they_come_and_finds_them_again) {
  SeriesTable table;
  EXPECT_EQ(table.find(key("GetUser")), SeriesTable::none);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(table.add(key("Method" + std::to_string(i))), i);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(table.find(key("Method" + std::to_string(i))), i);
  EXPECT_EQ(table.find(key("Method1000")), SeriesTable::none);
  EXPECT_EQ(table[7], key("Method7"));
}

TEST(SeriesTable, tells_keys_apart_by_every_part) {
  const SeriesKey plain = key("GetUser");
  std::vector<SeriesKey> others(7, plain);
  others[0].counted = Counted::messages;
  others[1].direction = Direction::inbound;
  others[2].upstream = "orders";
  others[3].subset = "v2";
  others[4].service = "user.v2.UserService";
  others[5].detail = "UNAVAILABLE";
  others[6].owner = "shop/users";
  SeriesTable table;
  table.add(plain);
  for (const SeriesKey& other : others) {
    EXPECT_EQ(table.find(other), SeriesTable::none);
    table.add(other);
  }
  for (SeriesTable::Entry i = 0; i < others.size(); ++i) EXPECT_EQ(table.find(others[i]), i + 1);
}

TEST(SeriesTable, leaves_what_it_gave_away_as_it_was) {
  SeriesTable table;
  table.add(key("GetUser"));
  const auto before = table.keys();
  EXPECT_EQ(table.keys(), before);  // the same vector
  table.add(key("ListUsers"));
  EXPECT_THAT(*before, ElementsAre(key("GetUser")));
  EXPECT_THAT(*table.keys(), ElementsAre(key("GetUser"), key("ListUsers")));
}

TEST(SeriesTable, numbers_those_that_stay_anew_in_their_order) {
  SeriesTable table;
  for (const char* method : {"A", "B", "C", "D"}) table.add(key(method));
  const auto before = table.keys();
  table.keep_only({false, true, false, true});
  EXPECT_EQ(before->size(), 4u);
  EXPECT_EQ(table.size(), 2u);
  EXPECT_EQ(table.find(key("B")), 0u);
  EXPECT_EQ(table.find(key("D")), 1u);
  EXPECT_EQ(table.find(key("A")), SeriesTable::none);
  EXPECT_EQ(table.add(key("A")), 2u);
}

}  // namespace
}  // namespace mesh::series_table_test
