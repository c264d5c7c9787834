// Calls over each connection in, how they spread over the window out.
#include "compute/connection_spread.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace mesh::connection_spread_test {
namespace {

using std::chrono::seconds;

constexpr Instant start{seconds(1'000)};

class ConnectionSpreadTest : public testing::Test {
 protected:
  ConnectionSpread after(int at, std::vector<ConnectionCalls> connections,
                         std::uint64_t process = 0) {
    book_.enter({process, std::move(connections)}, start + seconds(at));
    return book_.spread().value_or(ConnectionSpread{});
  }

  ConnectionSpreadBook book_{seconds(30), seconds(5)};
};

TEST_F(ConnectionSpreadTest, has_no_calls_before_the_second_look) {
  EXPECT_EQ(book_.spread(), std::nullopt);
  EXPECT_EQ(after(0, {{7, 500}, {8, 3}}), (ConnectionSpread{2, 0, 0, 0, 0}));
  EXPECT_EQ(after(10, {{7, 560}, {8, 3}}), (ConnectionSpread{2, 10, 1, 60, 60}));
}

TEST_F(ConnectionSpreadTest, takes_the_window_and_no_more) {
  after(0, {{7, 0}});
  after(20, {{7, 100}});
  EXPECT_EQ(after(35, {{7, 110}}), (ConnectionSpread{1, 35, 1, 110, 110}));
  EXPECT_EQ(after(50, {{7, 130}}), (ConnectionSpread{1, 30, 1, 30, 30}));
}

TEST_F(ConnectionSpreadTest, counts_all_of_a_new_connection_and_none_of_one_that_closed) {
  after(0, {{9, 10}, {7, 100}});
  EXPECT_EQ(after(10, {{12, 4}, {9, 11}}), (ConnectionSpread{2, 10, 2, 5, 4}));
}

TEST_F(ConnectionSpreadTest, begins_anew_with_another_process_and_after_a_look_without) {
  after(0, {{7, 100}});
  EXPECT_EQ(after(10, {{7, 140}}, 1), (ConnectionSpread{1, 0, 0, 0, 0}));
  book_.forget();
  EXPECT_EQ(book_.spread(), std::nullopt);
  EXPECT_EQ(after(20, {{7, 150}}, 1).window_seconds, 0);
}

TEST_F(ConnectionSpreadTest, holds_the_window_however_often_it_is_looked_at) {
  ConnectionSpread spread;
  for (int i = 0; i <= 6'000; ++i) {
    book_.enter({0, {{7, static_cast<std::uint64_t>(i)}}},
                start + std::chrono::milliseconds(10 * i));
    spread = *book_.spread();
  }
  EXPECT_NEAR(spread.window_seconds, 35, 0.6);
  EXPECT_NEAR(static_cast<double>(spread.calls), spread.window_seconds * 100, 1);
}

}  // namespace
}  // namespace mesh::connection_spread_test
