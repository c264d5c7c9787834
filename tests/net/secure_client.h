// A client of OpenSSL on a blocking socket, set up by the test in OpenSSL's own words: connects,
// asks, tells what it saw. For pages of tests/net/serving.h.
//
//   SecureClient client(server.port(), [](SSL_CTX* c) { SSL_CTX_set_max_proto_version(c,
//   TLS1_2_VERSION); }); EXPECT_THAT(client.ask("/x"), EndsWith("GET|/x|||"));
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "base/owned.h"
#include "support/certificates.h"

namespace mesh::support {

class SecureClient {
 public:
  using Setup = std::function<void(SSL_CTX*)>;

  explicit SecureClient(std::uint16_t port, const Setup& setup = {}, SSL_SESSION* resume = nullptr)
      : context_(SSL_CTX_new(TLS_client_method())) {
    std::signal(SIGPIPE, SIG_IGN);
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    if (setup) setup(context_.get());
    connect(port);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), fd_);
    if (resume) SSL_set_session(ssl_.get(), resume);
    ERR_clear_error();
    if (SSL_connect(ssl_.get()) != 1) note_trouble();
  }
  ~SecureClient() { ::close(fd_); }
  SecureClient(const SecureClient&) = delete;
  SecureClient& operator=(const SecureClient&) = delete;

  // The answer, head and body; or what OpenSSL says went wrong, then and ever after. In TLS 1.3
  // that a client is refused is heard with the first answer only.
  std::string ask(const std::string& path, const std::string& more_head = "") {
    const std::string text = "GET " + path + " HTTP/1.1\r\nHost: here\r\n" + more_head + "\r\n";
    if (trouble_.empty() &&
        SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) <= 0) {
      note_trouble();
    }
    return trouble_.empty() ? read_answer() : trouble_;
  }

  const std::string& trouble() const { return trouble_; }
  std::string version() const { return SSL_get_version(ssl_.get()); }
  std::string cipher() const { return SSL_get_cipher_name(ssl_.get()); }
  std::string subject() const {
    char text[256] = "";
    const X509* certificate = SSL_get0_peer_certificate(ssl_.get());
    if (certificate) X509_NAME_oneline(X509_get_subject_name(certificate), text, sizeof text);
    return text;
  }
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  bool resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
  // What can be shown at the next connection; after an answer, for TLS 1.3 sends it then.
  Owned<SSL_SESSION, SSL_SESSION_free> session() const {
    return Owned<SSL_SESSION, SSL_SESSION_free>(SSL_get1_session(ssl_.get()));
  }

 private:
  void connect(std::uint16_t port) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    ::inet_pton(AF_INET, "127.0.0.1", &at.sin_addr);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0)
      trouble_ = "no connection";
  }

  void note_trouble() {
    const char* const words = ERR_reason_error_string(ERR_peek_error());
    if (trouble_.empty()) trouble_ = words ? words : "closed";
  }

  std::string read_answer() {
    std::string text;
    std::size_t whole = 0;
    while (whole == 0 || text.size() < whole) {
      char bytes[16384];
      const int got = SSL_read(ssl_.get(), bytes, sizeof bytes);
      if (got <= 0) {
        note_trouble();
        return trouble_;
      }
      text.append(bytes, static_cast<std::size_t>(got));
      const auto end = text.find("\r\n\r\n");
      const auto at = text.find("\r\nContent-Length: ");
      if (whole == 0 && end != std::string::npos) {
        whole = end + 4 + (at < end ? std::stoul(text.substr(at + 18)) : 0);
      }
    }
    return text;
  }

  Owned<SSL_CTX, SSL_CTX_free> context_;
  int fd_ = -1;
  Owned<SSL, SSL_free> ssl_;
  std::string trouble_;
};

// Shows this certificate, if asked for one.
inline SecureClient::Setup showing(const Minted& one) {
  return [one](SSL_CTX* context) {
    SSL_CTX_use_certificate(context, one.x509.get());
    SSL_CTX_use_PrivateKey(context, one.key.get());
  };
}

}  // namespace mesh::support
