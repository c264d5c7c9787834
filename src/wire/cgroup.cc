// One function per form of file, and the list of files.
#include "wire/cgroup.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"

namespace mesh {
namespace {

using Number = std::optional<std::uint64_t> CgroupReading::*;
using Unread = std::optional<std::string_view>;

// Version 1 spells "no limit" as the largest number of whole pages that a signed word holds. Pages
// have 4 to 64 kB; no machine has an exabyte.
constexpr std::uint64_t no_limit_v1 = std::uint64_t{1} << 60;

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

// The next word of a line; "" at its end.
std::string_view take_word(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size() < line.size() ? word.size() + 1 : word.size());
  return word;
}

void enter(std::optional<std::uint64_t>& slot, std::uint64_t value) {
  if (!slot) slot = value;
}

void enter(CgroupReading& reading, ResourceCounter counter, std::uint64_t value) {
  auto& slot = reading.counts[index_of(counter)];
  if (!slot) slot = CgroupReading::Count{value, 0};
}

// A file that is one number. `take(value)` says whether it makes sense, and keeps it.
template <class Take>
Unread read_one(std::string_view text, Take take) {
  const std::string_view line = first_line(text);
  const auto value = parse_u64(line);
  if (!value || !take(*value)) return line;
  return std::nullopt;
}

template <Number number>
Unread read_number(std::string_view text, CgroupReading& reading) {
  return read_one(text, [&](std::uint64_t value) {
    enter(reading.*number, value);
    return true;
  });
}

// Version 2: "max" is no limit.
Unread read_limit(std::string_view text, CgroupReading& reading) {
  if (first_line(text) == "max") return std::nullopt;
  return read_number<&CgroupReading::memory_limit>(text, reading);
}

Unread read_limit_v1(std::string_view text, CgroupReading& reading) {
  return read_one(text, [&](std::uint64_t value) {
    if (value < no_limit_v1) enter(reading.memory_limit, value);
    return true;
  });
}

// "50000 100000", or "max 100000" without a quota.
Unread read_cpu_max(std::string_view text, CgroupReading& reading) {
  const std::string_view line = first_line(text);
  std::string_view rest = line;
  const std::string_view word = take_word(rest);
  const auto quota = parse_u64(word);
  const auto period = parse_u64(rest);
  if ((!quota && word != "max") || !period || *period == 0) return line;
  if (quota) enter(reading.quota_us, *quota);
  enter(reading.period_us, *period);
  return std::nullopt;
}

// Version 1: -1 is no quota.
Unread read_quota_v1(std::string_view text, CgroupReading& reading) {
  if (first_line(text) == "-1") return std::nullopt;
  return read_number<&CgroupReading::quota_us>(text, reading);
}

Unread read_period_v1(std::string_view text, CgroupReading& reading) {
  return read_one(text, [&](std::uint64_t value) {
    if (value > 0) enter(reading.period_us, value);
    return value > 0;
  });
}

Unread read_cpu_usage_v1(std::string_view text, CgroupReading& reading) {
  return read_one(text, [&](std::uint64_t nanoseconds) {
    enter(reading, ResourceCounter::cpu, nanoseconds / 1000);
    return true;
  });
}

// A file of lines "name number". `take(name, value)` says what each known name means; what a later
// kernel adds is passed over. A number that is none is told, and the lines behind it are read.
template <class Take>
Unread read_keyed(std::string_view text, Take take) {
  Unread unread;
  Lines lines(text);
  while (const auto line = lines.next()) {
    std::string_view rest = *line;
    const std::string_view name = take_word(rest);
    const auto value = parse_u64(rest);
    if (!value) {
      if (!unread) unread = *line;
    } else {
      take(name, *value);
    }
  }
  return unread;
}

struct KeyedCount {
  std::string_view name;
  ResourceCounter counter;
  std::uint64_t divisor = 1;  // to microseconds
};

constexpr std::array keyed_counts{
    KeyedCount{"oom_kill", ResourceCounter::oom_kills},
    KeyedCount{"usage_usec", ResourceCounter::cpu},
    KeyedCount{"nr_periods", ResourceCounter::periods},
    KeyedCount{"nr_throttled", ResourceCounter::throttled_periods},
    KeyedCount{"throttled_usec", ResourceCounter::throttled},
    KeyedCount{"throttled_time", ResourceCounter::throttled, 1000},
};

// memory.events and cpu.stat of version 2, memory.oom_control and cpu.stat of version 1: no name in
// one of them means something else in another.
Unread read_counts(std::string_view text, CgroupReading& reading) {
  return read_keyed(text, [&](std::string_view name, std::uint64_t value) {
    for (const KeyedCount& known : keyed_counts) {
      if (name == known.name) enter(reading, known.counter, value / known.divisor);
    }
  });
}

// Version 1 tells of the group itself under the plain name, and of the groups in it as well under
// "total_…", as its usage and everything of version 2 does.
template <bool v1>
Unread read_memory_stat(std::string_view text, CgroupReading& reading) {
  constexpr std::string_view wanted = v1 ? "total_inactive_file" : "inactive_file";
  return read_keyed(text, [&](std::string_view name, std::uint64_t value) {
    if (name == wanted) enter(reading.inactive_file, value);
  });
}

struct Stall {
  double last_minute = 0;  // percent
  std::uint64_t total_us = 0;
};

// "avg10=0.00 avg60=1.50 avg300=0.10 total=3315316"
std::optional<Stall> read_stall(std::string_view fields) {
  std::optional<double> last_minute;
  std::optional<std::uint64_t> total;
  while (!fields.empty()) {
    std::string_view field = take_word(fields);
    if (take_front(field, "avg60=")) last_minute = parse_double(field);
    if (take_front(field, "total=")) total = parse_u64(field);
  }
  const bool sound = last_minute && std::isfinite(*last_minute) && *last_minute >= 0;
  if (!sound || !total) return std::nullopt;
  return Stall{*last_minute, *total};
}

// `take(which, stall)` for each line, "some" and "full".
template <class Take>
Unread read_pressure(std::string_view text, Take take) {
  Unread unread;
  Lines lines(text);
  while (const auto line = lines.next()) {
    std::string_view rest = *line;
    const std::string_view which = take_word(rest);
    const auto stall = read_stall(rest);
    if (stall) {
      take(which, *stall);
    } else if (!unread) {
      unread = *line;
    }
  }
  return unread;
}

Unread read_memory_pressure(std::string_view text, CgroupReading& reading) {
  return read_pressure(text, [&](std::string_view which, const Stall& stall) {
    if (which == "some") enter(reading, ResourceCounter::memory_some, stall.total_us);
    if (which != "full") return;
    enter(reading, ResourceCounter::memory_full, stall.total_us);
    if (!reading.memory_stalled) reading.memory_stalled = std::min(stall.last_minute / 100, 1.0);
  });
}

Unread read_cpu_pressure(std::string_view text, CgroupReading& reading) {
  return read_pressure(text, [&](std::string_view which, const Stall& stall) {
    if (which == "some") enter(reading, ResourceCounter::cpu_some, stall.total_us);
  });
}

constexpr auto memory = CgroupHierarchy::memory;
constexpr auto cpu = CgroupHierarchy::cpu;
constexpr auto unified = CgroupHierarchy::unified;

constexpr std::array files{
    CgroupFile{memory, "memory.usage_in_bytes", read_number<&CgroupReading::memory>},
    CgroupFile{memory, "memory.limit_in_bytes", read_limit_v1},
    CgroupFile{memory, "memory.max_usage_in_bytes", read_number<&CgroupReading::memory_peak>},
    CgroupFile{memory, "memory.stat", read_memory_stat<true>},
    CgroupFile{memory, "memory.oom_control", read_counts},
    CgroupFile{cpu, "cpu.stat", read_counts},
    CgroupFile{cpu, "cpu.cfs_quota_us", read_quota_v1},
    CgroupFile{cpu, "cpu.cfs_period_us", read_period_v1},
    CgroupFile{CgroupHierarchy::cpuacct, "cpuacct.usage", read_cpu_usage_v1},
    CgroupFile{unified, "memory.current", read_number<&CgroupReading::memory>},
    CgroupFile{unified, "memory.max", read_limit},
    CgroupFile{unified, "memory.peak", read_number<&CgroupReading::memory_peak>},
    CgroupFile{unified, "memory.stat", read_memory_stat<false>},
    CgroupFile{unified, "memory.events", read_counts},
    CgroupFile{unified, "cpu.stat", read_counts},
    CgroupFile{unified, "cpu.max", read_cpu_max},
    CgroupFile{unified, "memory.pressure", read_memory_pressure},
    CgroupFile{unified, "cpu.pressure", read_cpu_pressure},
};

}  // namespace

std::span<const CgroupFile> cgroup_files() { return files; }

}  // namespace mesh
