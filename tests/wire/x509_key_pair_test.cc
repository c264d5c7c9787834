// What is said of PEM files that are no use to a TLS client.
#include "wire/x509_key_pair.h"

#include <gtest/gtest.h>

#include <string>

#include "support/certificates.h"

namespace mesh::x509_key_pair_test {
namespace {

using support::mint;
using support::Minted;

// "" if nothing is wrong.
std::string key(const std::string& pem, const Minted& beside) {
  return wrong_with_key(pem, beside.pem, "/agent.pem").value_or("");
}

std::string certificates(const std::string& pem) {
  return wrong_with_certificates(pem).value_or("");
}

// PKCS#8, as `openssl genpkey -aes256` writes it, and as OpenSSL wrote it of old.
std::string encrypted(const Minted& minted, bool traditional) {
  return support::minting::text_of([&](BIO* out) {
    auto* const word = reinterpret_cast<unsigned char*>(const_cast<char*>("secret"));
    const auto write =
        traditional ? PEM_write_bio_PrivateKey_traditional : PEM_write_bio_PrivateKey;
    write(out, minted.key.get(), EVP_aes_256_cbc(), word, 6, nullptr, nullptr);
  });
}

TEST(KeyPair, fits) {
  for (const auto kind :
       {support::MintedKey::p256, support::MintedKey::rsa2048, support::MintedKey::ed25519}) {
    const Minted one = mint({.common_name = "agent", .key = kind});
    EXPECT_EQ(key(one.key_pem, one), "");
    EXPECT_EQ(certificates(one.pem), "");
  }
}

TEST(KeyPair, is_the_first_certificates) {
  const Minted root = mint({.common_name = "root", .ca = true});
  Minted chain = mint({.common_name = "agent"}, &root);
  chain.pem += root.pem;
  EXPECT_EQ(key(chain.key_pem, chain), "");
  EXPECT_EQ(key(root.key_pem, chain), "it is not the key of the certificate in /agent.pem");
}

TEST(KeyPair, is_named_for_what_is_wrong_with_it) {
  const Minted one = mint({.common_name = "agent"});
  EXPECT_EQ(key("", one), "it is empty");
  EXPECT_EQ(key(" \n", one), "it is empty");
  EXPECT_EQ(key(one.pem, one), "there is no private key in it");
  EXPECT_EQ(key("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", one),
            "its key cannot be read");
  EXPECT_EQ(key(one.key_pem.substr(0, one.key_pem.size() / 2), one), "its key cannot be read");
  for (const bool traditional : {false, true}) {
    EXPECT_EQ(key(encrypted(one, traditional), one),
              "it is encrypted; expected a key without a passphrase");
  }
}

TEST(KeyPair, has_certificates_of_which_each_can_be_read) {
  const Minted one = mint({.common_name = "agent"});
  EXPECT_EQ(certificates(""), "it is empty");
  EXPECT_EQ(certificates(one.key_pem), "there is no certificate in it");
  EXPECT_EQ(certificates("# roots\n" + one.pem + "\n" + one.pem + "\n# end\n"), "");
  std::string damaged = one.pem;
  damaged[damaged.size() / 2] = '!';
  EXPECT_EQ(certificates(damaged), "its certificate 1 cannot be read");
  EXPECT_EQ(certificates(one.pem + damaged + one.pem), "its certificate 2 cannot be read");
  EXPECT_EQ(certificates(one.pem.substr(0, 100)), "its certificate 1 cannot be read");
}

}  // namespace
}  // namespace mesh::x509_key_pair_test
