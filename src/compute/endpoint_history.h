// The history of one TLS endpoint: what its handshakes brought, and the state we publish.
#pragma once

#include <memory>
#include <optional>

#include "base/clock.h"
#include "compute/certificate_book.h"
#include "compute/change.h"
#include "config/config.h"
#include "model/certificate_look.h"
#include "model/tls_endpoint.h"

namespace mesh {

// What one handshake brought.
struct Handshake {
  HeldTogether chain;  // of what could be read
  std::uint64_t unreadable = 0;
  std::string unreadable_sample;
  std::string version, cipher, alpn;
  bool completed = false;
  std::optional<TrustVerdict> trust;
};

// Not thread-safe.
class EndpointHistory {
 public:
  EndpointHistory(const CertificateEndpoint& endpoint, Duration stale_after);

  Change record(const Handshake& handshake, const PollCost& cost);
  Change record(const Failure& failure, const PollCost& cost);

  // The state at `now`: certificates that were not seen for stale_after are no longer in it.
  std::shared_ptr<const TlsEndpointState> state(Instant now) const;

 private:
  TlsEndpointState state_;
  Duration stale_after_;
  CertificateBook certificates_;
  std::optional<Instant> seen_;
};

}  // namespace mesh
