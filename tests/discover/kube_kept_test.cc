// What is kept of objects: as much as there is room for, and the same object as long as it is as it
// was.
#include "discover/kube_kept.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "discover/api_server.h"

namespace mesh::kube_kept_test {
namespace {

using support::event;

std::string slice(const std::string& name, std::size_t addresses) {
  std::string json = R"({"metadata":{"namespace":"shop","resourceVersion":"11","name":")" + name;
  json += R"("},"endpoints":[)";
  for (std::size_t i = 0; i < addresses; ++i) {
    json.append(i == 0 ? "" : ",").append(R"({"addresses":["10.0.0.)");
    json.append(std::to_string(i)).append(R"("],"targetRef":{"kind":"Pod","name":"a"}})");
  }
  return json + "]}";
}

TEST(KubeKept, is_the_same_object_as_long_as_it_is_as_it_was) {
  KubeObjects<EndpointSlice> kept(10);
  ASSERT_TRUE(*kept.list_item(slice("a", 1)));
  kept.list_is_whole();
  const auto before = kept.known().at("shop/a");
  EXPECT_FALSE(kept.hear_event(event("MODIFIED", slice("a", 1)))->changed);
  kept.begin_list();
  ASSERT_TRUE(*kept.list_item(slice("a", 1)));
  kept.list_is_whole();
  EXPECT_EQ(kept.known().at("shop/a"), before) << "listed anew";
  EXPECT_TRUE(kept.hear_event(event("MODIFIED", slice("a", 2)))->changed);
  EXPECT_NE(kept.known().at("shop/a"), before);
}

// How many addresses there are counts, and not in how many slices.
TEST(KubeKept, is_no_more_than_the_bound) {
  KubeObjects<EndpointSlice> kept(3);
  ASSERT_TRUE(*kept.list_item(slice("a", 2)));
  EXPECT_FALSE(*kept.list_item(slice("b", 2)));
  EXPECT_TRUE(*kept.list_item(slice("empty", 0)));
  kept.list_is_whole();
  EXPECT_EQ(kept.known().size(), 1u) << "nothing is kept of one that tells nothing";
  EXPECT_TRUE(kept.hear_event(event("ADDED", slice("b", 2)))->left_out);
  EXPECT_FALSE(kept.hear_event(event("ADDED", slice("empty", 0)))->changed);
  EXPECT_TRUE(kept.hear_event(event("MODIFIED", slice("a", 0)))->changed);
  EXPECT_FALSE(kept.hear_event(event("ADDED", slice("b", 2)))->left_out) << "there is room now";
  EXPECT_TRUE(kept.known().contains("shop/b"));
}

}  // namespace
}  // namespace mesh::kube_kept_test
