// Bundles of trusted certificates as they lie in files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/certificates.h"
#include "wire/x509.h"
#include "wire/x509_verify.h"

namespace mesh::trust_bundle_test {
namespace {

using support::mint;
using support::Minted;
using support::MintWish;
using ::testing::SizeIs;

Minted authority(const char* name) {
  MintWish wish;
  wish.common_name = name;
  wish.ca = true;
  return mint(wish);
}

TrustBundle read(const std::string& pem) {
  auto bundle = TrustBundle::read(pem);
  EXPECT_TRUE(bundle.ok()) << bundle.error().message;
  return *bundle;
}

std::string fingerprint(const Minted& minted) { return parse_x509(minted.der)->fingerprint_sha256; }

TEST(TrustBundle, loses_none_for_a_bad_one) {
  const Minted root = authority("root");
  const Minted other = authority("other");
  const std::string bad =
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
      "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n";
  const TrustBundle bundle = read("# roots\n" + root.pem + bad + other.key_pem + other.pem);
  EXPECT_THAT(bundle.certificates(), SizeIs(2));
  EXPECT_EQ(bundle.unreadable(), 2u);
  EXPECT_EQ(bundle.certificates()[1].subject, "CN=other");
  EXPECT_TRUE(bundle.has(fingerprint(other)));
  EXPECT_TRUE(bundle.has(fingerprint(root)));
  EXPECT_FALSE(bundle.has(fingerprint(authority("third"))));
}

TEST(TrustBundle, holds_a_certificate_once) {
  const Minted root = authority("root");
  const TrustBundle bundle = read(root.pem + root.pem);
  EXPECT_THAT(bundle.certificates(), SizeIs(1));
  EXPECT_EQ(bundle.unreadable(), 0u);
}

TEST(TrustBundle, is_none_with_more_certificates_than_anybody_trusts) {
  const Minted root = authority("root");
  std::string pem;
  MintWish wish;
  for (std::size_t i = 0; i < trusted_certificates + 1; ++i) {
    wish.common_name = std::to_string(i);
    pem += mint(wish, &root, &root).pem;
  }
  EXPECT_EQ(TrustBundle::read(pem).error().message, "more than 2000 certificates in it");
}

TEST(TrustBundle, is_none_without_a_certificate) {
  EXPECT_EQ(TrustBundle::read("hello").error().message, "no certificate in it");
  EXPECT_EQ(TrustBundle::read("-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n")
                .error()
                .message,
            "no readable certificate in it");
}

}  // namespace
}  // namespace mesh::trust_bundle_test
