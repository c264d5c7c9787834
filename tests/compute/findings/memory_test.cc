// Findings about a sidecar's memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "compute/findings/all.h"

namespace mesh::memory_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::uint64_t mib = 1024 * 1024;
constexpr WallTime noon{std::chrono::seconds(1'800'000'000)};

class MemoryFindings : public testing::Test {
 protected:
  MemoryFindings() {
    state_.up = true;
    state_.target.ns = "shop";
    state_.target.pod = "users-0";
    state_.resources.emplace();
    uses(100 * mib, 1024 * mib);
  }

  SidecarResources& resources() { return *state_.resources; }
  void uses(std::uint64_t bytes, std::optional<std::uint64_t> limit) {
    resources().working_set = bytes;
    resources().memory_limit = limit;
  }

  std::vector<Finding> found() {
    Snapshot snapshot;
    snapshot.targets = {std::make_shared<const TargetState>(state_)};
    auto discovery = std::make_shared<DiscoveryOutcome>();
    if (oom_killed_) discovery->notes["shop/users-0"].oom_killed = oom_killed_;
    snapshot.discovery = discovery;
    std::vector<Finding> all;
    for (const FindingMaker* maker : all_findings) maker->find(snapshot, noon, all);
    return all;
  }
  // "severity name: cause" of each.
  std::vector<std::string> words() {
    std::vector<std::string> lines;
    for (const Finding& one : found()) {
      lines.push_back(std::string(to_string(one.severity)) + " " + std::string(one.name) + ": " +
                      one.cause);
    }
    return lines;
  }

  TargetState state_;
  std::optional<WallTime> oom_killed_;  // as the pod says
};

TEST_F(MemoryFindings, are_none_where_there_is_room) { EXPECT_THAT(words(), IsEmpty()); }

TEST_F(MemoryFindings, are_none_without_a_look_or_a_limit) {
  uses(900 * mib, std::nullopt);
  EXPECT_THAT(words(), IsEmpty());
  state_.resources.reset();
  EXPECT_THAT(words(), IsEmpty());
}

TEST_F(MemoryFindings, a_kill_is_told_by_the_pod_where_the_group_counted_none) {
  const std::string told =
      "warning sidecar_oom_killed: its container was killed for want of memory, and started again, "
      "as "
      "Kubernetes says";
  oom_killed_ = noon - std::chrono::minutes(59);
  EXPECT_THAT(words(), ElementsAre(told));
  EXPECT_THAT(found().front().evidence,
              ElementsAre(Evidence{"last_kill", unix_seconds(*oom_killed_), Unit::unix_seconds}));
  state_.resources.reset();
  EXPECT_THAT(words(), ElementsAre(told));
  oom_killed_ = noon - std::chrono::minutes(61);
  EXPECT_THAT(words(), IsEmpty());
}

TEST_F(MemoryFindings, a_kill_is_told_once_where_both_tell_it) {
  oom_killed_ = noon;
  resources().recent_oom_kills = 1;
  EXPECT_THAT(words(), ElementsAre(StartsWith("warning sidecar_oom_killed: the kernel killed")));
}

TEST_F(MemoryFindings, pressure_is_told_from_nine_tenths_on) {
  uses(449 * mib, 500 * mib);
  EXPECT_THAT(words(), IsEmpty());
  uses(450 * mib, 500 * mib);
  state_.heap = Heap{300 * mib, 320 * mib};
  EXPECT_THAT(words(), ElementsAre("warning sidecar_memory_pressure: uses 450 MiB of 500 MiB of "
                                   "memory (90 %)"));
  const Finding one = found().front();
  EXPECT_EQ(one.where, "shop/users-0");
  EXPECT_THAT(one.evidence, Contains(Evidence{"share", 0.9, Unit::ratio}));
  EXPECT_THAT(one.evidence, Contains(Evidence{"heap", 320.0 * mib, Unit::bytes}));
}

TEST_F(MemoryFindings, pressure_is_told_where_everything_stands_still) {
  resources().memory_stalled = 0.09;
  EXPECT_THAT(words(), IsEmpty());
  resources().memory_stalled = 0.25;
  EXPECT_THAT(words(), ElementsAre("warning sidecar_memory_pressure: uses 100 MiB of 1 GiB of "
                                   "memory (10 %); stood still for want of memory 25 % of the "
                                   "last minute"));
  EXPECT_THAT(found().front().remedy, StartsWith("the node is short of memory"));
  uses(100 * mib, std::nullopt);
  EXPECT_THAT(words(), ElementsAre(HasSubstr("pressure: stood still")));
}

TEST_F(MemoryFindings, pressure_at_the_limit_is_the_limits_doing) {
  uses(480 * mib, 500 * mib);
  resources().memory_stalled = 0.25;
  EXPECT_THAT(words(), ElementsAre(HasSubstr("(96 %), and stood still")));
  EXPECT_THAT(found().front().remedy, StartsWith("raise the limit"));
}

TEST_F(MemoryFindings, remedies_are_in_the_words_of_the_mesh) {
  uses(480 * mib, 500 * mib);
  const std::pair<const char*, const char*> remedies[] = {
      {"istio", "sidecar.istio.io/proxyMemoryLimit"},
      {"linkerd", "config.linkerd.io/proxy-memory-limit"},
      {"consul", "consul.hashicorp.com/sidecar-proxy-memory-limit"},
      {"envoy", "MemoryMax"},
  };
  for (const auto& [mesh, words] : remedies) {
    state_.target.mesh = mesh;
    EXPECT_THAT(found().front().remedy, HasSubstr(words));
  }
}

TEST_F(MemoryFindings, a_kill_is_told_though_the_proxy_is_down) {
  state_.up = false;
  resources().recent_oom_kills = 1;
  resources().last_oom_kill = noon;
  resources().memory_peak = 1024 * mib;
  EXPECT_THAT(words(), ElementsAre("warning sidecar_oom_killed: the kernel killed a process of it "
                                   "for want of memory, at its limit of 1 GiB"));
  EXPECT_THAT(found().front().evidence,
              Contains(Evidence{"last_kill", 1'800'000'000, Unit::unix_seconds}));
}

TEST_F(MemoryFindings, kills_again_and_again_are_grave) {
  resources().recent_oom_kills = 3;
  resources().memory_peak = 500 * mib;
  EXPECT_THAT(words(), ElementsAre("critical sidecar_oom_killed: the kernel killed 3 processes of "
                                   "it for want of memory; its limit is 1 GiB"));
}

TEST_F(MemoryFindings, a_kill_without_a_limit_is_somebody_elses_doing) {
  resources().recent_oom_kills = 1;
  resources().memory_peak = 500 * mib;
  uses(100 * mib, std::nullopt);
  EXPECT_THAT(words(), ElementsAre(HasSubstr("for want of memory: it has no limit of its own")));
}

TEST_F(MemoryFindings, a_kill_that_took_the_group_along_says_nothing_of_its_limit) {
  resources() = {};
  resources().error = "no cgroup /a in /sys/fs/cgroup";
  resources().recent_oom_kills = 1;
  EXPECT_THAT(words(), ElementsAre("warning sidecar_oom_killed: the kernel killed a process of it "
                                   "for want of memory"));
}

TEST_F(MemoryFindings, a_low_limit_is_worth_a_word) {
  uses(20 * mib, 255 * mib);
  EXPECT_THAT(words(), ElementsAre(StartsWith("info sidecar_memory_limit_low: may use 255 MiB of "
                                              "memory, less than 256 MiB")));
  uses(20 * mib, 256 * mib);
  EXPECT_THAT(words(), IsEmpty());
}

TEST_F(MemoryFindings, a_linkerd_proxy_needs_less) {
  uses(20 * mib, 250 * mib);
  state_.target.mesh = "linkerd";
  EXPECT_THAT(words(), IsEmpty());
}

TEST_F(MemoryFindings, pressure_must_hold_and_a_kill_need_not) {
  EXPECT_EQ(sidecar_memory_pressure.stated, Stated::after_a_window);
  EXPECT_EQ(sidecar_oom_killed.stated, Stated::at_once);
}

}  // namespace
}  // namespace mesh::memory_test
