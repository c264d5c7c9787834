// Certificates in DER, one oddity each.
#include "wire/x509.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "wire/x509_maker.h"

namespace mesh::x509_test {
namespace {

using Kind = SubjectAltName::Kind;
using Names = std::vector<SubjectAltName>;

Certificate read(const std::string& der) {
  auto certificate = parse_x509(der);
  EXPECT_TRUE(certificate.ok()) << certificate.error().message;
  return certificate ? *certificate : Certificate{};
}

std::string refusal(std::string_view der) {
  auto certificate = parse_x509(der);
  return certificate ? "accepted" : certificate.error().message;
}

long long instant(std::chrono::sys_seconds date) { return date.time_since_epoch().count(); }

TEST(X509, reads_both_dates_to_the_second) {
  const auto it = read(X509Maker().valid("20261123201546Z", "20261124201547Z").der());
  EXPECT_EQ(instant(*it.not_before), 1795464946);
  EXPECT_EQ(instant(it.not_after), 1795551347);
}

TEST(X509, reads_dates_in_two_digits_of_1950_and_2049) {
  const auto it = read(X509Maker().valid("500101000000Z", "491231235959Z").der());
  EXPECT_EQ(instant(*it.not_before), -631152000);
  EXPECT_EQ(instant(it.not_after), 2524607999);
}

TEST(X509, reads_dates_in_2050_and_at_the_end_of_9999) {
  const auto it = read(X509Maker().valid("20500101000000Z", "99991231235959Z").der());
  EXPECT_EQ(instant(*it.not_before), 2524608000);
  EXPECT_EQ(instant(it.not_after), 253402300799);
}

TEST(X509, reads_a_generalized_time_before_1970) {
  const auto it = read(X509Maker().valid("19010101000000Z", "20270101000000Z").der());
  EXPECT_EQ(instant(*it.not_before), -2177452800);
}

TEST(X509, writes_serials_as_whole_bytes) {
  EXPECT_EQ(read(X509Maker().serial(11).der()).serial, "0b");
  EXPECT_EQ(read(X509Maker().serial(0xABCD).der()).serial, "abcd");
  EXPECT_EQ(read(X509Maker().serial(0).der()).serial, "00");
  EXPECT_EQ(read(X509Maker().serial(-31).der()).serial, "-1f");
}

TEST(X509, reads_a_certificate_without_subject_and_names) {
  const auto it = read(X509Maker().der());
  EXPECT_EQ(it.subject, "");
  EXPECT_EQ(it.subject_common_name, "");
  EXPECT_EQ(it.sans, Names{});
  EXPECT_EQ(identity_of(it), "");
}

TEST(X509, writes_the_subject_with_the_particular_first) {
  const auto it = read(X509Maker().subject("O", "Shop, Inc").subject("CN", "users").der());
  EXPECT_EQ(it.subject, R"(CN=users,O=Shop\, Inc)");
  EXPECT_EQ(it.subject_common_name, "users");
}

TEST(X509, writes_the_issuer) {
  EXPECT_EQ(read(X509Maker().issuer("CN", "mesh root").der()).issuer, "CN=mesh root");
}

TEST(X509, takes_the_last_of_several_common_names) {
  const auto it = read(X509Maker().subject("CN", "shop").subject("CN", "users").der());
  EXPECT_EQ(it.subject_common_name, "users");
}

TEST(X509, reads_a_name_in_two_byte_characters) {
  const std::string bucher("\0B\0\xFC\0c\0h\0e\0r", 12);
  const auto it = read(X509Maker().name(true, "CN", V_ASN1_BMPSTRING, bucher).der());
  EXPECT_EQ(it.subject_common_name,
            "B\xC3\xBC"
            "cher");
  EXPECT_EQ(it.subject,
            "CN=B\xC3\xBC"
            "cher");
}

TEST(X509, shows_control_characters_in_a_name) {
  const auto it = read(X509Maker().subject("CN", std::string("a\0b\n", 4)).der());
  EXPECT_EQ(it.subject_common_name, R"(a\x00b\x0a)");
  EXPECT_EQ(it.subject, R"(CN=a\00b\0A)");
}

TEST(X509, shows_what_would_steer_a_terminal_in_a_name) {
  const auto it = read(X509Maker().subject("CN", "a\u009b31m\u202eb").der());
  EXPECT_EQ(it.subject_common_name, R"(a\xc2\x9b31m\xe2\x80\xaeb)");
  EXPECT_EQ(it.subject, R"(CN=a\xc2\x9b31m\xe2\x80\xaeb)");
}

TEST(X509, reads_every_kind_of_name_in_order) {
  const auto it = read(X509Maker()
                           .alt_names({{GEN_DNS, "users.shop.svc"},
                                       {GEN_URI, "spiffe://mesh.test/users"},
                                       {GEN_URI, "https://example.org"},
                                       {GEN_IPADD, std::string("\x0A\0\0\x07", 4)},
                                       {GEN_EMAIL, "a@b.test"}})
                           .der());
  EXPECT_EQ(it.sans, (Names{{Kind::dns, "users.shop.svc"},
                            {Kind::uri, "spiffe://mesh.test/users"},
                            {Kind::uri, "https://example.org"},
                            {Kind::ip, "10.0.0.7"},
                            {Kind::email, "a@b.test"}}));
  EXPECT_EQ(identity_of(it), "spiffe://mesh.test/users");
}

TEST(X509, reads_an_address_of_sixteen_bytes_and_shows_one_of_five) {
  const auto it =
      read(X509Maker()
               .alt_names({{GEN_IPADD, std::string("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16)},
                           {GEN_IPADD, "\x01\x02\x03\x04\x05"}})
               .der());
  EXPECT_EQ(it.sans, (Names{{Kind::ip, "::1"}, {Kind::ip, "0102030405"}}));
}

TEST(X509, shows_a_nul_in_a_dns_name_rather_than_ending_there) {
  const std::string name("bank.test\0.evil.test", 20);
  EXPECT_EQ(read(X509Maker().alt_names({{GEN_DNS, name}}).der()).sans,
            (Names{{Kind::dns, R"(bank.test\x00.evil.test)"}}));
}

TEST(X509, keeps_a_bounded_number_of_names) {
  const std::vector<std::pair<int, std::string>> many(500, {GEN_DNS, "a.test"});
  EXPECT_EQ(read(X509Maker().alt_names(many).der()).sans.size(), limits::names_per_certificate);
}

TEST(X509, cuts_names_that_nobody_could_have) {
  const std::string most(limits::certificate_name_bytes, 'a');
  const auto it = read(X509Maker()
                           .subject("CN", "a" + most)
                           .alt_names({{GEN_DNS, most}, {GEN_URI, std::string(9'000, '\n')}})
                           .der());
  EXPECT_EQ(it.subject_common_name, most + "...");
  EXPECT_EQ(it.subject.size(), most.size() + 3);
  EXPECT_EQ(it.sans[0].text, most);
  EXPECT_EQ(it.sans[1].text.size(), most.size() + 3);
}

TEST(X509, tells_a_leaf_an_intermediate_and_a_root) {
  const auto role = [](const char* constraints, const char* issuer) {
    X509Maker maker;
    maker.subject("CN", "mesh").issuer("CN", issuer);
    maker.extension(NID_basic_constraints, constraints);
    return read(maker.der()).role;
  };
  EXPECT_EQ(role("critical,CA:FALSE", "mesh"), CertificateRole::leaf);
  EXPECT_EQ(role("critical,CA:TRUE", "other"), CertificateRole::intermediate);
  EXPECT_EQ(role("critical,CA:TRUE", "mesh"), CertificateRole::root);
  EXPECT_EQ(read(X509Maker().subject("CN", "a").issuer("CN", "b").der()).role,
            CertificateRole::leaf);
}

TEST(X509, knows_the_keys_of_meshes) {
  const auto ecdsa = read(X509Maker().key(EVP_EC_gen("P-384")).der());
  EXPECT_EQ(ecdsa.key_algorithm, KeyAlgorithm::ecdsa);
  EXPECT_EQ(ecdsa.key_bits, 384u);
  const auto rsa = read(X509Maker().key(EVP_RSA_gen(1024)).der());
  EXPECT_EQ(rsa.key_algorithm, KeyAlgorithm::rsa);
  EXPECT_EQ(rsa.key_bits, 1024u);
  const auto ed25519 =
      read(X509Maker().key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")).der(nullptr));
  EXPECT_EQ(ed25519.key_algorithm, KeyAlgorithm::ed25519);
  EXPECT_EQ(ed25519.signature_digest, "");
}

TEST(X509, tells_by_which_digest_it_was_signed) {
  EXPECT_EQ(read(X509Maker().der(EVP_sha256())).signature_digest, "sha256");
  EXPECT_EQ(read(X509Maker().der(EVP_sha1())).signature_digest, "sha1");
}

TEST(X509, has_the_digest_of_its_bytes_for_a_fingerprint) {
  const std::string der = X509Maker().der();
  std::string again = der;
  EXPECT_EQ(read(der).fingerprint_sha256.size(), 64u);
  EXPECT_EQ(read(der).fingerprint_sha256, read(again).fingerprint_sha256);
  EXPECT_NE(read(der).fingerprint_sha256, read(X509Maker().serial(2).der()).fingerprint_sha256);
}

TEST(X509, refuses_what_is_no_certificate) {
  EXPECT_EQ(refusal(""), "no certificate in DER");
  EXPECT_EQ(refusal("-----BEGIN CERTIFICATE-----"), "no certificate in DER");
  EXPECT_EQ(refusal(std::string(limits::certificate_bytes + 1, '0')), "certificate is too long");
}

TEST(X509, refuses_a_certificate_cut_anywhere) {
  const std::string der = X509Maker().subject("CN", "users").der();
  for (std::size_t length = 0; length < der.size(); ++length) {
    EXPECT_NE(refusal(std::string_view(der).substr(0, length)), "accepted") << length;
  }
}

TEST(X509, refuses_bytes_behind_a_certificate) {
  std::string der = X509Maker().der();
  der.push_back('\0');
  EXPECT_EQ(refusal(der), "bytes behind the certificate");
}

}  // namespace
}  // namespace mesh::x509_test
