// Handshakes with servers that answer: what is read of them, and that they see nothing fail.
#include "net/tls_handshake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <string>

#include "net/shaking.h"
#include "support/tls_server.h"

namespace mesh::tls_handshake_test {
namespace {

using support::answered;
using support::mint;
using support::Minted;
using support::MintedKey;
using support::MintWish;
using support::question_to;
using support::shake_hands;
using support::TlsServer;
using support::trouble;
using ::testing::ElementsAre;

using ::testing::SizeIs;

Minted leaf_named(const char* name) {
  MintWish wish;
  wish.common_name = name;
  return mint(wish);
}

TlsServer::Setup only(int version) {
  return [version](SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, version);
    SSL_CTX_set_max_proto_version(context, version);
  };
}

// The parameter of a test, as part of its name.
std::string name_of(const ::testing::TestParamInfo<int>& version) {
  return "tls1_" + std::to_string(version.param - TLS1_VERSION);
}

// Every client must show a certificate; any will do.
void demand_certificate(SSL_CTX* context) {
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     [](int, X509_STORE_CTX*) { return 1; });
}

// A file of the test that goes away with it.
class TestFile {
 public:
  TestFile(const std::string& name, const std::string& text)
      : path_(::testing::TempDir() + name + "-" + std::to_string(::getpid())) {
    write(text);
  }
  ~TestFile() { ::unlink(path_.c_str()); }
  TestFile(const TestFile&) = delete;
  TestFile& operator=(const TestFile&) = delete;

  const std::string& path() const { return path_; }
  void write(const std::string& text) { std::ofstream(path_) << text; }

 private:
  std::string path_;
};

TEST(TlsHandshake, reads_the_chain_as_it_is_served) {
  MintWish wish;
  wish.ca = true;
  wish.common_name = "root";
  const Minted root = mint(wish);
  wish.common_name = "intermediate";
  const Minted intermediate = mint(wish, &root);
  const Minted leaf = mint(MintWish{}, &intermediate);
  TlsServer server(leaf, {root, intermediate});  // in the wrong order, which is the server's affair
  const auto answer = answered(shake_hands(question_to(server.address())));
  EXPECT_THAT(answer.chain, ElementsAre(leaf.der, root.der, intermediate.der));
  EXPECT_EQ(answer.version, "TLSv1.3");
  EXPECT_EQ(answer.cipher, "TLS_AES_256_GCM_SHA384");
  EXPECT_EQ(answer.alpn, "");
  EXPECT_FALSE(answer.completed);
  EXPECT_GT(answer.took, Duration::zero());
}

class EveryVersion : public ::testing::TestWithParam<int> {};

TEST_P(EveryVersion, is_read_and_left_unfinished) {
  const Minted leaf = leaf_named("users");
  TlsServer server(leaf, {}, [](SSL_CTX* context) {
    only(GetParam())(context);
    demand_certificate(context);
  });
  const auto answer = answered(shake_hands(question_to(server.address())));
  EXPECT_THAT(answer.chain, ElementsAre(leaf.der));
  const std::array names{"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"};
  EXPECT_EQ(answer.version, names[GetParam() - TLS1_VERSION]);
  const auto seen = server.served();
  EXPECT_FALSE(seen.completed);
  EXPECT_EQ(seen.error, "");
}

INSTANTIATE_TEST_SUITE_P(Tls, EveryVersion,
                         ::testing::Values(TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION,
                                           TLS1_3_VERSION),
                         name_of);

TEST(TlsHandshake, answers_a_server_that_wants_another_curve) {
  const Minted leaf = leaf_named("users");
  TlsServer server(leaf, {}, [](SSL_CTX* context) { SSL_CTX_set1_groups_list(context, "P-521"); });
  EXPECT_THAT(answered(shake_hands(question_to(server.address()))).chain, ElementsAre(leaf.der));
  EXPECT_EQ(server.served().error, "");
}

TEST(TlsHandshake, reads_a_certificate_that_nobody_should_trust) {
  for (const MintedKey key : {MintedKey::rsa1024, MintedKey::ed25519}) {
    MintWish wish;
    wish.key = key;
    wish.sha1 = true;
    wish.not_before = "19700101000000Z";
    wish.not_after = "19700102000000Z";
    const Minted leaf = mint(wish);
    TlsServer server(leaf);
    EXPECT_THAT(answered(shake_hands(question_to(server.address()))).chain, ElementsAre(leaf.der));
  }
}

TEST(TlsHandshake, reads_an_ancient_server_with_a_weak_key) {
  MintWish wish;
  wish.key = MintedKey::rsa1024;
  wish.sha1 = true;
  const Minted leaf = mint(wish);
  TlsServer server(leaf, {}, [](SSL_CTX* context) {
    only(TLS1_VERSION)(context);
    SSL_CTX_set_cipher_list(context, "AES128-SHA:@SECLEVEL=0");
  });
  const auto answer = answered(shake_hands(question_to(server.address())));
  EXPECT_EQ(answer.version, "TLSv1");
  EXPECT_EQ(answer.cipher, "AES128-SHA");
  EXPECT_THAT(answer.chain, ElementsAre(leaf.der));
}

TEST(TlsHandshake, reads_a_chain_of_a_hundred) {
  const Minted leaf = leaf_named("users");
  TlsServer server(leaf, std::vector<Minted>(99, leaf_named("above")));
  EXPECT_THAT(answered(shake_hands(question_to(server.address()))).chain, SizeIs(100));
}

TEST(TlsHandshake, does_not_read_a_chain_without_end) {
  TlsServer server(leaf_named("users"), std::vector<Minted>(200, leaf_named("above")));
  EXPECT_EQ(trouble(shake_hands(question_to(server.address()))),
            "too_large: more than 128 certificates");
}

class TenMegabytes : public ::testing::TestWithParam<int> {};

TEST_P(TenMegabytes, are_not_read) {
  MintWish wish;
  wish.comment = std::string(100'000, 'x');
  TlsServer server(leaf_named("users"), std::vector<Minted>(100, mint(wish)), only(GetParam()));
  EXPECT_EQ(trouble(shake_hands(question_to(server.address()))),
            "too_large: handshake longer than 1048576 bytes");
}

INSTANTIATE_TEST_SUITE_P(Tls, TenMegabytes, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         name_of);

TEST(TlsHandshake, agrees_on_a_protocol) {
  TlsServer server(leaf_named("users"), {}, [](SSL_CTX* context) {
    SSL_CTX_set_alpn_select_cb(
        context,
        [](SSL*, const unsigned char** out, unsigned char* length, const unsigned char* in,
           unsigned int size, void*) {
          const auto* mine = reinterpret_cast<const unsigned char*>("\5istio\2h2");
          const int found =
              SSL_select_next_proto(const_cast<unsigned char**>(out), length, mine, 9, in, size);
          return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
        },
        nullptr);
  });
  auto question = question_to(server.address());
  question.alpn = {"h2", "istio"};
  EXPECT_EQ(answered(shake_hands(question)).alpn, "istio");
  question.alpn = {"http/1.1"};
  EXPECT_EQ(trouble(shake_hands(question)),
            "tls: answered with the TLS alert 120 (no application protocol)");
}

TEST(TlsHandshake, is_shown_the_certificate_of_the_name_it_asks_for) {
  const Minted users = leaf_named("users");
  static const Minted orders = leaf_named("orders");
  TlsServer server(users, {}, [](SSL_CTX* context) {
    SSL_CTX_set_tlsext_servername_callback(
        context, +[](SSL* ssl, int*, void*) {
          const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
          if (name == nullptr) return SSL_TLSEXT_ERR_OK;
          if (std::string(name) != "orders.shop") return SSL_TLSEXT_ERR_ALERT_FATAL;
          SSL_use_certificate(ssl, orders.x509.get());
          SSL_use_PrivateKey(ssl, orders.key.get());
          return SSL_TLSEXT_ERR_OK;
        });
  });
  auto question = question_to(server.address());
  EXPECT_THAT(answered(shake_hands(question)).chain, ElementsAre(users.der));
  question.sni = "orders.shop";
  EXPECT_THAT(answered(shake_hands(question)).chain, ElementsAre(orders.der));
  EXPECT_EQ(server.served(2).sni, "orders.shop");
  question.sni = "nobody.shop";
  EXPECT_EQ(trouble(shake_hands(question)),
            "tls: answered with the TLS alert 112 (unrecognized name)");
}

TEST(TlsHandshake, reaches_an_address_of_ipv6) {
  const Minted leaf = leaf_named("users");
  TlsServer server(leaf, {}, {}, "::1");
  EXPECT_THAT(answered(shake_hands(question_to(server.address()))).chain, ElementsAre(leaf.der));
}

class WithCertificate : public ::testing::TestWithParam<int> {};

TEST_P(WithCertificate, completes_the_handshake) {
  const Minted leaf = leaf_named("users");
  const Minted client = leaf_named("agent");
  const TestFile certificate("certificate", client.pem);
  const TestFile key("key", client.key_pem);
  TlsServer server(leaf, {}, [](SSL_CTX* context) {
    only(GetParam())(context);
    demand_certificate(context);
  });
  auto question = question_to(server.address());
  question.client_certificate_file = certificate.path();
  question.client_key_file = key.path();
  const auto answer = answered(shake_hands(question));
  EXPECT_TRUE(answer.completed);
  EXPECT_THAT(answer.chain, ElementsAre(leaf.der));
  const auto seen = server.served();
  EXPECT_TRUE(seen.completed);
  EXPECT_EQ(seen.error, "");
  EXPECT_EQ(seen.client, "/CN=agent");
}

TEST_P(WithCertificate, says_that_it_is_refused) {
  const Minted client = leaf_named("agent");
  const TestFile certificate("certificate", client.pem);
  const TestFile key("key", client.key_pem);
  TlsServer server(leaf_named("users"), {}, [](SSL_CTX* context) {
    only(GetParam())(context);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  });
  auto question = question_to(server.address());
  question.client_certificate_file = certificate.path();
  question.client_key_file = key.path();
  EXPECT_EQ(trouble(shake_hands(question)),
            "tls: refused the client certificate with the TLS alert 48 (unknown CA)");
}

INSTANTIATE_TEST_SUITE_P(Tls, WithCertificate, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         name_of);

TEST(TlsHandshake, reads_a_renewed_client_certificate) {
  const Minted first = leaf_named("first");
  const Minted second = leaf_named("second");
  TestFile certificate("certificate", first.pem);
  TestFile key("key", first.key_pem);
  TlsServer server(leaf_named("users"), {}, demand_certificate);
  auto question = question_to(server.address());
  question.client_certificate_file = certificate.path();
  question.client_key_file = key.path();
  answered(shake_hands(question));
  certificate.write(second.pem);
  key.write(second.key_pem);
  answered(shake_hands(question));
  EXPECT_EQ(server.served(1).client, "/CN=first");
  EXPECT_EQ(server.served(2).client, "/CN=second");
}

TEST(TlsHandshake, completes_with_a_server_that_asks_for_no_certificate) {
  const Minted client = leaf_named("agent");
  const TestFile certificate("certificate", client.pem);
  const TestFile key("key", client.key_pem);
  TlsServer server(leaf_named("users"));
  auto question = question_to(server.address());
  question.client_certificate_file = certificate.path();
  question.client_key_file = key.path();
  EXPECT_TRUE(answered(shake_hands(question)).completed);
  EXPECT_EQ(server.served().client, "");
}

}  // namespace
}  // namespace mesh::tls_handshake_test
