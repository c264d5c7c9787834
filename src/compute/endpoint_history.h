// The history of one TLS endpoint: what its handshakes brought, and the state we publish.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "compute/certificate_book.h"
#include "compute/change.h"
#include "model/certificate_look.h"
#include "model/tls_endpoint.h"

namespace mesh {

// Not thread-safe.
class EndpointHistory {
 public:
  // Who renews, and when, is told by `whose` as well.
  EndpointHistory(Target whose, std::string name, Address address, Duration stale_after);

  // `chain`: of what could be read, not empty.
  Change record(Handshake handshake, HeldTogether chain, const PollCost& cost);
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
