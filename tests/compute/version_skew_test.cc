// Versions read and compared, and which control plane a sidecar's is compared with.
#include "compute/version_skew.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mesh::version_skew_test {
namespace {

TEST(MeshVersion, is_read_in_the_ways_meshes_spell_it) {
  for (const char* text : {"1.31", "1.31.2", "v1.31.2", "1.31-dev", "stable-1.31.9",
                           "enterprise-1.31.1", "1.31.2-0123abc-Clean"}) {
    EXPECT_EQ(read_mesh_version(text), (MeshVersion{1, 31})) << text;
  }
}

TEST(MeshVersion, is_nothing_where_no_minor_version_is_told) {
  for (const char* text : {"", "edge-25.5.1", "latest", "1", "1.", ".31", "1.x", "1.31x", "v",
                           "-1.31", "9999999.1", "99999999999999999999.1", "sha256:1.31"}) {
    EXPECT_FALSE(read_mesh_version(text)) << text;
  }
}

TEST(MeshVersion, is_behind_or_ahead_within_a_major_one) {
  EXPECT_EQ(versions_behind({1, 31}, {1, 29}), 2);
  EXPECT_EQ(versions_behind({1, 31}, {1, 31}), 0);
  EXPECT_EQ(versions_behind({1, 31}, {1, 32}), -1);
  EXPECT_FALSE(versions_behind({2, 0}, {1, 31}));
}

TargetState plane(std::string mesh, std::string version) {
  TargetState state;
  state.target.mesh = std::move(mesh);
  state.plane = PlaneReading{std::move(version), "", {}, {}, {}};
  return state;
}

TargetState sidecar(std::string mesh, std::string version) {
  TargetState state;
  state.target.mesh = std::move(mesh);
  state.proxy = Proxy{"1.40.0", "", "", ProxyState::live, {}, std::move(version)};
  return state;
}

Snapshot of(std::vector<TargetState> targets) {
  Snapshot snapshot;
  for (TargetState& one : targets) {
    snapshot.targets.push_back(std::make_shared<const TargetState>(std::move(one)));
  }
  return snapshot;
}

TEST(PlaneVersions, are_those_of_the_sidecars_own_mesh) {
  const PlaneVersions planes(of({plane("istio", "1.31.0"), plane("linkerd", "stable-2.14.1")}));
  EXPECT_EQ(planes.skew_of(sidecar("istio", "1.29.3")), 2);
  EXPECT_FALSE(planes.skew_of(sidecar("consul", "1.29.3")));
}

TEST(PlaneVersions, say_nothing_of_who_tells_no_version) {
  const PlaneVersions planes(of({plane("istio", "1.31.0")}));
  EXPECT_FALSE(planes.skew_of(sidecar("istio", "")));  // Envoy's 1.40.0 is another thing
}

TEST(PlaneVersions, may_be_several_of_one_version_but_not_of_two) {
  EXPECT_EQ(PlaneVersions(of({plane("istio", "1.31.0"), plane("istio", "1.31.2")}))
                .skew_of(sidecar("istio", "1.30.0")),
            1);
  EXPECT_FALSE(PlaneVersions(of({plane("istio", "1.31.0"), plane("istio", "1.30.2")}))
                   .skew_of(sidecar("istio", "1.30.0")));
}

TEST(PlaneVersions, of_controllers_that_do_not_tell_are_those_of_their_pods) {
  TargetState controller = plane("linkerd", "");
  controller.target.mesh_version = "stable-2.14.10";
  TargetState proxy = sidecar("linkerd", "");
  proxy.target.mesh_version = "stable-2.12.0";
  EXPECT_EQ(PlaneVersions(of({controller})).skew_of(proxy), 2);
  proxy.target.mesh_version = "edge-25.5.1";
  EXPECT_FALSE(PlaneVersions(of({controller})).skew_of(proxy));
}

TEST(PlaneVersions, are_no_sidecars_themselves) {
  TargetState istiod = plane("istio", "1.31.0");
  istiod.proxy = Proxy{};
  istiod.target.mesh_version = "1.30.0";
  EXPECT_FALSE(PlaneVersions(of({istiod})).skew_of(istiod));
}

}  // namespace
}  // namespace mesh::version_skew_test
