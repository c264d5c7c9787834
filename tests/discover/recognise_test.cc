// What holds of every mesh's pods: annotations that have the last word, pods that do not run, and
// workloads by the names of their controllers.
#include "discover/recognise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "discover/told.h"
#include "discover/workload.h"

namespace mesh::recognise_test {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Pod annotated(const std::string& path, PodTexts annotations) {
  Pod pod = sample_pod(path);
  pod.annotations.merge(annotations);
  return pod;
}

PodRecognition seen(const Pod& pod) { return recognise(pod, spoken); }

TEST(Recognise, watches_nothing_of_a_pod_that_asks_for_it_and_counts_it_where_it_is) {
  const auto out =
      seen(annotated("envoy/named_admin_port", {{"mesh-exporter.io/scrape", "false"}}));
  EXPECT_EQ(out.found.at(0).not_watched, "mesh-exporter.io/scrape is false");
  EXPECT_EQ(out.state, MeshState::meshed);
  EXPECT_THAT(out.wrong, IsEmpty());
}

TEST(Recognise, takes_an_annotated_admin_port_for_reachable) {
  const auto out = seen(annotated("istio/sidecar", {{"mesh-exporter.io/admin-port", "15000"}}));
  EXPECT_EQ(out.found.at(0).target.admin, (Address{"10.244.1.7", 15000, ""}));
  EXPECT_EQ(out.found.at(0).loopback_admin, std::nullopt);
  EXPECT_EQ(out.found.at(0).hidden, "");
}

TEST(Recognise, takes_an_annotated_page_instead_of_the_usual_one) {
  const auto out = seen(annotated("consul/sidecar", {{"mesh-exporter.io/metrics-port", "9999"},
                                                     {"mesh-exporter.io/metrics-path", "/m"}}));
  EXPECT_TRUE(out.found.at(0).watched()) << out.found.at(0).not_watched;
  EXPECT_EQ(out.found.at(0).target.metrics, (HttpEndpoint{{"10.244.1.7", 9999, ""}, "/m"}));
}

TEST(Recognise, takes_the_annotated_mesh_whatever_the_proxy_looks_like) {
  const auto out = seen(annotated("envoy/named_admin_port", {{"mesh-exporter.io/mesh", "istio"}}));
  EXPECT_EQ(out.found.at(0).target.mesh, "istio");
}

TEST(Recognise, takes_a_pod_without_a_known_proxy_for_an_envoy_where_a_port_is_annotated) {
  EXPECT_EQ(told(annotated("app/nothing", {{"mesh-exporter.io/admin-port", "9901"}})),
            "meshed in envoy\n"
            "envoy shop/users-7c9d8f6b5-x2x4z of users, container users\n"
            "  admin 10.244.1.7:9901");
}

TEST(Recognise, takes_a_page_for_the_applications_where_that_is_annotated) {
  EXPECT_EQ(told(annotated("app/nothing", {{"mesh-exporter.io/mesh", "app"},
                                           {"mesh-exporter.io/metrics-port", "9102"}})),
            "unmeshed\n"
            "app shop/users-7c9d8f6b5-x2x4z (app) of users, container users\n"
            "  page 10.244.1.7:9102/metrics");
}

TEST(Recognise, reads_no_page_of_an_application_that_is_asked_by_calls) {
  const auto out =
      seen(annotated("app/proxyless_elsewhere", {{"mesh-exporter.io/metrics-port", "9102"}}));
  EXPECT_FALSE(out.found.at(0).watched());
}

TEST(Recognise, asks_an_application_by_calls_where_it_names_its_port) {
  EXPECT_EQ(told(annotated("app/proxyless_elsewhere", {{"mesh-exporter.io/admin-port", "50052"}})),
            "meshed in proxyless\n"
            "proxyless shop/users-7c9d8f6b5-x2x4z of users, container users\n"
            "  grpc 10.244.1.7:50052");
  EXPECT_EQ(told(annotated("app/nothing", {{"mesh-exporter.io/mesh", "proxyless"},
                                           {"mesh-exporter.io/admin-port", "50052"}})),
            "unmeshed\n"
            "proxyless shop/users-7c9d8f6b5-x2x4z of users, container users\n"
            "  grpc 10.244.1.7:50052");
}

TEST(Recognise, tells_a_port_that_is_none_and_passes_it_over) {
  const auto out =
      seen(annotated("envoy/named_admin_port", {{"mesh-exporter.io/admin-port", "99010"}}));
  EXPECT_THAT(out.wrong, ElementsAre("mesh-exporter.io/admin-port: \"99010\"; expected a port "
                                     "from 1 to 65535"));
  EXPECT_EQ(out.found.at(0).target.admin, (Address{"10.244.1.7", 9901, ""}));
}

TEST(Recognise, tells_a_mesh_that_it_does_not_know_and_passes_it_over) {
  const auto out = seen(annotated("linkerd/sidecar", {{"mesh-exporter.io/mesh", "linkered"}}));
  EXPECT_THAT(out.wrong,
              ElementsAre("mesh-exporter.io/mesh: \"linkered\"; expected envoy, istio, ztunnel, "
                          "linkerd, consul, appmesh, app, istiod, linkerd-control-plane, "
                          "consul-server or proxyless"));
  EXPECT_EQ(out.found.at(0).target.mesh, "linkerd");
}

TEST(Recognise, tells_a_path_that_is_none_and_passes_it_over) {
  const auto out = seen(annotated("linkerd/sidecar", {{"mesh-exporter.io/metrics-path", "m x"}}));
  EXPECT_THAT(out.wrong, ElementsAre("mesh-exporter.io/metrics-path: \"m x\"; expected a path "
                                     "such as /metrics"));
  EXPECT_EQ(out.found.at(0).target.metrics->path, "/metrics");
}

TEST(Recognise, takes_no_other_word_for_false) {
  const auto out = seen(annotated("linkerd/sidecar", {{"mesh-exporter.io/scrape", "no"}}));
  EXPECT_THAT(out.wrong, ElementsAre("mesh-exporter.io/scrape: \"no\"; expected true or false"));
  EXPECT_TRUE(out.found.at(0).watched());
}

TEST(Recognise, waits_for_a_pod_to_run) {
  Pod pod = sample_pod("linkerd/sidecar");
  pod.phase = "Pending";
  EXPECT_EQ(seen(pod).found.at(0).not_watched, "the pod does not run yet");
}

TEST(Recognise, does_not_ask_a_pod_that_has_ended) {
  Pod pod = sample_pod("linkerd/sidecar");
  pod.phase = "Succeeded";
  EXPECT_EQ(seen(pod).found.at(0).not_watched, "the pod has ended");
}

TEST(Recognise, goes_on_asking_a_pod_that_is_being_deleted_while_it_runs) {
  Pod pod = sample_pod("linkerd/sidecar");
  pod.deleting = true;
  EXPECT_TRUE(seen(pod).found.at(0).watched());
}

TEST(Recognise, has_nobody_to_ask_without_an_address) {
  Pod pod = sample_pod("linkerd/sidecar");
  pod.ips.clear();
  EXPECT_EQ(seen(pod).found.at(0).not_watched, "the pod has no address");
}

TEST(Workload, is_the_deployment_of_a_replica_set) {
  EXPECT_EQ(workload_of(sample_pod("istio/sidecar")), "users");
}

TEST(Workload, is_the_replica_set_itself_where_no_hash_is_behind_its_name) {
  Pod pod = sample_pod("istio/sidecar");
  pod.owner_name = "users-v2";
  EXPECT_EQ(workload_of(pod), "users-v2");
}

TEST(Workload, is_the_stateful_set) { EXPECT_EQ(workload_of(sample_pod("app/stateful")), "users"); }

TEST(Workload, is_the_cron_job_of_a_job_with_a_minute_behind_its_name) {
  EXPECT_EQ(workload_of(sample_pod("app/cron")), "bill");
}

TEST(Workload, is_the_job_itself_where_that_is_a_date) {
  EXPECT_EQ(workload_of(sample_pod("app/job")), "migrate-20261126");
}

TEST(Workload, is_the_pod_where_nobody_owns_it) {
  Pod pod = sample_pod("app/nothing");
  pod.owner_name.clear();
  EXPECT_EQ(workload_of(pod), pod.name);
}

// ---- by who enters the network namespaces of pods, and who does not ----

Recognised reached_in(const std::string& path, bool enters) {
  return reached(seen(sample_pod(path)).found.at(0), enters);
}

TEST(Reached, from_outside_names_the_switch) {
  const Recognised one = reached_in("istio/sidecar", false);
  EXPECT_FALSE(one.target.admin);
  EXPECT_THAT(one.hidden,
              HasSubstr("lets that in; endpoints, limits and settings: its admin port"));
  EXPECT_THAT(one.hidden, EndsWith("; discovery.kubernetes.network_namespaces shows them"));
}

TEST(Reached, from_inside_hides_only_what_is_nowhere) {
  const Recognised one = reached_in("istio/sidecar", true);
  EXPECT_EQ(one.target.admin, (Address{"127.0.0.1", 15000, ""}));
  EXPECT_TRUE(one.target.admin_within_cgroup);
  EXPECT_TRUE(one.target.metrics);
  EXPECT_EQ(one.hidden, one.hidden_anyway);
  EXPECT_THAT(one.hidden, HasSubstr("Telemetry"));
  EXPECT_EQ(reached_in("consul/metrics_enabled", true).hidden, "");
}

TEST(Reached, from_inside_is_watched_what_keeps_its_pages_to_itself) {
  for (const char* path : {"istio/loopback_metrics", "consul/sidecar", "consul/metrics_over_tls"}) {
    const Recognised outside = reached_in(path, false), inside = reached_in(path, true);
    EXPECT_THAT(outside.not_watched,
                EndsWith("; discovery.kubernetes.network_namespaces shows it"));
    EXPECT_TRUE(inside.watched()) << path;
    EXPECT_TRUE(inside.target.admin) << path;
    EXPECT_FALSE(inside.target.metrics) << path;
  }
}

TEST(Reached, is_nobody_whose_pod_has_ended) {
  Pod pod = sample_pod("istio/loopback_metrics");
  pod.phase = "Succeeded";
  EXPECT_EQ(reached(seen(pod).found.at(0), true).not_watched, "the pod has ended");
}

}  // namespace
}  // namespace mesh::recognise_test
