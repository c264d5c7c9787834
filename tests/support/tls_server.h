// A TLS server of OpenSSL in a thread, one connection after the other, set up by the test in
// OpenSSL's own words. It notes how each handshake went for it.
//
//   TlsServer server(leaf, {}, [](SSL_CTX* c) { SSL_CTX_set_num_tickets(c, 0); });
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/owned.h"
#include "model/target.h"
#include "support/certificates.h"

namespace mesh::support {

// What a server saw of one connection.
struct ServedHandshake {
  bool completed = false;
  std::string error;  // of OpenSSL; "" if the client just went away
  std::string sni;
  std::string client;  // the subject of the client's certificate
  std::string head;    // of the request, where the server was told an answer
};

class TlsServer {
 public:
  using Setup = std::function<void(SSL_CTX*)>;

  explicit TlsServer(const Minted& leaf, const std::vector<Minted>& above = {}, Setup setup = {},
                     const char* host = "127.0.0.1")
      : context_(SSL_CTX_new(TLS_server_method())) {
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_use_certificate(context_.get(), leaf.x509.get());
    SSL_CTX_use_PrivateKey(context_.get(), leaf.key.get());
    for (const Minted& one : above) {
      SSL_CTX_add1_chain_cert(context_.get(), one.x509.get());
    }
    SSL_CTX_set_mode(context_.get(), SSL_MODE_NO_AUTO_CHAIN);
    if (setup) setup(context_.get());
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without asking for none
    listen(host);
    thread_ = std::thread([this] { accept_all(); });
  }
  ~TlsServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  Address address() const { return address_; }

  // These bytes follow a request on every connection from now on, and end it.
  void answer(std::string bytes) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(bytes);
  }

  // Of the connection so many; waits until it is over.
  ServedHandshake served(std::size_t number = 1) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [&] { return served_.size() >= number; });
    return served_.size() < number ? ServedHandshake{} : served_[number - 1];
  }

 private:
  void listen(const char* host) {
    address_.host = host;
    const bool v6 = address_.host.find(':') != std::string::npos;
    sockaddr_in v4_at{};
    v4_at.sin_family = AF_INET;
    ::inet_pton(AF_INET, host, &v4_at.sin_addr);
    sockaddr_in6 v6_at{};
    v6_at.sin6_family = AF_INET6;
    ::inet_pton(AF_INET6, host, &v6_at.sin6_addr);
    auto* at = v6 ? reinterpret_cast<sockaddr*>(&v6_at) : reinterpret_cast<sockaddr*>(&v4_at);
    socklen_t size = v6 ? sizeof v6_at : sizeof v4_at;
    listener_ = ::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(listener_, at, size) != 0 || ::listen(listener_, 16) != 0) std::abort();
    ::getsockname(listener_, at, &size);
    address_.port = ntohs(v6 ? v6_at.sin6_port : v4_at.sin_port);
  }

  void accept_all() {
    for (;;) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      ServedHandshake seen = serve(fd);
      ::close(fd);
      const std::lock_guard lock(mutex_);
      served_.push_back(std::move(seen));
      changed_.notify_all();
    }
  }

  ServedHandshake serve(int fd) {
    ServedHandshake seen;
    const Owned<SSL, SSL_free> ssl(SSL_new(context_.get()));
    SSL_set_fd(ssl.get(), fd);
    ERR_clear_error();
    seen.completed = SSL_accept(ssl.get()) == 1;
    const unsigned long code = ERR_peek_error();
    // That the client went away is no error here.
    if (code != 0 && ERR_GET_REASON(code) != SSL_R_UNEXPECTED_EOF_WHILE_READING) {
      seen.error = ERR_reason_error_string(code) ? ERR_reason_error_string(code) : "unknown";
    }
    const char* sni = SSL_get_servername(ssl.get(), TLSEXT_NAMETYPE_host_name);
    if (sni) seen.sni = sni;
    if (const X509* client = SSL_get0_peer_certificate(ssl.get())) {
      char* name = X509_NAME_oneline(X509_get_subject_name(client), nullptr, 0);
      seen.client = name;
      OPENSSL_free(name);
    }
    if (seen.completed) converse(ssl.get(), seen);
    return seen;
  }

  // Without an answer: until the goodbye.
  void converse(SSL* ssl, ServedHandshake& seen) {
    std::unique_lock lock(mutex_);
    const std::string answer = answer_;
    lock.unlock();
    char byte = 0;
    if (answer.empty()) {
      SSL_read(ssl, &byte, 1);
      return;
    }
    while (!seen.head.ends_with("\r\n\r\n") && SSL_read(ssl, &byte, 1) == 1) seen.head += byte;
    SSL_write(ssl, answer.data(), static_cast<int>(answer.size()));
    SSL_shutdown(ssl);
  }

  Owned<SSL_CTX, SSL_CTX_free> context_;
  Address address_;
  int listener_ = -1;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ServedHandshake> served_;
  std::string answer_;  // "": none
  std::thread thread_;
};

}  // namespace mesh::support
