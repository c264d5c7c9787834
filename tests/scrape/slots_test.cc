// Slots that are waited for, and not for ever.
#include "scrape/slots.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <string>

#include "base/rethrow.h"

namespace mesh::slots_test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

class SlotsTest : public ::testing::Test {
 protected:
  // Writes down in `told_` whether it got one; who did keeps it.
  void take(char name, Instant latest) {
    const auto ask = [](Slots& slots, char who, Instant until,
                        std::string& told) -> asio::awaitable<void> {
      const bool taken = co_await slots.take_before(until);
      told += taken ? who : '-';
    };
    asio::co_spawn(io_, ask(slots_, name, latest, told_), rethrow);
    io_.restart();
    io_.poll();
  }

  asio::io_context io_{1};
  Slots slots_{io_.get_executor(), 1};
  std::string told_;
};

TEST_F(SlotsTest, are_given_in_turn) {
  for (const char name : {'a', 'b', 'c'}) take(name, Instant::max());
  EXPECT_EQ(told_, "a");
  for (const std::string all : {"ab", "abc"}) {
    slots_.give_back();
    io_.poll();
    EXPECT_EQ(told_, all);
  }
}

TEST_F(SlotsTest, are_waited_for_until_an_instant) {
  take('a', Instant::max());
  const Instant latest = steady_clock::now() + 50ms;
  take('b', latest);
  take('c', Instant::max());
  while (told_ == "a") io_.run_one();
  EXPECT_EQ(told_, "a-");
  EXPECT_GE(steady_clock::now(), latest);
  slots_.give_back();
  io_.restart();
  io_.poll();
  EXPECT_EQ(told_, "a-c") << "who has left takes nobody's turn";
}

TEST_F(SlotsTest, are_taken_at_once_whatever_the_time) {
  take('a', steady_clock::now() - 1s);
  EXPECT_EQ(told_, "a");
}

}  // namespace
}  // namespace mesh::slots_test
