// Probes of real gRPC servers in an outage: what is counted, what is logged, and who decides what
// it is.
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/probe_watcher.h"
#include "app/probe_watching.h"

namespace mesh::probe_outage_test {
namespace {

int times(const std::string& part, const std::string& text) {
  int count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST_F(ProbeWatcherTest, counts_turns_that_were_missed_at_their_interval_and_keeps_them) {
  std::atomic<bool> hangs{true};
  Serving server([&](const ServingCall&) { return Served{0, "", serving, hangs.load()}; });
  GrpcProbe hung = probe("users", server.address(), 400ms, numbered(8));
  hung.timeout = 300ms;
  watcher_->watch({hung});
  ASSERT_TRUE(run_until_looked());
  const auto before = watcher_->states();
  const auto began = steady_clock::now();
  // A turn for each in line comes after 2.4 s, which are six intervals.
  const auto all_are_counted = [&] {
    const auto due = static_cast<std::uint64_t>((steady_clock::now() - began) / 400ms);
    const auto states = watcher_->states();
    for (std::size_t i = 0; i < states.size(); ++i) {
      if (states[i]->probes + 2 < before[i]->probes + due) return false;
    }
    return true;
  };
  const auto hung_long_enough = [&] {
    EXPECT_TRUE(all_are_counted());
    return steady_clock::now() >= began + 4s || HasFailure();
  };
  ASSERT_TRUE(run_until(hung_long_enough));
  hangs = false;
  const auto all_answer = [&] { return statuses() == std::vector<std::string>(8, "serving"); };
  ASSERT_TRUE(run_until(all_answer));
  EXPECT_TRUE(all_are_counted()) << "what was missed before an answer stays counted";
  for (const auto& one : watcher_->states()) EXPECT_GE(one->failures, 9u);
}

TEST_F(ProbeWatcherTest, logs_each_change_of_status_once) {
  std::atomic<int> says{2};  // NOT_SERVING
  auto server = std::make_unique<Serving>([&](const ServingCall&) {
    return Served{0, "", {'\x08', static_cast<char>(says.load())}, says.load() == 0};
  });
  GrpcProbe one = probe("users", server->address(), 100ms);
  one.timeout = 50ms;
  ::testing::internal::CaptureStderr();
  watcher_->watch({one});
  const auto twice = [&](HealthStatus status, const std::string& words) {
    std::uint64_t seen = 0;
    const auto is_so = [&] {
      const auto states = watcher_->states();
      if (states.empty() || states[0]->look.status != status) return false;
      if (states[0]->look.words != words) return false;
      if (seen == 0) seen = states[0]->probes;
      return states[0]->probes > seen + 1;
    };
    EXPECT_TRUE(run_until(is_so)) << words;
  };
  twice(HealthStatus::not_serving, "");
  says = 0;
  twice(HealthStatus::unreachable, "no answer in time");
  server = nullptr;
  twice(HealthStatus::unreachable, "connection refused");
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(times("status=not_serving", log), 1);
  EXPECT_EQ(times("error=\"no answer in time\"", log), 1);
  EXPECT_EQ(times("error=\"connection refused\"", log), 1);
}

TEST_F(ProbeWatcherTest, takes_who_writes_that_he_is_not_there_for_who_answers) {
  const Serving server([](const ServingCall&) {
    return Served{14, "Connection refused", "", false};
  });
  watcher_->watch({probe("users", server.address(), 1h)});
  ASSERT_TRUE(run_until_looked());
  EXPECT_THAT(statuses(), ElementsAre("failed"));
  EXPECT_EQ(only()->look.words, "UNAVAILABLE: Connection refused");
}

TEST_F(ProbeWatcherTest, tells_the_number_of_a_status_that_is_none_of_grpcs) {
  const Serving server([](const ServingCall&) { return Served{99, "so", "", false}; });
  watcher_->watch({probe("users", server.address(), 1h)});
  ASSERT_TRUE(run_until_looked());
  EXPECT_EQ(only()->look.words, "status 99: so");
}

}  // namespace
}  // namespace mesh::probe_outage_test
