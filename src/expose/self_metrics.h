// What the program costs: the numbers of its own process, as every Prometheus client library
// exports them (process_*), from /proc/self.
//
// Reading and parsing are two functions, so that tests give the text. A number that cannot be read
// is absent, never 0.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "base/clock.h"

namespace mesh {

struct ProcessNumbers {
  std::optional<double> cpu_seconds;
  std::optional<double> start_time_seconds;  // since 1970
  std::optional<std::uint64_t> resident_bytes, virtual_bytes, virtual_max_bytes;
  std::optional<std::uint64_t> open_fds, max_fds;

  bool operator==(const ProcessNumbers&) const = default;
};

// The program's own numbers at the moment a page is asked for.
struct SelfNumbers {
  WallTime now;
  ProcessNumbers process;
};

// The files as the kernel writes them; an empty one is one that could not be read.
struct ProcessFiles {
  std::string_view stat;      // /proc/self/stat
  std::string_view limits;    // /proc/self/limits
  std::string_view all_stat;  // /proc/stat: when the machine was booted
};

struct KernelUnits {
  double ticks_per_second = 100;
  std::uint64_t page_bytes = 4096;
};

// Everything but open_fds.
ProcessNumbers parse_process_numbers(const ProcessFiles& files, const KernelUnits& units);

// Of this process. `proc` is where the proc file system is mounted.
ProcessNumbers read_process_numbers(const std::filesystem::path& proc = "/proc");

}  // namespace mesh
