// The poller and the control groups of its targets: looked at beside the polls, whatever comes of
// those. The root is one that was recorded (tests/fixtures/README.md).
#include <gtest/gtest.h>

#include "app/poller_fixture.h"

namespace mesh::support::poller_resources_test {
namespace {

class PollerResourcesTest : public PollerTest {
 protected:
  Target in_group(const std::string& cgroup, const FakeAdmin& admin) {
    Target one = target("a", admin);
    one.cgroup = cgroup;
    return one;
  }
  // Of the only target, once its group was looked at.
  SidecarResources resources(const Poller& poller) {
    const auto state = [&] { return poller.snapshot()->targets[0]; };
    EXPECT_TRUE(until([&] { return state()->resources.has_value(); }));
    return state()->resources.value_or(SidecarResources{});
  }
};

TEST_F(PollerResourcesTest, a_group_is_read_beside_its_proxy) {
  FakeAdmin admin;
  behave(admin);
  const auto poller = poll({in_group("/limited", admin)});
  const SidecarResources seen = resources(*poller);
  EXPECT_EQ(seen.error, "");
  EXPECT_EQ(seen.memory_limit, 67'108'864u);
  EXPECT_EQ(seen.total(ResourceCounter::cpu), 1'520'000u);
}

TEST_F(PollerResourcesTest, a_group_is_read_though_its_proxy_is_down) {
  FakeAdmin admin;
  admin.refuse();
  const auto poller = poll({in_group("/killed", admin)});
  EXPECT_EQ(resources(*poller).total(ResourceCounter::oom_kills), 1u);
  EXPECT_FALSE(poller->snapshot()->targets[0]->up);
}

TEST_F(PollerResourcesTest, a_group_that_is_not_there_is_said_and_hurts_nobody) {
  timeout_ = seconds(1);
  FakeAdmin admin;
  behave(admin);
  const auto poller = poll({in_group("/gone", admin)});
  EXPECT_EQ(resources(*poller).error.substr(0, 15), "no cgroup /gone");
  EXPECT_TRUE(poller->snapshot()->targets[0]->up);
}

TEST_F(PollerResourcesTest, a_target_without_a_group_is_not_looked_for) {
  FakeAdmin admin;
  behave(admin);
  const auto poller = poll({target("a", admin)});
  ASSERT_TRUE(until([&] { return poller->snapshot()->pass.passes >= 2; }));
  EXPECT_FALSE(poller->snapshot()->targets[0]->resources.has_value());
}

TEST_F(PollerResourcesTest, a_restarted_container_has_another_group_and_is_who_it_was) {
  timeout_ = seconds(1);
  FakeAdmin admin;
  behave(admin);
  const auto poller = poll({in_group("/limited", admin)});
  ASSERT_EQ(resources(*poller).total(ResourceCounter::oom_kills), 0u);
  poller->watch({in_group("/killed", admin)});
  EXPECT_TRUE(poller->snapshot()->targets[0]->up);
  ASSERT_TRUE(until([&] { return resources(*poller).recent_oom_kills == 1; }));
  EXPECT_EQ(resources(*poller).total(ResourceCounter::cpu), 1'520'000u + 5'850'000u);
  EXPECT_EQ(admin.connections(), 1);
}

TEST_F(PollerResourcesTest, what_a_kubelet_says_counts_where_there_is_no_group) {
  timeout_ = seconds(1);
  FakeAdmin admin;
  behave(admin);
  Target grouped = in_group("/limited", admin);
  grouped.pod = "grouped";
  const auto poller = poll({target("a", admin), grouped});
  const auto state = [&](std::size_t which) { return poller->snapshot()->targets[which]; };
  ASSERT_TRUE(until([&] { return state(1)->resources.has_value(); }));
  CgroupLook told;
  told.source = ResourceSource::kubelet;
  told.reading.working_set = 12'345;
  poller->take_looks({{"a", told}, {"grouped", told}, {"nobody", told}});
  ASSERT_TRUE(state(0)->resources.has_value());
  EXPECT_EQ(state(0)->resources->working_set, 12'345u);
  EXPECT_EQ(state(1)->resources->source, ResourceSource::cgroup);
  EXPECT_EQ(state(1)->resources->memory_limit, 67'108'864u);
}

}  // namespace
}  // namespace mesh::support::poller_resources_test
