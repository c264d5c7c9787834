// How targets are called, and what is shown of their pages.
#include "model/target.h"

#include <gtest/gtest.h>

namespace mesh::target_test {
namespace {

TEST(TargetId, is_the_pod_in_its_namespace) {
  EXPECT_EQ(target_id("istio", "shop", "users-0"), "shop/users-0");
  EXPECT_EQ(target_id("", "", "users-0"), "users-0");
}

TEST(TargetId, tells_an_application_from_the_proxy_of_its_pod) {
  Target app;
  app.mesh = "app";
  app.ns = "shop";
  app.pod = "users-0";
  EXPECT_EQ(target_id(app), "shop/users-0 (app)");
}

TEST(ShownPath, is_without_query_and_variables) {
  EXPECT_EQ(shown_path({{"h", 1, ""}, "/m"}), "/m");
  EXPECT_EQ(shown_path({{"h", 1, ""}, "/m?token=x"}), "/m");
  EXPECT_EQ(shown_path({{"h", 1, ""}, "/hush/m?token=x", "/<redacted>/m?token=<redacted>"}),
            "/<redacted>/m");
}

TEST(Masked, has_path_and_query_as_they_are_shown) {
  const HttpEndpoint page{{"h", 1, ""}, "/hush/m?token=quiet", "/<redacted>/m?token=<redacted>"};
  EXPECT_EQ(
      masked("/hush/m: HTTP status 404: \"no h:1/hush/m?token=quiet, no ?token=quiet\"", page),
      "/<redacted>/m: HTTP status 404: \"no h:1/<redacted>/m?…, no ?…\"");
  EXPECT_EQ(masked("/hush/m/more", page), "/<redacted>/m/more");
  EXPECT_EQ(masked("/stats: connection refused", page), "/stats: connection refused");
}

TEST(Masked, leaves_a_path_without_variables_and_words_that_begin_like_one) {
  EXPECT_EQ(masked("/m: no, ?a=b", {{"h", 1, ""}, "/m?a=b"}), "/m: no, ?…");
  EXPECT_EQ(masked("/: no ?", {{"h", 1, ""}, "/?"}), "/: no ?");
  EXPECT_EQ(masked("/s: no /stats", {{"h", 1, ""}, "/s", "/<redacted>"}), "/<redacted>: no /stats");
}

}  // namespace
}  // namespace mesh::target_test
