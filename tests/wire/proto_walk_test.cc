// Repeated messages within a message: found wherever they lie, and lies about lengths refused.
#include "wire/proto_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/proto_bytes.h"

namespace mesh::proto_walk_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> found(const std::string& message, std::initializer_list<int> path) {
  std::vector<std::string> elements;
  EXPECT_TRUE(walk_messages(message, path, [&](auto it) { elements.emplace_back(it); }));
  return elements;
}

bool is_refused(const std::string& message) {
  return !walk_messages(message, {1}, [](auto) {});
}

const std::string a_number = field(2, 5);

TEST(ProtoWalk, finds_every_element_in_order) {
  EXPECT_THAT(found(field(1, "a") + a_number + field(3, "x") + field(1, "") + field(1, "bc"), {1}),
              ElementsAre("a", "", "bc"));
  EXPECT_THAT(found("", {1}), IsEmpty());
}

TEST(ProtoWalk, goes_down_a_path) {
  EXPECT_THAT(
      found(field(6, field(1, "a") + a_number) + field(1, "x") + field(6, field(1, "b")), {6, 1}),
      ElementsAre("a", "b"));
}

TEST(ProtoWalk, passes_over_a_field_of_another_type) {
  EXPECT_THAT(found(a_number + field(2, "a"), {2}), ElementsAre("a"));
}

TEST(ProtoWalk, refuses_what_is_cut_or_no_message) {
  EXPECT_TRUE(is_refused(field(1, "abc").substr(0, 4)));
  EXPECT_TRUE(is_refused(field(3, "abc").substr(0, 4)));
  EXPECT_TRUE(is_refused("\x0a"));
  EXPECT_TRUE(is_refused("\x0a\xff\xff\xff\xff\x0f"));
  EXPECT_TRUE(is_refused(std::string("\x00", 1)));
  EXPECT_TRUE(is_refused("\x0c"));  // the end of a group that never began
}

}  // namespace
}  // namespace mesh::proto_walk_test
