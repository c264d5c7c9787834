// Fuzz targets for what the kernel says of control groups. See targets.h.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/promise.h"
#include "wire/cgroup.h"
#include "wire/container_cgroup.h"

namespace mesh::fuzz {

// The input is read as each of the files.
inline void cgroup(std::string_view input) {
  for (const CgroupFile& file : cgroup_files()) {
    CgroupReading reading;
    const auto unread = file.read(input, reading);
    if (unread) promise(input.find(*unread) != input.npos, "what cannot be read is in the text");
    promise(!reading.period_us || *reading.period_us > 0, "a period is not nothing");
    promise(
        !reading.memory_stalled || (*reading.memory_stalled >= 0 && *reading.memory_stalled <= 1),
        "a share is one");
    const CgroupReading before = reading;
    file.read("1 1\n", reading);
    if (before.memory) promise(reading.memory == before.memory, "what is entered stays");
  }
}

// The input is the uid, the id and paths, a line each.
inline void container_cgroup(std::string_view input) {
  std::vector<std::string> lines;
  for (;;) {
    const std::string_view line = input.substr(0, input.find('\n'));
    lines.emplace_back(line);
    if (line.size() == input.size()) break;
    input.remove_prefix(line.size() + 1);
  }
  if (lines.size() < 2) return;
  const std::vector<std::string> paths(lines.begin() + 2, lines.end());
  const auto found = mesh::container_cgroup(paths, lines[0], lines[1]);
  if (!found) return;
  promise(!lines[0].empty() && !lines[1].empty(), "nobody has no group");
  bool is_one = false;
  for (const std::string& path : paths) is_one = is_one || path.starts_with(*found);
  promise(is_one, "the group is the beginning of a path");
}

inline constexpr std::array<Target, 2> cgroup_targets{{
    {"cgroup", cgroup},
    {"container_cgroup", container_cgroup},
}};

}  // namespace mesh::fuzz
