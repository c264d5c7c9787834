// The test server of serving.h over TLS, and those who take part: a CA, a server and a client of
// it, and somebody of nobody's.
#pragma once

#include <memory>
#include <stdexcept>

#include "net/server_tls.h"
#include "net/serving.h"
#include "support/certificates.h"

namespace mesh::support {

struct Parties {
  Minted root = mint({.common_name = "root", .ca = true});
  Minted server = mint({.common_name = "server", .alt_names = "IP:127.0.0.1"}, &root);
  Minted client = mint({.common_name = "client",
                        .alt_names = "DNS:scraper.test,IP:10.1.2.3,IP:fd00::7,"
                                     "URI:spiffe://mesh/scraper,email:ops@mesh.test"},
                       &root);
  Minted stranger = mint({.common_name = "stranger", .alt_names = "DNS:scraper.test"});
};

inline const Parties& parties() {
  static const Parties all;
  return all;
}

inline ServedTls usual() {
  ServedTls settings;
  settings.certificate = parties().server.pem + parties().root.pem;
  settings.key = parties().server.key_pem;
  return settings;
}

inline std::shared_ptr<const ServerTls> made(const ServedTls& settings) {
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

}  // namespace mesh::support
