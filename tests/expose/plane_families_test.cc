// What is exported of control planes themselves, and of sidecars beside them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "expose/sample_plane.h"

namespace mesh::plane_families_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string who = R"(mesh="istio",namespace="istio-system",pod="istiod-0",workload="istiod")";

std::vector<std::string> shown(const std::string& name, std::vector<TargetState> targets) {
  return sample::samples(sample::render(sample::snapshot_of(std::move(targets))), name);
}

TEST(PlaneFamilies, say_what_a_control_plane_is) {
  EXPECT_THAT(shown("mesh_control_plane_info", {sample::istiod()}),
              ElementsAre("mesh_control_plane_info{" + who +
                          R"(,version="1.31.0",build="1.31.0-abc-Clean"} 1)"));
  EXPECT_THAT(shown("mesh_control_plane_memory_bytes", {sample::istiod()}),
              ElementsAre("mesh_control_plane_memory_bytes{" + who + "} 113000000"));
  EXPECT_THAT(shown("mesh_control_plane_start_timestamp_seconds", {sample::istiod()}),
              ElementsAre("mesh_control_plane_start_timestamp_seconds{" + who + "} 1759990000.25"));
  EXPECT_THAT(shown("mesh_control_plane_proxies", {sample::istiod()}),
              ElementsAre("mesh_control_plane_proxies{" + who + R"(,version="1.31.0"} 5)",
                          "mesh_control_plane_proxies{" + who + R"(,version="1.29.1"} 2)"));
}

TEST(PlaneFamilies, count_what_it_pushed_and_issued) {
  const std::string pushes =
      "mesh_control_plane_pushes_total{" + who + R"(,resource="cds",result=")";
  EXPECT_THAT(
      shown("mesh_control_plane_pushes_total", {sample::istiod()}),
      ElementsAre(pushes + "pushed\"} 40", pushes + "failed\"} 2", pushes + "rejected\"} 3"));
  EXPECT_THAT(shown("mesh_ca_issuances_total", {sample::istiod()}),
              ElementsAre("mesh_ca_issuances_total{" + who + R"(,result="failed"} 1)",
                          "mesh_ca_issuances_total{" + who + R"(,result="issued"} 7)"));
  EXPECT_THAT(shown("mesh_control_plane_errors_total", {sample::istiod()}),
              ElementsAre("mesh_control_plane_errors_total{" + who + R"(,reason="internal"} 4)"));
}

TEST(PlaneFamilies, have_how_long_a_change_takes) {
  const std::string name = "mesh_control_plane_convergence_seconds";
  EXPECT_THAT(shown(name + "_bucket", {sample::istiod()}),
              ElementsAre(name + "_bucket{" + who + R"(,le="0.1"} 5)",
                          name + "_bucket{" + who + R"(,le="+Inf"} 6)"));
  EXPECT_THAT(shown(name + "_sum", {sample::istiod()}),
              ElementsAre(name + "_sum{" + who + "} 1.25"));
}

TEST(PlaneFamilies, have_the_end_of_the_root) {
  EXPECT_THAT(shown("mesh_ca_root_not_after_timestamp_seconds", {sample::istiod()}),
              ElementsAre(HasSubstr("{" + who + "} ")));
}

TEST(PlaneFamilies, say_how_far_a_sidecar_is_behind) {
  EXPECT_THAT(
      shown("mesh_sidecar_version_skew", {sample::istiod(), sample::istio_sidecar("1.29.1")}),
      ElementsAre(HasSubstr("pod=\"frontend-0\",workload=\"frontend\"} 2")));
  EXPECT_THAT(
      shown("mesh_sidecar_version_skew", {sample::istiod(), sample::istio_sidecar("1.32.0")}),
      ElementsAre(HasSubstr("} -1")));
  EXPECT_THAT(shown("mesh_sidecar_version_skew", {sample::istio_sidecar("1.29.1")}), IsEmpty());
}

TEST(PlaneFamilies, are_of_no_sidecar) {
  const std::string page = sample::render(sample::snapshot_of({sample::istiod()}));
  EXPECT_THAT(sample::samples(page, "mesh_sidecar_info"), IsEmpty());
  EXPECT_THAT(sample::samples(page, "mesh_grpc_requests_total"), IsEmpty());
}

}  // namespace
}  // namespace mesh::plane_families_test
