// Probes of real gRPC servers (grpc++, with its own health service): who is asked when, and what is
// kept when the list changes.
#include "app/probe_watcher.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/probe_watching.h"

namespace mesh::probe_watcher_test {
namespace {

TEST_F(ProbeWatcherTest, tells_of_each_service_what_the_server_says) {
  HealthServing server;
  server.say("a.B", false);
  watcher_->watch({probe("users", server.address(), 1h, {"", "a.B", "a.C"})});
  EXPECT_FALSE(watcher_->all_looked());
  ASSERT_TRUE(run_until_looked());
  EXPECT_THAT(statuses(), ElementsAre("serving", "not_serving", "service_unknown"));
  const auto states = watcher_->states();
  EXPECT_EQ(states[1]->name, "users");
  EXPECT_EQ(states[1]->service, "a.B");
  EXPECT_EQ(states[1]->probes, 1u);
  EXPECT_EQ(states[1]->failures, 1u);
  EXPECT_EQ(states[0]->failures, 0u);
}

TEST_F(ProbeWatcherTest, asks_two_at_a_time_of_a_host_and_no_more) {
  Serving silent([](const ServingCall&) { return Served{0, "", "", true}; });
  GrpcProbe six = probe("silent", silent.address(), 1h, numbered(6));
  six.timeout = 300ms;
  const auto began = steady_clock::now();
  watcher_->watch({six});
  ASSERT_TRUE(run_until_looked());
  // Three rounds of two; all at once would take one, and one after the other six.
  EXPECT_GE(steady_clock::now() - began, 3 * six.timeout);
  EXPECT_THAT(statuses(), ::testing::Each("unreachable"));
  six.name = "another";  // of whom it is not known yet that he is away
  six.timeout = 10s;
  watcher_->watch({six});
  std::thread run([this] { io_.run_for(5s); });
  EXPECT_TRUE(silent.wait_for_calls(8)) << "the second does not wait for the first";
  io_.stop();
  run.join();
}

TEST_F(ProbeWatcherTest, does_not_have_one_host_wait_for_another) {
  Serving silent([](const ServingCall&) { return Served{0, "", "", true}; });
  HealthServing server;
  Address elsewhere = server.address();
  elsewhere.host = "127.0.0.2";  // it listens on 127.0.0.1 only: refused at once
  GrpcProbe hung = probe("silent", silent.address(), 1h, numbered(4));
  hung.timeout = 15s;
  watcher_->watch({hung, probe("away", elsewhere, 1h)});
  EXPECT_TRUE(run_until([this] { return !watcher_->states().empty(); }));
  EXPECT_EQ(only()->name, "away");
}

TEST_F(ProbeWatcherTest, asks_no_more_often_in_an_outage_and_sees_its_end_at_the_next) {
  const Address address = nobody();
  watcher_->watch({probe("users", address, 200ms)});
  const auto began = steady_clock::now();
  ASSERT_TRUE(run_until([this] { return !statuses().empty() && only()->probes >= 5; }));
  const auto intervals = static_cast<std::uint64_t>((steady_clock::now() - began) / 200ms);
  // One as soon as it is watched, then one in each interval.
  EXPECT_LE(only()->probes, intervals + 2);
  EXPECT_EQ(only()->failures, only()->probes);
  EXPECT_EQ(only()->look.words, "connection refused");
  const std::uint64_t failures = only()->failures;
  const Serving back(
      [](const ServingCall&) {
        return Served{0, "", serving, false};
      },
      nullptr, address.port);
  ASSERT_TRUE(run_until([this] { return statuses()[0] == "serving"; }));
  EXPECT_LE(only()->failures, failures + 1);
}

TEST_F(ProbeWatcherTest, has_a_place_in_the_interval_for_each) {
  std::mutex mutex;
  std::map<std::string, std::vector<steady_clock::time_point>> asked;
  const Serving server([&](const ServingCall& call) {
    const std::lock_guard lock(mutex);
    asked[call.request].push_back(steady_clock::now());
    return Served{0, "", serving, false};
  });
  watcher_->watch({probe("users", server.address(), 800ms, numbered(20))});
  ASSERT_TRUE(run_until([&] {
    const std::lock_guard lock(mutex);
    if (asked.size() < 20) return false;
    return std::ranges::all_of(asked, [](const auto& one) { return one.second.size() >= 2; });
  }));
  const std::lock_guard lock(mutex);
  // The second questions, which are those with a place of their own, are spread over an interval.
  auto first = steady_clock::time_point::max(), last = steady_clock::time_point::min();
  for (const auto& [service, times] : asked) {
    first = std::min(first, times[1]);
    last = std::max(last, times[1]);
  }
  EXPECT_GE(last - first, 400ms);
}

TEST_F(ProbeWatcherTest, keeps_what_it_counted_of_who_is_as_before) {
  HealthServing server;
  const GrpcProbe stays = probe("stays", server.address(), 1h);
  const GrpcProbe goes = probe("goes", server.address(), 1h);
  GrpcProbe changes = probe("changes", server.address(), 1h);
  watcher_->watch({stays, goes, changes});
  ASSERT_TRUE(run_until_looked());
  const auto before = watcher_->states();
  changes.timeout = 1s;
  changes.interval = 30min;
  watcher_->watch({changes, stays});
  EXPECT_THAT(watcher_->states(), ElementsAre(before[2], before[0]));
  ASSERT_TRUE(run_until([this] { return only()->probes == 2; })) << "it is asked otherwise";
  const HealthServing other;
  changes.server.address = other.address();
  watcher_->watch({changes, stays});
  ASSERT_EQ(watcher_->states().size(), 1u) << "another server begins anew";
  ASSERT_TRUE(run_until_looked());
  EXPECT_EQ(only()->name, "changes");
  EXPECT_EQ(only()->probes, 1u);
}

TEST_F(ProbeWatcherTest, tells_nothing_of_who_was_stopped_while_being_asked) {
  Serving silent([](const ServingCall&) { return Served{0, "", "", true}; });
  watcher_->watch({probe("silent", silent.address(), 1h, numbered(4))});
  io_.run_for(300ms);
  ASSERT_TRUE(silent.wait_for_calls(2));
  watcher_->stop();
  EXPECT_TRUE(watcher_->all_looked()) << "there is nobody";
  EXPECT_THAT(watcher_->states(), IsEmpty());
  io_.run_for(50ms);
  EXPECT_THAT(watcher_->states(), IsEmpty());
}

TEST_F(ProbeWatcherTest, cancels_calls_when_the_context_ends) {
  Serving silent([](const ServingCall&) { return Served{0, "", "", true}; });
  {
    asio::io_context io{1};
    const auto watcher = std::make_shared<ProbeWatcher>(io.get_executor());
    watcher->watch({probe("silent", silent.address(), 1h)});
    io.run_for(300ms);
    ASSERT_TRUE(silent.wait_for_calls(1));
    watcher->stop();
  }
  EXPECT_TRUE(silent.wait_for_cancelled(1));
}

TEST_F(ProbeWatcherTest, makes_a_probe_now_and_counts_it_nowhere) {
  HealthServing server;
  watcher_->watch({probe("users", server.address(), 1h, {"", "a.B"})});
  ASSERT_TRUE(run_until_looked());
  server.say("", false);
  EXPECT_FALSE(watcher_->probe_now("others"));
  ProbedNow now;
  probe_now("users", now);
  ASSERT_TRUE(run_until([&] { return now.states.size() == 2; }));
  EXPECT_EQ(now.states[0]->look.status, HealthStatus::not_serving);
  EXPECT_THAT(statuses(), ElementsAre("serving", "service_unknown"));
  EXPECT_EQ(only()->probes, 1u);
}

TEST_F(ProbeWatcherTest, asks_what_is_asked_anyhow_however_many_ask_now) {
  std::mutex mutex;
  std::vector<std::string> asked;
  Serving silent([&](const ServingCall& call) {
    const std::lock_guard lock(mutex);
    asked.push_back(call.request);
    return Served{0, "", "", true};
  });
  GrpcProbe users = probe("users", silent.address(), 400ms);
  users.timeout = 300ms;
  GrpcProbe others = probe("others", silent.address(), 1h, {"others"});
  others.timeout = 300ms;
  watcher_->watch({users, others});
  std::vector<ProbedNow> now(60);
  for (ProbedNow& out : now) probe_now("others", out);
  const auto count = [&](bool of_users) {
    const std::lock_guard lock(mutex);
    return std::ranges::count(asked, of_users, &std::string::empty);
  };
  EXPECT_TRUE(run_until([&] { return count(true) >= 3; }));
  EXPECT_LT(count(false), 30) << "those who asked first have all been served first";
}

TEST_F(ProbeWatcherTest, has_nobody_wait_for_those_who_were_not_reached) {
  std::atomic<int> asked = 0;
  Serving silent([&](const ServingCall&) {
    ++asked;
    return Served{0, "", "", true};
  });
  HealthServing server;
  GrpcProbe hung = probe("silent", silent.address(), 400ms, numbered(8));
  hung.timeout = 300ms;
  watcher_->watch({hung, probe("users", server.address(), 200ms)});
  ASSERT_TRUE(run_until_looked());
  const int before = asked;
  const std::uint64_t probes = watcher_->states().back()->probes;
  ASSERT_TRUE(run_until([&] { return watcher_->states().back()->probes >= probes + 10; }));
  // Two seconds' worth of one after the other; by turns it would be forty and more.
  EXPECT_LT(asked - before, 30);
}

TEST_F(ProbeWatcherTest, counts_each_interval_in_which_a_hung_server_had_no_turn) {
  Serving silent([](const ServingCall&) { return Served{0, "", "", true}; });
  GrpcProbe hung = probe("silent", silent.address(), 400ms, numbered(8));
  hung.timeout = 300ms;
  watcher_->watch({hung});
  ASSERT_TRUE(run_until_looked());
  const auto before = watcher_->states();
  const auto began = steady_clock::now();
  const auto each_again = [&] {
    const auto states = watcher_->states();
    for (std::size_t i = 0; i < states.size(); ++i) {
      if (states[i]->probes < before[i]->probes + 10) return false;
    }
    return true;
  };
  // Ten intervals are four seconds; a turn for each in line would take ten rounds of 2.4 s.
  ASSERT_TRUE(run_until(each_again));
  EXPECT_LT(steady_clock::now() - began, 12s);
  for (const auto& one : watcher_->states()) EXPECT_EQ(one->failures, one->probes);
}

TEST_F(ProbeWatcherTest, says_why_there_may_be_no_answer) {
  GrpcProbe one = probe("users", nobody(), 1h);
  one.if_unreachable = "a proxy refuses plain text";
  watcher_->watch({one});
  ASSERT_TRUE(run_until_looked());
  EXPECT_EQ(only()->look.words, "connection refused; a proxy refuses plain text");
}

}  // namespace
}  // namespace mesh::probe_watcher_test
