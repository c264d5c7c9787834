// What a certificate is called, and which of two is in use.
#include "model/certificate.h"

#include <gtest/gtest.h>

namespace mesh::certificate_test {
namespace {

using Kind = SubjectAltName::Kind;
using std::chrono::seconds;
using std::chrono::sys_seconds;

Certificate valid(long long from, long long to, std::string serial = "01") {
  Certificate certificate;
  certificate.not_before = sys_seconds(seconds(from));
  certificate.not_after = sys_seconds(seconds(to));
  certificate.serial = std::move(serial);
  return certificate;
}

TEST(CertificateIdentity, is_the_spiffe_id_wherever_it_stands) {
  Certificate certificate;
  certificate.sans = {{Kind::dns, "users.shop.svc"},
                      {Kind::uri, "https://example.org"},
                      {Kind::uri, "spiffe://mesh.test/ns/shop/sa/users"}};
  EXPECT_EQ(identity_of(certificate), "spiffe://mesh.test/ns/shop/sa/users");
}

TEST(CertificateIdentity, is_the_first_of_several_spiffe_ids) {
  Certificate certificate;
  certificate.sans = {{Kind::uri, "SPIFFE://a.test/x"}, {Kind::uri, "spiffe://b.test/y"}};
  EXPECT_EQ(identity_of(certificate), "SPIFFE://a.test/x");
}

TEST(CertificateIdentity, is_no_spiffe_id_that_stands_in_a_dns_name) {
  Certificate certificate;
  certificate.sans = {{Kind::dns, ""}, {Kind::ip, "10.0.0.7"}, {Kind::dns, "spiffe://a.test"}};
  certificate.subject_common_name = "users";
  EXPECT_EQ(identity_of(certificate), "spiffe://a.test");
}

TEST(CertificateIdentity, is_the_common_name_without_names_of_use) {
  Certificate certificate;
  certificate.sans = {{Kind::ip, "10.0.0.7"}, {Kind::email, "a@b"}, {Kind::uri, "https://a"}};
  certificate.subject_common_name = "mesh root";
  certificate.path = "/etc/ca.pem";
  EXPECT_EQ(identity_of(certificate), "mesh root");
}

TEST(CertificateIdentity, is_the_path_in_the_end) {
  Certificate certificate;
  certificate.path = "/etc/ca.pem";
  EXPECT_EQ(identity_of(certificate), "/etc/ca.pem");
}

TEST(CertificateOrder, is_by_the_beginning_even_if_the_older_one_lasts_longer) {
  EXPECT_TRUE(is_newer(valid(20, 30), valid(10, 90)));
  EXPECT_FALSE(is_newer(valid(10, 90), valid(20, 30)));
}

TEST(CertificateOrder, is_by_the_end_where_both_began_together) {
  EXPECT_TRUE(is_newer(valid(10, 40), valid(10, 30)));
}

TEST(CertificateOrder, is_by_the_serial_in_the_end_so_that_the_listing_does_not_matter) {
  EXPECT_NE(is_newer(valid(10, 40, "0a"), valid(10, 40, "0b")),
            is_newer(valid(10, 40, "0b"), valid(10, 40, "0a")));
}

TEST(CertificateOrder, puts_a_certificate_without_a_beginning_behind_one_that_has_it) {
  Certificate unknown = valid(0, 90);
  unknown.not_before.reset();
  EXPECT_TRUE(is_newer(valid(-5, 30), unknown));
}

}  // namespace
}  // namespace mesh::certificate_test
