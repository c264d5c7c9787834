// Files of certificates in every form, one oddity each: PEM and DER.
#include "wire/certificate_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "base/wipe.h"
#include "wire/certificate_file_reading.h"

namespace mesh::certificate_file_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CertificateFile, reads_a_bundle_in_its_order) {
  const auto file = read(leaf("b") + leaf("a") + leaf("c"));
  EXPECT_THAT(names(file), ElementsAre("b", "a", "c"));
  EXPECT_EQ(file.unreadable, 0u);
}

TEST(CertificateFile, passes_over_text_between_blocks) {
  const std::string text = "Bag Attributes\n    friendlyName: users\nsubject=CN = a\n-- \n";
  EXPECT_THAT(names(read(text + leaf("a") + "\n" + text + leaf("b") + text)),
              ElementsAre("a", "b"));
}

TEST(CertificateFile, reads_lines_that_end_as_on_windows) {
  EXPECT_THAT(names(read(pem(leaf_der("a"), "CERTIFICATE", "\r\n"))), ElementsAre("a"));
}

TEST(CertificateFile, reads_a_file_that_begins_with_a_byte_order_mark) {
  EXPECT_THAT(names(read("\xEF\xBB\xBF" + leaf("a"))), ElementsAre("a"));
}

TEST(CertificateFile, reads_a_block_without_a_last_line_end) {
  std::string text = leaf("a");
  text.pop_back();
  EXPECT_THAT(names(read(text)), ElementsAre("a"));
}

TEST(CertificateFile, knows_the_old_names_of_a_certificate) {
  EXPECT_THAT(names(read(pem(leaf_der("a"), "X509 CERTIFICATE"))), ElementsAre("a"));
}

TEST(CertificateFile, leaves_out_what_openssl_remarks_on_a_trusted_certificate) {
  const std::string trust("\x30\x0c\x0c\x0atrusted it", 14);
  EXPECT_THAT(names(read(pem(leaf_der("a") + trust, "TRUSTED CERTIFICATE"))), ElementsAre("a"));
}

TEST(CertificateFile, counts_keys_and_reads_what_is_beside_them) {
  const auto file = read(key_text + leaf("a") + pem("x", "RSA PRIVATE KEY") +
                         pem("x", "ENCRYPTED PRIVATE KEY") + pem("x", "EC PARAMETERS"));
  EXPECT_THAT(names(file), ElementsAre("a"));
  EXPECT_EQ(file.private_keys, 3u);
  EXPECT_EQ(file.unreadable, 0u);
}

TEST(CertificateFile, passes_over_a_key_with_headers) {
  const auto file = read(
      "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
      "DEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n" +
      leaf("a"));
  EXPECT_THAT(names(file), ElementsAre("a"));
  EXPECT_EQ(file.private_keys, 1u);
}

TEST(CertificateFile, has_no_certificates_when_it_is_empty_or_holds_keys_only) {
  EXPECT_EQ(read(""), CertificateFile{});
  const auto file = read(key_text);
  EXPECT_THAT(names(file), IsEmpty());
  EXPECT_EQ(file.private_keys, 1u);
}

TEST(CertificateFile, counts_a_block_that_another_cuts_short) {
  const auto file = read("-----BEGIN CERTIFICATE-----\nAAAA\n" + leaf("a"));
  EXPECT_THAT(names(file), ElementsAre("a"));
  EXPECT_EQ(file.unreadable, 1u);
  EXPECT_EQ(file.unreadable_sample, "line 1: CERTIFICATE block without an end");
}

TEST(CertificateFile, counts_a_block_that_the_end_of_the_file_cuts_short) {
  const auto file = read(leaf("a") + "\n-----BEGIN CERTIFICATE-----\nAAAA\n");
  EXPECT_THAT(names(file), ElementsAre("a"));
  const auto lines = std::to_string(std::ranges::count(leaf("a"), '\n') + 2);
  EXPECT_EQ(file.unreadable_sample, "line " + lines + ": CERTIFICATE block without an end");
}

TEST(CertificateFile, counts_a_block_with_bad_base64) {
  const auto file = read("-----BEGIN CERTIFICATE-----\nAA!A\n-----END CERTIFICATE-----\n" +
                         leaf("a") + "-----BEGIN CERTIFICATE-----\nAAA\n-----END CERTIFICATE-----");
  EXPECT_THAT(names(file), ElementsAre("a"));
  EXPECT_EQ(file.unreadable, 2u);
  EXPECT_EQ(file.unreadable_sample, "line 1: bad base64");
}

TEST(CertificateFile, counts_a_block_that_ends_as_another_kind) {
  const auto file =
      read("\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END PRIVATE KEY-----\n" + leaf("a"));
  EXPECT_THAT(names(file), ElementsAre("a"));
  EXPECT_EQ(file.unreadable_sample, "line 2: CERTIFICATE block ended by END PRIVATE KEY");
}

TEST(CertificateFile, counts_an_end_without_a_begin) {
  const auto file = read("AAAA\n-----END CERTIFICATE-----\n" + leaf("a"));
  EXPECT_THAT(names(file), ElementsAre("a"));
  EXPECT_EQ(file.unreadable_sample, "line 2: END CERTIFICATE without a BEGIN");
}

TEST(CertificateFile, counts_a_block_that_is_no_certificate) {
  const auto file = read(leaf("a") + pem("no DER"));
  EXPECT_EQ(file.unreadable, 1u);
  EXPECT_THAT(file.unreadable_sample, testing::EndsWith(": no certificate in DER"));
}

TEST(CertificateFile, keeps_no_more_of_a_block_than_a_certificate_can_have) {
  const auto file = read(leaf("a") + pem(std::string(1 << 20, 'x')) + leaf("b"));
  EXPECT_THAT(names(file), ElementsAre("a", "b"));
  EXPECT_THAT(file.unreadable_sample, testing::EndsWith(": certificate is too long"));
}

TEST(CertificateFile, ignores_a_block_that_is_commented_out) {
  std::string off = leaf("old");
  for (std::size_t at = 0; at < off.size(); at = off.find('\n', at) + 1) off.insert(at, "# ");
  const auto file = read(off + leaf("a"));
  EXPECT_THAT(names(file), ElementsAre("a"));
  EXPECT_EQ(file.unreadable, 0u);
}

TEST(CertificateFile, reads_der) {
  const auto file = read(leaf_der("a"));
  EXPECT_THAT(names(file), ElementsAre("a"));
  EXPECT_EQ(file.unreadable, 0u);
}

TEST(CertificateFile, counts_what_lies_behind_a_certificate_in_der) {
  const auto file = read(leaf_der("a") + "\n");
  EXPECT_THAT(names(file), ElementsAre("a"));
  EXPECT_EQ(file.unreadable_sample, "bytes behind the certificate");
}

TEST(CertificateFile, refuses_der_that_is_cut) {
  const std::string der = leaf_der("a");
  EXPECT_EQ(refusal(der.substr(0, der.size() / 2)), "no certificate: no certificate in DER");
}

TEST(CertificateFile, counts_a_key_in_der) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  unsigned char* bytes = nullptr;
  const int length = i2d_PrivateKey(key, &bytes);
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
  EXPECT_EQ(read(der).private_keys, 1u);
  OPENSSL_free(bytes);
  EVP_PKEY_free(key);
}

TEST(CertificateFile, says_what_a_file_without_certificates_looks_like) {
  EXPECT_EQ(refusal("hello\n"), "no certificate: looks like text without a certificate");
  EXPECT_EQ(refusal(std::string("\x01\0\x02 abc", 7)), "no certificate: looks like binary data");
  EXPECT_EQ(refusal("\xFE\xED\xFE\xED and more"),
            "no certificate: looks like a Java key store (JKS)");
  EXPECT_EQ(refusal("\xFF\xFE-"), "no certificate: looks like text in UTF-16");
  EXPECT_EQ(refusal("\x1F\x8B more"), "no certificate: looks like gzip");
  EXPECT_EQ(refusal(pem("x", "CERTIFICATE REQUEST")),
            "no certificate: looks like a CERTIFICATE REQUEST");
  EXPECT_EQ(refusal("-----BEGIN CERTIFICATE-----\n"),
            "no certificate: line 1: CERTIFICATE block without an end");
}

TEST(CertificateFile, refuses_a_file_beyond_the_bound) {
  const std::string filling(1 << 20, '\n');
  CertificateFileReader reader("");
  reader.feed(leaf("a"));
  for (int i = 0; i < 16; ++i) reader.feed(filling);
  EXPECT_EQ(reader.finish().error().message, "larger than 16 MB");
}

TEST(CertificateFile, reads_a_bounded_number_of_certificates) {
  const std::string one = leaf("a");
  CertificateFileReader reader("");
  for (std::size_t i = 0; i <= limits::certificates_per_file; ++i) reader.feed(one);
  const auto file = reader.finish();
  EXPECT_EQ(file->certificates.size(), limits::certificates_per_file);
  EXPECT_EQ(file->unreadable, 1u);
  EXPECT_THAT(file->unreadable_sample, testing::EndsWith("more than 10000 certificates"));
}

using Role = CertificateRole;

std::vector<Role> roles(const std::string& bytes) {
  std::vector<Role> all;
  for (const Certificate& it : read(bytes).certificates) all.push_back(it.role);
  return all;
}

TEST(CertificateFile, knows_roles_by_the_certificates_themselves) {
  EXPECT_THAT(roles(leaf("a") + pem(root_der("root"))), ElementsAre(Role::leaf, Role::root));
  EXPECT_THAT(roles(pem(root_der("r1")) + pem(root_der("r2"))),
              ElementsAre(Role::root, Role::root));
}

TEST(CertificateFile, takes_what_stands_behind_its_leaf_for_a_ca) {
  const auto der = [](const char* subject, const char* issuer) {
    return pem(X509Maker().subject("CN", subject).issuer("CN", issuer).der());
  };
  EXPECT_THAT(roles(der("a", "ca") + der("ca", "top") + der("top", "top")),
              ElementsAre(Role::leaf, Role::intermediate, Role::root));
  EXPECT_THAT(roles(der("a", "a") + der("a", "a")), ElementsAre(Role::leaf, Role::leaf));
}

TEST(Wipe, leaves_nothing_behind) {
  std::string text(100, 'k');
  text.resize(3);
  wipe(text);
  EXPECT_EQ(text, "");
  EXPECT_EQ(std::string(text.data(), 100), std::string(100, '\0'));
}

}  // namespace
}  // namespace mesh::certificate_file_test
