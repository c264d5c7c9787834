// Findings about control planes themselves, and about a mesh that has none any more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "compute/findings/all.h"

namespace mesh::planes_test {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr sys_seconds noon{sys_days{std::chrono::year{2026} / 11 / 26} + hours(12)};

struct Grown {
  Counted counted;
  const char* detail;
  std::uint64_t increase;
};

TargetState plane(std::vector<Grown> grown, std::string version = "1.31.0") {
  TargetState state;
  state.target.mesh = "istio";
  state.target.ns = "istio-system";
  state.target.pod = "istiod-0";
  state.up = true;
  state.plane = PlaneReading{std::move(version), "", {}, {}, {}};
  std::vector<SeriesKey> keys;
  for (const Grown& one : grown) {
    SeriesKey key;
    key.counted = one.counted;
    key.detail = one.detail;
    keys.push_back(std::move(key));
    state.traffic.totals.push_back(one.increase + 1000);
    state.traffic.increases.push_back(one.increase);
  }
  state.traffic.keys = std::make_shared<const std::vector<SeriesKey>>(std::move(keys));
  state.traffic.window_seconds = 300;
  return state;
}

std::vector<std::string> found(const FindingMaker& maker, std::vector<TargetState> targets,
                               sys_seconds now = noon) {
  Snapshot snapshot;
  for (TargetState& one : targets) {
    snapshot.targets.push_back(std::make_shared<const TargetState>(std::move(one)));
  }
  std::vector<Finding> all;
  maker.find(snapshot, now, all);
  std::vector<std::string> lines;
  for (const Finding& one : all) {
    EXPECT_EQ(one.name, maker.name);
    EXPECT_NE(one.remedy, "");
    lines.push_back(std::string(to_string(one.severity)) + " " + one.where + ": " + one.cause);
  }
  return lines;
}

std::vector<std::string> issuance(std::uint64_t issued, std::uint64_t refused,
                                  std::uint64_t failed) {
  return found(ca_issuance_failing, {plane({{Counted::issuances, "issued", issued},
                                            {Counted::issuances, "refused", refused},
                                            {Counted::issuances, "failed", failed}})});
}

TEST(CaIssuanceFailing, is_silent_while_certificates_are_given) {
  EXPECT_THAT(issuance(0, 0, 0), IsEmpty());
  EXPECT_THAT(issuance(40, 5, 3), IsEmpty());  // more are granted
}

TEST(CaIssuanceFailing, is_critical_where_none_is_given_and_the_ca_is_to_blame) {
  EXPECT_THAT(issuance(0, 1, 2),
              ElementsAre("critical istio-system/istiod-0: 3 requests for a certificate in vain in "
                          "the window (2 failed, 1 refused), 0 issued"));
  EXPECT_THAT(issuance(1, 0, 2), ElementsAre(HasSubstr("warning ")));
}

TEST(CaIssuanceFailing, of_those_who_asked_wrongly_needs_more_than_a_few) {
  EXPECT_THAT(issuance(0, 4, 0), IsEmpty());
  EXPECT_THAT(issuance(0, 5, 0), ElementsAre(HasSubstr("warning ")));
}

TEST(CaIssuanceFailing, says_nothing_of_one_that_does_not_answer) {
  TargetState gone = plane({{Counted::issuances, "failed", 9}});
  gone.up = false;
  EXPECT_THAT(found(ca_issuance_failing, {gone}), IsEmpty());
}

TEST(PushesRejected, are_told_by_kind) {
  EXPECT_THAT(found(control_plane_pushes_rejected, {plane({{Counted::push_rejections, "cds", 3},
                                                           {Counted::push_rejections, "eds", 0},
                                                           {Counted::push_rejections, "lds", 1},
                                                           {Counted::pushes, "cds", 30}})}),
              ElementsAre("warning istio-system/istiod-0: 4 pushes of cds, lds refused by proxies "
                          "of this control plane in the window: they go on with what they had"));
  EXPECT_THAT(found(control_plane_pushes_rejected, {plane({{Counted::pushes, "cds", 30}})}),
              IsEmpty());
}

TEST(VersionSkew, is_told_by_a_control_plane_of_all_its_proxies) {
  TargetState istiod = plane({});
  istiod.plane->proxies = {{"1.31.2", 30}, {"1.30.1", 4}, {"1.29.0", 2},
                           {"1.28.4", 3},  {"1.27.0", 0}, {"", 1}};
  EXPECT_THAT(found(version_skew, {istiod}),
              ElementsAre("warning istio-system/istiod-0: 5 of 40 connected proxies are of a "
                          "version that this control plane, 1.31.0, does not support; the furthest "
                          "is 1.28.4, 3 minor versions behind"));
}

TEST(VersionSkew, is_silent_where_all_are_supported) {
  TargetState istiod = plane({});
  istiod.plane->proxies = {{"1.31.2", 30}, {"1.30.1", 4}, {"1.28.0", 0}};
  EXPECT_THAT(found(version_skew, {istiod}), IsEmpty());
}

TEST(VersionSkew, is_not_supported_ahead_either) {
  TargetState istiod = plane({});
  istiod.plane->proxies = {{"1.32.0", 1}};
  EXPECT_THAT(found(version_skew, {istiod}),
              ElementsAre(HasSubstr("the furthest is 1.32.0, 1 minor version ahead")));
}

TargetState sidecar(std::string mesh, std::string version) {
  TargetState state;
  state.target.mesh = std::move(mesh);
  state.target.ns = "shop";
  state.target.pod = "users-0";
  state.target.mesh_version = std::move(version);
  state.proxy = Proxy{};
  return state;
}

TEST(VersionSkew, of_sidecars_is_told_one_by_one_where_the_control_plane_does_not) {
  TargetState controller = plane({}, "");
  controller.target.mesh = "linkerd";
  controller.target.mesh_version = "stable-2.14.10";
  EXPECT_THAT(found(version_skew, {controller, sidecar("linkerd", "stable-2.11.0")}),
              ElementsAre("warning shop/users-0: is of version stable-2.11.0, 3 minor versions "
                          "behind its control plane, which is not supported"));
  EXPECT_THAT(found(version_skew, {controller, sidecar("linkerd", "stable-2.13.0")}), IsEmpty());
  EXPECT_THAT(found(version_skew, {controller, sidecar("linkerd", "edge-25.5.1")}), IsEmpty());
}

TEST(VersionSkew, is_not_told_twice) {
  TargetState istiod = plane({});
  istiod.plane->proxies = {{"1.28.0", 1}};
  EXPECT_THAT(found(version_skew, {istiod, sidecar("istio", "1.28.0")}), SizeIs(1));
}

TargetState of_app_mesh(std::string pod, std::string workload,
                        std::optional<sys_seconds> end = std::nullopt) {
  TargetState state;
  state.target.mesh = "appmesh";
  state.target.ns = "shop";
  state.target.pod = std::move(pod);
  state.target.workload = std::move(workload);
  if (!end) return state;
  KnownCertificate leaf;
  leaf.in_use.role = CertificateRole::leaf;
  leaf.in_use.not_after = *end;
  KnownCertificate root;
  root.in_use.role = CertificateRole::root;
  root.in_use.not_after = noon;  // is not asked
  CertificatePlace place;
  place.known = {root, leaf};
  state.certificates = {std::make_shared<const CertificatePlace>(std::move(place))};
  return state;
}

TEST(MeshEnded, is_told_once_for_a_workload_with_the_first_of_its_certificates) {
  EXPECT_THAT(
      found(mesh_ended, {of_app_mesh("users-0", "users", noon + days(9)),
                         of_app_mesh("users-1", "users", noon + days(4)), of_app_mesh("lone", ""),
                         of_app_mesh("other", "")}),
      ElementsAre("warning shop/lone: App Mesh ended on 2026-09-30 and has no control plane "
                  "any more: 1 sidecar here will get no configuration after a restart, and "
                  "no certificate of its sidecars is known",
                  HasSubstr("shop/other: "),
                  "warning shop/users-0: App Mesh ended on 2026-09-30 and has no control "
                  "plane any more: 2 sidecars here will get no configuration after a "
                  "restart, and the first of its certificates ends in 4d"));
}

TEST(MeshEnded, tells_of_a_certificate_that_has_ended) {
  EXPECT_THAT(found(mesh_ended, {of_app_mesh("users-0", "users", noon - hours(3))}),
              ElementsAre(HasSubstr("the first of its certificates ended 3h ago")));
}

TEST(MeshEnded, is_true_from_that_day_on_and_of_that_mesh) {
  const sys_seconds end = sys_days{std::chrono::year{2026} / 9 / 30};
  EXPECT_THAT(found(mesh_ended, {of_app_mesh("a", "a")}, end - seconds(1)), IsEmpty());
  EXPECT_THAT(found(mesh_ended, {of_app_mesh("a", "a")}, end), SizeIs(1));
  EXPECT_THAT(found(mesh_ended, {sidecar("istio", "1.31.0")}), IsEmpty());
}

}  // namespace
}  // namespace mesh::planes_test
