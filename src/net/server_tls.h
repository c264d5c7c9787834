// The server's side of TLS as OpenSSL is set up for it: one certificate, who may come, which
// versions and suites. Immutable; connections share it, and each keeps it for as long as it lives.
//
// HTTP/1.1 is all that is spoken (ALPN). Sessions are resumed as OpenSSL has it, with the keys of
// this object: who was let in under other settings shows his certificate again.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

#include "base/owned.h"
#include "base/result.h"
#include "model/web_config.h"

namespace mesh {

class ServerTls {
 public:
  // An error names the key of the configuration that is at fault: "cert: no start line". What is
  // given is not needed afterwards. Threads: any.
  static Result<std::shared_ptr<const ServerTls>> make(const ServedTls& settings);

  ~ServerTls();
  ServerTls(const ServerTls&) = delete;
  ServerTls& operator=(const ServerTls&) = delete;

  // For one connection on this socket, which must not wait; null if there is no memory. OpenSSL
  // writes to the socket as write(2) does: the process must ignore SIGPIPE. This object must
  // outlive the connection.
  Owned<SSL, SSL_free> accept(int socket) const;

 private:
  struct State;
  explicit ServerTls(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace mesh
