// What our server is with TLS: whom it lets in by which versions, suites and certificates.
#include "net/server_tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "net/secure_client.h"
#include "net/secure_serving.h"

namespace mesh::server_tls_test {
namespace {

using support::made;
using support::mint;
using support::Minted;
using support::parties;
using support::SecureClient;
using support::SecureServing;
using support::showing;
using support::usual;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const auto page = EndsWith("GET|/x|||");

SecureClient::Setup at_most(int version) {
  return [version](SSL_CTX* context) { SSL_CTX_set_max_proto_version(context, version); };
}

SecureClient::Setup offering(const char* suites) {
  return [suites](SSL_CTX* context) {
    SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context, suites);
  };
}

SecureClient::Setup asking_for(std::string protocols) {
  return [protocols](SSL_CTX* context) {
    SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(protocols.data()),
                            static_cast<unsigned int>(protocols.size()));
  };
}

TEST(ServerTls, serves_pages_one_after_the_other_on_one_connection) {
  SecureServing server;
  SecureClient client(server.port());
  EXPECT_THAT(client.ask("/x"), AllOf(StartsWith("HTTP/1.1 200 OK"), page));
  EXPECT_THAT(client.ask("/x"), page);
  EXPECT_EQ(client.version(), "TLSv1.3");
  EXPECT_EQ(client.subject(), "/CN=server");
}

TEST(ServerTls, serves_a_page_that_is_larger_than_any_buffer) {
  SecureServing server;
  EXPECT_GT(SecureClient(server.port()).ask("/big").size(), std::size_t{16} << 20);
  EXPECT_GT(SecureClient(server.port(), at_most(TLS1_2_VERSION)).ask("/big").size(),
            std::size_t{16} << 20);
}

TEST(ServerTls, ends_a_connection_that_is_not_kept_with_a_goodbye) {
  SecureServing server;
  SecureClient client(server.port());
  EXPECT_THAT(client.ask("/x", "Connection: close\r\n"), page);
  EXPECT_EQ(client.ask("/x"), "closed") << "by an alert, not by a cut";
}

TEST(ServerTls, speaks_http_1_1_and_nothing_else) {
  SecureServing server;
  SecureClient both(server.port(), asking_for("\x02h2\x08http/1.1"));
  EXPECT_EQ(both.protocol(), "http/1.1");
  EXPECT_THAT(both.ask("/x"), page);
  EXPECT_THAT(SecureClient(server.port(), asking_for("\x02h2")).trouble(),
              HasSubstr("no application protocol"));
}

TEST(ServerTls, takes_tls_1_2_and_above_unless_told_otherwise) {
  SecureServing server;
  EXPECT_EQ(SecureClient(server.port(), at_most(TLS1_2_VERSION)).version(), "TLSv1.2");
  EXPECT_THAT(SecureClient(server.port(), at_most(TLS1_1_VERSION)).trouble(),
              HasSubstr("protocol version"));
}

TEST(ServerTls, takes_the_versions_it_is_told) {
  ServedTls settings = usual();
  settings.min_version = 0x0304;
  SecureServing newest(settings);
  EXPECT_THAT(SecureClient(newest.port(), at_most(TLS1_2_VERSION)).trouble(),
              HasSubstr("protocol version"));
  settings.min_version = 0x0301;
  settings.max_version = 0x0302;
  SecureServing oldest(settings);
  SecureClient client(oldest.port());
  EXPECT_EQ(client.version(), "TLSv1.1");
  EXPECT_THAT(client.ask("/x"), page);
}

TEST(ServerTls, chooses_among_the_suites_it_is_told_by_its_own_order_or_the_clients) {
  ServedTls settings = usual();
  settings.cipher_suites = {"ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256"};
  const char* const others_way = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384";
  SecureServing own(settings);
  EXPECT_EQ(SecureClient(own.port(), offering(others_way)).cipher(),
            "ECDHE-ECDSA-AES256-GCM-SHA384");
  EXPECT_THAT(SecureClient(own.port(), offering("ECDHE-ECDSA-AES128-SHA")).trouble(),
              HasSubstr("handshake failure"));
  settings.prefer_server_cipher_suites = false;
  SecureServing clients(settings);
  EXPECT_EQ(SecureClient(clients.port(), offering(others_way)).cipher(),
            "ECDHE-ECDSA-AES128-GCM-SHA256");
}

TEST(ServerTls, agrees_on_the_curves_it_is_told_only) {
  ServedTls settings = usual();
  settings.curves = {"P-521"};
  SecureServing server(settings);
  const auto with = [](const char* curves) {
    return [curves](SSL_CTX* context) { SSL_CTX_set1_groups_list(context, curves); };
  };
  EXPECT_EQ(SecureClient(server.port(), with("X25519:P-521")).trouble(), "");
  EXPECT_NE(SecureClient(server.port(), with("X25519")).trouble(), "");
}

// "page", or why not, for who shows nothing, a certificate of the CA, and one of nobody's.
std::vector<std::string> outcomes(ClientAuth auth, const std::string& ca = parties().root.pem) {
  ServedTls settings = usual();
  settings.client_auth = auth;
  settings.client_ca = ca;
  SecureServing server(settings);
  std::vector<std::string> all;
  for (const SecureClient::Setup& setup :
       {SecureClient::Setup(), showing(parties().client), showing(parties().stranger)}) {
    SecureClient client(server.port(), setup);
    const std::string answer = client.ask("/x");
    all.push_back(answer.ends_with("GET|/x|||") ? "page" : answer);
  }
  return all;
}

TEST(ServerTls, asks_of_clients_what_it_is_told) {
  const auto required = HasSubstr("certificate required");
  const auto unknown = HasSubstr("unknown ca");
  using ::testing::ElementsAre;
  EXPECT_THAT(outcomes(ClientAuth::none), ElementsAre("page", "page", "page"));
  EXPECT_THAT(outcomes(ClientAuth::request), ElementsAre("page", "page", "page"));
  EXPECT_THAT(outcomes(ClientAuth::require_any), ElementsAre(required, "page", "page"));
  EXPECT_THAT(outcomes(ClientAuth::verify_if_given), ElementsAre("page", "page", unknown));
  EXPECT_THAT(outcomes(ClientAuth::verify), ElementsAre(required, "page", unknown));
}

TEST(ServerTls, trusts_each_ca_as_it_stands) {
  // A certificate that nobody has signed but itself, as its own CA.
  const std::vector<std::string> seen = outcomes(ClientAuth::verify, parties().stranger.pem);
  EXPECT_NE(seen[1], "page");
  EXPECT_EQ(seen[2], "page");
}

TEST(ServerTls, lets_nobody_in_by_the_systems_roots_who_has_none_of_them) {
  const std::vector<std::string> seen = outcomes(ClientAuth::verify, "");
  EXPECT_NE(seen[1], "page");
  EXPECT_NE(seen[2], "page");
}

TEST(ServerTls, refuses_a_certificate_whose_time_is_over_or_that_is_for_servers) {
  ServedTls settings = usual();
  settings.client_auth = ClientAuth::verify;
  settings.client_ca = parties().root.pem;
  SecureServing server(settings);
  const Minted old = mint({.common_name = "old", .not_after = "20200101000000Z"}, &parties().root);
  EXPECT_THAT(SecureClient(server.port(), showing(old)).ask("/x"),
              HasSubstr("certificate expired"));
  const Minted other =
      mint({.common_name = "other", .extended_key_usage = "serverAuth"}, &parties().root);
  EXPECT_THAT(SecureClient(server.port(), showing(other)).ask("/x"), HasSubstr("alert"));
}

std::string answer_for(const std::string& allowed, const Minted& shown) {
  ServedTls settings = usual();
  settings.client_auth = ClientAuth::verify_if_given;
  settings.client_ca = parties().root.pem;
  settings.client_allowed_sans = {"nobody", allowed};
  SecureServing server(settings);
  return SecureClient(server.port(), showing(shown)).ask("/x");
}

TEST(ServerTls, lets_in_by_every_kind_of_name) {
  for (const char* name :
       {"scraper.test", "10.1.2.3", "fd00::7", "spiffe://mesh/scraper", "ops@mesh.test"}) {
    EXPECT_THAT(answer_for(name, parties().client), page) << name;
  }
}

TEST(ServerTls, lets_in_by_exactly_that_name_and_only_who_is_verified) {
  for (const char* name : {"test", "SCRAPER.test", "*.test", "client"}) {
    EXPECT_THAT(answer_for(name, parties().client), HasSubstr("alert")) << name;
  }
  EXPECT_THAT(answer_for("scraper.test", parties().stranger), HasSubstr("unknown ca"));
}

TEST(ServerTls, resumes_a_session_until_the_settings_change) {
  SecureServing server;
  SecureClient first(server.port());
  EXPECT_THAT(first.ask("/x"), page);
  const auto session = first.session();
  SecureClient second(server.port(), {}, session.get());
  EXPECT_THAT(second.ask("/x"), page);
  EXPECT_TRUE(second.resumed());
  server.secure(made(usual()));
  EXPECT_FALSE(SecureClient(server.port(), {}, session.get()).resumed());
}

TEST(ServerTls, a_client_with_a_certificate_can_resume_too) {
  ServedTls settings = usual();
  settings.client_auth = ClientAuth::verify;
  settings.client_ca = parties().root.pem;
  SecureServing server(settings);
  SecureClient first(server.port(), showing(parties().client));
  EXPECT_THAT(first.ask("/x"), page);
  const auto session = first.session();
  SecureClient second(server.port(), showing(parties().client), session.get());
  EXPECT_THAT(second.ask("/x"), page);
  EXPECT_TRUE(second.resumed());
}

TEST(ServerTls, nobody_is_served_by_settings_that_are_gone) {
  SecureServing server;
  SecureClient kept(server.port());
  EXPECT_THAT(kept.ask("/x"), page);
  ServedTls other = usual();
  const Minted renewed = mint({.common_name = "renewed"}, &parties().root);
  other.certificate = renewed.pem;
  other.key = renewed.key_pem;
  server.secure(made(other));
  EXPECT_THAT(kept.ask("/x"), ::testing::Not(page));
  EXPECT_EQ(SecureClient(server.port()).subject(), "/CN=renewed");
}

// The new one may come while somebody dials: then the handshake is as it was begun, and the answer
// the last one.
TEST(ServerTls, answers_once_who_was_just_dialling_when_settings_changed) {
  SecureServing server;
  SecureClient early(server.port());
  server.secure(made(usual()));
  EXPECT_THAT(early.ask("/x"), AllOf(HasSubstr("\r\nConnection: close\r\n"), page));
  EXPECT_THAT(early.ask("/x"), ::testing::Not(page));
}

}  // namespace
}  // namespace mesh::server_tls_test
