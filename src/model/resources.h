// What a sidecar takes of its node, and how much it may take: memory, processor time and the time
// it stood still for want of either. The kernel counts it for the sidecar's control group (cgroup);
// an agent that does not see the group may have the little of it that the node's kubelet tells.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace mesh {

// For so long a kill is told as recent, at least: who looks in the morning after, or after the
// meeting, should still see it.
inline constexpr std::chrono::hours kills_recent{1};

// What the kernel counts up, from nothing when the group is made. Times in microseconds.
enum class ResourceCounter : std::uint8_t {
  oom_kills,          // processes killed for want of memory: the group's, or all of the node's
  cpu,                // processor time
  throttled,          // time for which the group was stopped, having used up its quota
  periods,            // of the quota, in which the group ran
  throttled_periods,  // of them, those in which it was stopped
  memory_some,        // time in which at least one task waited for memory
  memory_full,        // time in which all of them did
  cpu_some,           // time in which at least one task waited for a processor
};

inline constexpr std::size_t resource_counters = 8;

template <class T>
using PerResourceCounter = std::array<T, resource_counters>;

constexpr std::size_t index_of(ResourceCounter counter) {
  return static_cast<std::size_t>(counter);
}

// Who told it.
enum class ResourceSource : std::uint8_t {
  cgroup,   // the kernel's files
  kubelet,  // its page of resource metrics, which is some seconds old
};

// From one question to a kubelet to the next, at least: it measures no more often itself.
inline constexpr std::chrono::seconds kubelet_pace{15};

// One look at one group, as the kernel tells it. What no file of the group tells is absent.
struct CgroupReading {
  struct Count {
    std::uint64_t value = 0;
    // Which group it was counted for: one that is made anew under the same name is another.
    std::uint64_t life = 0;

    bool operator==(const Count&) const = default;
  };

  std::optional<std::uint64_t> memory, inactive_file;  // bytes; the latter is part of the former
  std::optional<std::uint64_t> working_set;  // bytes, of who tells it instead of these two
  std::optional<std::uint64_t> memory_limit, memory_peak;  // bytes; no limit: unlimited
  std::optional<std::uint64_t> quota_us, period_us;        // of processor time; no quota: unlimited
  // Share of the last minute in which all tasks waited for memory: 0 to 1.
  std::optional<double> memory_stalled;
  PerResourceCounter<std::optional<Count>> counts{};

  bool operator==(const CgroupReading&) const = default;
};

// What came of one look: a reading, or why there is none.
struct CgroupLook {
  CgroupReading reading;
  std::string error;              // "" if the group is there
  std::uint64_t unreadable = 0;   // files of it that could not be read, wholly or in part
  std::string unreadable_sample;  // the first of them: "memory.max: …", shortened and printable
  ResourceSource source = ResourceSource::cgroup;
};

// By target_id.
using TargetLooks = std::map<std::string, CgroupLook>;

// A sidecar's resources as last known.
struct SidecarResources {
  std::string error;                               // of the last look; "" if it read the group
  std::uint64_t unreadable = 0;                    // of the last look
  std::string unreadable_sample;                   // likewise
  ResourceSource source = ResourceSource::cgroup;  // likewise

  // Of the last look: none of them if it failed, for then there is no such group.
  std::optional<std::uint64_t> working_set;  // bytes in use that the kernel cannot simply take back
  std::optional<std::uint64_t> memory_limit,
      memory_peak;                       // bytes; no limit: unlimited, or not told
  std::optional<double> cpu_limit;       // processors; likewise
  std::optional<double> memory_stalled;  // as CgroupReading::memory_stalled

  // Never running backwards, whatever became of the group. Absent what was not told for long.
  PerResourceCounter<std::optional<std::uint64_t>> totals{};

  std::uint64_t recent_oom_kills = 0;  // those seen in the last hour, or window if that is longer
  std::optional<WallTime> last_oom_kill;  // when the last of them was seen

  std::optional<std::uint64_t> total(ResourceCounter counter) const {
    return totals[index_of(counter)];
  }
};

}  // namespace mesh
