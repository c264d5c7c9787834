// How targets are called.
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

}  // namespace
}  // namespace mesh::target_test
