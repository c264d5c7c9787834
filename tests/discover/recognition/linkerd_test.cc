// What is recognised in pods of Linkerd: tests/fixtures/pods says where
// they are from.
#include <gtest/gtest.h>

#include "discover/told.h"

namespace mesh {
namespace {

TEST(RecogniseLinkerd, is_a_native_sidecar_by_default) {
  EXPECT_EQ(told("linkerd/native_sidecar"),
            "meshed in linkerd\n"
            "linkerd shop/users-7c9d8f6b5-x2x4z of users, container linkerd-proxy\n"
            "  page 10.244.1.7:4191/metrics");
}

TEST(RecogniseLinkerd, may_stand_among_the_containers) {
  EXPECT_EQ(told("linkerd/sidecar"),
            "meshed in linkerd\n"
            "linkerd shop/users-7c9d8f6b5-x2x4z of users, container linkerd-proxy\n"
            "  page 10.244.1.7:4191/metrics");
}

TEST(RecogniseLinkerd, is_asked_at_the_port_that_it_names) {
  EXPECT_EQ(told("linkerd/admin_port_moved"),
            "meshed in linkerd\n"
            "linkerd shop/users-7c9d8f6b5-x2x4z of users, container linkerd-proxy\n"
            "  page 10.244.1.7:9191/metrics");
}

TEST(RecogniseLinkerd, may_keep_its_page_to_the_pod) {
  EXPECT_EQ(told("linkerd/admin_on_loopback"),
            "meshed in linkerd\n"
            "linkerd shop/users-7c9d8f6b5-x2x4z of users, container linkerd-proxy\n"
            "  not watched: its admin port listens on the pod's loopback only");
}

TEST(RecogniseLinkerd, may_have_come_after_the_pod) {
  EXPECT_EQ(told("linkerd/injection_pending"),
            "injection_pending in linkerd\n"
            "linkerd.io/inject asks for a proxy that it was not given; a new pod would be");
}

TEST(RecogniseLinkerd, is_not_wanted) {
  EXPECT_EQ(told("linkerd/opted_out"),
            "opted_out in linkerd\n"
            "linkerd.io/inject is disabled");
}

TEST(RecogniseLinkerd, leaves_the_applications_page_alone) {
  EXPECT_EQ(told("linkerd/app_metrics"),
            "meshed in linkerd\n"
            "linkerd shop/users-7c9d8f6b5-x2x4z of users, container linkerd-proxy\n"
            "  page 10.244.1.7:4191/metrics\n"
            "app shop/users-7c9d8f6b5-x2x4z (app) of users, container users\n"
            "  page 10.244.1.7:9102/metrics");
}

}  // namespace
}  // namespace mesh
