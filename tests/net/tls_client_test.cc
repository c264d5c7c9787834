// The client without a socket: what it makes of a server's flight as that comes in pieces.
#include "net/tls_client.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/owned.h"
#include "fuzz/tls_targets.h"
#include "support/certificates.h"

namespace mesh::tls_client_test {
namespace {

using Progress = TlsClient::Progress;

TlsClient started() {
  auto client = TlsClient::start(TlsQuestion{});
  EXPECT_TRUE(client.ok());
  return std::move(*client);
}

// What a server of TLS 1.2 answers to that client: ServerHello, Certificate, ServerKeyExchange and
// ServerHelloDone.
std::string first_flight(TlsClient& client) {
  const support::Minted leaf = support::mint(support::MintWish{});
  const Owned<SSL_CTX, SSL_CTX_free> context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_use_certificate(context.get(), leaf.x509.get());
  SSL_CTX_use_PrivateKey(context.get(), leaf.key.get());
  const Owned<SSL, SSL_free> ssl(SSL_new(context.get()));
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl.get(), in, out);
  const std::string hello = client.take_output();
  BIO_write(in, hello.data(), static_cast<int>(hello.size()));
  SSL_accept(ssl.get());
  std::string flight(BIO_ctrl_pending(out), '\0');
  BIO_read(out, flight.data(), static_cast<int>(flight.size()));
  return flight;
}

constexpr std::size_t record_header = 5;

std::size_t record_bytes(std::string_view at) {
  const auto byte = [at](std::size_t i) { return static_cast<unsigned char>(at[i]); };
  return record_header + (static_cast<std::size_t>(byte(3)) << 8 | byte(4));
}

TEST(TlsClient, knows_version_and_cipher_before_all_of_the_flight_has_come) {
  TlsClient client = started();
  const std::string flight = first_flight(client);
  Progress progress = Progress::more;
  std::size_t given = 0;
  while (progress == Progress::more && given < flight.size()) {
    progress = client.arrived(std::string_view(flight).substr(given++, 1));
  }
  ASSERT_EQ(progress, Progress::done);
  EXPECT_LT(given, flight.size());
  EXPECT_EQ(client.answer().version, "TLSv1.2");
  EXPECT_EQ(client.answer().cipher, "ECDHE-ECDSA-AES256-GCM-SHA384");
}

TEST(TlsClient, is_not_confused_about_the_version_by_what_follows_the_chain) {
  TlsClient client = started();
  std::string flight = first_flight(client);
  std::size_t third = record_bytes(flight);
  third += record_bytes(std::string_view(flight).substr(third));
  flight[third + 2] = 0;  // a record of SSL 3.0
  ASSERT_EQ(client.arrived(flight), Progress::done);
  EXPECT_EQ(client.answer().version, "TLSv1.2");
  EXPECT_EQ(client.answer().chain.size(), 1u);
}

// A key exchange begins with a random number.
TEST(TlsClient, computes_nothing_once_it_has_the_chain) {
  const fuzz::SameRandomNumbers random;
  TlsClient client = started();
  const std::string flight = first_flight(client);
  const auto drawn = random.drawn();
  EXPECT_EQ(client.arrived(flight), Progress::done);
  EXPECT_EQ(random.drawn(), drawn);
  EXPECT_EQ(client.answer().cipher, "ECDHE-ECDSA-AES256-GCM-SHA384");
}

TEST(TlsClient, does_not_wait_for_a_fifo_to_be_written) {
  const std::string fifo = ::testing::TempDir() + "fifo-" + std::to_string(::getpid());
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  TlsQuestion question;
  question.client_certificate_file = fifo;
  question.client_key_file = fifo;
  const auto client = TlsClient::start(question);
  ::unlink(fifo.c_str());
  ASSERT_FALSE(client.ok());
  EXPECT_EQ(client.error().message, "cannot use " + fifo + ": it is no file");
}

TEST(TlsClient, hears_a_goodbye_in_the_middle) {
  TlsClient client = started();
  client.take_output();
  const std::string close_notify("\x15\x03\x03\0\x02\x01\0", 7);
  ASSERT_EQ(client.arrived(close_notify), Progress::broken);
  EXPECT_EQ(client.failure().message, "said goodbye in the middle of the handshake");
  EXPECT_EQ(client.take_output(), "");
}

}  // namespace
}  // namespace mesh::tls_client_test
