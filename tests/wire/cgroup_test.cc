// What files of control groups say. Version 1 beside the pressure of version 2, and version 2, as
// recorded from real kernels (tests/fixtures/README.md); and what no kernel says.
#include "wire/cgroup.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "wire/fixture.h"

namespace mesh::cgroup_test {
namespace {

// The text of one file, read into `reading`; gives what could not be read.
std::optional<std::string> read(CgroupHierarchy hierarchy, std::string_view name,
                                const std::string& text, CgroupReading& reading) {
  for (const CgroupFile& file : cgroup_files()) {
    if (file.hierarchy != hierarchy || file.name != name) continue;
    const auto unread = file.read(text, reading);
    return unread ? std::optional(std::string(*unread)) : std::nullopt;
  }
  ADD_FAILURE() << "no such file: " << name;
  return std::nullopt;
}

// All files of a recorded group. `of` says which hierarchy stands in which folder of it.
struct Folder {
  CgroupHierarchy hierarchy;
  std::string path;
};
CgroupReading recorded(const std::vector<Folder>& folders) {
  CgroupReading reading;
  for (const CgroupFile& file : cgroup_files()) {
    for (const auto& [hierarchy, path] : folders) {
      const std::string name = path + "/" + std::string(file.name);
      if (hierarchy != file.hierarchy) continue;
      if (!std::filesystem::exists(MESH_TESTS_DIR "/fixtures/" + name)) continue;
      EXPECT_EQ(file.read(fixture(name), reading), std::nullopt) << name;
    }
  }
  return reading;
}

CgroupReading hybrid(const std::string& moment) {
  return recorded({{CgroupHierarchy::memory, "cgroup/hybrid/memory/" + moment},
                   {CgroupHierarchy::cpu, "cgroup/hybrid/cpu/" + moment},
                   {CgroupHierarchy::cpuacct, "cgroup/hybrid/cpuacct/" + moment},
                   {CgroupHierarchy::unified, "cgroup/hybrid/unified/" + moment}});
}

CgroupReading version_2(const std::string& moment) {
  return recorded({{CgroupHierarchy::unified, "cgroup/v2/" + moment}});
}

std::optional<std::uint64_t> count(const CgroupReading& reading, ResourceCounter counter) {
  const auto& count = reading.counts[index_of(counter)];
  return count ? std::optional(count->value) : std::nullopt;
}

TEST(Cgroup, version_1_is_read_with_the_pressure_beside_it) {
  const CgroupReading reading = hybrid("limited");
  EXPECT_EQ(reading.memory, 54'165'504u);
  EXPECT_EQ(reading.inactive_file, 10'485'760u);
  EXPECT_EQ(reading.memory_limit, 67'108'864u);
  EXPECT_EQ(reading.memory_peak, 54'165'504u);
  EXPECT_EQ(reading.quota_us, 20'000u);
  EXPECT_EQ(reading.period_us, 100'000u);
  EXPECT_EQ(reading.memory_stalled, 0.0);
  EXPECT_EQ(count(reading, ResourceCounter::oom_kills), 0u);
  EXPECT_EQ(count(reading, ResourceCounter::cpu), 277'558u);
  EXPECT_EQ(count(reading, ResourceCounter::periods), 67u);
  EXPECT_EQ(count(reading, ResourceCounter::throttled_periods), 1u);
  EXPECT_EQ(count(reading, ResourceCounter::throttled), 28'143u);
  EXPECT_EQ(count(reading, ResourceCounter::cpu_some), 3'315'316u);
  EXPECT_EQ(count(reading, ResourceCounter::memory_full), 0u);
}

TEST(Cgroup, version_1_counts_a_kill) {
  const CgroupReading reading = hybrid("killed");
  EXPECT_EQ(count(reading, ResourceCounter::oom_kills), 1u);
  EXPECT_EQ(reading.memory_peak, reading.memory_limit);
  EXPECT_DOUBLE_EQ(reading.memory_stalled.value_or(-1), 0.0019);
  EXPECT_EQ(count(reading, ResourceCounter::memory_full), 129'553u);
}

TEST(Cgroup, version_2_is_read) {
  const CgroupReading reading = version_2("limited");
  EXPECT_EQ(reading.memory, 39'165'952u);
  EXPECT_EQ(reading.inactive_file, 6'512'640u);
  EXPECT_EQ(reading.memory_limit, 67'108'864u);
  EXPECT_EQ(reading.memory_peak, 43'372'544u);
  EXPECT_EQ(reading.quota_us, 20'000u);
  EXPECT_EQ(count(reading, ResourceCounter::oom_kills), 0u);
  EXPECT_EQ(count(reading, ResourceCounter::cpu), 1'520'000u);
  EXPECT_EQ(count(reading, ResourceCounter::periods), 79u);
  EXPECT_EQ(count(reading, ResourceCounter::throttled_periods), 76u);
  EXPECT_EQ(count(reading, ResourceCounter::throttled), 5'610'000u);
}

TEST(Cgroup, version_2_counts_a_kill) {
  EXPECT_EQ(count(version_2("killed"), ResourceCounter::oom_kills), 1u);
}

TEST(Cgroup, version_2_without_limits_has_none) {
  const CgroupReading reading = version_2("fresh");
  EXPECT_EQ(reading.memory_limit, std::nullopt);
  EXPECT_EQ(reading.quota_us, std::nullopt);
  EXPECT_EQ(reading.period_us, 100'000u);
}

TEST(Cgroup, a_kernel_without_the_pressure_tells_none) {
  const CgroupReading reading = version_2("limited");
  EXPECT_EQ(reading.memory_stalled, std::nullopt);
  EXPECT_EQ(count(reading, ResourceCounter::memory_some), std::nullopt);
}

TEST(Cgroup, the_largest_number_of_pages_is_no_limit) {
  for (const char* none : {"9223372036854771712\n", "9223372036854710272\n"}) {  // 4 and 64 kB
    CgroupReading reading;
    EXPECT_EQ(read(CgroupHierarchy::memory, "memory.limit_in_bytes", none, reading), std::nullopt);
    EXPECT_EQ(reading.memory_limit, std::nullopt) << none;
  }
}

TEST(Cgroup, no_quota_of_version_1_is_minus_one) {
  CgroupReading reading;
  EXPECT_EQ(read(CgroupHierarchy::cpu, "cpu.cfs_quota_us", "-1\n", reading), std::nullopt);
  EXPECT_EQ(reading.quota_us, std::nullopt);
}

TEST(Cgroup, what_cannot_be_read_is_told_and_leaves_nothing) {
  const struct {
    CgroupHierarchy hierarchy;
    const char *file, *text, *unread;
  } cases[] = {
      {CgroupHierarchy::unified, "memory.current", "", ""},
      {CgroupHierarchy::unified, "memory.current", "12 34\n", "12 34"},
      {CgroupHierarchy::unified, "memory.current", "-5\n", "-5"},
      {CgroupHierarchy::unified, "memory.max", "maximum\n", "maximum"},
      {CgroupHierarchy::unified, "cpu.max", "max\n", "max"},
      {CgroupHierarchy::unified, "cpu.max", "50000 0\n", "50000 0"},
      {CgroupHierarchy::unified, "memory.events", "oom_kill many\n", "oom_kill many"},
      {CgroupHierarchy::unified, "memory.stat", "inactive_file\n", "inactive_file"},
      {CgroupHierarchy::unified, "memory.pressure", "full avg10=0 total=1\n",
       "full avg10=0 total=1"},
      {CgroupHierarchy::unified, "memory.pressure", "full avg60=-1 total=1\n",
       "full avg60=-1 total=1"},
      {CgroupHierarchy::unified, "memory.pressure", "full avg60=NaN total=1\n",
       "full avg60=NaN total=1"},
      {CgroupHierarchy::cpu, "cpu.cfs_period_us", "0\n", "0"},
      {CgroupHierarchy::cpuacct, "cpuacct.usage", "1e9\n", "1e9"},
  };
  for (const auto& one : cases) {
    CgroupReading reading;
    EXPECT_EQ(read(one.hierarchy, one.file, one.text, reading), one.unread);
    EXPECT_EQ(reading, CgroupReading{}) << one.file << ": " << one.text;
  }
}

TEST(Cgroup, a_bad_line_costs_nothing_but_itself) {
  CgroupReading reading;
  EXPECT_EQ(read(CgroupHierarchy::unified, "cpu.stat", "nr_periods ?\nusage_usec 7\n", reading),
            "nr_periods ?");
  EXPECT_EQ(count(reading, ResourceCounter::cpu), 7u);
  EXPECT_EQ(count(reading, ResourceCounter::periods), std::nullopt);
}

TEST(Cgroup, what_a_later_kernel_adds_is_passed_over) {
  CgroupReading reading;
  EXPECT_EQ(read(CgroupHierarchy::unified, "memory.events", "novel 3\noom_kill 2\n", reading),
            std::nullopt);
  EXPECT_EQ(count(reading, ResourceCounter::oom_kills), 2u);
}

TEST(Cgroup, of_two_files_that_tell_the_same_the_first_is_believed) {
  CgroupReading reading;
  read(CgroupHierarchy::cpuacct, "cpuacct.usage", "5000\n", reading);
  read(CgroupHierarchy::unified, "cpu.stat", "usage_usec 9\n", reading);
  EXPECT_EQ(count(reading, ResourceCounter::cpu), 5u);
}

}  // namespace
}  // namespace mesh::cgroup_test
