// Whether a chain of certificates, as a server shows it, is one that a bundle of trusted roots
// vouches for, and if not, why: in the words of an alert, not of a library.
//
// Pure: the instant is given. Nothing is judged but the chain; how weak its keys are or how soon it
// ends is told by the certificates themselves. Revocation is not looked at: no mesh uses it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/certificate.h"

namespace mesh {

// Of one bundle. All public roots are 150; OpenSSL takes a third of a second for so many, and its
// time grows with their square.
inline constexpr std::size_t trusted_certificates = 2'000;

// The certificates of a PEM file, each of which is trusted, be it a root or an intermediate. Cheap
// to copy; may be read by several threads.
class TrustBundle {
 public:
  // What stands between certificates, other PEM blocks included, is no concern. A certificate that
  // cannot be read is counted and loses none of the others; one that is there twice is one. An
  // error if there is none at all, or more than trusted_certificates: half a bundle would refuse
  // chains that are good.
  static Result<TrustBundle> read(std::string_view pem);

  const std::vector<Certificate>& certificates() const;
  std::size_t unreadable() const;
  // By the lower-case hex of SHA-256 that Certificate has.
  bool has(std::string_view fingerprint) const;

 private:
  friend class ChainCheck;
  struct State;
  explicit TrustBundle(std::shared_ptr<const State> state);
  std::shared_ptr<const State> state_;
};

enum class Unverified : std::uint8_t {
  expired,
  not_yet_valid,
  unknown_issuer,  // nobody in the bundle, or the certificate that leads there was not shown
  name,            // not the name that was expected, or one its issuer may not give
  key_usage,       // not for this purpose, or issued by what is no CA
  signature,       // not made by its issuer, or altered
  malformed,       // no certificate
  other,
};
std::string_view to_string(Unverified reason);

struct Verdict {
  std::optional<Unverified> reason;  // none: verified
  std::string words;                 // "issuer of CN=users is not known"; "" if verified
  std::size_t depth = 0;             // of the offender: 0 is the leaf
  // Of the trusted certificate that the chain ends with; "" unless verified.
  std::string anchor_fingerprint;

  bool verified() const { return !reason; }
  bool operator==(const Verdict&) const = default;
};

enum class Purpose : std::uint8_t { server, client };

// `chain`: DER, the leaf first; the others may come in any order, and more than are needed, as
// every client of a mesh accepts it. `expected_name`: "" for any; "spiffe://mesh.test" for an
// identity of that trust domain; "spiffe://mesh.test/ns/shop/sa/users" for this very one; else a
// DNS name or an IP address.
Verdict verify_chain(std::span<const std::string> chain, const TrustBundle& bundle,
                     std::string_view expected_name, WallTime at, Purpose purpose);

}  // namespace mesh
