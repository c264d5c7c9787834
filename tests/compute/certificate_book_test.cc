// What a place holds over time: one look after the other in, who is in use out.
#include "compute/certificate_book.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/limits.h"

namespace mesh::certificate_book_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_seconds;

const sys_seconds noon{seconds(1'800'000'000)};
const std::string users = "spiffe://mesh.test/users";

// A leaf of a day that says of itself no more than /certs does.
Certificate leaf(std::string serial, sys_seconds not_before, seconds life = hours(24)) {
  Certificate c;
  c.serial = std::move(serial);
  c.not_before = not_before;
  c.not_after = not_before + life;
  c.sans = {{SubjectAltName::Kind::uri, users}};
  return c;
}

CertificateBook admin_book(std::optional<double> rotation_point = {}, std::string mesh = "envoy") {
  return {CertificateSource::admin, "", {std::move(mesh), rotation_point}};
}

const KnownCertificate& only(const CertificateBook& book) {
  EXPECT_EQ(book.place()->known.size(), 1u);
  return book.place()->known.at(0);
}

TEST(CertificateBook, knows_nothing_before_the_first_look) {
  EXPECT_EQ(admin_book().place(), nullptr);
}

TEST(CertificateBook, counts_no_rotation_at_the_first_look) {
  auto book = admin_book();
  EXPECT_TRUE(book.enter({{{leaf("01", noon)}}}, noon + hours(1)).empty());
  EXPECT_EQ(only(book).rotations, 0u);
  EXPECT_EQ(only(book).last_rotation, noon);
}

TEST(CertificateBook, counts_a_newer_one_once_and_remembers_when) {
  auto book = admin_book();
  book.enter({{{leaf("01", noon)}}}, noon + hours(1));
  const auto rotations = book.enter({{{leaf("02", noon + hours(12))}}}, noon + hours(13));
  EXPECT_EQ(rotations, (std::vector<Rotation>{{users, noon + hours(24)}}));
  EXPECT_TRUE(book.enter({{{leaf("02", noon + hours(12))}}}, noon + hours(14)).empty());
  EXPECT_EQ(only(book).rotations, 1u);
  EXPECT_EQ(only(book).last_rotation, noon + hours(13));
}

TEST(CertificateBook, calls_the_old_one_draining_even_expired_and_wherever_it_is_listed) {
  auto book = admin_book();
  const Certificate old = leaf("01", noon), now = leaf("02", noon + hours(12));
  book.enter({{{old}}}, noon);
  book.enter({{{now}, {old}}}, noon + hours(12));
  book.enter({{{old}, {now}}}, noon + hours(25));
  EXPECT_EQ(only(book).in_use.serial, "02");
  EXPECT_EQ(only(book).rotations, 1u);
  EXPECT_EQ(only(book).draining, std::vector<Certificate>{old});
}

TEST(CertificateBook, takes_an_entry_per_context_for_one_certificate) {
  auto book = admin_book();
  book.enter({{{leaf("01", noon)}, {leaf("01", noon)}, {leaf("01", noon)}}}, noon);
  EXPECT_TRUE(only(book).draining.empty());
  EXPECT_TRUE(only(book).beside.empty());
}

TEST(CertificateBook, lets_the_first_to_expire_speak_for_two_of_one_context) {
  auto book = admin_book();
  const Certificate rsa = leaf("01", noon, hours(48)), ecdsa = leaf("02", noon + hours(1));
  book.enter({{{rsa, ecdsa}}}, noon + hours(2));
  EXPECT_EQ(only(book).in_use.serial, "02");
  EXPECT_EQ(only(book).beside, std::vector<Certificate>{rsa});
}

TEST(CertificateBook, tells_two_keys_apart_where_the_source_does) {
  auto book = admin_book();
  Certificate rsa = leaf("01", noon), ecdsa = leaf("02", noon + hours(1));
  rsa.key_algorithm = KeyAlgorithm::rsa;
  ecdsa.key_algorithm = KeyAlgorithm::ecdsa;
  book.enter({{{rsa, ecdsa}}}, noon + hours(2));
  EXPECT_EQ(book.place()->known.size(), 2u);
}

TEST(CertificateBook, takes_the_newer_of_two_roots_of_a_bundle) {
  auto book = admin_book();
  Certificate old = leaf("01", noon, hours(100)), now = leaf("02", noon + hours(50), hours(100));
  old.role = now.role = CertificateRole::root;
  book.enter({{{old, now}}}, noon + hours(51));
  EXPECT_EQ(only(book).in_use.serial, "02");
  EXPECT_EQ(only(book).draining.size(), 1u);
}

TEST(CertificateBook, shows_a_rollback_without_counting_it) {
  auto book = admin_book();
  book.enter({{{leaf("02", noon + hours(12))}}}, noon + hours(12));
  EXPECT_TRUE(book.enter({{{leaf("01", noon)}}}, noon + hours(13)).empty());
  EXPECT_EQ(only(book).in_use.serial, "01");
  EXPECT_EQ(only(book).rotations, 0u);
  EXPECT_EQ(only(book).last_rotation, noon);
}

TEST(CertificateBook, drops_what_is_no_longer_held_and_goes_on_when_it_returns) {
  auto book = admin_book();
  book.enter({{{leaf("01", noon)}}}, noon);
  book.enter({}, noon + minutes(1));
  EXPECT_TRUE(book.place()->known.empty());
  book.enter({{{leaf("02", noon + minutes(2))}}}, noon + minutes(2));
  EXPECT_EQ(only(book).rotations, 1u);
}

TEST(CertificateBook, begins_anew_with_an_identity_that_was_long_away) {
  auto book = admin_book();
  book.enter({{{leaf("01", noon)}}}, noon);
  book.enter({}, noon + hours(2));
  book.enter({{{leaf("02", noon + hours(3))}}}, noon + hours(3));
  EXPECT_EQ(only(book).rotations, 0u);
}

TEST(CertificateBook, finds_a_leaf_overdue_past_the_point_and_its_slack) {
  auto book = admin_book(0.5);
  const Certificate c = leaf("01", noon - minutes(2), hours(10) + minutes(2));
  book.enter({{{c}}}, noon + hours(5));  // half of its life
  EXPECT_FALSE(only(book).overdue);
  EXPECT_EQ(only(book).due, noon + hours(6));
  book.enter({{{c}}}, noon + hours(6));
  EXPECT_TRUE(only(book).overdue);
  book.enter({{{leaf("02", noon + hours(6))}}}, noon + hours(6) + minutes(1));
  EXPECT_FALSE(only(book).overdue);
}

TEST(CertificateBook, does_not_wait_longer_because_the_agent_started_late) {
  auto book = admin_book(0.5);
  book.enter({{{leaf("01", noon, hours(10))}}}, noon + hours(9));
  EXPECT_TRUE(only(book).overdue);
}

// Istio, asked for leaves of two minutes, dates them back by two more and renews them one minute
// after they were issued: at three quarters of their dates.
TEST(CertificateBook, counts_a_life_from_when_it_was_seen_to_begin) {
  auto book = admin_book(0.5);
  book.enter({{{leaf("01", noon - minutes(3), minutes(4))}}}, noon);
  const Certificate next = leaf("02", noon - minutes(2), minutes(4));
  book.enter({{{next}}}, noon);
  EXPECT_EQ(only(book).due, noon + seconds(72));
  book.enter({{{next}}}, noon + seconds(61));
  EXPECT_FALSE(only(book).overdue);
}

TEST(CertificateBook, finds_what_was_expired_when_first_seen_overdue) {
  auto book = admin_book();
  book.enter({{{leaf("01", noon, hours(1))}}}, noon + hours(2));
  EXPECT_TRUE(only(book).overdue);
}

TEST(CertificateBook, never_finds_a_ca_overdue) {
  auto book = admin_book(0.5);
  Certificate root = leaf("01", noon, hours(10));
  root.role = CertificateRole::root;
  book.enter({{{root}}}, noon + hours(9));
  EXPECT_FALSE(only(book).overdue);
  EXPECT_EQ(only(book).due, std::nullopt);
}

TEST(CertificateBook, sees_the_rotation_of_one_of_which_only_the_end_is_known) {
  CertificateBook book(CertificateSource::proxy, "", {"istio", {}});
  Certificate c = leaf("", noon);
  c.not_before.reset();
  book.enter({{{c}}}, noon + hours(11));
  EXPECT_EQ(only(book).last_rotation, std::nullopt);
  c.not_after += hours(12);
  EXPECT_EQ(book.enter({{{c}}}, noon + hours(12)).size(), 1u);
  EXPECT_EQ(only(book).last_rotation, noon + hours(12));
}

// Half of its life and a fifth of what is left there, counted from the first look: later than from
// its true beginning, so nothing that is in time is ever called overdue.
TEST(CertificateBook, counts_a_life_that_is_not_told_from_the_first_look) {
  CertificateBook book(CertificateSource::proxy, "", {"istio", {}});
  Certificate c = leaf("", noon);
  c.not_before.reset();
  book.enter({{{c}}}, noon + hours(4));
  EXPECT_EQ(only(book).due, noon + hours(16));
  book.enter({{{c}}}, noon + hours(16) - seconds(1));
  EXPECT_FALSE(only(book).overdue);
  book.enter({{{c}}}, noon + hours(16));
  EXPECT_TRUE(only(book).overdue);
}

// SPIRE's leaves under names of one's own, at a plain Envoy, give nothing away.
TEST(CertificateBook, judges_by_the_issuer_that_was_named) {
  Target target;
  const auto judged = [&](std::optional<double> point) {
    target.rotation_point = point;
    CertificateBook book(CertificateSource::admin, "", certificate_rules(target));
    book.enter(CertificateLook{{{leaf("1", noon, hours(10))}}, false, 0}, noon);
    return book.place()->known.at(0);
  };
  EXPECT_EQ(judged({}).rotation_point, 0.9);
  target.issuer = "spire";
  EXPECT_EQ(judged({}).rotation_point, 0.5);
  EXPECT_EQ(judged({}).due, noon + hours(6));
  EXPECT_EQ(judged(0.75).rotation_point, 0.75);
}

TEST(CertificateBook, counts_with_its_own_what_the_look_left_out) {
  auto book = admin_book();
  CertificateLook look;
  look.left_out = 7;
  book.enter(look, noon);
  EXPECT_EQ(book.place()->left_out, 7u);
}

TEST(CertificateBook, keeps_those_that_expire_first_of_too_many) {
  auto book = admin_book();
  CertificateLook look;
  for (std::size_t i = 0; i < limits::certificates_per_place + 3; ++i) {
    Certificate c = leaf(std::to_string(i), noon, hours(1) + seconds(i));
    c.sans = {{SubjectAltName::Kind::dns, "host" + std::to_string(i)}};
    look.held.insert(look.held.begin(), {c});
  }
  look.held.push_back(look.held.back());  // a repetition takes no room
  book.enter(look, noon);
  EXPECT_EQ(book.place()->known.size(), limits::certificates_per_place);
  EXPECT_EQ(book.place()->left_out, 3u);
  for (const KnownCertificate& known : book.place()->known) {
    EXPECT_LT(known.in_use.not_after, noon + hours(1) + seconds(limits::certificates_per_place));
  }
}

TEST(CertificateBook, remembers_the_look_that_first_found_what_is_in_use) {
  auto book = admin_book();
  book.enter({{{leaf("01", noon)}}}, noon + hours(1));
  book.enter({{{leaf("01", noon)}}}, noon + hours(2));
  EXPECT_EQ(only(book).since, noon + hours(1));
  book.enter({{{leaf("02", noon + hours(2))}}}, noon + hours(3));
  EXPECT_EQ(only(book).since, noon + hours(3));
  book.enter({{{leaf("01", noon)}}}, noon + hours(4));  // rolled back
  EXPECT_EQ(only(book).since, noon + hours(4));
}

TEST(CertificateBook, takes_an_end_that_is_told_roughly_for_the_one_before) {
  CertificateBook book(CertificateSource::proxy, "", {"istio", {}});
  Certificate c = leaf("", noon);
  c.not_before.reset();
  c.not_after_slack = seconds(2);
  book.enter({{{c}}}, noon + hours(1));
  c.not_after += seconds(1);
  book.enter({{{c}}}, noon + hours(2));
  EXPECT_EQ(only(book).since, noon + hours(1));
  c.not_after += hours(12);
  book.enter({{{c}}}, noon + hours(3));
  EXPECT_EQ(only(book).since, noon + hours(3));
}

// A CA without a name, as Istio's in /certs.
Certificate authority(std::string serial) {
  Certificate c = leaf(std::move(serial), noon);
  c.role = CertificateRole::root;
  c.sans.clear();
  c.path = "<inline>";
  return c;
}

TEST(CertificateBook, knows_whose_authority_a_ca_is_by_the_leaves_beside_it) {
  auto book = admin_book();
  book.enter({{{leaf("01", noon), authority("aa")}, {authority("aa")}}}, noon);
  ASSERT_EQ(book.place()->known.size(), 2u);
  EXPECT_EQ(book.place()->authorities, (std::vector<DomainAuthority>{{1, "mesh.test"}}));
}

TEST(CertificateBook, knows_not_whose_authority_a_ca_of_two_domains_is) {
  auto book = admin_book();
  Certificate other = leaf("02", noon);
  other.sans[0].text = "spiffe://other.test/users";
  book.enter({{{leaf("01", noon), authority("aa")}, {other, authority("aa")}}}, noon);
  EXPECT_TRUE(book.place()->authorities.empty());
  book.enter({{{leaf("01", noon), other, authority("aa")}}}, noon);
  EXPECT_TRUE(book.place()->authorities.empty());
  book.enter({{{leaf("01", noon)}, {authority("bb")}}}, noon);  // one for the world outside
  EXPECT_TRUE(book.place()->authorities.empty());
}

}  // namespace
}  // namespace mesh::certificate_book_test
