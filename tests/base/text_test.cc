// Numbers as whole tokens, lines of any ending, and what is shown of bytes that nobody understood.
#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/utf8.h"

namespace mesh::text_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> all;
  Lines lines(text);
  while (const auto line = lines.next()) all.emplace_back(*line);
  return all;
}

TEST(ParseU64, reads_digits) { EXPECT_EQ(parse_u64("42"), 42u); }
TEST(ParseU64, reads_zero) { EXPECT_EQ(parse_u64("0"), 0u); }
TEST(ParseU64, reads_leading_zeros) { EXPECT_EQ(parse_u64("007"), 7u); }
TEST(ParseU64, reads_the_largest) {
  EXPECT_EQ(parse_u64("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
}
TEST(ParseU64, refuses_one_more_than_the_largest) {
  EXPECT_EQ(parse_u64("18446744073709551616"), std::nullopt);
}
TEST(ParseU64, refuses_nothing) { EXPECT_EQ(parse_u64(""), std::nullopt); }
TEST(ParseU64, refuses_a_plus) { EXPECT_EQ(parse_u64("+5"), std::nullopt); }
TEST(ParseU64, refuses_a_minus) { EXPECT_EQ(parse_u64("-1"), std::nullopt); }
TEST(ParseU64, refuses_an_exponent) { EXPECT_EQ(parse_u64("1e3"), std::nullopt); }
TEST(ParseU64, refuses_a_blank_behind) { EXPECT_EQ(parse_u64("5 "), std::nullopt); }
TEST(ParseU64, refuses_a_blank_before) { EXPECT_EQ(parse_u64(" 5"), std::nullopt); }

TEST(ParseDouble, reads_a_fraction) { EXPECT_EQ(parse_double("0.25"), 0.25); }
TEST(ParseDouble, reads_an_exponent) { EXPECT_EQ(parse_double("1.8e+06"), 1.8e6); }
TEST(ParseDouble, reads_more_digits_than_a_double_has) {
  EXPECT_EQ(parse_double("115.000000000000014210854715202"), 115.00000000000001);
}
TEST(ParseDouble, reads_a_sign) {
  EXPECT_EQ(parse_double("-1.5"), -1.5);
  EXPECT_EQ(parse_double("+1.5"), 1.5);
}
TEST(ParseDouble, reads_infinities) {
  EXPECT_EQ(parse_double("+Inf"), std::numeric_limits<double>::infinity());
  EXPECT_EQ(parse_double("-Inf"), -std::numeric_limits<double>::infinity());
}
TEST(ParseDouble, reads_both_spellings_of_not_a_number) {
  EXPECT_TRUE(std::isnan(parse_double("NaN").value()));
  EXPECT_TRUE(std::isnan(parse_double("Nan").value()));
}
TEST(ParseDouble, refuses_two_signs) { EXPECT_EQ(parse_double("+-1"), std::nullopt); }
TEST(ParseDouble, refuses_a_sign_alone) { EXPECT_EQ(parse_double("+"), std::nullopt); }
TEST(ParseDouble, refuses_not_a_number_with_letters) {
  EXPECT_EQ(parse_double("nan(x)"), std::nullopt);
}
TEST(ParseDouble, refuses_what_is_too_large) { EXPECT_EQ(parse_double("1e999"), std::nullopt); }
TEST(ParseDouble, refuses_what_stands_behind) { EXPECT_EQ(parse_double("1.5x"), std::nullopt); }
TEST(ParseDouble, refuses_nothing) { EXPECT_EQ(parse_double(""), std::nullopt); }

TEST(PrintableSample, leaves_printable_text_alone) {
  EXPECT_EQ(printable_sample("a b~!"), "a b~!");
}
TEST(PrintableSample, shows_controls_and_foreign_bytes_as_question_marks) {
  EXPECT_EQ(printable_sample(std::string_view("a\0b\x1b[\x7f\xc3\xbc", 8)), "a?b?[???");
}
TEST(PrintableSample, cuts_after_80_bytes) {
  EXPECT_EQ(printable_sample(std::string(81, 'x')), std::string(80, 'x'));
}

TEST(Unreadables, counts_all_and_shows_the_first) {
  Unreadables unreadables;
  unreadables.add("first\t");
  unreadables.add("second");
  EXPECT_EQ(unreadables.count(), 2u);
  EXPECT_EQ(unreadables.sample(), "first?");
}

TEST(Unreadables, shows_an_empty_first_one_as_empty) {
  Unreadables unreadables;
  unreadables.add("");
  unreadables.add("second");
  EXPECT_EQ(unreadables.sample(), "");
}

TEST(Lines, come_without_their_ends) { EXPECT_THAT(lines_of("a\nb\n"), ElementsAre("a", "b")); }
TEST(Lines, may_end_with_carriage_returns) {
  EXPECT_THAT(lines_of("a\r\nb\r\n"), ElementsAre("a", "b"));
}
TEST(Lines, need_no_end_at_the_last_one) { EXPECT_THAT(lines_of("a\nb"), ElementsAre("a", "b")); }
TEST(Lines, may_be_empty) { EXPECT_THAT(lines_of("\n\na"), ElementsAre("", "", "a")); }
TEST(Lines, of_no_text_are_none) { EXPECT_THAT(lines_of(""), IsEmpty()); }

TEST(ShownOnOneLine, replaces_what_would_not_show_or_move_the_line) {
  EXPECT_EQ(shown_on_one_line("naïve 中"), "naïve 中");
  EXPECT_EQ(shown_on_one_line("a\nb\x1b[2Jc\xff"),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD[2Jc\xEF\xBF\xBD");
  EXPECT_EQ(shown_on_one_line("a\xE2\x80\xAE"), "a\xEF\xBF\xBD");  // right-to-left override
}

TEST(ShownOnOneLine, leaves_out_what_is_too_long) {
  EXPECT_EQ(shown_on_one_line("中文字", 3), "中文字");
  EXPECT_EQ(shown_on_one_line("中文字符", 3), "中文字…");
  EXPECT_EQ(shown_on_one_line("", 0), "");
}

TEST(TakePiece, leaves_what_stands_behind_the_separator) {
  std::string_view text = "a=b&&c";
  EXPECT_EQ(take_piece(text, '&'), "a=b");
  EXPECT_EQ(take_piece(text, '&'), "");
  EXPECT_EQ(text, "c");
  EXPECT_EQ(take_piece(text, '&'), "c");
  EXPECT_EQ(text, "");
  EXPECT_EQ(take_piece(text, '&'), "");
}

}  // namespace
}  // namespace mesh::text_test
