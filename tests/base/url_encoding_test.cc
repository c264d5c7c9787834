// Names as filters in a URL.
#include "base/url_encoding.h"

#include <gtest/gtest.h>

namespace mesh::url_encoding_test {
namespace {

TEST(PercentEncode, leaves_unreserved_characters_alone) {
  EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
}

TEST(PercentEncode, encodes_everything_else_bytewise) {
  EXPECT_EQ(percent_encode("a|b c+%&\xC3\xA9"), "a%7Cb%20c%2B%25%26%C3%A9");
}

TEST(QuoteRe2, quotes_what_a_regular_expression_would_read) {
  EXPECT_EQ(quote_re2("outbound|80||a.b_c"), R"(outbound\|80\|\|a\.b_c)");
}

TEST(QuoteRe2, leaves_utf8_alone) { EXPECT_EQ(quote_re2("\xC3\xA9."), "\xC3\xA9\\."); }

}  // namespace
}  // namespace mesh::url_encoding_test
