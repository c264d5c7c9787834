// The deadline that closes: it bites once, and never for a conversation that is over.
#include "net/watchdog.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <memory>

namespace mesh::watchdog_test {
namespace {

using namespace std::chrono_literals;

const auto soon = [] { return Instant::clock::now() + 1ms; };
const auto long_ago = [] { return Instant::clock::now() - 1s; };

TEST(Watchdog, bites_once_at_its_time) {
  boost::asio::io_context io;
  Watchdog dog(io.get_executor());
  int bites = 0;
  dog.arm(soon(), [&] { ++bites; });
  EXPECT_FALSE(dog.bit());
  io.run();
  EXPECT_EQ(bites, 1);
  EXPECT_TRUE(dog.bit());
}

TEST(Watchdog, bites_later_when_its_time_has_passed_already) {
  boost::asio::io_context io;
  Watchdog dog(io.get_executor());
  dog.arm(long_ago(), [] {});
  EXPECT_FALSE(dog.bit());
  io.run();
  EXPECT_TRUE(dog.bit());
}

TEST(Watchdog, does_not_bite_when_disarmed) {
  boost::asio::io_context io;
  Watchdog dog(io.get_executor());
  dog.arm(Instant::clock::now() + 1h, [] { FAIL(); });
  dog.disarm();
  io.run();  // returns, so nothing waits either
  EXPECT_FALSE(dog.bit());
}

// Both expiries are due when the loop comes to them: cancelling the first is then too late.
TEST(Watchdog, does_not_bite_for_an_earlier_round_that_expired_but_was_not_yet_heard) {
  boost::asio::io_context io;
  Watchdog other(io.get_executor());
  Watchdog dog(io.get_executor());
  int bites = 0;
  other.arm(long_ago() - 1s, [&] { dog.arm(long_ago(), [&] { ++bites; }); });
  dog.arm(long_ago(), [] { FAIL(); });
  io.run();
  EXPECT_EQ(bites, 1);
}

TEST(Watchdog, does_not_bite_when_destroyed_after_it_expired) {
  boost::asio::io_context io;
  Watchdog other(io.get_executor());
  auto dog = std::make_unique<Watchdog>(io.get_executor());
  other.arm(long_ago() - 1s, [&] { dog.reset(); });
  dog->arm(long_ago(), [] { FAIL(); });
  io.run();
}

TEST(Watchdog, may_be_armed_by_its_own_bite) {
  boost::asio::io_context io;
  Watchdog dog(io.get_executor());
  int bites = 0;
  dog.arm(soon(), [&] { dog.arm(soon(), [&] { ++bites; }); });
  io.run();
  EXPECT_EQ(bites, 1);
}

}  // namespace
}  // namespace mesh::watchdog_test
