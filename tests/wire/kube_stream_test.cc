// Lists and watches cut into objects, wherever the chunks end; and the frame of a list.
#include "wire/kube_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/limits.h"
#include "wire/kube_status.h"

namespace mesh::kube_stream_test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Objects = std::vector<std::string>;

template <class Cutter>
Objects cut(Cutter& cutter, std::string_view text, std::size_t chunk) {
  Objects objects;
  for (; !text.empty(); text.remove_prefix(std::min(chunk, text.size()))) {
    cutter.feed(text.substr(0, chunk), [&](std::string_view it) { objects.emplace_back(it); });
  }
  return objects;
}

constexpr std::string_view list =
    R"({"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"48200","continue":"eyJ2"},)"
    R"("items":[{"a":"}]"},{"b":{"items":[{}]}},{"c":"\\\"{"}]})";

TEST(ObjectCutter, gives_object_after_object_wherever_chunks_end) {
  for (const std::size_t chunk : {1, 2, 3, 7, 100}) {
    ObjectCutter cutter(100);
    EXPECT_THAT(cut(cutter, "{\"a\":\"\\\"}\"}\n{\"b\":[{}]}\n{\"c\"", chunk),
                ElementsAre("{\"a\":\"\\\"}\"}", "{\"b\":[{}]}"));
    EXPECT_TRUE(cutter.within_object()) << "the stream was cut in the third";
  }
}

TEST(ObjectCutter, passes_over_what_is_too_long_and_goes_on_behind_it) {
  for (const std::size_t chunk : {1, 5, 100}) {
    ObjectCutter cutter(8);
    EXPECT_THAT(cut(cutter, R"({"a":"longer"}{"b":1})", chunk), ElementsAre(R"({"b":1})"));
    EXPECT_EQ(cutter.too_long(), 1u);
  }
}

TEST(ObjectCutter, stops_at_what_is_no_object) {
  ObjectCutter cutter(100);
  const std::string_view text = "{} , {}\n]{}";
  int objects = 0;
  EXPECT_EQ(cutter.feed(text, [&](std::string_view) { ++objects; }), text.find(']'));
  EXPECT_EQ(objects, 2);
}

TEST(ListCutter, gives_the_items_and_keeps_the_frame) {
  for (const std::size_t chunk : {1, 2, 5, 1000}) {
    ListCutter cutter(100);
    EXPECT_THAT(cut(cutter, list, chunk),
                ElementsAre(R"({"a":"}]"})", R"({"b":{"items":[{}]}})", R"({"c":"\\\"{"})"));
    const auto frame = parse_kube_list_frame(cutter.frame());
    ASSERT_TRUE(frame) << frame.error().message;
    EXPECT_EQ(*frame, (KubeListFrame{"PodList", "48200", "eyJ2", {}}));
  }
}

TEST(ListCutter, finds_items_before_the_metadata_and_behind_blanks) {
  ListCutter cutter(100);
  EXPECT_THAT(
      cut(cutter, R"({"items" : [ {} ], "kind":"PodList","metadata":{"resourceVersion":"7"}})",
          1000),
      ElementsAre("{}"));
  EXPECT_EQ(parse_kube_list_frame(cutter.frame())->resource_version, "7");
}

TEST(ListCutter, takes_items_of_nothing_but_the_list_itself) {
  ListCutter cutter(100);
  EXPECT_THAT(cut(cutter, R"({"metadata":{"items":[{}]},"\"items":[{}],"kind":"x"})", 1000),
              IsEmpty());
}

TEST(ListCutter, leaves_a_status_whole_in_its_frame) {
  ListCutter cutter(100);
  EXPECT_THAT(
      cut(cutter, R"({"kind":"Status","code":410,"reason":"Expired","message":"too old"})", 9),
      IsEmpty());
  EXPECT_EQ(parse_kube_list_frame(cutter.frame())->status, (KubeStatus{410, "Expired", "too old"}));
}

TEST(ListCutter, keeps_no_more_of_a_frame_than_it_may) {
  ListCutter cutter(100);
  cut(cutter, "{\"kind\":\"" + std::string(2 * limits::list_frame_bytes, 'x') + "\"}", 4096);
  EXPECT_EQ(cutter.frame().size(), limits::list_frame_bytes);
  EXPECT_FALSE(parse_kube_list_frame(cutter.frame()));
}

TEST(KubeListFrame, is_refused_with_a_token_that_no_server_writes) {
  EXPECT_EQ(
      parse_kube_list_frame(R"({"kind":"PodList","metadata":{"continue":"a b"}})").error().message,
      "list: has a bad continue token");
  EXPECT_EQ(parse_kube_list_frame("[]").error().message, "list: no JSON object");
  EXPECT_EQ(parse_kube_list_frame("{}").error().message, "list: has no kind");
}

TEST(KubeStatus, is_shown_in_printable_words_and_no_more_than_some) {
  const KubeStatus status = parse_kube_status(R"({"kind":"Status","code":403,"reason":"Forbidden",
    "message":"pods is forbidden:\u001b[31m User"})");
  EXPECT_EQ(status, (KubeStatus{403, "Forbidden", "pods is forbidden:?[31m User"}));
}

TEST(KubeStatus, is_empty_of_what_is_none) {
  EXPECT_EQ(parse_kube_status("<html>"), KubeStatus{});
  EXPECT_EQ(parse_kube_status(R"({"kind":"Pod","code":403})"), KubeStatus{});
}

}  // namespace
}  // namespace mesh::kube_stream_test
