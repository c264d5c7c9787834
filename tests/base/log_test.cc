// Log lines in both forms, with values as hostile as the network can make them.
#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace mesh::log_test {
namespace {

using testing::MatchesRegex;

std::string logfmt(std::string_view value) {
  return format_log_line(LogFormat::logfmt, LogLevel::info, "m", {{"v", value}});
}

std::string json(std::string_view value) {
  return format_log_line(LogFormat::json, LogLevel::info, "m", {{"v", value}});
}

TEST(LogLine, is_logfmt_with_quotes_where_needed) {
  EXPECT_EQ(format_log_line(LogFormat::logfmt, LogLevel::warn, "target is down",
                            {{"target", "shop/users-0"}, {"reason", "connect"}}),
            R"(level=warn msg="target is down" target=shop/users-0 reason=connect)");
}

TEST(LogLine, is_one_json_object) {
  EXPECT_EQ(format_log_line(LogFormat::json, LogLevel::error, "target is down",
                            {{"target", "shop/users-0"}}),
            R"({"level":"error","msg":"target is down","target":"shop/users-0"})");
}

TEST(LogLine, shows_a_count_as_a_number) {
  const std::size_t most = 18'446'744'073'709'551'615u;
  EXPECT_EQ(format_log_line(LogFormat::json, LogLevel::info, "m", {{"lines", most}, {"text", "7"}}),
            R"({"level":"info","msg":"m","lines":18446744073709551615,"text":"7"})");
  EXPECT_EQ(format_log_line(LogFormat::logfmt, LogLevel::info, "m", {{"lines", 0u}}),
            "level=info msg=m lines=0");
}

TEST(LogLine, quotes_what_logfmt_would_read_otherwise) {
  EXPECT_EQ(logfmt(""), R"(level=info msg=m v="")");
  EXPECT_EQ(logfmt("a b"), R"(level=info msg=m v="a b")");
  EXPECT_EQ(logfmt("a=b"), R"(level=info msg=m v="a=b")");
  EXPECT_EQ(logfmt("a\"b"), R"(level=info msg=m v="a\"b")");
  EXPECT_EQ(logfmt("a\\b"), R"(level=info msg=m v="a\\b")");
}

TEST(LogLine, stays_one_line_whatever_the_value) {
  EXPECT_EQ(logfmt("a\nlevel=error\r\t"), R"(level=info msg=m v="a\nlevel=error\r\t")");
  EXPECT_EQ(json("a\n\r\t"), R"({"level":"info","msg":"m","v":"a\n\r\t"})");
}

TEST(LogLine, escapes_controls) {
  using namespace std::string_view_literals;
  EXPECT_EQ(logfmt("\x1b[2J\0\x7f"sv), R"(level=info msg=m v="\x1b[2J\x00\x7f")");
  EXPECT_EQ(json("\x1b[2J\0\x7f"sv), R"({"level":"info","msg":"m","v":"\u001b[2J\u0000\u007f"})");
}

TEST(LogLine, escapes_controls_beyond_ascii_and_marks_that_reorder_text) {
  EXPECT_EQ(logfmt("\u009b2J\u202e"), R"(level=info msg=m v="\u009b2J\u202e")");
  EXPECT_EQ(json("\u009b2J\u202e"), R"({"level":"info","msg":"m","v":"\u009b2J\u202e"})");
}

TEST(LogLine, keeps_other_scripts_readable) {
  EXPECT_EQ(logfmt("заказы-日本-é"), "level=info msg=m v=заказы-日本-é");
  EXPECT_EQ(json("日本😀"), R"({"level":"info","msg":"m","v":"日本😀"})");
}

TEST(LogLine, shows_bytes_that_are_no_utf8) {
  EXPECT_EQ(logfmt("a\xff\xc0\x80"), R"(level=info msg=m v="a\xff\xc0\x80")");
}

TEST(LogLine, replaces_bytes_that_are_no_utf8_in_json) {
  EXPECT_EQ(json("a\xff"), "{\"level\":\"info\",\"msg\":\"m\",\"v\":\"a\uFFFD\"}");
}

TEST(LogLine, shortens_a_long_value) {
  const std::string kept(1024, 'x');
  EXPECT_EQ(logfmt(kept + kept + kept), "level=info msg=m v=\"" + kept + "…\"");
}

TEST(LogLine, shortens_between_characters) {
  const std::string kept(1023, 'x');
  EXPECT_EQ(logfmt(kept + "éy"), "level=info msg=m v=\"" + kept + "…\"");
}

class Log : public testing::Test {
 protected:
  void TearDown() override { set_up_log(LogLevel::info, LogFormat::logfmt); }

  std::string written(LogLevel level) {
    testing::internal::CaptureStderr();
    log(level, "it happened", {{"k", "v"}});
    return testing::internal::GetCapturedStderr();
  }
};

TEST_F(Log, writes_logfmt_with_the_time_in_utc) {
  set_up_log(LogLevel::info, LogFormat::logfmt);
  EXPECT_THAT(written(LogLevel::info),
              MatchesRegex("time=20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:"
                           "[0-5][0-9].[0-9][0-9][0-9]Z level=info msg=\"it happened\" k=v\n"));
}

TEST_F(Log, writes_json_with_the_time_first) {
  set_up_log(LogLevel::info, LogFormat::json);
  EXPECT_THAT(written(LogLevel::info),
              MatchesRegex(R"(\{"time":"20[^"]*Z","level":"info","msg":"it happened","k":"v"\})"
                           "\n"));
}

TEST_F(Log, leaves_out_what_is_below_its_level) {
  set_up_log(LogLevel::warn, LogFormat::logfmt);
  EXPECT_EQ(written(LogLevel::info), "");
  EXPECT_NE(written(LogLevel::warn), "");
  EXPECT_NE(written(LogLevel::error), "");
}

// What tells, under ThreadSanitizer, whether the log is as safe as it says.
TEST_F(Log, keeps_the_lines_of_several_threads_apart) {
  testing::internal::CaptureStderr();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int line = 0; line < 100; ++line) log(LogLevel::info, std::string(500, 'x'));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::istringstream lines(testing::internal::GetCapturedStderr());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_THAT(line, MatchesRegex("time=[^ ]*Z level=info msg=x*"));
    EXPECT_EQ(line.size(),
              std::string("time=2026-11-23T21:30:24.123Z level=info msg=").size() + 500);
  }
  EXPECT_EQ(count, 400);
}

TEST(LogWords, are_those_of_the_flags) {
  EXPECT_EQ(parse_log_level("debug"), LogLevel::debug);
  EXPECT_EQ(parse_log_level("error"), LogLevel::error);
  EXPECT_EQ(parse_log_level("Info"), std::nullopt);
  EXPECT_EQ(parse_log_format("logfmt"), LogFormat::logfmt);
  EXPECT_EQ(parse_log_format("json"), LogFormat::json);
  EXPECT_EQ(parse_log_format(""), std::nullopt);
}

}  // namespace
}  // namespace mesh::log_test
