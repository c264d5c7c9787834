// Probes of real gRPC servers (grpc++, with its own health service): who is asked when, what is
// kept when the list changes, and what a server says of itself between two questions.
#include "app/probe_watcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/rethrow.h"
#include "grpc/serving.h"

namespace mesh {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::steady_clock;
using ::testing::ElementsAre;
using testing::HealthServing;
using ::testing::IsEmpty;
using testing::Served;
using testing::Serving;
using testing::ServingCall;

const std::string serving("\x08\x01", 2);

GrpcProbe probe(const std::string& name, const Address& address, std::chrono::milliseconds interval,
                std::vector<std::string> services = {""}) {
  GrpcProbe one;
  one.name = name;
  one.whose.mesh = "";
  one.server.address = address;
  one.services = std::move(services);
  one.interval = interval;
  one.timeout = 5s;
  return one;
}

std::vector<std::string> numbered(int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back("s" + std::to_string(i));
  return names;
}

// Where nobody listens.
Address nobody() {
  const HealthServing gone;
  return gone.address();
}

class ProbeWatcherTest : public ::testing::Test {
 protected:
  // False if it does not come true within twenty seconds.
  bool run_until(const std::function<bool()>& holds) {
    const auto end = steady_clock::now() + 20s;
    io_.restart();
    while (!holds()) {
      if (steady_clock::now() >= end) return false;
      io_.run_one_for(10ms);
    }
    return true;
  }

  bool run_until_looked() {
    return run_until([this] { return watcher_->all_looked(); });
  }

  std::vector<std::string> statuses() const {
    std::vector<std::string> all;
    for (const auto& one : watcher_->states()) all.emplace_back(to_string(one->look.status));
    return all;
  }

  std::shared_ptr<const GrpcHealthState> only() const { return watcher_->states().at(0); }

  asio::io_context io_{1};
  std::shared_ptr<ProbeWatcher> watcher_ = std::make_shared<ProbeWatcher>(io_.get_executor());
};

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
  watcher_->watch({changes, stays});
  ASSERT_EQ(watcher_->states().size(), 1u) << "the changed one begins anew";
  EXPECT_EQ(only(), before[0]);
  ASSERT_TRUE(run_until_looked());
  EXPECT_EQ(watcher_->states()[0]->name, "changes");
  EXPECT_EQ(watcher_->states()[0]->probes, 1u);
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
  HealthStates now;
  const auto ask = [](asio::awaitable<HealthStates> probing,
                      HealthStates& out) -> asio::awaitable<void> {
    out = co_await std::move(probing);
  };
  asio::co_spawn(io_, ask(*watcher_->probe_now("users"), now), rethrow);
  ASSERT_TRUE(run_until([&] { return now.size() == 2; }));
  EXPECT_EQ(now[0]->look.status, HealthStatus::not_serving);
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
  std::vector<HealthStates> now(60);
  const auto ask = [](asio::awaitable<HealthStates> probing,
                      HealthStates& out) -> asio::awaitable<void> {
    out = co_await std::move(probing);
  };
  for (HealthStates& out : now) {
    asio::co_spawn(io_, ask(*watcher_->probe_now("others"), out), rethrow);
  }
  const auto count = [&](bool of_users) {
    const std::lock_guard lock(mutex);
    return std::ranges::count(asked, of_users, &std::string::empty);
  };
  EXPECT_TRUE(run_until([&] { return count(true) >= 3; }));
  EXPECT_LT(count(false), 30) << "those who asked first have all been served first";
}

TEST_F(ProbeWatcherTest, says_why_there_may_be_no_answer) {
  GrpcProbe one = probe("users", nobody(), 1h);
  one.if_unreachable = "a proxy refuses plain text";
  watcher_->watch({one});
  ASSERT_TRUE(run_until_looked());
  EXPECT_EQ(only()->look.words, "connection refused; a proxy refuses plain text");
}

// The interval is an hour: what is shown was told by the server.
TEST_F(ProbeWatcherTest, shows_what_a_server_says_of_itself_at_once_and_counts_it_nowhere) {
  auto server = std::make_unique<HealthServing>();
  GrpcProbe one = probe("users", server->address(), 1h, {"", "a.B"});
  one.watch = true;
  watcher_->watch({one});
  ASSERT_TRUE(run_until_looked());
  EXPECT_THAT(statuses(), ElementsAre("serving", "service_unknown"));
  for (const bool up : {false, true, false}) {
    server->say("", !up);
    server->say("a.B", up);
    const auto said = steady_clock::now();
    const std::string first = up ? "not_serving" : "serving",
                      second = up ? "serving" : "not_serving";
    ASSERT_TRUE(run_until([&] { return statuses() == std::vector{first, second}; }));
    EXPECT_LT(steady_clock::now() - said, 5s);
  }
  EXPECT_EQ(only()->probes, 1u);
  server = nullptr;
  ASSERT_TRUE(run_until([&] { return statuses() == std::vector<std::string>(2, "unreachable"); }));
  EXPECT_EQ(only()->probes, 1u) << "nor that it is away";
}

TEST_F(ProbeWatcherTest, goes_on_asking_who_does_not_speak_of_itself) {
  std::mutex mutex;
  std::map<std::string, int> calls;
  const Serving server([&](const ServingCall& call) {
    const std::lock_guard lock(mutex);
    ++calls[call.path];
    if (call.path.ends_with("Watch")) return Served{12, "what is that", "", false};
    return Served{0, "", serving, false};
  });
  GrpcProbe one = probe("users", server.address(), 100ms);
  one.watch = true;
  watcher_->watch({one});
  ASSERT_TRUE(run_until([this] { return !statuses().empty() && only()->probes >= 4; }));
  EXPECT_EQ(only()->failures, 0u);
  const std::lock_guard lock(mutex);
  EXPECT_EQ(calls["/grpc.health.v1.Health/Watch"], 1) << "it is remembered";
}

}  // namespace
}  // namespace mesh
