// Envoy's /certs: the certificates that a proxy has loaded, one entry per TLS context (a listener's
// filter chain, a cluster), so that the same certificate may come many times. It names neither the
// listener nor the secret. Leaves that were replaced stay listed for minutes while old listeners
// drain, even expired ones (seen with Consul 1.20.6).
//
// Only dates are read, never days_until_expiration: it is 0 on the last day and ever after. Seen on
// 1.36.2 and 1.40.0: `cert_chain` holds the leaf of each certificate of the context, not its
// intermediates; `ca_cert` holds every CA of the bundle. Never throws, never logs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/certificate.h"

namespace mesh {

struct EnvoyTlsContext {
  std::vector<Certificate> leaves;       // in use side by side (an RSA and an ECDSA one)
  std::vector<Certificate> authorities;  // what it trusts; role root, for self-signed or not is
                                         // not told

  bool operator==(const EnvoyTlsContext&) const = default;
};

struct EnvoyCerts {
  std::vector<EnvoyTlsContext> contexts;  // in the order of the body
  std::uint64_t unreadable = 0;           // certificates skipped: no readable expiration_time
  std::string unreadable_sample;
};

// An error if the body is no JSON object or its `certificates` is no array. (`{}` and an empty
// array are what a proxy says that has no certificate.)
Result<EnvoyCerts> parse_envoy_certs(std::string_view body);

}  // namespace mesh
