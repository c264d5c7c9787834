// Findings about trust and about what cannot be read any longer: a snapshot in, words out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "compute/findings.h"

namespace mesh::trust_test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr sys_seconds noon{seconds(1'800'000'000)};

std::vector<std::string> said(const Snapshot& snapshot, sys_seconds now) {
  std::vector<std::string> lines;
  for (const Finding& one : findings(snapshot, now)) {
    lines.push_back(std::string(to_string(one.severity)) + " " + std::string(one.name) + ": " +
                    one.where + ": " + one.cause);
  }
  return lines;
}

Certificate certificate(std::string serial, CertificateRole role, seconds life) {
  Certificate one;
  one.role = role;
  one.serial = std::move(serial);
  one.not_before = noon;
  one.not_after = noon + life;
  one.sans = {{SubjectAltName::Kind::uri, "spiffe://mesh.test/users"}};
  return one;
}

std::shared_ptr<const CertificatePlace> place(CertificateSource source, Certificate one) {
  KnownCertificate known;
  known.in_use = std::move(one);
  known.since = noon;
  return std::make_shared<const CertificatePlace>(
      CertificatePlace{source, "", noon + seconds(60), {known}, 0, {{0, "mesh.test"}}});
}

Target users() {
  Target target;
  target.ns = "shop";
  target.pod = "users-0";
  return target;
}

Snapshot reporting(Certificate one) {
  TargetState state;
  state.target = users();
  state.certificates = {place(CertificateSource::admin, std::move(one))};
  Snapshot snapshot;
  snapshot.targets = {std::make_shared<const TargetState>(state)};
  snapshot.certificates_interval = seconds(60);
  return snapshot;
}

TEST(TrustFindings, tell_what_is_served_and_what_is_reported) {
  Snapshot snapshot = reporting(certificate("0b", CertificateRole::leaf, hours(12)));
  TlsEndpointState port;
  port.whose = users();
  port.name = inbound_port;
  const auto serve = [&](const char* serial, seconds life) {
    port.certificates =
        place(CertificateSource::handshake, certificate(serial, CertificateRole::leaf, life));
    snapshot.tls_endpoints = {std::make_shared<const TlsEndpointState>(port)};
    return said(snapshot, noon + hours(1));
  };
  EXPECT_THAT(
      serve("0a", hours(4)),
      ElementsAre("warning served_chain_differs: shop/users-0 inbound: leaf "
                  "spiffe://mesh.test/users is served with serial 0a, ends in 3h, but admin "
                  "reports serial 0b, ends in 11h"));
  EXPECT_THAT(serve("0b", hours(12)), IsEmpty());
}

TrustBundleState bundle_of(std::string serial) {
  TrustBundleState bundle;
  bundle.name = "mesh";
  bundle.file = "/etc/roots.pem";
  bundle.spiffe_trust_domain = "mesh.test";
  bundle.read = noon;
  bundle.certificates = std::make_shared<const std::vector<Certificate>>(
      std::vector{certificate(std::move(serial), CertificateRole::root, hours(12))});
  return bundle;
}

TEST(TrustFindings, name_the_root_that_the_bundle_lacks) {
  Snapshot snapshot = reporting(certificate("0b", CertificateRole::root, hours(12)));
  snapshot.trust_bundles = {bundle_of("0a")};
  EXPECT_THAT(said(snapshot, noon),
              ElementsAre("warning root_not_in_bundle: shop/users-0: root spiffe://mesh.test/users "
                          "(serial 0b) is trusted and is not in bundle mesh"));
  snapshot.trust_bundles = {bundle_of("0b")};
  EXPECT_THAT(said(snapshot, noon), IsEmpty());
}

TEST(TrustFindings, tell_what_is_used_in_place_of_a_bundle_that_cannot_be_read) {
  Snapshot snapshot;
  snapshot.trust_bundles = {bundle_of("0a")};
  EXPECT_THAT(said(snapshot, noon), IsEmpty());
  snapshot.trust_bundles[0].error = "no such file";
  EXPECT_THAT(said(snapshot, noon + hours(2)),
              ElementsAre("warning trust_bundle_unreadable: /etc/roots.pem: bundle mesh: no such "
                          "file; what was read 2h ago is used"));
  snapshot.trust_bundles[0].read.reset();
  snapshot.trust_bundles[0].certificates = nullptr;
  EXPECT_THAT(said(snapshot, noon),
              ElementsAre("warning trust_bundle_unreadable: /etc/roots.pem: bundle mesh: no such "
                          "file; nothing is verified by it"));
}

TEST(TrustFindings, tell_how_old_a_file_is_that_cannot_be_read_any_longer) {
  WatchedFile file;
  file.path = "/etc/tls.pem";
  file.error = "permission denied";
  const auto of = [](const WatchedFile& one) {
    Snapshot snapshot;
    snapshot.files = std::make_shared<const WatchedFiles>(
        WatchedFiles{1, 0, 0, {}, {std::make_shared<const WatchedFile>(one)}});
    return said(snapshot, noon + hours(1));
  };
  EXPECT_THAT(of(file), IsEmpty());  // never read: no certificate file to anybody
  file.certificates = std::make_shared<const CertificatePlace>(
      CertificatePlace{CertificateSource::file, file.path, noon, {}, 0, {}});
  EXPECT_THAT(of(file), ElementsAre("warning certificate_file_unreadable: /etc/tls.pem: permission "
                                    "denied; what was read 1h ago is shown"));
  file.error.clear();
  EXPECT_THAT(of(file), IsEmpty());
}

}  // namespace
}  // namespace mesh::trust_test
