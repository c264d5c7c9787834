// TlsEndpointState: one TLS server that is looked at by handshakes, as last known. Immutable once
// published.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "model/failure.h"
#include "model/known_certificate.h"
#include "model/target.h"

namespace mesh {

// What a trust bundle says about a chain.
struct TrustVerdict {
  std::string bundle;  // its configured name
  bool verified = false;
  std::string reason;  // "unknown_issuer"; "" if verified
  std::string words;   // "issuer of CN=users is not known"; "" if verified

  bool operator==(const TrustVerdict&) const = default;
};

struct TlsEndpointState {
  Target whose;      // its identity labels; it has no admin port
  std::string name;  // unique together with the namespace; the label `endpoint`
  Address address;

  bool up = false;  // the last handshake brought a chain
  std::optional<WallTime> last_attempt;
  std::optional<Failure> failure;  // of the last handshake, when it brought none
  double handshake_seconds = 0;    // the last one, or how long it took to fail
  std::uint64_t unreadable = 0;    // certificates of the last chain that could not be read
  std::string unreadable_sample;   // why the first of them

  // Of the last handshake that brought a chain.
  std::string version, cipher, alpn;
  bool completed = false;  // with a client certificate, to the end

  std::optional<TrustVerdict> trust;  // absent where no bundle is about such a name

  // Null when no chain was seen for long.
  std::shared_ptr<const CertificatePlace> certificates;
};

}  // namespace mesh
