// Handshakes with what is no TLS server or a bad one, and with client certificates that cannot be
// used.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <string>

#include "net/shaking.h"
#include "net/tls_chain.h"
#include "support/certificates.h"
#include "support/fake_admin.h"

namespace mesh::tls_handshake_trouble_test {
namespace {

using namespace std::chrono_literals;
using support::FakeAdmin;
using support::FakePeer;
using support::mint;
using support::MintWish;
using support::question_to;
using support::shake_hands;
using support::trouble;
using ::testing::ElementsAre;
using ::testing::StartsWith;

// A peer that says this to everybody, and then waits until he leaves.
void say_to_everybody(FakeAdmin& server, const std::string& bytes) {
  server.on_accept([bytes](FakePeer& peer) {
    peer.send(bytes);
    peer.wait_until_client_leaves();
  });
}

std::string answer_to(const std::string& bytes) {
  FakeAdmin server;
  say_to_everybody(server, bytes);
  return trouble(shake_hands(question_to(server.address())));
}

TEST(TlsTrouble, quotes_what_a_plain_text_port_answers) {
  EXPECT_EQ(answer_to("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"),
            R"(tls: does not speak TLS: answered "HTTP/1.1 400 Bad Request")");
  EXPECT_EQ(answer_to("220 mail.test ESMTP\r\n"),
            R"(tls: does not speak TLS: answered "220 mail.test ESMTP")");
  EXPECT_EQ(answer_to(std::string("\0\0\x06\4\0", 5)),
            "tls: does not speak TLS: answered HTTP/2 in plain text");
  EXPECT_EQ(answer_to(std::string("\0\0\x06\x1B[31m\0", 9)),
            R"(tls: does not speak TLS: answered "\x00\x00\x06\x1b[31m\x00")");
}

TEST(TlsTrouble, says_that_a_first_byte_alone_is_no_tls) {
  EXPECT_EQ(answer_to("\x16HTTP"), R"(tls: does not speak TLS: answered "\x16HTTP")");
}

TEST(TlsTrouble, names_an_alert) {
  EXPECT_EQ(answer_to(std::string("\x15\3\3\0\2\2\x28", 7)),
            "tls: answered with the TLS alert 40 (handshake failure)");
  EXPECT_EQ(answer_to(std::string("\x15\3\3\0\2\2\x70", 7)),
            "tls: answered with the TLS alert 112 (unrecognized name)");
  EXPECT_EQ(answer_to(std::string("\x15\3\3\0\2\2\x63", 7)),
            "tls: answered with the TLS alert 99 (unknown)");
}

TEST(TlsTrouble, says_what_is_wrong_with_a_handshake) {
  EXPECT_THAT(answer_to(std::string("\x16\3\3\0\x04\x0e\0\0\0", 9)),
              StartsWith("tls: handshake failed: unexpected message"));
}

TEST(TlsTrouble, gives_up_on_a_server_that_says_nothing) {
  FakeAdmin server;
  say_to_everybody(server, "");
  EXPECT_EQ(trouble(shake_hands(question_to(server.address()), 50ms)),
            "timeout: no answer in time");
}

TEST(TlsTrouble, gives_up_on_a_server_that_stops_in_the_middle) {
  FakeAdmin server;
  say_to_everybody(server, std::string("\x16\3\3\x01\0\2\0", 7));
  EXPECT_EQ(trouble(shake_hands(question_to(server.address()), 50ms)),
            "timeout: handshake not complete in time");
}

// Records that OpenSSL must take and keep, a byte of a long message each.
TEST(TlsTrouble, does_not_read_without_end) {
  FakeAdmin server;
  server.on_accept([](FakePeer& peer) {
    peer.send(std::string("\x16\3\3\0\4\2\xff\xff\xff", 9));
    while (peer.send(std::string("\x16\3\3\0\1\0", 6))) {
    }
  });
  EXPECT_EQ(trouble(shake_hands(question_to(server.address()))),
            "too_large: handshake longer than 1048576 bytes");
}

TEST(TlsTrouble, tells_a_server_that_closes_at_once_from_one_that_closes_later) {
  FakeAdmin server;
  server.on_accept([](FakePeer& peer) { peer.leave(); });
  EXPECT_THAT(trouble(shake_hands(question_to(server.address()))), StartsWith("connect: "));
  server.on_accept([](FakePeer& peer) {
    peer.half_close();
    peer.wait_until_client_leaves();
  });
  EXPECT_EQ(trouble(shake_hands(question_to(server.address()))),
            "connect: closed without an answer");
  server.on_accept([](FakePeer& peer) {
    peer.send(std::string("\x16\3\3\x01\0\2\0", 7));
    peer.half_close();
    peer.wait_until_client_leaves();
  });
  EXPECT_EQ(trouble(shake_hands(question_to(server.address()))),
            "connect: closed in the middle of the handshake");
}

TEST(TlsTrouble, says_that_nobody_listens) {
  FakeAdmin server;
  server.refuse();
  EXPECT_EQ(trouble(shake_hands(question_to(server.address()))), "connect: connection refused");
}

TEST(TlsTrouble, does_not_ask_for_a_name_that_is_too_long) {
  FakeAdmin server;
  auto question = question_to(server.address());
  question.sni = std::string(300, 'a');
  EXPECT_THAT(trouble(shake_hands(question)), StartsWith("tls: cannot ask for the server name: "));
  question.sni = "";
  question.alpn = {std::string(300, 'a')};
  EXPECT_THAT(trouble(shake_hands(question)), StartsWith("tls: a protocol name of ALPN has "));
  question.alpn.assign(300, std::string(255, 'a'));
  EXPECT_THAT(trouble(shake_hands(question)), StartsWith("tls: a protocol name of ALPN has "));
  EXPECT_EQ(server.connections(), 0);
}

// Files by the names "certificate" and "key" in a directory that is the test's.
class ClientFiles : public ::testing::Test {
 protected:
  void TearDown() override {
    ::unlink(path("certificate").c_str());
    ::unlink(path("key").c_str());
  }
  std::string path(const std::string& name) const {
    return ::testing::TempDir() + "client-" + name + "-" + std::to_string(::getpid());
  }
  void write(const std::string& certificate, const std::string& key) const {
    std::ofstream(path("certificate")) << certificate;
    std::ofstream(path("key")) << key;
  }
  // Without a connection to anybody.
  std::string trouble_with_files() const {
    FakeAdmin server;
    auto question = question_to(server.address());
    question.client_certificate_file = path("certificate");
    question.client_key_file = path("key");
    const std::string words = trouble(shake_hands(question));
    EXPECT_EQ(server.connections(), 0);
    return words;
  }
};

TEST_F(ClientFiles, that_are_missing_are_named) {
  EXPECT_EQ(trouble_with_files(), "tls: cannot use the client certificate " + path("certificate") +
                                      ": no such file or directory");
}

TEST_F(ClientFiles, that_hold_no_certificate_are_named) {
  write("hello", "hello");
  EXPECT_EQ(trouble_with_files(),
            "tls: cannot use the client certificate " + path("certificate") + ": no start line");
}

TEST_F(ClientFiles, that_hold_no_key_are_named) {
  write(mint(MintWish{}).pem, "hello");
  EXPECT_THAT(trouble_with_files(), StartsWith("tls: cannot use the client key " + path("key")));
}

TEST_F(ClientFiles, that_do_not_belong_together_are_named) {
  write(mint(MintWish{}).pem, mint(MintWish{}).key_pem);
  EXPECT_EQ(trouble_with_files(),
            "tls: cannot use the client key " + path("key") + ": key values mismatch");
}

// Nobody is asked for a password.
TEST_F(ClientFiles, that_hold_an_encrypted_key_are_named) {
  const auto client = mint(MintWish{});
  const std::string key = support::minting::text_of([&](BIO* out) {
    PEM_write_bio_PKCS8PrivateKey(out, client.key.get(), EVP_aes_128_cbc(), "secret", 6, nullptr,
                                  nullptr);
  });
  write(client.pem, key);
  EXPECT_EQ(trouble_with_files(),
            "tls: cannot use the client key " + path("key") + ": it is encrypted");
}

using Form = CertificateMessageForm;

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

std::string trouble_with(const std::string& body, Form form) {
  const auto chain = read_certificate_message(body, form, 2);
  return chain ? "read" : chain.error().message;
}

TEST(CertificateMessage, is_a_list_up_to_tls12) {
  const auto chain = read_certificate_message(bytes({0, 0, 9, 0, 0, 1, 'a', 0, 0, 2, 'b', 'c'}),
                                              Form::up_to_tls12, 2);
  EXPECT_THAT(*chain, ElementsAre("a", "bc"));
}

TEST(CertificateMessage, has_extensions_in_tls13) {
  const auto chain = read_certificate_message(
      bytes({1, 9, 0, 0, 14, 0, 0, 1, 'a', 0, 1, 'x', 0, 0, 2, 'b', 'c', 0, 0}), Form::tls13, 2);
  EXPECT_THAT(*chain, ElementsAre("a", "bc"));
}

TEST(CertificateMessage, may_be_empty) {
  EXPECT_EQ(trouble_with(bytes({0, 0, 0}), Form::up_to_tls12), "read");
  EXPECT_EQ(trouble_with(bytes({0, 0, 0, 0}), Form::tls13), "read");
}

TEST(CertificateMessage, must_have_lengths_that_fit) {
  const std::string wrong = "a Certificate message whose lengths do not fit";
  for (const std::string& body :
       {bytes({}), bytes({0, 0}), bytes({0, 0, 1}), bytes({0, 0, 0, 0}), bytes({0, 0, 2, 0, 0}),
        bytes({0, 0, 4, 0, 0, 2, 'a'}), bytes({255, 255, 255})}) {
    EXPECT_EQ(trouble_with(body, Form::up_to_tls12), wrong);
  }
  for (const std::string& body :
       {bytes({}), bytes({1}), bytes({0, 0, 0, 4, 0, 0, 1, 'a'}),
        bytes({0, 0, 0, 6, 0, 0, 1, 'a', 0, 1}), bytes({0, 0, 0, 5, 0, 0, 1, 'a', 0})}) {
    EXPECT_EQ(trouble_with(body, Form::tls13), wrong);
  }
}

TEST(CertificateMessage, has_only_so_many) {
  EXPECT_EQ(trouble_with(bytes({0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0}), Form::up_to_tls12),
            "more than 2 certificates");
}

}  // namespace
}  // namespace mesh::tls_handshake_trouble_test
