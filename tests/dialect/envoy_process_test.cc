// Restart or not, from uptimes.
#include "dialect/envoy_process.h"

#include <gtest/gtest.h>

namespace mesh::envoy_process_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Instant at(int second) { return Instant{} + seconds(100'000 + second); }

TEST(EnvoyProcess, the_first_look_bounds_the_start) {
  EnvoyProcess process;
  EXPECT_FALSE(process.started());
  EXPECT_EQ(process.look(seconds(50), at(100), at(100), std::nullopt), ProcessVerdict::first_look);
  EXPECT_EQ(process.started(), at(51));
}

TEST(EnvoyProcess, an_uptime_that_grew_with_the_clock_is_the_same_process) {
  EnvoyProcess process;
  (void)process.look(seconds(50), at(100), at(100), std::nullopt);
  EXPECT_EQ(process.look(seconds(60), at(110), at(110), at(105)), ProcessVerdict::same);
}

TEST(EnvoyProcess, a_start_after_the_last_success_is_a_restart) {
  EnvoyProcess process;
  (void)process.look(seconds(50), at(100), at(100), std::nullopt);
  EXPECT_EQ(process.look(seconds(3), at(110), at(110), at(105)), ProcessVerdict::restarted);
  EXPECT_EQ(process.started(), at(108));
}

TEST(EnvoyProcess, a_restart_within_a_second_of_the_last_success_is_seen) {
  EnvoyProcess process;
  (void)process.look(seconds(500), at(100), at(100), std::nullopt);
  EXPECT_EQ(process.look(seconds(0), at(101), at(101), at(101) - milliseconds(700)),
            ProcessVerdict::restarted);
}

TEST(EnvoyProcess, a_step_of_the_proxys_wall_clock_is_no_restart) {
  EnvoyProcess process;
  (void)process.look(seconds(5000), at(100), at(100), std::nullopt);
  // The clock was set back by a minute: the uptime seems to have shrunk.
  EXPECT_EQ(process.look(seconds(4950), at(110), at(110), at(105)), ProcessVerdict::same);
}

TEST(EnvoyProcess, two_young_processes_cannot_be_told_apart) {
  EnvoyProcess process;
  (void)process.look(seconds(0), at(100), at(100), std::nullopt);
  EXPECT_EQ(process.look(seconds(0), at(101), at(101), at(100) + milliseconds(500)),
            ProcessVerdict::unsure);
}

TEST(EnvoyProcess, a_slow_answer_widens_the_bounds_and_is_no_restart) {
  EnvoyProcess process;
  (void)process.look(seconds(50), at(100), at(104), std::nullopt);
  EXPECT_EQ(process.look(seconds(61), at(110), at(110), at(105)), ProcessVerdict::same);
}

}  // namespace
}  // namespace mesh::envoy_process_test
