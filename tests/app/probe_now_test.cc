// Probes that a scraper asks for, who will not wait for ever; and whose turn it is at a host.
#include <unistd.h>

#include <algorithm>
#include <atomic>
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
  GrpcProbe other = one;
  other.name = "others";
  watcher_->watch({one, other});
  ProbedNow first, second;
  probe_now("others", first);
  const auto began = steady_clock::now();
  probe_now("silent", second, began + 200ms);
  ASSERT_TRUE(run_until([&] { return second.not_asked == 3; }));
  EXPECT_LT(steady_clock::now() - began, 10s);
  EXPECT_THAT(second.states, IsEmpty());
  EXPECT_THAT(first.states, IsEmpty());
}

TEST_F(ProbeWatcherTest, does_not_have_a_scraper_of_one_server_wait_for_others_that_hang) {
  Serving silent(silent_habit());
  HealthServing server;
  GrpcProbe hung = probe("silent", silent.address(), 400ms, numbered(12));
  hung.timeout = 300ms;
  watcher_->watch({hung, probe("users", server.address(), 1h)});
  ASSERT_TRUE(run_until_looked());
  ProbedNow of_hung, now;
  const auto latest = steady_clock::now() + 2s;
  probe_now("silent", of_hung, latest);
  probe_now("users", now, latest);
  ASSERT_TRUE(run_until([&] { return now.states.size() + now.not_asked > 0; }));
  ASSERT_EQ(now.states.size(), 1u) << "eleven wait for their turn of 300 ms";
  EXPECT_EQ(now.states[0]->look.status, HealthStatus::serving);
}

TEST_F(ProbeWatcherTest, answers_all_scrapers_of_one_server_by_one_probe) {
  std::atomic<int> asked = 0;
  Serving silent([&](const ServingCall&) {
    ++asked;
    return Served{0, "", "", true};
  });
  GrpcProbe one = probe("silent", silent.address(), 1h);
  one.timeout = 300ms;
  watcher_->watch({one});
  ASSERT_TRUE(run_until_looked());
  const int before = asked;
  std::vector<ProbedNow> now(40);
  for (ProbedNow& out : now) probe_now("silent", out);
  const auto answered = [](const ProbedNow& out) { return out.states.size() == 1; };
  ASSERT_TRUE(run_until([&] { return std::ranges::all_of(now, answered); }));
  EXPECT_EQ(asked - before, 1);
  EXPECT_EQ(now[39].states[0]->look.words, "no answer in time");
  ProbedNow next;
  probe_now("silent", next);
  ASSERT_TRUE(run_until([&] { return answered(next); }));
  EXPECT_EQ(asked - before, 2) << "what was found before is told to nobody who asks later";
}

TEST_F(ProbeWatcherTest, asks_nothing_more_for_scrapers_who_have_left) {
  std::atomic<int> asked = 0;
  Serving silent([&](const ServingCall&) {
    ++asked;
    return Served{0, "", "", true};
  });
  GrpcProbe one = probe("silent", silent.address(), 1h, numbered(4));
  one.timeout = 300ms;
  watcher_->watch({one});
  ASSERT_TRUE(run_until_looked());
  const int before = asked;
  bool gone = false;
  ProbedNow first, second;
  const Instant late = steady_clock::now() + 10min;
  probe_now("silent", first, late, [&] { return gone; });
  probe_now("silent", second, late, [&] { return gone; });
  ASSERT_TRUE(run_until([&] { return asked > before; }));
  gone = true;
  ASSERT_TRUE(run_until([&] { return first.not_asked > 0 && second.not_asked > 0; }));
  EXPECT_EQ(asked - before, 1) << "the one that was under way was heard out";
  EXPECT_EQ(first.states.size(), 1u);
  probe_now("silent", first = {}, late, [] { return false; });
  probe_now("silent", second = {}, late, [] { return true; });
  ASSERT_TRUE(run_until([&] { return first.states.size() == 4; })) << "somebody still waits";
}

TEST_F(ProbeWatcherTest, answers_scrapers_at_once_when_it_is_stopped) {
  Serving silent(silent_habit());
  HealthServing server;
  GrpcProbe one = probe("silent", silent.address(), 1h);
  watcher_->watch({one, probe("users", server.address(), 1h)});
  ProbedNow of_silent, of_users;
  const Instant late = steady_clock::now() + 10min;
  probe_now("users", of_users, late);
  ASSERT_TRUE(run_until([&] { return !of_users.states.empty(); }));
  EXPECT_FALSE(of_users.broken_off);
  probe_now("silent", of_silent, late);
  io_.run_for(100ms);
  const auto began = steady_clock::now();
  watcher_->stop();
  ASSERT_TRUE(run_until([&] { return of_silent.broken_off; }));
  EXPECT_LT(steady_clock::now() - began, 2s);
  EXPECT_THAT(of_silent.states, IsEmpty()) << "what was not heard out is no outage";
}

TEST_F(ProbeWatcherTest, ends_a_probe_for_which_no_scraper_set_a_time) {
  watcher_ = std::make_shared<ProbeWatcher>(io_.get_executor(), 200ms);
  Serving silent(silent_habit());
  GrpcProbe one = probe("silent", silent.address(), 1h, numbered(40));
  one.timeout = 400ms;
  watcher_->watch({one});
  ProbedNow now;
  probe_now("silent", now);
  ASSERT_TRUE(run_until([&] { return now.not_asked > 0; })) << "all forty take sixteen seconds";
  EXPECT_LE(now.states.size(), 2u);
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
