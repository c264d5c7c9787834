// The timetable of /certs; see envoy_certificates.h.
#include "dialect/envoy_certificates.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include "dialect/check_answer.h"

namespace mesh {

bool EnvoyCertificates::is_due(Instant now, const EnvoyTlsReport& report) {
  const bool first = !beat_.began();
  const bool loaded = !first && report.loads != loads_;
  const bool failed = !first && report.failures != failures_;
  loads_ = report.loads;
  failures_ = report.failures;
  prompted_ = loaded && !moved_;
  moved_ = moved_ || loaded;
  const bool due = loaded || failed || again_ || beat_.is_due(now);
  again_ = failed;
  if (due) beat_.strike(now);
  return due;
}

void EnvoyCertificates::hear(Answer answer, Instant now, const TlsReading& tls,
                             Readings& readings) {
  if (auto failure = check_answer(answer, "/certs")) {
    const bool is_refusal = failure->reason == Reason::forbidden;
    readings.partial.push_back(std::move(*failure));
    if (!is_refusal) return;
    refused(now);
    return look_at_statistics(tls, readings);
  }
  auto certs = parse_envoy_certs(answer->body);
  if (!certs) {
    readings.partial.push_back({Reason::parse, "/certs: " + certs.error().message});
    return;
  }
  readings.heard.push_back("/certs");
  note_unreadable(certs->unreadable, certs->unreadable_sample, readings);
  readings.certificates = look(std::move(*certs), tls);
}

void EnvoyCertificates::look_at_statistics(const TlsReading& tls, Readings& readings) {
  CertificateLook found = look(tls);
  if (!found.held.empty()) readings.certificates = std::move(found);
}

CertificateLook EnvoyCertificates::look(const TlsReading& tls) {
  CertificateLook look;
  look.prompted = prompted_;
  moved_ = false;
  for (const SecretReading& secret : tls.secrets) {
    // Envoy says 2^63 and the like where there is no certificate; the year 9999 is far below.
    constexpr std::uint64_t latest = 253'402'300'799;
    if (!secret.expires || *secret.expires > latest) continue;
    Certificate one;
    const bool root = secret.secret == "ROOTCA" || secret.secret.starts_with("unnamed_ca_cert_");
    one.role = root ? CertificateRole::root : CertificateRole::leaf;
    one.path = secret.secret;
    one.not_after =
        std::chrono::sys_seconds(std::chrono::seconds(static_cast<std::int64_t>(*secret.expires)));
    look.held.push_back({std::move(one)});
  }
  return look;
}

CertificateLook EnvoyCertificates::look(EnvoyCerts certs, const TlsReading& tls) {
  CertificateLook look;
  look.prompted = prompted_;
  moved_ = false;
  std::set<std::string_view> secrets;
  for (const SecretReading& secret : tls.secrets) secrets.insert(secret.secret);
  for (EnvoyTlsContext& context : certs.contexts) {
    for (Certificate& leaf : context.leaves) {
      const auto secret = secrets.find(identity_of(leaf));
      if (secret != secrets.end()) leaf.path = *secret;
    }
    HeldTogether held = std::move(context.leaves);
    std::ranges::move(context.authorities, std::back_inserter(held));
    look.held.push_back(std::move(held));
  }
  return look;
}

}  // namespace mesh
