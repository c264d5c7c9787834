// What variables stand for, and where: the places are what is left out of a path that people see.
#include "config/environment.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "config/parse.h"

namespace mesh::environment_test {
namespace {

const Environment variables =
    environment({{"A", "one"}, {"B", "${A}"}, {"NONE", ""}, {"URL", "http://h:1/m?a"}});

std::string shown(std::string_view text, std::size_t begin = 0) {
  const auto expanded = expand(text, variables);
  return expanded ? without_values(*expanded, begin) : "error: " + expanded.error().message;
}

TEST(Expand, puts_the_values_in_once) {
  EXPECT_EQ(expand("$A ${A} $${A} ${B}${NONE}$", variables)->text, "$A one ${A} ${A}$");
  EXPECT_EQ(expand("${A}", no_variables)->text, "${A}");
}

TEST(WithoutValues, marks_each_value_and_nothing_else) {
  EXPECT_EQ(shown("a"), "a");
  EXPECT_EQ(shown("/${A}/one$$/${A}${B}"), "/<redacted>/one$/<redacted><redacted>");
  EXPECT_EQ(shown("/${NONE}/"), "//");
  EXPECT_EQ(shown(""), "");
}

TEST(WithoutValues, begins_where_it_is_told) {
  EXPECT_EQ(shown("${A}/${A}", 3), "/<redacted>");
  EXPECT_EQ(shown("${A}/${A}", 4), "<redacted>");
  EXPECT_EQ(shown("${URL}x", 11), "<redacted>x");  // in the midst of a value
  EXPECT_EQ(shown("${A}", 3), "");
  EXPECT_EQ(shown("a", 9), "");
}

}  // namespace
}  // namespace mesh::environment_test
