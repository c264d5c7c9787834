// When an Envoy is asked for its certificates, and what its answer means.
//
// /certs lists every certificate of every TLS context, on the proxy's main thread. So it is asked
// rarely, once an interval, and out of turn only when the statistics, which are read anyway, say
// that a certificate was loaded or that loading one failed. After a failure it is asked again in
// the next poll: every good rotation of a key and a certificate file raises key_rotation_failed
// once, between the two, and only a second look tells (seen with 1.36.2 and 1.40.0).
//
// Where the admin port refuses /certs (admin.allow_paths, from 1.37 on), the statistics tell at
// least when each secret's certificate ends.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "dialect/beat.h"
#include "dialect/envoy_tls.h"
#include "model/certificate_look.h"
#include "model/readings.h"
#include "model/request.h"
#include "wire/envoy_certs.h"

namespace mesh {

// One per target. Not thread-safe.
class EnvoyCertificates {
 public:
  explicit EnvoyCertificates(Duration interval) : beat_(interval) {}

  // Once a poll: whether to ask now. Whether the answer came or not, the next question is then due
  // an interval later.
  bool is_due(Instant now, const EnvoyTlsReport& report);

  // Whether /certs was refused so lately that it is not worth asking again.
  bool is_refused(Instant now) const { return refused_until_ && now < *refused_until_; }
  void refused(Instant now) { refused_until_ = now + refusal_lasts; }

  // Enters the answer to /certs of the poll that began at `now`: a look, or why there is none. What
  // failed in passing leaves the last look as it is, for the statistics name no identities; what is
  // refused is looked for there.
  // REQUIRES: is_due() was true.
  void hear(Answer answer, Instant now, const TlsReading& tls, Readings& readings);
  void look_at_statistics(const TlsReading& tls, Readings& readings);

  // A leaf whose identity is also a secret's name, as SPIRE's are, has that name for its path.
  // REQUIRES: is_due() was true.
  CertificateLook look(EnvoyCerts certs, const TlsReading& tls);

  // What the statistics alone tell: the end of each secret's certificate, from 1.35 on. Which of
  // them are authorities is not told; those that Envoy and Istio name so are taken for roots.
  // REQUIRES: is_due() was true.
  CertificateLook look(const TlsReading& tls);

  // The process is a new one: what it has loaded is not known, nor what it allows.
  void forget() {
    beat_.forget();
    refused_until_.reset();
  }

 private:
  static constexpr std::chrono::hours refusal_lasts{1};

  Beat beat_;
  std::optional<Instant> refused_until_;
  bool again_ = false;  // in the next poll
  bool moved_ = false;  // something was loaded that no look has seen
  bool prompted_ = false;
  std::uint64_t loads_ = 0, failures_ = 0;  // of the last poll
};

}  // namespace mesh
