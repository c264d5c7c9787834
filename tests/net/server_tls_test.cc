// What our server is with TLS: whom it lets in by which versions, suites and certificates, and what
// those get who speak something else or nothing.
#include "net/server_tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "net/raw_client.h"
#include "net/secure_client.h"
#include "net/serving.h"
#include "support/certificates.h"

namespace mesh {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::mint;
using testing::Minted;
using testing::RawClient;
using testing::SecureClient;
using testing::Serving;
using testing::showing;
using ::testing::StartsWith;

const auto page = EndsWith("GET|/x|||");

struct Parties {
  Minted root = mint({.common_name = "root", .ca = true});
  Minted server = mint({.common_name = "server", .alt_names = "IP:127.0.0.1"}, &root);
  Minted client = mint({.common_name = "client",
                        .alt_names = "DNS:scraper.test,IP:10.1.2.3,IP:fd00::7,"
                                     "URI:spiffe://mesh/scraper,email:ops@mesh.test"},
                       &root);
  Minted stranger = mint({.common_name = "stranger", .alt_names = "DNS:scraper.test"});
};

const Parties& parties() {
  static const Parties all;
  return all;
}

ServedTls usual() {
  ServedTls settings;
  settings.certificate = parties().server.pem + parties().root.pem;
  settings.key = parties().server.key_pem;
  return settings;
}

std::shared_ptr<const ServerTls> made(const ServedTls& settings) {
  auto tls = ServerTls::make(settings);
  if (!tls) throw std::runtime_error(tls.error().message);
  return *tls;
}

struct SecureServing : Serving {
  explicit SecureServing(const ServedTls& settings = usual(), WebBounds bounds = {})
      : Serving(bounds) {
    secure(made(settings));
  }
};

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

TEST(ServerTls, tells_who_speaks_plain_http_in_plain_words) {
  SecureServing server;
  RawClient client(server.port());
  client.send("GET /x HTTP/1.1\r\nHost: here\r\n\r\n");
  EXPECT_THAT(client.read_to_end(),
              AllOf(StartsWith("HTTP/1.1 400 Bad Request\r\n"),
                    EndsWith("plain HTTP was sent to a port that speaks HTTPS\n")));
}

TEST(ServerTls, closes_on_garbage) {
  SecureServing server;
  RawClient client(server.port());
  client.send(std::string(64, '\x7f'));
  EXPECT_NO_THROW(client.read_to_end());
}

WebBounds impatient() {
  WebBounds bounds;
  bounds.idle = 100ms;
  return bounds;
}

// The first bytes of a hello that promises 512.
constexpr std::string_view half_hello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);

TEST(ServerTls, cuts_off_who_begins_a_handshake_and_is_silent_or_drips) {
  SecureServing server(usual(), impatient());
  RawClient silent(server.port());
  silent.send(half_hello);
  EXPECT_TRUE(silent.is_closed());
  RawClient drip(server.port());
  drip.send(half_hello);
  const Instant begun = Instant::clock::now();
  while (drip.send("x") && Instant::clock::now() < begun + 10s) std::this_thread::sleep_for(5ms);
  EXPECT_LT(Instant::clock::now() - begun, 5s);
}

TEST(ServerTls, counts_the_handshake_into_the_time_to_ask) {
  SecureServing server(usual(), impatient());
  SecureClient client(server.port());
  EXPECT_EQ(client.trouble(), "");
  std::this_thread::sleep_for(150ms);  // longer than it may take to ask
  EXPECT_THAT(client.ask("/x"), ::testing::Not(page));
}

TEST(ServerTls, half_a_handshake_keeps_nobody_from_an_answer) {
  WebBounds bounds;
  bounds.connections = 2;
  SecureServing server(usual(), bounds);
  RawClient one(server.port()), two(server.port()), three(server.port());
  for (RawClient* client : {&one, &two, &three}) client->send(half_hello);
  EXPECT_THAT(SecureClient(server.port()).ask("/x"), page);
}

TEST(ServerTls, the_end_waits_for_no_handshake) {
  SecureServing server;
  RawClient half(server.port());
  half.send(half_hello);
  EXPECT_THAT(SecureClient(server.port()).ask("/x"), page);  // so the other was accepted
  server.stop(1h).wait();
  EXPECT_NO_THROW(half.read_to_end());
}

std::string fault_of(const ServedTls& settings) {
  const auto tls = ServerTls::make(settings);
  return tls ? "none" : tls.error().message;
}

TEST(ServerTls, names_what_cannot_be_used) {
  EXPECT_EQ(fault_of(usual()), "none");
  ServedTls settings = usual();
  settings.certificate = "no PEM";
  EXPECT_THAT(fault_of(settings), StartsWith("cert: "));
  settings = usual();
  settings.key = parties().client.key_pem;
  EXPECT_THAT(fault_of(settings), AllOf(StartsWith("key: "), HasSubstr("mismatch")));
  settings.key = "no PEM";
  EXPECT_THAT(fault_of(settings), StartsWith("key: "));
  settings = usual();
  settings.client_auth = ClientAuth::verify;
  settings.client_ca = "no PEM";
  EXPECT_THAT(fault_of(settings), StartsWith("client_ca: "));
}

TEST(ServerTls, says_that_a_key_is_encrypted) {
  ServedTls settings = usual();
  settings.key = testing::minting::text_of([](BIO* out) {
    PEM_write_bio_PKCS8PrivateKey(out, parties().server.key.get(), EVP_aes_128_cbc(), "secret", 6,
                                  nullptr, nullptr);
  });
  EXPECT_EQ(fault_of(settings), "key: it is encrypted");
}

}  // namespace
}  // namespace mesh
