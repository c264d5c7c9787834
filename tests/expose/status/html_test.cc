// The writer of HTML: nothing that is handed to it becomes markup.
#include "expose/status/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace mesh::html_test {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string bad = "\xEF\xBF\xBD";

TEST(Html, closes_what_is_opened_in_the_right_order) {
  Html html;
  {
    const auto list = html.open("ul", {{"class", "a"}});
    const auto item = html.open("li");
    html.text("x");
  }
  EXPECT_EQ(html.written(), "<ul class=\"a\"><li>x</li>\n</ul>");
}

TEST(Html, makes_text_of_markup) {
  Html html;
  html.element("b", "<script>alert(1)</script>");
  EXPECT_EQ(html.written(), "<b>&lt;script&gt;alert(1)&lt;/script&gt;</b>");
}

TEST(Html, keeps_quotes_within_an_attribute) {
  Html html;
  html.lone("input", {{"value", "\" onfocus='a&b'"}});
  EXPECT_EQ(html.written(), "<input value=\"&quot; onfocus=&#39;a&amp;b&#39;\">");
}

TEST(Html, shows_no_character_that_hides_or_turns_text) {
  Html html;
  html.text(std::string("a\0b", 3) + "\xE2\x80\xAE" + "c\xFF");
  EXPECT_EQ(html.written(), "a" + bad + "b" + bad + "c" + bad);
}

TEST(Html, leads_nowhere_but_to_this_server_and_to_pages_of_the_web) {
  const auto led = [](std::string address) {
    Html html;
    html.lone("a", {{"href", std::move(address)}});
    return html.written();
  };
  EXPECT_EQ(led("/methods?pod=a&upstream=b"), "<a href=\"/methods?pod=a&amp;upstream=b\">");
  EXPECT_EQ(led("https://x.test/runbook#a"), "<a href=\"https://x.test/runbook#a\">");
  EXPECT_EQ(led("#main"), "<a href=\"#main\">");
  for (const char* wrong : {"javascript:alert(1)", "//evil.test", "data:text/html,x", "", "x"}) {
    EXPECT_EQ(led(wrong), "<a href=\"#\">") << wrong;
  }
}

TEST(Html, gives_no_room_to_who_makes_long_names) {
  Html html;
  html.text(std::string(100'000, '<'));
  EXPECT_LT(html.written().size(), 2'000u);
  html.lone("input", {{"value", std::string(100'000, 'x')}});
  EXPECT_LT(html.written().size(), 3'000u);
}

TEST(Html, keeps_the_lines_of_what_has_lines) {
  Html html;
  html.lines("a: <b>\n  c: 1\n");
  EXPECT_EQ(html.written(), "a: &lt;b&gt;\n  c: 1\n");
}

TEST(Html, says_when_a_list_should_end) {
  Html html;
  EXPECT_FALSE(html.full());
  while (html.written().size() <= Html::most_bytes) html.text(std::string(300, 'x'));
  EXPECT_TRUE(html.full());
}

}  // namespace
}  // namespace mesh::html_test
