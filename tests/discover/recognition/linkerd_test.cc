// What is recognised in pods of Linkerd: tests/fixtures/pods says where
// they are from.
#include <gtest/gtest.h>

#include "discover/told.h"

namespace mesh::linkerd_test {
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

TEST(RecogniseLinkerd, has_a_controller_beside_its_proxy) {
  EXPECT_EQ(told("linkerd/identity"),
            "meshed in linkerd\n"
            "linkerd linkerd/linkerd-identity-7f9c8b6d5-k2x4z of linkerd-identity, container "
            "linkerd-proxy\n"
            "  page 10.244.1.7:4191/metrics\n"
            "linkerd-control-plane linkerd/linkerd-identity-7f9c8b6d5-k2x4z/identity of "
            "linkerd-identity, container identity\n"
            "  page 10.244.1.7:9990/metrics\n"
            "  control plane stable-2.14.10");
}

TEST(RecogniseLinkerd, has_several_controllers_in_a_pod) {
  const std::string pod = "linkerd/linkerd-destination-7f9c8b6d5-k2x4z";
  EXPECT_EQ(told("linkerd/destination"),
            "meshed in linkerd\n"
            "linkerd " +
                pod +
                " of linkerd-destination, container linkerd-proxy\n"
                "  page 10.244.1.7:4191/metrics\n"
                "linkerd-control-plane " +
                pod +
                "/destination of linkerd-destination, container "
                "destination\n"
                "  page 10.244.1.7:9996/metrics\n"
                "  control plane stable-2.14.10\n"
                "linkerd-control-plane " +
                pod +
                "/sp-validator of linkerd-destination, container "
                "sp-validator\n"
                "  page 10.244.1.7:9997/metrics\n"
                "  control plane stable-2.14.10\n"
                "linkerd-control-plane " +
                pod +
                "/policy of linkerd-destination, container policy\n"
                "  page 10.244.1.7:9990/metrics\n"
                "  control plane stable-2.14.10");
}

TEST(RecogniseLinkerd, is_of_the_version_that_the_pod_says) {
  const PodRecognition seen = recognise(sample_pod("linkerd/native_sidecar"), spoken);
  EXPECT_EQ(seen.found.at(0).target.mesh_version, "edge-26.8.2");
}

}  // namespace
}  // namespace mesh::linkerd_test
