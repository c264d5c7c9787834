// What those get who speak something else than TLS where it is expected, or half of it, and what is
// said of settings that cannot be used.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "net/raw_client.h"
#include "net/secure_client.h"
#include "net/secure_serving.h"

namespace mesh::server_tls_trouble_test {
namespace {

using namespace std::chrono_literals;
using support::parties;
using support::RawClient;
using support::SecureClient;
using support::SecureServing;
using support::usual;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const auto page = EndsWith("GET|/x|||");

TEST(ServerTlsTrouble, tells_who_speaks_plain_http_in_plain_words) {
  SecureServing server;
  RawClient client(server.port());
  client.send("GET /x HTTP/1.1\r\nHost: here\r\n\r\n");
  EXPECT_THAT(client.read_to_end(),
              AllOf(StartsWith("HTTP/1.1 400 Bad Request\r\n"),
                    EndsWith("plain HTTP was sent to a port that speaks HTTPS\n")));
}

TEST(ServerTlsTrouble, closes_on_garbage) {
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

TEST(ServerTlsTrouble, cuts_off_who_begins_a_handshake_and_is_silent_or_drips) {
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

TEST(ServerTlsTrouble, counts_the_handshake_into_the_time_to_ask) {
  SecureServing server(usual(), impatient());
  SecureClient client(server.port());
  EXPECT_EQ(client.trouble(), "");
  std::this_thread::sleep_for(150ms);  // longer than it may take to ask
  EXPECT_THAT(client.ask("/x"), ::testing::Not(page));
}

TEST(ServerTlsTrouble, half_a_handshake_keeps_nobody_from_an_answer) {
  WebBounds bounds;
  bounds.connections = 2;
  SecureServing server(usual(), bounds);
  RawClient one(server.port()), two(server.port()), three(server.port());
  for (RawClient* client : {&one, &two, &three}) client->send(half_hello);
  EXPECT_THAT(SecureClient(server.port()).ask("/x"), page);
}

TEST(ServerTlsTrouble, the_end_waits_for_no_handshake) {
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

TEST(ServerTlsTrouble, names_what_cannot_be_used) {
  EXPECT_EQ(fault_of(usual()), "none");
  ServedTls settings = usual();
  settings.certificate = "no PEM";
  EXPECT_THAT(fault_of(settings), StartsWith("cert: "));
  settings = usual();
  settings.key = parties().client.key_pem;
  EXPECT_THAT(fault_of(settings), AllOf(StartsWith("key: "), HasSubstr("mismatch")));
  settings.key = "no PEM";
  EXPECT_THAT(fault_of(settings), StartsWith("key: "));
  // OpenSSL would keep it for a certificate to come.
  settings.key = support::minting::text_of([](BIO* out) {
    const Owned<EVP_PKEY, EVP_PKEY_free> other(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    PEM_write_bio_PrivateKey(out, other.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  EXPECT_EQ(fault_of(settings), "key: it is not that of the certificate");
  settings = usual();
  settings.client_auth = ClientAuth::verify;
  settings.client_ca = "no PEM";
  EXPECT_THAT(fault_of(settings), StartsWith("client_ca: "));
}

TEST(ServerTlsTrouble, says_that_a_key_is_encrypted) {
  ServedTls settings = usual();
  settings.key = support::minting::text_of([](BIO* out) {
    PEM_write_bio_PKCS8PrivateKey(out, parties().server.key.get(), EVP_aes_128_cbc(), "secret", 6,
                                  nullptr, nullptr);
  });
  EXPECT_EQ(fault_of(settings), "key: it is encrypted");
}

}  // namespace
}  // namespace mesh::server_tls_trouble_test
