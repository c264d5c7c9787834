// Findings about certificates: a snapshot in, what is wrong out, in words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "compute/findings.h"

namespace mesh::certificates_test {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr sys_seconds noon{seconds(1'800'000'000)};

KnownCertificate leaf(seconds life) {
  KnownCertificate known;
  known.in_use.not_before = noon;
  known.in_use.not_after = noon + life;
  known.in_use.sans = {{SubjectAltName::Kind::uri, "spiffe://mesh.test/users"}};
  return known;
}

TargetState sidecar(std::vector<KnownCertificate> known = {}) {
  TargetState state;
  state.target.ns = "shop";
  state.target.pod = "users-0";
  state.certificates = {std::make_shared<const CertificatePlace>(
      CertificatePlace{CertificateSource::admin, "", noon, std::move(known), 0})};
  return state;
}

// "severity name: where: cause" of each.
std::vector<std::string> found(TargetState state, seconds after_noon) {
  Snapshot snapshot;
  snapshot.targets = {std::make_shared<const TargetState>(std::move(state))};
  std::vector<std::string> lines;
  for (const Finding& one : findings(snapshot, noon + after_noon)) {
    lines.push_back(std::string(to_string(one.severity)) + " " + std::string(one.name) + ": " +
                    one.where + ": " + one.cause);
  }
  return lines;
}

TEST(CertificateFindings, are_none_when_all_is_well) {
  EXPECT_THAT(found(sidecar({leaf(hours(24))}), hours(12)), IsEmpty());
}

TEST(CertificateFindings, tell_what_happens_to_a_certificate_that_is_not_renewed) {
  KnownCertificate known = leaf(hours(24));
  known.due = noon + hours(14);
  known.overdue = true;
  const TargetState state = sidecar({known});
  EXPECT_THAT(found(state, hours(15)),
              ElementsAre("warning rotation_overdue: shop/users-0: leaf spiffe://mesh.test/users "
                          "should have been renewed 1h ago, expires in 9h"));
  EXPECT_THAT(found(state, hours(23)),
              ElementsAre("critical certificate_expiring: shop/users-0: leaf "
                          "spiffe://mesh.test/users expires in 1h"));
  EXPECT_THAT(found(state, hours(24) + seconds(190)),
              ElementsAre("critical certificate_expired: shop/users-0: leaf "
                          "spiffe://mesh.test/users expired 3m10s ago"));
}

TEST(CertificateFindings, name_the_point_by_which_a_renewal_is_overdue) {
  KnownCertificate known = leaf(hours(24));
  known.due = noon + hours(14);
  known.rotation_point = 0.5;
  known.overdue = true;
  Snapshot snapshot;
  snapshot.targets = {std::make_shared<const TargetState>(sidecar({known}))};
  EXPECT_EQ(findings(snapshot, noon + hours(15)).at(0).evidence.back(),
            (Evidence{"rotation_point", 0.5, Unit::ratio}));
}

TEST(CertificateFindings, leave_time_for_what_has_time) {
  EXPECT_THAT(found(sidecar({leaf(days(365))}), days(340)),
              ElementsAre("warning certificate_expiring: shop/users-0: leaf "
                          "spiffe://mesh.test/users expires in 25d"));
}

TEST(CertificateFindings, see_a_clock_that_is_wrong) {
  EXPECT_THAT(found(sidecar({leaf(hours(24))}), seconds(-90)),
              ElementsAre("warning certificate_not_yet_valid: shop/users-0: leaf "
                          "spiffe://mesh.test/users is valid in 1m30s, by the clock of this node"));
}

TEST(CertificateFindings, see_renewals_that_fail_until_one_succeeds) {
  TargetState state = sidecar();
  state.rotation_failures = {{"default", "key_rotation_failed", 2, true},
                             {"default", "update_rejected", 5, false}};
  EXPECT_THAT(found(state, seconds(0)),
              ElementsAre("warning rotation_failing: shop/users-0: secret default: "
                          "key_rotation_failed 2 times, not renewed since"));
}

TEST(CertificateFindings, see_renewals_that_the_meshs_agent_failed_to_get) {
  TargetState state = sidecar();
  state.rotation_failures = {{"", "request_failed", 2, true, CertificateSource::proxy}};
  EXPECT_THAT(found(state, seconds(0)),
              ElementsAre("warning rotation_failing: shop/users-0: the mesh's agent: "
                          "request_failed 2 times, not renewed since"));
}

TEST(CertificateFindings, see_connections_under_an_expired_certificate) {
  TargetState state = sidecar();
  state.stale_connections = {{Direction::outbound, "users:50051", "", "", 3, 2},
                             {Direction::inbound, "", "", "", 3, 1},
                             {Direction::outbound, "orders:50051", "", "", 3, 0}};
  EXPECT_THAT(
      found(state, seconds(0)),
      ElementsAre(
          "info stale_certificate_in_use: shop/users-0: at least 2 connections to "
          "users:50051 made under a certificate that has expired; the one now in use is good",
          "info stale_certificate_in_use: shop/users-0: at least 1 inbound connection "
          "made under a certificate that has expired; the one now in use is good"));
}

TEST(CertificateFindings, see_connections_that_are_all_that_still_works) {
  TargetState state = sidecar({leaf(hours(24))});
  state.stale_connections = {{Direction::inbound, "", "", "spiffe://mesh.test/users", 3, 3}};
  EXPECT_THAT(
      found(state, hours(25)),
      ElementsAre(HasSubstr("critical certificate_expired"),
                  "warning stale_certificate_in_use: shop/users-0: at least 3 inbound "
                  "connections made under a certificate that has expired; no new one can be "
                  "made"));
}

// The agent reports the leaf that the proxy lists by another name, and when it ends.
TEST(CertificateFindings, tell_once_what_proxy_and_agent_both_know) {
  KnownCertificate reported = leaf(hours(24)), another = leaf(hours(24) + seconds(30));
  for (KnownCertificate* one : {&reported, &another}) {
    one->in_use.not_before.reset();
    one->in_use.sans.clear();
    one->in_use.path = "default";
  }
  TargetState state = sidecar({leaf(hours(24))});
  const auto add = [&](const KnownCertificate& one) {
    state.certificates.resize(1);
    state.certificates.push_back(std::make_shared<const CertificatePlace>(
        CertificatePlace{CertificateSource::proxy, "", noon, {one}, 0}));
  };
  add(reported);
  EXPECT_THAT(found(state, hours(25)), ElementsAre(HasSubstr("leaf spiffe://mesh.test/users")));
  add(another);
  EXPECT_THAT(found(state, hours(25)),
              ElementsAre(HasSubstr("leaf spiffe://mesh.test/users"), HasSubstr("leaf default")));
}

TEST(CertificateFindings, see_what_is_weak) {
  KnownCertificate small = leaf(hours(24)), sha1 = small, lasting = leaf(days(400)), root = sha1;
  small.in_use.key_algorithm = KeyAlgorithm::rsa;
  small.in_use.key_bits = 1024;
  sha1.in_use.signature_digest = root.in_use.signature_digest = "sha1";
  root.in_use.role = CertificateRole::root;
  EXPECT_THAT(found(sidecar({small, sha1, lasting, root}), seconds(1)),
              ElementsAre(HasSubstr("has an RSA key of 1024 bits"),
                          HasSubstr("info weak_certificate: shop/users-0: leaf "
                                    "spiffe://mesh.test/users is signed with sha1"),
                          HasSubstr("is valid for 1y35d")));
}

TEST(CertificateFindings, know_endpoints_as_well) {
  TlsEndpointState gateway;
  gateway.name = "gateway";
  gateway.certificates = sidecar({leaf(hours(24))}).certificates[0];
  Snapshot snapshot;
  snapshot.tls_endpoints = {std::make_shared<const TlsEndpointState>(gateway)};
  const auto all = findings(snapshot, noon + hours(25));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].where, "gateway");
}

TEST(CertificateFindings, see_a_chain_that_nobody_vouches_for) {
  TlsEndpointState gateway;
  gateway.name = "gateway";
  gateway.up = true;
  gateway.handshake.trust =
      TrustVerdict{"mesh", false, "unknown_issuer", "issuer of CN=a is not known"};
  const auto of = [](const TlsEndpointState& state) {
    Snapshot snapshot;
    snapshot.tls_endpoints = {std::make_shared<const TlsEndpointState>(state)};
    return findings(snapshot, noon);
  };
  ASSERT_EQ(of(gateway).size(), 1u);
  EXPECT_EQ(of(gateway)[0].name, "trust_broken");
  EXPECT_EQ(of(gateway)[0].cause, "bundle mesh: issuer of CN=a is not known");
  gateway.handshake.trust->reason = "expired";  // the certificate itself says so
  EXPECT_THAT(of(gateway), IsEmpty());
  gateway.handshake.trust = TrustVerdict{"mesh", true, "", ""};
  EXPECT_THAT(of(gateway), IsEmpty());
}

std::shared_ptr<const ShownPlaces> shown(CertificatePlace place) {
  ShownPlaces files;
  files.places = {std::make_shared<const CertificatePlace>(std::move(place))};
  return std::make_shared<const ShownPlaces>(std::move(files));
}

TEST(CertificateFindings, wake_nobody_for_a_root_in_a_file) {
  CertificatePlace place{CertificateSource::file, "/etc/roots.pem", noon, {leaf(hours(1))}, 0};
  place.known[0].in_use.role = CertificateRole::root;
  Snapshot snapshot;
  snapshot.shown_files = shown(place);
  const auto all = findings(snapshot, noon + hours(2));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].where, "/etc/roots.pem");
  EXPECT_EQ(all[0].severity, Severity::warning);
  EXPECT_EQ(all[0].whose.mesh, "");
}

TEST(CertificateFindings, judge_a_watched_file_by_the_clock_of_now) {
  CertificatePlace place{CertificateSource::file, "/tls.crt", noon, {leaf(hours(24))}, 0};
  place.known[0].due = noon + hours(14);
  Snapshot snapshot;
  snapshot.shown_files = shown(place);
  EXPECT_THAT(findings(snapshot, noon + hours(13)), IsEmpty());
  EXPECT_EQ(findings(snapshot, noon + hours(14)).at(0).name, "rotation_overdue");
}

TEST(Findings, have_each_a_section_in_the_runbook) {
  std::ifstream file(MESH_SOURCE_DIR "/docs/runbook.md");
  const std::string runbook(std::istreambuf_iterator<char>(file), {});
  for (const FindingMaker* maker : finding_makers()) {
    EXPECT_THAT(runbook, HasSubstr("\n## " + std::string(maker->name) + "\n"));
  }
}

}  // namespace
}  // namespace mesh::certificates_test
