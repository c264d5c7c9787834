// The numbers of the own process: the kernel's text in, numbers out.
#include "expose/self_metrics.h"

#include <gtest/gtest.h>

#include <chrono>

namespace mesh::self_metrics_test {
namespace {

constexpr std::string_view stat_line =
    "4242 (mesh_exporter) S 1 4242 4242 0 -1 4194560 1500 0 3 0 250 50 0 0 20 0 2 0 123450 "
    "120000512 3174 18446744073709551615 1 1 0 0 0 0 0 4096 81920 0 0 0 17 1 0 0 0 0 0\n";

constexpr std::string_view limits_text =
    "Limit                     Soft Limit           Hard Limit           Units     \n"
    "Max cpu time              unlimited            unlimited            seconds   \n"
    "Max open files            1024                 524288               files     \n"
    "Max address space         unlimited            unlimited            bytes     \n";

constexpr std::string_view all_stat = "cpu  1 2 3\nctxt 5\nbtime 1760000000\nprocesses 9\n";

TEST(ProcessNumbers, come_from_their_fields) {
  const ProcessNumbers numbers =
      parse_process_numbers({stat_line, limits_text, all_stat}, {100, 4096});
  EXPECT_EQ(numbers.cpu_seconds, 3.0);
  EXPECT_EQ(numbers.start_time_seconds, 1'760'001'234.5);
  EXPECT_EQ(numbers.virtual_bytes, 120'000'512u);
  EXPECT_EQ(numbers.resident_bytes, 3174u * 4096);
  EXPECT_EQ(numbers.max_fds, 1024u);
}

TEST(ProcessNumbers, say_the_largest_number_for_no_limit) {
  EXPECT_EQ(parse_process_numbers({stat_line, limits_text, all_stat}, {}).virtual_max_bytes,
            UINT64_MAX);
}

TEST(ProcessNumbers, are_not_misled_by_the_name_of_the_command) {
  std::string odd(stat_line);
  odd.replace(odd.find("mesh_exporter"), 13, "a) S 9 (b");
  EXPECT_EQ(parse_process_numbers({odd, limits_text, all_stat}, {100, 4096}).cpu_seconds, 3.0);
}

TEST(ProcessNumbers, are_absent_where_a_file_is_missing) {
  EXPECT_EQ(parse_process_numbers({}, {}), ProcessNumbers());
  EXPECT_EQ(parse_process_numbers({stat_line, {}, {}}, {}).start_time_seconds, std::nullopt);
}

TEST(ProcessNumbers, are_absent_where_the_line_is_cut) {
  const std::string_view cut = stat_line.substr(0, stat_line.find(" 120000512"));
  const ProcessNumbers numbers = parse_process_numbers({cut, limits_text, all_stat}, {});
  EXPECT_EQ(numbers.virtual_bytes, std::nullopt);
  EXPECT_EQ(numbers.resident_bytes, std::nullopt);
  EXPECT_TRUE(numbers.cpu_seconds);
}

TEST(ProcessNumbers, of_this_test_are_plausible) {
  const ProcessNumbers numbers = read_process_numbers();
  ASSERT_TRUE(numbers.cpu_seconds && numbers.start_time_seconds && numbers.resident_bytes &&
              numbers.virtual_bytes && numbers.virtual_max_bytes && numbers.open_fds &&
              numbers.max_fds);
  EXPECT_GT(*numbers.resident_bytes, 100'000u);
  EXPECT_GE(*numbers.virtual_bytes, *numbers.resident_bytes);
  EXPECT_GE(*numbers.open_fds, 3u);
  EXPECT_LE(*numbers.open_fds, *numbers.max_fds);
  const double age = unix_seconds(std::chrono::system_clock::now()) - *numbers.start_time_seconds;
  EXPECT_GT(age, -2);
  EXPECT_LT(age, 3600);
}

TEST(ProcessNumbers, are_absent_without_a_proc_file_system) {
  EXPECT_EQ(read_process_numbers("/nonexistent"), ProcessNumbers());
}

}  // namespace
}  // namespace mesh::self_metrics_test
