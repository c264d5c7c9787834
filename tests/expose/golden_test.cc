// Whole pages: a literal snapshot against the text a scraper reads, in both formats, and what
// Prometheus' own tool says of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "expose/sample_page.h"

namespace mesh::golden_test {
namespace {

const std::string directory = MESH_TESTS_DIR "/golden/expose/";

struct Verdict {
  int exit_code = -1;
  std::string words;
};

// What `promtool check metrics` says of a page.
Verdict promtool_check(const std::string& file) {
  const std::string command = "/usr/bin/promtool check metrics < '" + file + "' 2>&1";
  Verdict verdict;
  FILE* output = popen(command.c_str(), "r");
  if (!output) return verdict;
  for (int c = fgetc(output); c != EOF; c = fgetc(output)) verdict.words += static_cast<char>(c);
  const int status = pclose(output);
  if (WIFEXITED(status)) verdict.exit_code = WEXITSTATUS(status);
  return verdict;
}

// A file for the length of a test.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content)
      : name_(testing::TempDir() + "page." + std::to_string(getpid()) + ".txt") {
    std::ofstream(name_, std::ios::binary) << content;
  }
  ~TemporaryFile() { unlink(name_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& name() const { return name_; }

 private:
  std::string name_;
};

TEST(Golden, two_sidecars_in_prometheus_text) {
  const std::string page = sample::render(sample::two_sidecars());
  EXPECT_EQ(sample::golden(directory + "two_sidecars.txt", page), page)
      << sample::how_to_regenerate;
}

TEST(Golden, two_sidecars_in_openmetrics) {
  const std::string page = sample::render(sample::two_sidecars(), Format::openmetrics);
  EXPECT_EQ(sample::golden(directory + "two_sidecars.openmetrics.txt", page), page)
      << sample::how_to_regenerate;
}

TEST(Golden, nothing_polled_yet_in_prometheus_text) {
  const std::string page = sample::render(Snapshot());
  EXPECT_EQ(sample::golden(directory + "nothing_yet.txt", page), page) << sample::how_to_regenerate;
}

TEST(Promtool, has_nothing_to_say_about_the_golden_page) {
  const Verdict verdict = promtool_check(directory + "two_sidecars.txt");
  EXPECT_EQ(verdict.exit_code, 0);
  EXPECT_EQ(verdict.words, "");
}

TEST(Promtool, has_something_to_say_about_a_bad_page) {
  const TemporaryFile page("# TYPE bad counter\nbad 1\n");
  const Verdict verdict = promtool_check(page.name());
  EXPECT_NE(verdict.exit_code, 0);
  EXPECT_THAT(verdict.words, testing::HasSubstr("_total"));
}

TEST(Promtool, accepts_hostile_label_values) {
  TargetState state = sample::answering("a\"b\\c\nd{e}\t\r");
  state.traffic.keys = sample::keys({
      sample::call("up\xFFstream", "Get\"User\\", "OK"),
      sample::call(std::string("nul\0here", 8), "\xC0\xAF\xED\xA0\x80", "OK"),
      sample::call("\xE4\xBD\xA0\xE5\xA5\xBD", "} 1\nforged_total 5", "OK"),
  });
  state.traffic.totals = {1, 2, 3};
  const TemporaryFile page(sample::render(sample::snapshot_of({state})));
  const Verdict verdict = promtool_check(page.name());
  EXPECT_EQ(verdict.exit_code, 0);
  EXPECT_EQ(verdict.words, "");
}

}  // namespace
}  // namespace mesh::golden_test
