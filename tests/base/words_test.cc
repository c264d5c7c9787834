// The small helpers for words from outside: host:port, "did you mean", quoting, UTF-8; and the
// version, which is told in two places.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iterator>

#include "base/build.h"
#include "base/host_port.h"
#include "base/nearest_word.h"
#include "base/quoted.h"
#include "base/utf8.h"

namespace mesh::words_test {
namespace {

std::string error_of(std::string_view text) {
  auto parsed = parse_host_port(text);
  return parsed ? "no error" : parsed.error().message;
}

TEST(HostPort, is_a_name_or_an_address_and_a_port) {
  EXPECT_EQ(*parse_host_port("localhost:80"), (HostPort{"localhost", 80}));
  EXPECT_EQ(*parse_host_port("users-0.shop_x.svc.:80"), (HostPort{"users-0.shop_x.svc.", 80}));
  EXPECT_EQ(*parse_host_port("127.0.0.1:65535"), (HostPort{"127.0.0.1", 65535}));
  EXPECT_EQ(*parse_host_port("[::1]:0"), (HostPort{"::1", 0}));
}

TEST(HostPort, may_have_no_host) { EXPECT_EQ(*parse_host_port(":9901"), (HostPort{"", 9901})); }

TEST(HostPort, needs_a_port) {
  for (const char* text : {"", "localhost", "localhost:", "[::1]", "[::1]:", "[::1]80"}) {
    EXPECT_EQ(error_of(text), "has no port") << text;
  }
}

TEST(HostPort, needs_a_port_that_exists) {
  for (const char* text :
       {":65536", ":-1", ":+1", ":80x", ": 80", ":http", ":0x50", ":99999999999999999999"}) {
    EXPECT_EQ(error_of(text), "has a port that is not a number from 0 to 65535") << text;
  }
}

TEST(HostPort, wants_brackets_around_ipv6) {
  EXPECT_EQ(error_of("::1:9901"), "has an IPv6 address without brackets");
  EXPECT_EQ(error_of("[::1:9901"), "has no closing bracket");
  EXPECT_EQ(error_of("[127.0.0.1]:80"), "is no IPv6 address in the brackets");
  EXPECT_EQ(error_of("[]:80"), "is no IPv6 address in the brackets");
}

TEST(HostPort, refuses_what_only_resembles_an_ipv4_address) {
  for (const char* text : {"10.0.0.300:80", "10.1:80", "1:80", "10.0.0.1.:80"}) {
    EXPECT_EQ(error_of(text), "has an IPv4 address that is none") << text;
  }
}

TEST(HostPort, refuses_a_host_that_is_no_name) {
  using namespace std::string_view_literals;
  for (const auto text :
       {"a b:80"sv, "a..b:80"sv, ".a:80"sv, "a/b:80"sv, "u@h:80"sv, "a\0b:80"sv, "\xc3\xa9:80"sv}) {
    EXPECT_EQ(error_of(text), "has a host that is neither a name nor an address") << text;
  }
  const std::string long_name(254, 'a');
  EXPECT_NE(error_of(long_name + ":80"), "no error");
}

constexpr std::array<std::string_view, 4> keys{"interval", "timeout", "window", "stale_after"};

TEST(NearestWord, forgives_a_few_typos) {
  EXPECT_EQ(nearest_word("intervall", keys), "interval");
  EXPECT_EQ(nearest_word("itnerval", keys), "interval");
  EXPECT_EQ(nearest_word("Timeout", keys), "timeout");
  EXPECT_EQ(nearest_word("time_out", keys), "timeout");
  EXPECT_EQ(nearest_word("staleafter", keys), "stale_after");
}

TEST(NearestWord, does_not_guess_wildly) {
  EXPECT_EQ(nearest_word("foo", keys), std::nullopt);
  EXPECT_EQ(nearest_word("", keys), std::nullopt);
  EXPECT_EQ(nearest_word("winter", keys), std::nullopt);
  EXPECT_EQ(nearest_word(std::string(100'000, 'x'), keys), std::nullopt);
}

TEST(OneOf, reads_like_a_sentence) {
  EXPECT_EQ(one_of({}), "");
  EXPECT_EQ(one_of(std::array<std::string_view, 1>{"a"}), "a");
  EXPECT_EQ(one_of(std::array<std::string_view, 3>{"a", "b", "c"}), "a, b or c");
}

TEST(Quoted, escapes_and_shortens) {
  EXPECT_EQ(in_quotes("a\"b\n"), R"("a\"b\n")");
  const std::string shortened = in_quotes(std::string(81, 'x'));
  EXPECT_EQ(shortened.find("…\""), 81u);  // one quote and 80 letters
}

TEST(Utf8, takes_one_character_at_a_time) {
  EXPECT_EQ(first_utf8_char("ab").bytes, 1u);
  EXPECT_EQ(first_utf8_char("é!").code_point, U'é');
  EXPECT_EQ(first_utf8_char("日!").bytes, 3u);
  EXPECT_EQ(first_utf8_char("😀!").code_point, U'😀');
}

TEST(Utf8, takes_one_byte_of_what_is_not_valid) {
  for (const char* text : {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80",
                           "\xf4\x90\x80\x80", "\xf8\x88\x80\x80", "\xff", "\xe6\x97"}) {
    EXPECT_FALSE(first_utf8_char(text).valid) << in_quotes(text);
    EXPECT_EQ(first_utf8_char(text).bytes, 1u) << in_quotes(text);
  }
}

TEST(Build, has_the_version_of_the_project) {
  std::ifstream file(MESH_SOURCE_DIR "/CMakeLists.txt");
  const std::string text(std::istreambuf_iterator<char>{file}, {});
  std::string line = "project(mesh_exporter VERSION ";
  line += build::version;
  EXPECT_THAT(text, testing::HasSubstr(line + ' '));
}

}  // namespace
}  // namespace mesh::words_test
