// Who renews when: the table by name and by what a certificate gives away.
#include "compute/rotation_points.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>
#include <string>

namespace mesh::rotation_points_test {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

Certificate with_uri(std::string uri) {
  Certificate c;
  c.sans = {{SubjectAltName::Kind::uri, std::move(uri)}};
  return c;
}

TEST(RotationPoint, follows_the_configuration_before_everything) {
  EXPECT_EQ(rotation_point({"istio", 0.75}, with_uri("spiffe://a/ns/b/sa/c")), 0.75);
}

TEST(RotationPoint, follows_the_mesh) {
  EXPECT_EQ(rotation_point({"istio", {}}, {}), 0.5);
  EXPECT_EQ(rotation_point({"ztunnel", {}}, {}), 0.5);
  EXPECT_EQ(rotation_point({"linkerd", {}}, {}), 0.7);
  EXPECT_EQ(rotation_point({"consul", {}}, {}), 0.9);
  EXPECT_EQ(rotation_point({"cert-manager", {}}, {}), 2.0 / 3);
}

TEST(RotationPoint, recognises_the_identities_of_the_meshes) {
  EXPECT_EQ(rotation_point({"envoy", {}}, with_uri("spiffe://cluster.local/ns/shop/sa/users")),
            0.5);
  EXPECT_EQ(
      rotation_point({"envoy", {}}, with_uri("spiffe://11-22.consul/ns/default/dc/dc1/svc/web")),
      0.9);
  Certificate linkerd;
  linkerd.sans = {
      {SubjectAltName::Kind::dns, "users.shop.serviceaccount.identity.linkerd.cluster.local"}};
  EXPECT_EQ(rotation_point({"", {}}, linkerd), 0.7);
  Certificate spire = with_uri("spiffe://mesh.test/users");
  spire.subject = "O=SPIRE,C=US";
  EXPECT_EQ(rotation_point({"", {}}, spire), 0.5);
  Certificate by_its_secret = with_uri("spiffe://mesh.test/users");
  by_its_secret.path = "spiffe://mesh.test/users";
  EXPECT_EQ(rotation_point({"envoy", {}}, by_its_secret), 0.5);
}

TEST(RotationPoint, is_nine_tenths_of_an_unknown_issuer) {
  EXPECT_EQ(rotation_point({"envoy", {}}, with_uri("spiffe://mesh.test/users")), 0.9);
  EXPECT_EQ(rotation_point({"", {}}, {}), 0.9);
}

std::string percent(double share) { return std::to_string(std::lround(share * 100)) + " %"; }

// What people read in the runbook is what is judged by.
TEST(RotationPoint, stands_in_the_runbook_for_every_issuer) {
  std::ifstream file(MESH_SOURCE_DIR "/docs/runbook.md");
  std::stringstream text;
  text << file.rdbuf();
  std::string table = text.str();
  table.erase(0, table.find("\n## rotation_overdue\n"));
  table.erase(0, table.find("|---|"));
  table.resize(table.find("\n\n") + 1);
  std::string expected;
  for (const KnownIssuer& issuer : known_issuers()) {
    const sys_seconds began{};
    const auto due = renewal_due(issuer.point, began, began + seconds(100'000));
    const double overdue = static_cast<double>((*due - began).count()) / 100'000;
    std::string name("nobody known");
    if (!issuer.name.empty()) name.assign("`").append(issuer.name).append("`");
    for (const std::string& cell : {name, percent(issuer.point), percent(overdue)}) {
      expected.append("| ").append(cell).append(" ");
    }
    expected.append("|\n");
  }
  std::string found;
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("|---")) continue;
    std::size_t end = 0;
    for (int column = 0; column < 3; ++column) end = line.find('|', end + 1);
    found.append(line, 0, end + 1).append("\n");
  }
  EXPECT_EQ(found, expected);
}

TEST(RenewalDue, adds_a_fifth_of_what_is_left_at_the_point) {
  const sys_seconds began{seconds(1000)};
  EXPECT_EQ(renewal_due(0.5, began, began + seconds(100)), began + seconds(60));
  EXPECT_EQ(renewal_due(0.9, began, began + seconds(100)), began + seconds(92));
}

TEST(RenewalDue, needs_a_life) {
  const sys_seconds began{seconds(1000)};
  EXPECT_EQ(renewal_due(0.5, began, began), std::nullopt);
  EXPECT_EQ(renewal_due(0.5, began, began - seconds(1)), std::nullopt);
}

}  // namespace
}  // namespace mesh::rotation_points_test
