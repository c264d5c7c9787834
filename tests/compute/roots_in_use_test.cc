// Roots in use held against the bundles that say which there may be.
#include "compute/roots_in_use.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace mesh::roots_in_use_test {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr sys_seconds noon{seconds(1'800'000'000)};
constexpr seconds interval{60};

Certificate root(std::string serial) {
  Certificate one;
  one.role = CertificateRole::root;
  one.serial = std::move(serial);
  one.not_before = noon;
  one.not_after = noon + days(3650);
  one.path = "<inline>";
  return one;
}

// The same as a file shows it.
Certificate in_file(Certificate one) {
  one.fingerprint_sha256 = std::string(64, 'a') + one.serial;
  one.subject = "O=mesh.test";
  one.path.clear();
  return one;
}

TrustBundleState bundle(std::string name, std::string domain, std::vector<Certificate> all) {
  TrustBundleState state;
  state.name = std::move(name);
  state.spiffe_trust_domain = std::move(domain);
  state.certificates = std::make_shared<const std::vector<Certificate>>(std::move(all));
  return state;
}

CertificatePlace place_with(Certificate one, std::string domain,
                            CertificateSource source = CertificateSource::admin) {
  KnownCertificate known;
  known.in_use = std::move(one);
  known.since = noon;
  CertificatePlace place{source, "", noon + interval, {known}, 0, {}};
  if (!domain.empty()) place.authorities = {{0, std::move(domain)}};
  return place;
}

// "bundle: has" or "bundle: lacks" of each.
std::vector<std::string> said(CertificatePlace place, std::vector<TrustBundleState> bundles) {
  Snapshot snapshot;
  TargetState target;
  TlsEndpointState port;
  auto shared = std::make_shared<const CertificatePlace>(std::move(place));
  if (shared->source == CertificateSource::handshake) {
    port.certificates = shared;
  } else {
    target.certificates = {shared};
  }
  snapshot.targets = {std::make_shared<const TargetState>(target)};
  snapshot.tls_endpoints = {std::make_shared<const TlsEndpointState>(port)};
  snapshot.trust_bundles = std::move(bundles);
  snapshot.certificates_interval = interval;
  std::vector<std::string> lines;
  for (const RootInUse& one : roots_in_use(snapshot)) {
    lines.push_back(one.bundle->name + (one.in_bundle ? ": has" : ": lacks"));
  }
  return lines;
}

const std::vector<TrustBundleState> mesh_bundle{bundle("m", "mesh.test", {in_file(root("0a"))})};

TEST(RootsInUse, are_found_in_the_bundle_of_their_domain_without_a_fingerprint) {
  EXPECT_THAT(said(place_with(root("0a"), "mesh.test"), mesh_bundle), ElementsAre("m: has"));
  EXPECT_THAT(said(place_with(root("0b"), "mesh.test"), mesh_bundle), ElementsAre("m: lacks"));
}

TEST(RootsInUse, are_others_with_another_date_or_name) {
  Certificate other = root("0a");
  other.not_before = noon + seconds(1);
  EXPECT_THAT(said(place_with(other, "mesh.test"), mesh_bundle), ElementsAre("m: lacks"));
  other = root("0a");
  other.not_after += seconds(1);
  EXPECT_THAT(said(place_with(other, "mesh.test"), mesh_bundle), ElementsAre("m: lacks"));
  other = root("0a");
  other.sans = {{SubjectAltName::Kind::uri, "spiffe://mesh.test"}};
  EXPECT_THAT(said(place_with(other, "mesh.test"), mesh_bundle), ElementsAre("m: lacks"));
}

TEST(RootsInUse, are_compared_by_fingerprint_where_they_are_served) {
  Certificate served = in_file(root("0a"));
  const auto source = CertificateSource::handshake;
  EXPECT_THAT(said(place_with(served, "mesh.test", source), mesh_bundle), ElementsAre("m: has"));
  served.fingerprint_sha256 = std::string(64, 'b');
  EXPECT_THAT(said(place_with(served, "mesh.test", source), mesh_bundle), ElementsAre("m: lacks"));
}

TEST(RootsInUse, are_nobody_s_business_for_the_world_outside) {
  const std::vector<TrustBundleState> any{bundle("any", "", {in_file(root("0a"))})};
  EXPECT_THAT(said(place_with(root("0b"), ""), mesh_bundle), IsEmpty());
  EXPECT_THAT(said(place_with(root("0b"), ""), any), IsEmpty());
  EXPECT_THAT(said(place_with(root("0b"), "other.test"), mesh_bundle), IsEmpty());
  // A chain that is served is what a bundle of no domain is about.
  EXPECT_THAT(said(place_with(root("0b"), "", CertificateSource::handshake), any),
              ElementsAre("any: lacks"));
}

TEST(RootsInUse, are_in_any_of_the_bundles_about_them) {
  std::vector<TrustBundleState> two = mesh_bundle;
  two.push_back(bundle("any", "", {in_file(root("0b"))}));
  EXPECT_THAT(said(place_with(root("0b"), "mesh.test"), two), ElementsAre("any: has"));
  EXPECT_THAT(said(place_with(root("0c"), "mesh.test"), two), ElementsAre("m: lacks"));
}

TEST(RootsInUse, are_not_judged_by_a_bundle_that_was_never_read) {
  std::vector<TrustBundleState> unread = mesh_bundle;
  unread[0].certificates = nullptr;
  EXPECT_THAT(said(place_with(root("0a"), "mesh.test"), unread), IsEmpty());
}

TEST(RootsInUse, are_given_an_interval_after_a_change) {
  CertificatePlace place = place_with(root("0b"), "mesh.test");
  place.seen = noon + interval - seconds(1);
  EXPECT_THAT(said(place, mesh_bundle), IsEmpty());
}

TEST(RootsInUse, are_neither_leaves_nor_intermediates) {
  Certificate other = root("0b");
  other.role = CertificateRole::intermediate;
  EXPECT_THAT(said(place_with(other, "mesh.test", CertificateSource::handshake), mesh_bundle),
              IsEmpty());
}

}  // namespace
}  // namespace mesh::roots_in_use_test
