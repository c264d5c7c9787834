// Chains and bundles, one flaw each. All is judged at noon of 2026-06-01.
#include "wire/x509_verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/certificates.h"
#include "wire/x509.h"

namespace mesh::x509_verify_test {
namespace {

using namespace std::chrono_literals;
using support::mint;
using support::Minted;
using support::MintedKey;
using support::MintWish;

constexpr WallTime noon = std::chrono::sys_days{2026y / 6 / 1} + 12h;
constexpr const char* before_noon = "20260601115959Z";
constexpr const char* after_noon = "20260601120001Z";

MintWish authority(const char* name) {
  MintWish wish;
  wish.common_name = name;
  wish.ca = true;
  wish.key_usage = "critical,keyCertSign,cRLSign";
  return wish;
}

MintWish workload() {
  MintWish wish;
  wish.common_name = "users";
  wish.alt_names = "URI:spiffe://mesh.test/ns/shop/sa/users,DNS:users.shop,DNS:*.users.shop,IP:::1";
  return wish;
}

TrustBundle bundle_of(const std::string& pem) {
  auto bundle = TrustBundle::read(pem);
  EXPECT_TRUE(bundle.ok()) << bundle.error().message;
  return *bundle;
}

std::string fingerprint(const Minted& minted) { return parse_x509(minted.der)->fingerprint_sha256; }

Verdict judge(const std::vector<std::string>& chain, const std::string& trusted,
              const std::string& name = "", Purpose purpose = Purpose::server, WallTime at = noon) {
  return verify_chain(chain, bundle_of(trusted), name, at, purpose);
}

std::string told(const Verdict& verdict) {
  if (verdict.verified()) return "verified";
  return std::string(to_string(*verdict.reason)) + " at " + std::to_string(verdict.depth) + ": " +
         verdict.words;
}

const Minted& root() {
  static const Minted one = mint(authority("root"));
  return one;
}
const Minted& intermediate() {
  static const Minted one = mint(authority("intermediate"), &root());
  return one;
}

TEST(VerifyChain, finds_the_root_that_vouches_for_it) {
  const Minted leaf = mint(workload(), &intermediate());
  const Verdict verdict = judge({leaf.der, intermediate().der}, root().pem);
  EXPECT_EQ(told(verdict), "verified");
  EXPECT_EQ(verdict.anchor_fingerprint, fingerprint(root()));
  EXPECT_EQ(verdict.words, "");
}

TEST(VerifyChain, misses_an_intermediate_that_is_not_shown) {
  const Minted leaf = mint(workload(), &intermediate());
  EXPECT_EQ(
      told(judge({leaf.der}, root().pem)),
      "unknown_issuer at 0: the issuer of \"CN=users\", \"CN=intermediate\", is neither shown "
      "nor trusted");
}

TEST(VerifyChain, takes_an_intermediate_from_the_bundle) {
  const Minted leaf = mint(workload(), &intermediate());
  const Verdict verdict = judge({leaf.der}, intermediate().pem);
  EXPECT_EQ(told(verdict), "verified");
  EXPECT_EQ(verdict.anchor_fingerprint, fingerprint(intermediate()));
}

TEST(VerifyChain, does_not_mind_the_order_behind_the_leaf) {
  const Minted lowest = mint(authority("lowest"), &intermediate());
  const Minted leaf = mint(workload(), &lowest);
  EXPECT_EQ(told(judge({leaf.der, root().der, intermediate().der, lowest.der}, root().pem)),
            "verified");
}

TEST(VerifyChain, takes_the_first_for_the_leaf) {
  const Minted leaf = mint(workload(), &intermediate());
  EXPECT_EQ(told(judge({intermediate().der, leaf.der}, root().pem)),
            "key_usage at 0: \"CN=intermediate\": unsuitable certificate purpose");
}

TEST(VerifyChain, says_who_has_expired) {
  MintWish wish = workload();
  wish.not_after = before_noon;
  EXPECT_EQ(told(judge({mint(wish, &root()).der}, root().pem)),
            "expired at 0: \"CN=users\" has expired");
  wish = authority("old root");
  wish.not_after = before_noon;
  const Minted old = mint(wish);
  EXPECT_EQ(told(judge({mint(workload(), &old).der}, old.pem)),
            "expired at 1: \"CN=old root\" has expired");
}

TEST(VerifyChain, is_true_until_the_last_second) {
  MintWish wish = workload();
  wish.not_before = "20260601120000Z";
  wish.not_after = after_noon;
  EXPECT_EQ(told(judge({mint(wish, &root()).der}, root().pem)), "verified");
}

TEST(VerifyChain, says_who_is_not_valid_yet) {
  MintWish wish = workload();
  wish.not_before = after_noon;
  EXPECT_EQ(told(judge({mint(wish, &root()).der}, root().pem)),
            "not_yet_valid at 0: \"CN=users\" is not valid yet");
}

TEST(VerifyChain, knows_dates_beyond_2038_and_the_year_9999) {
  MintWish wish = workload();
  wish.not_after = "99991231235959Z";
  const Minted lasting = mint(authority("lasting"));
  const WallTime later = std::chrono::sys_days{2098y / 1 / 1};
  EXPECT_EQ(told(judge({mint(wish, &lasting).der}, lasting.pem, "", Purpose::server, later)),
            "verified");
}

TEST(VerifyChain, does_not_trust_what_is_its_own_issuer) {
  EXPECT_EQ(told(judge({mint(workload()).der}, root().pem)),
            "unknown_issuer at 0: \"CN=users\" is not trusted");
  const Minted other = mint(authority("other"));
  EXPECT_EQ(told(judge({mint(workload(), &other).der, other.der}, root().pem)),
            "unknown_issuer at 1: \"CN=other\" is not trusted");
}

TEST(VerifyChain, trusts_a_leaf_that_is_in_the_bundle) {
  const Minted leaf = mint(workload());
  EXPECT_EQ(told(judge({leaf.der}, leaf.pem)), "verified");
}

TEST(VerifyChain, tells_a_root_of_the_same_name_from_the_right_one) {
  const Minted former = mint(authority("root"));
  EXPECT_EQ(told(judge({mint(workload(), &former).der}, root().pem)),
            "signature at 0: \"CN=users\" is not signed by the one of its issuer's name");
}

// As while a root is replaced. The one that ends later is the one that OpenSSL would take.
TEST(VerifyChain, finds_the_right_one_of_two_roots_of_one_name) {
  MintWish wish = authority("root");
  wish.not_after = "20990101000000Z";
  const Minted other = mint(wish);
  const Minted leaf = mint(workload(), &root());
  EXPECT_EQ(told(judge({leaf.der}, root().pem + other.pem)), "verified");
  EXPECT_EQ(told(judge({leaf.der}, other.pem + root().pem)), "verified");
  EXPECT_EQ(told(judge({mint(workload(), &other).der}, other.pem + root().pem)), "verified");
}

// The same name and key again, with new dates: either is the issuer of everything.
TEST(VerifyChain, takes_the_renewed_root_for_the_expired_one) {
  MintWish wish = authority("renewed");
  wish.not_after = before_noon;
  const Minted expired = mint(wish);
  wish.not_after = after_noon;
  const Minted renewed = mint(wish, nullptr, &expired);
  const Minted leaf = mint(workload(), &expired);
  for (const auto& pem : {expired.pem + renewed.pem, renewed.pem + expired.pem}) {
    const Verdict verdict = judge({leaf.der}, pem);
    EXPECT_EQ(told(verdict), "verified");
    EXPECT_EQ(verdict.anchor_fingerprint, fingerprint(renewed));
  }
}

// The new root, once signed by itself and once by the old root, which those trust who do not know
// the new one yet.
TEST(VerifyChain, follows_a_cross_signed_pair_to_whichever_root_is_trusted) {
  const Minted new_root = mint(authority("new root"));
  const Minted crossed = mint(authority("new root"), &root(), &new_root);
  const Minted leaf = mint(workload(), &new_root);
  const std::vector<std::string> chain{leaf.der, crossed.der};
  EXPECT_EQ(judge(chain, root().pem).anchor_fingerprint, fingerprint(root()));
  EXPECT_EQ(judge(chain, new_root.pem).anchor_fingerprint, fingerprint(new_root));
  EXPECT_EQ(judge(chain, root().pem + new_root.pem).anchor_fingerprint, fingerprint(new_root));
}

TEST(VerifyChain, sees_that_a_certificate_was_altered) {
  Minted leaf = mint(workload(), &root());
  leaf.der[leaf.der.find("users.shop")] = 'a';
  EXPECT_EQ(told(judge({leaf.der}, root().pem)),
            "signature at 0: \"CN=users\" is not signed by the one of its issuer's name");
}

TEST(VerifyChain, wants_a_key_that_may_be_used_for_this) {
  MintWish wish = workload();
  wish.extended_key_usage = "clientAuth";
  const Minted leaf = mint(wish, &root());
  EXPECT_EQ(told(judge({leaf.der}, root().pem)),
            "key_usage at 0: \"CN=users\": unsuitable certificate purpose");
  EXPECT_EQ(told(judge({leaf.der}, root().pem, "", Purpose::client)), "verified");
}

TEST(VerifyChain, wants_issuers_that_are_authorities) {
  MintWish wish = authority("no authority");
  wish.ca = false;
  wish.key_usage = "";
  const Minted false_ca = mint(wish, &root());
  EXPECT_EQ(told(judge({mint(workload(), &false_ca).der, false_ca.der}, root().pem)),
            "key_usage at 1: \"CN=no authority\": invalid CA certificate");
  wish = authority("no signer");
  wish.key_usage = "critical,digitalSignature";
  const Minted no_signer = mint(wish, &root());
  EXPECT_THAT(told(judge({mint(workload(), &no_signer).der, no_signer.der}, root().pem)),
              ::testing::StartsWith("key_usage at 1: "));
}

TEST(VerifyChain, does_not_judge_weakness) {
  MintWish wish = authority("weak");
  wish.key = MintedKey::rsa1024;
  wish.sha1 = true;
  const Minted weak = mint(wish);
  wish = workload();
  wish.sha1 = true;
  EXPECT_EQ(told(judge({mint(wish, &weak).der}, weak.pem)), "verified");
}

TEST(VerifyChain, wants_the_name_that_is_expected) {
  const Minted leaf = mint(workload(), &root());
  for (const char* name : {"", "spiffe://mesh.test", "spiffe://Mesh.Test/", "users.shop",
                           "spiffe://mesh.test/ns/shop/sa/users", "a.users.shop", "::1"}) {
    EXPECT_EQ(told(judge({leaf.der}, root().pem, name)), "verified") << name;
  }
  for (const char* name :
       {"spiffe://mesh.test.other", "spiffe://other.test", "spiffe://mesh.test/ns/shop/sa/Users",
        "orders.shop", "users", "a.b.users.shop", "::2", "127.0.0.1"}) {
    EXPECT_EQ(judge({leaf.der}, root().pem, name).reason, Unverified::name) << name;
  }
}

TEST(VerifyChain, says_which_name_is_wrong) {
  const Minted leaf = mint(workload(), &root());
  EXPECT_EQ(told(judge({leaf.der}, root().pem, "spiffe://other.test")),
            "name at 0: \"spiffe://mesh.test/ns/shop/sa/users\" is not of the trust domain "
            "\"other.test\"");
  EXPECT_EQ(told(judge({leaf.der}, root().pem, "orders.shop")),
            "name at 0: \"spiffe://mesh.test/ns/shop/sa/users\" is not for \"orders.shop\"");
  MintWish wish = workload();
  wish.alt_names = "DNS:users.shop";
  EXPECT_EQ(told(judge({mint(wish, &root()).der}, root().pem, "spiffe://mesh.test")),
            "name at 0: has no SPIFFE ID, but is \"users.shop\"");
}

TEST(VerifyChain, calls_the_first_that_is_no_certificate) {
  const Minted leaf = mint(workload(), &root());
  EXPECT_EQ(told(judge({leaf.der, "hello"}, root().pem)), "malformed at 1: no certificate in DER");
  EXPECT_EQ(told(judge({}, root().pem)), "malformed at 0: no certificate");
}

// The one that signed stands behind so many others of its name.
std::string judge_behind(std::size_t others) {
  const Minted ca = mint(authority("ca"), &root());
  std::vector<std::string> chain{mint(workload(), &ca).der};
  chain.insert(chain.end(), others, mint(authority("ca"), &root()).der);
  chain.push_back(ca.der);
  return told(judge(chain, root().pem));
}

TEST(VerifyChain, tries_some_issuers_of_one_name_and_not_any_number_of_them) {
  EXPECT_EQ(judge_behind(20), "verified");
  EXPECT_NE(judge_behind(100), "verified");
}

TEST(VerifyChain, follows_a_long_chain) {
  std::vector<Minted> up{root()};
  for (int i = 0; i < 40; ++i) {
    const std::string name = "step " + std::to_string(i);
    up.push_back(mint(authority(name.c_str()), &up.back()));
  }
  up.push_back(mint(workload(), &up.back()));
  std::vector<std::string> chain;
  for (auto it = up.rbegin(); it != up.rend(); ++it) chain.push_back(it->der);
  EXPECT_EQ(told(judge(chain, root().pem)), "verified");
}

}  // namespace
}  // namespace mesh::x509_verify_test
