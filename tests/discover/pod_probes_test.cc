// Which gRPC servers of a pod are asked for their health: those of who opted in, where the kubelet
// asks them, and in words why not.
#include "discover/pod_probes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "discover/told.h"

namespace mesh::pod_probes_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

const PodTexts opted_in{{"mesh-exporter.io/grpc-probe", "true"}};

// app/nothing has one container with a port named "grpc", 50051.
Pod pod_with(const PodTexts& annotations, const std::string& path = "app/nothing") {
  Pod pod = sample_pod(path);
  for (const auto& [key, value] : annotations) pod.annotations[key] = value;
  return pod;
}

PodProbes seen(const Pod& pod) { return probes_of(pod, recognise(pod, spoken)); }

// "users-…:50051 at 10.244.1.7:50051:  a b": a line for each, the server as a whole being "".
std::vector<std::string> asked(const Pod& pod) {
  std::vector<std::string> lines;
  for (const GrpcProbe& one : seen(pod).probes) {
    std::string line = to_string(one.server.address) + ":";
    for (const std::string& service : one.services) line += " '" + service + "'";
    lines.push_back(std::move(line));
  }
  return lines;
}

TEST(PodProbes, are_none_of_who_did_not_opt_in) {
  EXPECT_THAT(asked(pod_with({})), IsEmpty());
  EXPECT_THAT(asked(pod_with({{"mesh-exporter.io/grpc-probe", "false"}})), IsEmpty());
  const PodProbes odd = seen(pod_with({{"mesh-exporter.io/grpc-probe", "yes"}}));
  EXPECT_THAT(odd.probes, IsEmpty());
  EXPECT_THAT(odd.wrong,
              ElementsAre("mesh-exporter.io/grpc-probe: \"yes\"; expected true or false"));
  const PodProbes half = seen(pod_with({{"mesh-exporter.io/grpc-probe-port", "1"}}));
  EXPECT_THAT(half.probes, IsEmpty());
  EXPECT_THAT(half.wrong, ElementsAre("mesh-exporter.io/grpc-probe-port: nothing without "
                                      "mesh-exporter.io/grpc-probe"));
}

TEST(PodProbes, have_the_name_and_the_labels_of_the_pod) {
  const PodProbes all = seen(pod_with(opted_in));
  ASSERT_EQ(all.probes.size(), 1u);
  const GrpcProbe& one = all.probes[0];
  EXPECT_EQ(one.name, "users-7c9d8f6b5-x2x4z:50051");
  EXPECT_EQ(one.whose.ns, "shop");
  EXPECT_EQ(one.whose.pod, "users-7c9d8f6b5-x2x4z");
  EXPECT_EQ(one.whose.workload, "users");
  EXPECT_EQ(one.whose.mesh, "");
  EXPECT_EQ(one.server, (GrpcServer{{"10.244.1.7", 50051, ""}, {}, ""}));
  EXPECT_EQ(one.services, std::vector<std::string>{""});
  EXPECT_EQ(one.if_unreachable, "") << "no proxy is before it";
  EXPECT_THAT(all.wrong, IsEmpty());
  EXPECT_EQ(all.why_none, "");
}

TEST(PodProbes, ask_what_the_kubelet_asks_and_ports_that_it_does_not_as_a_whole) {
  Pod pod = pod_with(opted_in);
  pod.containers[0].grpc_checks = {{50051, "alive"}, {50051, "ready"}, {8081, ""}};
  pod.containers[0].ports.push_back({"grpc-admin", 50052});
  EXPECT_THAT(asked(pod), ElementsAre("10.244.1.7:8081: ''", "10.244.1.7:50051: 'alive' 'ready'",
                                      "10.244.1.7:50052: ''"));
}

TEST(PodProbes, take_names_of_ports_that_begin_with_grpc) {
  Pod pod = pod_with(opted_in);
  pod.containers[0].ports = {{"grpc", 1},  {"grpc-users", 2}, {"grpc-webhook", 3},
                             {"grpc2", 4}, {"grpcapi", 5},    {"grpcserver", 6}};
  EXPECT_THAT(asked(pod), ElementsAre("10.244.1.7:1: ''", "10.244.1.7:2: ''", "10.244.1.7:3: ''",
                                      "10.244.1.7:4: ''", "10.244.1.7:5: ''", "10.244.1.7:6: ''"));
}

TEST(PodProbes, take_no_other_name_for_grpc) {
  Pod pod = pod_with(opted_in);
  pod.containers[0].ports = {{"grpc-web", 1},   {"http", 2},  {"", 3},        {"grpcweb", 4},
                             {"grpc-web-a", 5}, {"grpcs", 6}, {"grpcs-a", 7}, {"a-grpc", 8}};
  const PodProbes none = seen(pod);
  EXPECT_THAT(none.probes, IsEmpty());
  EXPECT_THAT(none.wrong,
              ElementsAre("mesh-exporter.io/grpc-probe: no container has a gRPC probe of the "
                          "kubelet or a port named grpc…; mesh-exporter.io/grpc-probe-port "
                          "can name one"));
}

TEST(PodProbes, ask_where_and_what_is_annotated_and_nothing_else) {
  PodTexts texts = opted_in;
  texts["mesh-exporter.io/grpc-probe-port"] = "7000";
  EXPECT_THAT(asked(pod_with(texts)), ElementsAre("10.244.1.7:7000: ''"));
  texts["mesh-exporter.io/grpc-probe-services"] = "a.v1.B, a.v1.C,a.v1.B";
  EXPECT_THAT(asked(pod_with(texts)), ElementsAre("10.244.1.7:7000: 'a.v1.B' 'a.v1.C'"));
  texts["mesh-exporter.io/grpc-probe-port"] = "70000";
  texts["mesh-exporter.io/grpc-probe-services"] = "a.v1.B,, c d";
  const Pod odd = pod_with(texts);
  EXPECT_THAT(asked(odd), ElementsAre("10.244.1.7:50051: 'a.v1.B'"));
  EXPECT_THAT(
      seen(odd).wrong,
      ElementsAre(StartsWith("mesh-exporter.io/grpc-probe-port: \"70000\"; expected a port"),
                  StartsWith("mesh-exporter.io/grpc-probe-services: \"\"; expected serv"),
                  StartsWith("mesh-exporter.io/grpc-probe-services: \"c d\"; expected")));
}

TEST(PodProbes, know_what_istios_injector_has_replaced_and_that_strict_tls_may_hide_them) {
  Pod pod = pod_with(opted_in, "istio/sidecar");
  auto proxy = std::ranges::find(pod.containers, "istio-proxy", &PodContainer::name);
  ASSERT_NE(proxy, pod.containers.end());
  proxy->env["ISTIO_KUBE_APP_PROBERS"] =
      R"({"/app-health/users/livez":{"grpc":{"port":50051,"service":null},"timeoutSeconds":1},)"
      R"("/app-health/users/readyz":{"grpc":{"port":50051,"service":"a.v1.B"}},)"
      R"("/app-health/users/startupz":{"grpc":{"port":9,"service":""}},)"
      R"("/app-health/other/livez":{"httpGet":{"path":"/","port":8080}}})";
  EXPECT_THAT(asked(pod), ElementsAre("10.244.1.7:50051: '' 'a.v1.B'"));
  EXPECT_EQ(seen(pod).probes.at(0).if_unreachable,
            "istio lets no plain text pass where its mutual TLS is strict");
  proxy->env["ISTIO_KUBE_APP_PROBERS"] = R"({"/app-health/users/livez":[{"grpc":)";
  EXPECT_THAT(asked(pod), ElementsAre("10.244.1.7:50051: ''")) << "by its port's name";
}

TEST(PodProbes, are_of_pods_that_run_and_go_on_running) {
  Pod pod = pod_with(opted_in);
  pod.phase = "Pending";
  EXPECT_EQ(seen(pod).why_none, "the pod does not run yet");
  EXPECT_THAT(seen(pod).probes, IsEmpty());
  pod.phase = "Running";
  pod.deleting = true;
  EXPECT_EQ(seen(pod).why_none, "the pod has been told to end");
  EXPECT_THAT(seen(pod).probes, IsEmpty());
  pod.deleting = false;
  pod.host_network = true;
  EXPECT_THAT(asked(pod), ElementsAre("10.244.1.7:50051: ''"));
  pod.annotations["mesh-exporter.io/scrape"] = "false";
  EXPECT_EQ(seen(pod).why_none, "mesh-exporter.io/scrape is false");
  EXPECT_THAT(seen(pod).probes, IsEmpty());
}

TEST(PodProbes, are_bounded) {
  Pod pod = pod_with(opted_in);
  for (std::uint16_t port = 1; port <= limits::grpc_services_per_pod + 3; ++port) {
    pod.containers[0].grpc_checks.push_back({port, ""});
  }
  EXPECT_EQ(seen(pod).probes.size(), limits::grpc_services_per_pod);
  EXPECT_THAT(seen(pod).wrong,
              ElementsAre(HasSubstr("more services than the 16 of one pod: 4 are")));
}

TEST(PodProbes, ask_for_the_first_services_of_too_many) {
  std::string services;
  for (std::size_t i = 1; i <= 60; ++i) services += "a.S" + std::to_string(i) + ",";
  PodTexts texts = opted_in;
  texts["mesh-exporter.io/grpc-probe-services"] = services;
  const PodProbes some = seen(pod_with(texts));
  ASSERT_EQ(some.probes.size(), 1u);
  ASSERT_EQ(some.probes[0].services.size(), limits::grpc_services_per_pod);
  EXPECT_EQ(some.probes[0].services.back(), "a.S16");
  EXPECT_THAT(some.wrong, ElementsAre("mesh-exporter.io/grpc-probe: more services than the 16 of "
                                      "one pod: 44 are not asked for, the first \"a.S17\""));
}

}  // namespace
}  // namespace mesh::pod_probes_test
