// What a target shows held against what its proxy reports.
#include "compute/served_and_reported.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace mesh::served_and_reported_test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr sys_seconds noon{seconds(1'800'000'000)};
constexpr seconds interval{60};

Target users() {
  Target target;
  target.ns = "shop";
  target.pod = "users-0";
  return target;
}

KnownCertificate known(std::string serial, CertificateRole role = CertificateRole::leaf) {
  KnownCertificate known;
  known.in_use.role = role;
  known.in_use.serial = std::move(serial);
  known.in_use.not_after = noon + hours(12);
  known.in_use.sans = {{SubjectAltName::Kind::uri, "spiffe://mesh.test/users"}};
  known.since = noon;
  return known;
}

CertificatePlace place(CertificateSource source, std::vector<KnownCertificate> known,
                       sys_seconds seen = noon + interval) {
  return {source, "", seen, std::move(known), 0, {}};
}

Snapshot snapshot_of(CertificatePlace served, CertificatePlace reported) {
  TargetState target;
  target.target = users();
  target.certificates = {std::make_shared<const CertificatePlace>(std::move(reported))};
  TlsEndpointState port;
  port.whose = users();
  port.name = inbound_port;
  port.certificates = std::make_shared<const CertificatePlace>(std::move(served));
  Snapshot snapshot;
  snapshot.targets = {std::make_shared<const TargetState>(std::move(target))};
  snapshot.tls_endpoints = {std::make_shared<const TlsEndpointState>(std::move(port))};
  snapshot.certificates_interval = interval;
  return snapshot;
}

std::vector<ServedAndReported> compared(KnownCertificate served, KnownCertificate reported) {
  return served_and_reported(snapshot_of(place(CertificateSource::handshake, {std::move(served)}),
                                         place(CertificateSource::admin, {std::move(reported)})));
}

bool differs(KnownCertificate served, KnownCertificate reported) {
  const auto all = compared(std::move(served), std::move(reported));
  EXPECT_EQ(all.size(), 1u);
  return !all.empty() && all[0].differs;
}

TEST(ServedAndReported, agree_on_one_certificate) {
  EXPECT_FALSE(differs(known("0b"), known("0b")));
}

TEST(ServedAndReported, differ_by_the_serial) {
  const auto all = compared(known("0a"), known("0b"));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_TRUE(all[0].differs);
  EXPECT_FALSE(all[0].replaced);
  EXPECT_EQ(all[0].served.serial, "0a");
  EXPECT_EQ(all[0].reported.serial, "0b");
  EXPECT_EQ(all[0].reported_by, CertificateSource::admin);
}

TEST(ServedAndReported, differ_though_the_old_one_is_listed) {
  KnownCertificate reported = known("0b");
  reported.draining = {known("0a").in_use};
  const auto all = compared(known("0a"), reported);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_TRUE(all[0].differs);
  EXPECT_TRUE(all[0].replaced);
}

TEST(ServedAndReported, agree_on_one_of_two_in_use) {
  KnownCertificate reported = known("0b");
  reported.beside = {known("0a").in_use};
  EXPECT_FALSE(differs(known("0a"), reported));
}

TEST(ServedAndReported, say_nothing_of_what_only_one_side_names) {
  KnownCertificate other = known("0b");
  other.in_use.sans[0].text = "spiffe://mesh.test/orders";
  EXPECT_TRUE(compared(known("0a"), other).empty());
  EXPECT_TRUE(compared(known("0a"), known("0b", CertificateRole::root)).empty());
}

// Both were first seen at noon, and are believed at one interval after.
std::size_t believed(sys_seconds served, sys_seconds reported, sys_seconds changed = noon) {
  KnownCertificate old = known("0a"), fresh = known("0b");
  fresh.since = changed;
  return served_and_reported(snapshot_of(place(CertificateSource::handshake, {old}, served),
                                         place(CertificateSource::admin, {fresh}, reported)))
      .size();
}

TEST(ServedAndReported, wait_for_a_look_on_either_side_after_a_change) {
  const sys_seconds late = noon + interval, early = late - seconds(1);
  EXPECT_EQ(believed(late, late), 1u);
  EXPECT_EQ(believed(early, late), 0u);
  EXPECT_EQ(believed(late, early), 0u);
  // A rotation between the looks: one side is seen to be renewed, the other was looked at before.
  EXPECT_EQ(believed(late, late, noon + seconds(1)), 0u);
}

TEST(ServedAndReported, differ_by_an_intermediate_that_was_replaced) {
  const auto intermediate = [](const char* serial) {
    return known(serial, CertificateRole::intermediate);
  };
  const auto root = [](const char* serial) { return known(serial, CertificateRole::root); };
  // What a proxy trusts is called root, be it one or not.
  EXPECT_TRUE(differs(intermediate("0a"), root("0b")));
  EXPECT_FALSE(differs(intermediate("0a"), root("0a")));
  KnownCertificate both = root("0b");
  both.draining = {root("0a").in_use};
  EXPECT_FALSE(differs(intermediate("0a"), both));  // the older one is trusted, too
}

TEST(ServedAndReported, ignore_a_root_that_is_served) {
  EXPECT_TRUE(
      compared(known("0a", CertificateRole::root), known("0b", CertificateRole::root)).empty());
}

// What a mesh's agent tells: a name of its own, and the end.
KnownCertificate by_agent(seconds later, std::string name = "default") {
  KnownCertificate reported = known("");
  reported.in_use.sans.clear();
  reported.in_use.path = std::move(name);
  reported.in_use.not_after += later;
  return reported;
}

std::vector<ServedAndReported> against_agent(std::vector<KnownCertificate> served,
                                             std::vector<KnownCertificate> reported) {
  return served_and_reported(snapshot_of(place(CertificateSource::handshake, std::move(served)),
                                         place(CertificateSource::proxy, std::move(reported))));
}

TEST(ServedAndReported, take_the_only_leaf_of_an_agent_for_the_one_that_is_served) {
  const auto all = against_agent({known("0a")}, {by_agent(hours(12))});
  ASSERT_EQ(all.size(), 1u);
  EXPECT_TRUE(all[0].differs);
  EXPECT_EQ(all[0].reported_by, CertificateSource::proxy);
  EXPECT_TRUE(against_agent({known("0a")}, {by_agent(hours(12)), by_agent(hours(1), "b")}).empty());
  KnownCertificate other = known("0c");
  other.in_use.key_algorithm = KeyAlgorithm::rsa;
  EXPECT_TRUE(against_agent({known("0a"), other}, {by_agent(hours(12))}).empty());
}

TEST(ServedAndReported, let_an_agent_be_as_late_as_it_admits) {
  const auto differs_by = [](seconds later) {
    KnownCertificate reported = by_agent(later);
    reported.in_use.not_after_slack = seconds(60);
    return against_agent({known("0a")}, {reported}).at(0).differs;
  };
  EXPECT_FALSE(differs_by(seconds(61)));  // and a second for what is rounded
  EXPECT_TRUE(differs_by(seconds(62)));
  EXPECT_FALSE(differs_by(seconds(-1)));
  EXPECT_TRUE(differs_by(seconds(-2)));
}

TEST(ServedAndReported, are_those_of_one_target) {
  Snapshot snapshot = snapshot_of(place(CertificateSource::handshake, {known("0a")}),
                                  place(CertificateSource::admin, {known("0b")}));
  TlsEndpointState port = *snapshot.tls_endpoints[0];
  port.whose.pod = "orders-0";
  snapshot.tls_endpoints = {std::make_shared<const TlsEndpointState>(port)};
  EXPECT_TRUE(served_and_reported(snapshot).empty());
  port.whose.pod = "";  // an endpoint of the configuration
  snapshot.tls_endpoints = {std::make_shared<const TlsEndpointState>(port)};
  EXPECT_TRUE(served_and_reported(snapshot).empty());
}

}  // namespace
}  // namespace mesh::served_and_reported_test
