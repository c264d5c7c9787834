// What is exported of control planes themselves, and of sidecars beside them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "expose/sample_page.h"

namespace mesh {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string who = R"(mesh="istio",namespace="istio-system",pod="istiod-0",workload="istiod")";

SeriesKey key(Counted counted, const char* detail) {
  SeriesKey one;
  one.counted = counted;
  one.detail = detail;
  return one;
}

TargetState istiod() {
  TargetState state = sample::answering("istiod-0");
  state.target.mesh = "istio";
  state.target.ns = "istio-system";
  state.target.workload = "istiod";
  state.plane = PlaneReading{"1.31.0",
                             "1.31.0-abc-Clean",
                             {{"1.31.0", 5}, {"1.29.1", 2}},
                             113'000'000,
                             std::chrono::milliseconds(1'759'990'000'250)};
  state.traffic.keys = sample::keys(
      {key(Counted::issuances, "failed"), key(Counted::issuances, "issued"),
       key(Counted::pushes, "cds"), key(Counted::push_failures, "cds"),
       key(Counted::push_rejections, "cds"), key(Counted::plane_errors, "internal"),
       key(Counted::convergence_bucket, "0.1"), key(Counted::convergence_bucket, "+Inf"),
       key(Counted::convergence_sum_us, "")});
  state.traffic.totals = {1, 7, 40, 2, 3, 4, 5, 6, 1'250'000};
  state.certificates = {sample::certificates()};
  return state;
}

TargetState sidecar(const char* version) {
  TargetState state = sample::answering("frontend-0");
  state.target.mesh = "istio";
  state.proxy = Proxy{"1.40.0", "", "", ProxyState::live, {}, version};
  return state;
}

std::vector<std::string> shown(const std::string& name, std::vector<TargetState> targets) {
  return sample::samples(sample::render(sample::snapshot_of(std::move(targets))), name);
}

TEST(PlaneFamilies, say_what_a_control_plane_is) {
  EXPECT_THAT(shown("mesh_control_plane_info", {istiod()}),
              ElementsAre("mesh_control_plane_info{" + who +
                          R"(,version="1.31.0",build="1.31.0-abc-Clean"} 1)"));
  EXPECT_THAT(shown("mesh_control_plane_memory_bytes", {istiod()}),
              ElementsAre("mesh_control_plane_memory_bytes{" + who + "} 113000000"));
  EXPECT_THAT(shown("mesh_control_plane_start_timestamp_seconds", {istiod()}),
              ElementsAre("mesh_control_plane_start_timestamp_seconds{" + who + "} 1759990000.25"));
  EXPECT_THAT(shown("mesh_control_plane_proxies", {istiod()}),
              ElementsAre("mesh_control_plane_proxies{" + who + R"(,version="1.31.0"} 5)",
                          "mesh_control_plane_proxies{" + who + R"(,version="1.29.1"} 2)"));
}

TEST(PlaneFamilies, count_what_it_pushed_and_issued) {
  const std::string pushes =
      "mesh_control_plane_pushes_total{" + who + R"(,resource="cds",result=")";
  EXPECT_THAT(
      shown("mesh_control_plane_pushes_total", {istiod()}),
      ElementsAre(pushes + "pushed\"} 40", pushes + "failed\"} 2", pushes + "rejected\"} 3"));
  EXPECT_THAT(shown("mesh_ca_issuances_total", {istiod()}),
              ElementsAre("mesh_ca_issuances_total{" + who + R"(,result="failed"} 1)",
                          "mesh_ca_issuances_total{" + who + R"(,result="issued"} 7)"));
  EXPECT_THAT(shown("mesh_control_plane_errors_total", {istiod()}),
              ElementsAre("mesh_control_plane_errors_total{" + who + R"(,reason="internal"} 4)"));
}

TEST(PlaneFamilies, have_how_long_a_change_takes) {
  const std::string name = "mesh_control_plane_convergence_seconds";
  EXPECT_THAT(shown(name + "_bucket", {istiod()}),
              ElementsAre(name + "_bucket{" + who + R"(,le="0.1"} 5)",
                          name + "_bucket{" + who + R"(,le="+Inf"} 6)"));
  EXPECT_THAT(shown(name + "_sum", {istiod()}), ElementsAre(name + "_sum{" + who + "} 1.25"));
}

TEST(PlaneFamilies, have_the_end_of_the_root) {
  EXPECT_THAT(shown("mesh_ca_root_not_after_timestamp_seconds", {istiod()}),
              ElementsAre(HasSubstr("{" + who + "} ")));
}

TEST(PlaneFamilies, say_how_far_a_sidecar_is_behind) {
  EXPECT_THAT(shown("mesh_sidecar_version_skew", {istiod(), sidecar("1.29.1")}),
              ElementsAre(HasSubstr("pod=\"frontend-0\",workload=\"frontend\"} 2")));
  EXPECT_THAT(shown("mesh_sidecar_version_skew", {istiod(), sidecar("1.32.0")}),
              ElementsAre(HasSubstr("} -1")));
  EXPECT_THAT(shown("mesh_sidecar_version_skew", {sidecar("1.29.1")}), IsEmpty());
}

TEST(PlaneFamilies, are_of_no_sidecar) {
  const std::string page = sample::render(sample::snapshot_of({istiod()}));
  EXPECT_THAT(sample::samples(page, "mesh_sidecar_info"), IsEmpty());
  EXPECT_THAT(sample::samples(page, "mesh_grpc_requests_total"), IsEmpty());
}

}  // namespace
}  // namespace mesh
