// PKCS#12: passwords, seals, and what a store must not make us do.
#include "wire/x509_pkcs12.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/certificate_file_reading.h"
#include "wire/fixture.h"
#include "wire/pkcs12_maker.h"

namespace mesh::x509_pkcs12_test {
namespace {

using testing::ElementsAre;

TEST(CertificatePkcs12, reads_pkcs12_and_leaves_its_key_alone) {
  const auto file = read(Pkcs12Maker().chain("a", "root").bytes("secret"), "secret");
  EXPECT_THAT(names(file), ElementsAre("a", "root"));
  EXPECT_EQ(file.private_keys, 1u);
  EXPECT_EQ(file.unreadable, 0u);
}

TEST(CertificatePkcs12, tells_a_wrong_password_from_a_missing_one) {
  const std::string bytes = Pkcs12Maker().chain("a", "root").bytes("secret");
  EXPECT_EQ(refusal(bytes, "wrong"), "PKCS#12: wrong password");
  EXPECT_EQ(refusal(bytes), "PKCS#12: needs a password, and none is configured");
  EXPECT_EQ(refusal(bytes.substr(0, 200), "secret"), "PKCS#12: damaged or cut");
}

TEST(CertificatePkcs12, reads_pkcs12_under_either_form_of_no_password) {
  EXPECT_THAT(names(read(Pkcs12Maker().chain("a", "root").bytes(""))), ElementsAre("a", "root"));
  EXPECT_THAT(names(read(Pkcs12Maker().chain("a", "root").bytes(nullptr))),
              ElementsAre("a", "root"));
}

TEST(CertificatePkcs12, reads_pkcs12_without_a_seal) {
  const std::string bytes = Pkcs12Maker().chain("a", "root").rounds(2048, -1).bytes("secret");
  EXPECT_THAT(names(read(bytes, "secret")), ElementsAre("a", "root"));
  EXPECT_THAT(refusal(bytes, "wrong"),
              testing::StartsWith("PKCS#12: wrong password, or encrypted"));
}

TEST(CertificatePkcs12, refuses_pkcs12_that_asks_for_too_many_rounds) {
  EXPECT_EQ(refusal(Pkcs12Maker().chain("a", "root").rounds(1'000'001, -1).bytes("s"), "s"),
            "PKCS#12: strange or endless key derivation");
  EXPECT_EQ(refusal(Pkcs12Maker().chain("a", "root").rounds(1, 1'000'001).bytes("s"), "s"),
            "PKCS#12: too many rounds of key derivation");
}

TEST(CertificatePkcs12, counts_the_rounds_of_all_safes_together) {
  STACK_OF(PKCS7)* safes = nullptr;
  STACK_OF(PKCS12_SAFEBAG)* bags = sk_PKCS12_SAFEBAG_new_null();
  for (const int rounds : {1'000'000, 999'999, 2}) {
    PKCS12_add_safe(&safes, bags, NID_aes_256_cbc, rounds, "s");
  }
  PKCS12* p12 = PKCS12_add_safes(safes, 0);
  unsigned char* out = nullptr;
  const int length = i2d_PKCS12(p12, &out);
  const std::string bytes(reinterpret_cast<const char*>(out), static_cast<std::size_t>(length));
  OPENSSL_free(out);
  PKCS12_free(p12);
  sk_PKCS12_SAFEBAG_free(bags);
  sk_PKCS7_pop_free(safes, PKCS7_free);
  const auto store = read_pkcs12(bytes, "s");
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().message, "PKCS#12: strange or endless key derivation");
}

TEST(CertificatePkcs12, says_so_of_pkcs12_in_an_encryption_that_openssl_has_given_up) {
  EXPECT_EQ(refusal(fixture("certificates/rc2.p12"), "secret"),
            "PKCS#12: wrong password, or encrypted in a way that OpenSSL has given up "
            "(pbeWithSHA1And40BitRC2-CBC)");
}

}  // namespace
}  // namespace mesh::x509_pkcs12_test
