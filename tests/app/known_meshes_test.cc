// What was learnt of unknown targets, applied to lists of them.
#include "app/known_meshes.h"

#include <gtest/gtest.h>

namespace mesh::known_meshes_test {
namespace {

Target target(const std::string& pod, std::string_view mesh = unknown_mesh) {
  Target target;
  target.mesh = mesh;
  target.pod = pod;
  target.metrics = HttpEndpoint{{"10.0.0.7", 9102, ""}, "/metrics"};
  return target;
}

std::string meshes(const Discovered& found) {
  std::string words;
  for (const Target& one : found.targets) words += target_id(one) + ":" + one.mesh + " ";
  return words;
}

TEST(KnownMeshes, are_applied_to_the_unknown_and_to_no_others) {
  KnownMeshes known;
  known.learn(target("a"), "linkerd");
  Discovered found;
  found.targets = {target("a"), target("b"), target("c", "envoy")};
  known.apply(found);
  EXPECT_EQ(meshes(found), "a:linkerd b:auto c:envoy ");
}

TEST(KnownMeshes, of_an_application_take_its_note_along_to_its_name) {
  KnownMeshes known;
  known.learn(target("a"), "app");
  Discovered found;
  found.targets = {target("a")};
  found.notes["a"].hidden = "something";
  known.apply(found);
  EXPECT_EQ(meshes(found), "a (app):app ");
  EXPECT_EQ(found.notes.at("a (app)").hidden, "something");
}

TEST(KnownMeshes, are_forgotten_with_the_target_and_where_it_moved) {
  KnownMeshes known;
  known.learn(target("a"), "linkerd");
  Discovered moved;
  moved.targets = {target("a")};
  moved.targets[0].metrics->address.host = "10.0.0.8";
  known.apply(moved);
  EXPECT_EQ(meshes(moved), "a:auto ");
  Discovered back;
  back.targets = {target("a")};
  known.apply(back);
  EXPECT_EQ(meshes(back), "a:auto ");
}

TEST(KnownMeshes, give_nobody_a_name_that_is_taken) {
  KnownMeshes known;
  known.learn(target("a"), "app");
  Discovered found;
  found.targets = {target("a"), target("a", "app")};
  known.apply(found);
  EXPECT_EQ(meshes(found), "a:auto a (app):app ");
}

}  // namespace
}  // namespace mesh::known_meshes_test
