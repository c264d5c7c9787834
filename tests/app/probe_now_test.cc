// Probes that a scraper asks for, who will not wait for ever; and whose turn it is at a host.
#include <unistd.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/host_turns.h"
#include "app/probe_watching.h"

namespace mesh::probe_now_test {
namespace {

Serving::Answer silent_habit() {
  return [](const ServingCall&) { return Served{0, "", "", true}; };
}

TEST_F(ProbeWatcherTest, ends_a_probe_in_the_scrapers_time_and_counts_who_was_not_asked) {
  HealthServing server;
  GrpcProbe one = probe("users", server.address(), 1h, numbered(3));
  one.timeout = 15s;
  watcher_->watch({one});
  ASSERT_TRUE(run_until_looked());
  const Serving silent(silent_habit());
  one.name = "silent";
  one.server.address = silent.address();
  watcher_->watch({one});
  ProbedNow now;
  const auto began = steady_clock::now();
  probe_now("silent", now, began + 500ms);
  ASSERT_TRUE(run_until([&] { return now.not_asked > 0; }));
  EXPECT_LT(steady_clock::now() - began, 10s);
  ASSERT_EQ(now.states.size(), 1u);
  EXPECT_EQ(now.states[0]->look.words, "no answer in time");
  EXPECT_EQ(now.not_asked, 2u);
}

TEST_F(ProbeWatcherTest, does_not_have_a_scraper_wait_for_his_turn_longer_than_he_will) {
  Serving silent(silent_habit());
  GrpcProbe one = probe("silent", silent.address(), 1h, {"", "a.B", "a.C"});
  one.timeout = 15s;
  watcher_->watch({one});
  ProbedNow first, second;
  probe_now("silent", first);
  const auto began = steady_clock::now();
  probe_now("silent", second, began + 200ms);
  ASSERT_TRUE(run_until([&] { return second.not_asked == 3; }));
  EXPECT_LT(steady_clock::now() - began, 10s);
  EXPECT_THAT(second.states, IsEmpty());
  EXPECT_THAT(first.states, IsEmpty());
}

TEST_F(ProbeWatcherTest, has_turns_for_each_unix_socket) {
  const std::string name = ::testing::TempDir() + "probe_now_" + std::to_string(getpid());
  Serving first(silent_habit(), name + ".a"), second(silent_habit(), name + ".b");
  EXPECT_EQ(host_of(first.address()), "unix:" + name + ".a");
  GrpcProbe one = probe("first", first.address(), 1h, numbered(4));
  GrpcProbe other = probe("second", second.address(), 1h, numbered(4));
  one.timeout = other.timeout = 15s;
  watcher_->watch({one, other});
  io_.run_for(300ms);
  std::thread run([this] { io_.run_for(5s); });
  EXPECT_TRUE(first.wait_for_calls(2));
  EXPECT_TRUE(second.wait_for_calls(2)) << "another host";
  io_.stop();
  run.join();
}

TEST_F(ProbeWatcherTest, says_what_can_be_done_where_nobody_may_ask) {
  for (const auto& [code, words] : std::vector<std::pair<int, std::string>>{
           {16,
            "UNAUTHENTICATED: who is it; probes have no credentials but a client certificate: let "
            "everybody call grpc.health.v1.Health, or trust that certificate"},
           {7, "PERMISSION_DENIED: who is it; let this caller call grpc.health.v1.Health"}}) {
    const int refusal = code;
    const Serving server([refusal](const ServingCall&) {
      return Served{refusal, "who is it", "", false};
    });
    watcher_->watch({probe("users", server.address(), 1h)});
    ASSERT_TRUE(run_until_looked());
    EXPECT_THAT(statuses(), ElementsAre("failed"));
    EXPECT_EQ(only()->look.words, words);
  }
}

}  // namespace
}  // namespace mesh::probe_now_test
