// The chain of a server: certificates by position, and what cannot be read among them.
#include "wire/served_chain.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/certificates.h"

namespace mesh::served_chain_test {
namespace {

using support::mint;
using support::Minted;

const Minted& root() {
  static const Minted root = mint({.common_name = "root", .ca = true});
  return root;
}
const Minted& leaf() {
  static const Minted leaf = mint({.common_name = "users", .alt_names = "DNS:users.shop"}, &root());
  return leaf;
}

TEST(ServedChain, reads_a_leaf_and_those_that_vouch_for_it) {
  const std::vector<std::string> der{leaf().der, root().der};
  const ServedChain chain = read_served_chain(der);
  ASSERT_EQ(chain.certificates.size(), 2u);
  EXPECT_EQ(identity_of(chain.certificates[0]), "users.shop");
  EXPECT_EQ(chain.certificates[0].role, CertificateRole::leaf);
  EXPECT_EQ(chain.certificates[1].role, CertificateRole::root);
  EXPECT_EQ(chain.unreadable, 0u);
}

TEST(ServedChain, takes_the_first_for_the_leaf_though_it_is_its_own_authority) {
  const std::vector<std::string> der{root().der};
  EXPECT_EQ(read_served_chain(der).certificates.at(0).role, CertificateRole::leaf);
}

TEST(ServedChain, counts_what_cannot_be_read_and_reads_the_others) {
  const std::vector<std::string> der{leaf().der, "junk", "", root().der};
  const ServedChain chain = read_served_chain(der);
  EXPECT_EQ(chain.certificates.size(), 2u);
  EXPECT_EQ(chain.unreadable, 2u);
  EXPECT_TRUE(chain.unreadable_sample.starts_with("certificate 2 of 4: "))
      << chain.unreadable_sample;
}

TEST(ServedChain, calls_no_other_the_leaf_if_the_first_cannot_be_read) {
  const std::vector<std::string> der{"junk", root().der};
  EXPECT_EQ(read_served_chain(der).certificates.at(0).role, CertificateRole::root);
}

TEST(ServedChain, is_empty_without_certificates) {
  EXPECT_TRUE(read_served_chain({}).certificates.empty());
}

}  // namespace
}  // namespace mesh::served_chain_test
