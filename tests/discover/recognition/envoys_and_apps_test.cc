// What is recognised in pods of App Mesh and of an Envoy of no mesh and of pods without a proxy:
// tests/fixtures/pods says where they are from.
#include <gtest/gtest.h>

#include "discover/told.h"

namespace mesh::envoys_and_apps_test {
namespace {

TEST(RecogniseAppMesh, is_asked_at_its_admin_port) {
  EXPECT_EQ(told("appmesh/sidecar"),
            "meshed in appmesh\n"
            "appmesh shop/users-7c9d8f6b5-x2x4z of users, container envoy\n"
            "  admin 10.244.1.7:9901\n"
            "  hidden: App Mesh ended on 2026-09-30: nothing manages this proxy any more");
}

TEST(RecogniseAppMesh, moves_its_admin_port) {
  EXPECT_EQ(told("appmesh/admin_port_moved"),
            "meshed in appmesh\n"
            "appmesh shop/users-7c9d8f6b5-x2x4z of users, container envoy\n"
            "  admin 10.244.1.7:9911\n"
            "  hidden: App Mesh ended on 2026-09-30: nothing manages this proxy any more");
}

TEST(RecogniseAppMesh, will_never_come_to_a_pod_that_waits_for_it) {
  EXPECT_EQ(told("appmesh/injection_pending"),
            "injection_pending in appmesh\n"
            "appmesh.k8s.aws/sidecarInjectorWebhook asks for a proxy that it was not given, and "
            "since App Mesh ended never will be");
}

TEST(RecogniseAppMesh, is_not_wanted) {
  EXPECT_EQ(told("appmesh/opted_out"),
            "opted_out in appmesh\n"
            "appmesh.k8s.aws/sidecarInjectorWebhook is disabled");
}

TEST(RecogniseEnvoy, is_asked_at_the_port_called_admin) {
  EXPECT_EQ(told("envoy/named_admin_port"),
            "meshed in envoy\n"
            "envoy shop/users-7c9d8f6b5-x2x4z of users, container proxy\n"
            "  admin 10.244.1.7:9901");
}

TEST(RecogniseEnvoy, does_not_tell_where_its_admin_port_is) {
  EXPECT_EQ(told("envoy/admin_port_unknown"),
            "meshed in envoy\n"
            "envoy shop/users-7c9d8f6b5-x2x4z of users, container proxy\n"
            "  not watched: where its admin port is, no port called `admin` and no annotation "
            "mesh-exporter.io/admin-port tells");
}

TEST(RecogniseEnvoy, is_asked_where_an_annotation_says) {
  EXPECT_EQ(told("envoy/admin_port_annotated"),
            "meshed in envoy\n"
            "envoy shop/users-7c9d8f6b5-x2x4z of users, container proxy\n"
            "  admin 10.244.1.7:9902");
}

TEST(RecogniseEnvoy, is_known_by_its_command_in_any_image) {
  EXPECT_EQ(told("envoy/own_image"),
            "meshed in envoy\n"
            "envoy shop/users-7c9d8f6b5-x2x4z of users, container proxy\n"
            "  admin 10.244.1.7:8001");
}

TEST(RecogniseEnvoy, may_have_a_page_only) {
  EXPECT_EQ(told("envoy/gateway_metrics"),
            "meshed in envoy\n"
            "envoy shop/envoy-shop-eg-5c6-kk2 of envoy-shop-eg, container envoy\n"
            "  page 10.244.1.7:19001/stats/prometheus\n"
            "  hidden: names as they are, and load by endpoint: where its admin port is, no port "
            "called `admin` and no annotation mesh-exporter.io/admin-port tells");
}

TEST(RecogniseApp, has_a_page_where_it_says_so) {
  EXPECT_EQ(told("app/scraped"),
            "unmeshed\n"
            "app shop/users-7c9d8f6b5-x2x4z (app) of users, container users\n"
            "  page 10.244.1.7:9102/metrics");
}

TEST(RecogniseApp, may_speak_xds_of_any_control_plane) {
  EXPECT_EQ(
      told("app/proxyless_elsewhere"),
      "meshed in proxyless\n"
      "proxyless shop/users-7c9d8f6b5-x2x4z of users, container users\n"
      "  not watched: speaks xDS itself: there is no proxy to ask, only the application, where "
      "mesh-exporter.io/admin-port names the port at which it serves channelz, CSDS or reflection, "
      "or its page, where prometheus.io/scrape tells of one");
}

TEST(RecogniseApp, may_have_nothing_to_watch) {
  EXPECT_EQ(told("app/nothing"),
            "unmeshed\n"
            "no proxy that is known here");
}

}  // namespace
}  // namespace mesh::envoys_and_apps_test
