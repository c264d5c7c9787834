// What can be a pattern, and what is said of what cannot.
#include "config/check_pattern.h"

#include <gtest/gtest.h>

#include <string>

namespace mesh::check_pattern_test {
namespace {

TEST(GlobCheck, lets_pass_what_matches_something) {
  for (const char* glob : {"/a/*.pem", "/a?b", "/[a-z]/x", "/[]a]", "/[!]a]", "/[^a]", R"(/\[)",
                           "/[[:alpha:]_]", R"(/[\]])", "/]", "/", "/a[[]"}) {
    EXPECT_EQ(wrong_with_glob(glob), "") << glob;
  }
}

TEST(GlobCheck, tells_of_a_bracket_that_is_never_closed) {
  for (const char* glob :
       {"/[", "/a[bc", "/[]", "/[!]", "/[^]", R"(/[a\])", "/[a/b]", "/[a]/[b", "/[[:alpha:]"}) {
    EXPECT_EQ(wrong_with_glob(glob), "has a [ without a ]") << glob;
  }
  EXPECT_EQ(wrong_with_glob("/a\\"), "ends with a backslash");
}

TEST(SelectorCheck, lets_pass_what_kubernetes_takes) {
  for (const char* selector :
       {"", " ", "app", "!app", "! app", "app=users", "app==users", "app!=users", "app =  users",
        "app=", "app=users,tier in (a, b),!old", "tier notin (a,,b)", "tier in(a)", "in in (in)",
        "app.kubernetes.io/name=a_b.c-1", "notin=x"}) {
    EXPECT_EQ(wrong_with_selector(selector), "") << selector;
  }
}

TEST(SelectorCheck, tells_what_is_wrong) {
  const auto expect = [](const std::string& selector, const char* wrong) {
    EXPECT_EQ(wrong_with_selector(selector), wrong) << selector;
  };
  for (const char* commas : {",", "a,", ",a", "a,,b"}) expect(commas, "has a comma too many");
  for (const char* keys : {"=a", "-a=b", "a&b", "!", "a/b/c", "/a=b", "a/=b", "(a)"}) {
    expect(keys, "has a key that no label can have");
  }
  expect(std::string(64, 'a'), "has a key that no label can have");
  for (const char* values : {"a=b c", "a=-b", "a=b=c", "a in (b c)", "a!=!b", "a===b"}) {
    expect(values, "has a value that no label can have");
  }
  expect("a=" + std::string(64, 'a'), "has a value that no label can have");
  for (const char* open : {"a in (b", "a in b)", "a in ((b))", ")("}) {
    expect(open, "has a ( or ) without the other");
  }
  expect("a in", "has no list in ( ) behind in or notin");
  expect("a in b", "has no list in ( ) behind in or notin");
  expect("a in ( )", "has an empty list");
  expect("a inside (b)", "has neither =, !=, in nor notin behind a key");
  expect("a b", "has neither =, !=, in nor notin behind a key");
  expect(std::string(2'049, 'a'), "is too long");
}

}  // namespace
}  // namespace mesh::check_pattern_test
