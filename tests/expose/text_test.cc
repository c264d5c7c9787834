// Text on its way out: label values, HTML, and numbers for people; and gzip, which must come back.
#include <gtest/gtest.h>

#include <string>

#include "expose/human.h"
#include "expose/label_text.h"

namespace mesh::text_test {
namespace {

const std::string bad = "\xEF\xBF\xBD";

TEST(LabelValue, keeps_what_is_valid) {
  EXPECT_EQ(valid_label_value("user.v1.UserService"), "user.v1.UserService");
  EXPECT_EQ(valid_label_value("\xE4\xBD\xA0\xF0\x9F\x98\x80 \"q\" \\ \n\t"),
            "\xE4\xBD\xA0\xF0\x9F\x98\x80 \"q\" \\ \n\t");
  EXPECT_EQ(valid_label_value(""), "");
}

TEST(LabelValue, replaces_a_byte_that_is_not_utf_8) {
  EXPECT_EQ(valid_label_value("a\xFF"
                              "b"),
            "a" + bad + "b");
}

TEST(LabelValue, replaces_a_cut_character) {
  EXPECT_EQ(valid_label_value("a\xE4\xBD"), "a" + bad + bad);
}

TEST(LabelValue, replaces_an_overlong_form_and_a_surrogate) {
  EXPECT_EQ(valid_label_value("\xC0\xAF"), bad + bad);
  EXPECT_EQ(valid_label_value("\xED\xA0\x80"), bad + bad + bad);
}

TEST(LabelValue, replaces_nul) {
  EXPECT_EQ(valid_label_value(std::string_view("a\0b", 3)), "a" + bad + "b");
}

TEST(HtmlText, escapes_markup_and_quotes) {
  EXPECT_EQ(html_text("<a href=\"x\" b='y'>&</a>"),
            "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;&lt;/a&gt;");
}

TEST(HtmlText, replaces_what_would_not_show) {
  EXPECT_EQ(html_text("a\nb\xE2\x80\xAE"
                      "c\xFF"),
            "a" + bad + "b" + bad + "c" + bad);
}

TEST(HtmlText, is_cut_between_characters) {
  EXPECT_EQ(html_text("<ab", 3), "&lt;ab");
  EXPECT_EQ(html_text("<abc", 3), "&lt;ab…");
  EXPECT_EQ(html_text("ééé", 2), "éé…");
  EXPECT_EQ(html_text("\xFF\xFF", 1), bad + "…");
}

TEST(HumanSeconds, uses_the_unit_that_fits) {
  EXPECT_EQ(human_seconds(0), "0.0 ms");
  EXPECT_EQ(human_seconds(0.0004), "0.4 ms");
  EXPECT_EQ(human_seconds(0.0214), "21 ms");
  EXPECT_EQ(human_seconds(3.21), "3.2 s");
  EXPECT_EQ(human_seconds(125), "2 min 5 s");
  EXPECT_EQ(human_seconds(3 * 3600 + 150), "3 h 2 min");
  EXPECT_EQ(human_seconds(5 * 86400 + 3 * 3600), "5 d 3 h");
}

TEST(HumanSeconds, changes_units_without_a_gap) {
  EXPECT_EQ(human_seconds(0.0099), "9.9 ms");
  EXPECT_EQ(human_seconds(0.01), "10 ms");
  EXPECT_EQ(human_seconds(0.9999), "1.0 s");
  EXPECT_EQ(human_seconds(59.96), "1 min 0 s");
  EXPECT_EQ(human_seconds(3599.9), "1 h 0 min");
}

TEST(HumanSeconds, survives_a_clock_that_was_set_back_and_one_gone_mad) {
  EXPECT_EQ(human_seconds(-5), "0.0 ms");
  EXPECT_EQ(human_seconds(1e300), "365000 d 0 h");
}

TEST(HumanBytes, uses_the_unit_that_fits) {
  EXPECT_EQ(human_bytes(812), "812 B");
  EXPECT_EQ(human_bytes(33'120), "33.1 kB");
  EXPECT_EQ(human_bytes(1'234'567), "1.2 MB");
  EXPECT_EQ(human_bytes(5'000'000'000), "5.0 GB");
}

}  // namespace
}  // namespace mesh::text_test
