// TlsEndpointState: one TLS server that is looked at by handshakes, as last known: an endpoint of
// the configuration, or the port at which a target takes calls. Immutable once published.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

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

// What one handshake showed, beside the chain.
struct Handshake {
  std::uint64_t unreadable = 0;   // certificates of the chain that could not be read
  std::string unreadable_sample;  // why the first of them
  std::string version, cipher, alpn;
  bool completed = false;             // with a client certificate, to the end
  std::optional<TrustVerdict> trust;  // absent where no bundle is about such a name

  bool operator==(const Handshake&) const = default;
};

// The name of a target's own port: there is one, and the labels say whose it is.
inline constexpr std::string_view inbound_port = "inbound";

struct TlsEndpointState {
  Target whose;      // its identity labels; a target itself where it is the target's own port
  std::string name;  // unique together with those; the label `endpoint`
  Address address;

  bool up = false;  // the last handshake brought a chain
  std::optional<WallTime> last_attempt;
  std::optional<Failure> failure;  // of the last handshake, when it brought none
  double handshake_seconds = 0;    // the last one, or how long it took to fail
  Handshake handshake;             // the last one that brought a chain

  // Null when no chain was seen for long.
  std::shared_ptr<const CertificatePlace> certificates;
};

// "shop/gateway", or "shop/users-0 inbound" of a target: how people know it.
inline std::string where_of(const TlsEndpointState& state) {
  if (state.whose.pod.empty()) return qualified(state.whose.ns, state.name);
  return target_id(state.whose) + " " + state.name;
}

}  // namespace mesh
