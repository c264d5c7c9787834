// proc(5): field numbers count from 1; the command's name (field 2) stands in parentheses and may
// itself contain blanks and parentheses, so fields are counted from the last closing one.
#include "expose/self_metrics.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <system_error>

#include "base/text.h"

namespace mesh {
namespace {

constexpr int first_field_after_name = 3;

std::string_view next_word(std::string_view& text) {
  const std::size_t begin = text.find_first_not_of(" \t\n");
  if (begin == std::string_view::npos) return text = {};
  const std::size_t end = std::min(text.find_first_of(" \t\n", begin), text.size());
  const std::string_view word = text.substr(begin, end - begin);
  text.remove_prefix(end);
  return word;
}

std::optional<std::uint64_t> number(std::string_view word) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (word.empty() || error != std::errc{} || end != word.data() + word.size()) return {};
  return value;
}

std::optional<std::uint64_t> stat_field(std::string_view stat, int wanted) {
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos) return {};
  stat.remove_prefix(name_end + 1);
  std::string_view word;
  for (int field = first_field_after_name; field <= wanted; ++field) word = next_word(stat);
  return number(word);
}

// The rest of the line that begins with `name`.
std::optional<std::string_view> line_after(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::string_view line = take_piece(text, '\n');
    if (line.starts_with(name)) return line.substr(name.size());
  }
  return {};
}

// The soft limit. "unlimited" is the largest number, as other client libraries say it.
std::optional<std::uint64_t> soft_limit(std::string_view limits, std::string_view name) {
  std::optional<std::string_view> rest = line_after(limits, name);
  if (!rest) return {};
  const std::string_view word = next_word(*rest);
  if (word == "unlimited") return std::numeric_limits<std::uint64_t>::max();
  return number(word);
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The descriptor with which the directory itself is read counts, too, and is taken off.
std::optional<std::uint64_t> count_open_fds(const std::filesystem::path& directory) {
  std::error_code error;
  std::uint64_t count = 0;
  auto entry = std::filesystem::directory_iterator(directory, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) ++count;
  if (error || count == 0) return {};
  return count - 1;
}

}  // namespace

ProcessNumbers parse_process_numbers(const ProcessFiles& files, const KernelUnits& units) {
  ProcessNumbers numbers;
  const auto user = stat_field(files.stat, 14);
  const auto system = stat_field(files.stat, 15);
  if (user && system) {
    numbers.cpu_seconds = static_cast<double>(*user + *system) / units.ticks_per_second;
  }
  numbers.virtual_bytes = stat_field(files.stat, 23);
  if (const auto pages = stat_field(files.stat, 24)) {
    numbers.resident_bytes = *pages * units.page_bytes;
  }
  const auto started = stat_field(files.stat, 22);
  std::optional<std::string_view> boot_line = line_after(files.all_stat, "btime ");
  const auto booted = boot_line ? number(next_word(*boot_line)) : std::nullopt;
  if (started && booted) {
    numbers.start_time_seconds =
        static_cast<double>(*booted) + static_cast<double>(*started) / units.ticks_per_second;
  }
  numbers.max_fds = soft_limit(files.limits, "Max open files");
  numbers.virtual_max_bytes = soft_limit(files.limits, "Max address space");
  return numbers;
}

ProcessNumbers read_process_numbers(const std::filesystem::path& proc) {
  const std::string stat = read_file(proc / "self/stat");
  const std::string limits = read_file(proc / "self/limits");
  const std::string all_stat = read_file(proc / "stat");
  const KernelUnits units{static_cast<double>(sysconf(_SC_CLK_TCK)),
                          static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE))};
  ProcessNumbers numbers = parse_process_numbers({stat, limits, all_stat}, units);
  numbers.open_fds = count_open_fds(proc / "self/fd");
  return numbers;
}

}  // namespace mesh
