// Counts of opened connections in, the least age of those that are open out.
#include "compute/connection_ages.h"

#include <gtest/gtest.h>

#include <optional>

namespace mesh::connection_ages_test {
namespace {

using std::chrono::seconds;

constexpr WallTime noon{seconds(1'800'000'000)};

CounterView opened(std::uint64_t users, std::uint64_t orders) {
  CounterView view;
  const auto key = [](const char* upstream, Counted counted) {
    return SeriesKey{counted, Direction::outbound, upstream, "", "", "", ""};
  };
  view.keys = std::make_shared<const std::vector<SeriesKey>>(
      std::vector<SeriesKey>{key("users", Counted::connections), key("users", Counted::attempts),
                             key("orders", Counted::connections)});
  view.totals = {users, 500, orders};
  return view;
}

std::optional<WallTime> since(const ConnectionAges& ages, const char* upstream) {
  std::vector<Pool> pools(1);
  pools[0].upstream = upstream;
  ages.tell(pools);
  return pools[0].none_opened_since;
}

TEST(ConnectionAges, begin_at_the_first_look) {
  ConnectionAges ages;
  ages.enter(opened(3, 0), noon);
  EXPECT_EQ(since(ages, "users"), noon);
  EXPECT_EQ(since(ages, "payments"), std::nullopt);
}

TEST(ConnectionAges, begin_again_when_one_is_opened_to_that_upstream) {
  ConnectionAges ages;
  ages.enter(opened(3, 7), noon);
  ages.enter(opened(3, 8), noon + seconds(15));
  ages.enter(opened(3, 8), noon + seconds(30));
  EXPECT_EQ(since(ages, "users"), noon);
  EXPECT_EQ(since(ages, "orders"), noon + seconds(15));
}

TEST(ConnectionAges, forget_an_upstream_that_is_gone) {
  ConnectionAges ages;
  ages.enter(opened(3, 7), noon);
  ages.enter(CounterView{}, noon + seconds(15));
  ages.enter(opened(3, 7), noon + seconds(30));
  EXPECT_EQ(since(ages, "users"), noon + seconds(30));
}

}  // namespace
}  // namespace mesh::connection_ages_test
