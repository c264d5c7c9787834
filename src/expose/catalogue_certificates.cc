// See catalogue.h for what a line of it promises.
#include "expose/catalogue_certificates.h"

#include <string_view>

namespace mesh {
const std::vector<Metric>& certificate_metrics() {
  using enum MetricKind;
  constexpr Section section = Section::certificate;
  // Which certificate it is; the same on every family about one.
  static const std::vector<std::string_view> which{"source", "location", "role", "certificate",
                                                   "key_algorithm"};
  static const std::vector<Metric> metrics{
      {"mesh_certificate_not_after_timestamp_seconds", gauge, section, which,
       "End of the certificate in use, in seconds since 1970. Of several under one identity the "
       "newest is in use. Where an agent tells the time left (source proxy), by its page and our "
       "clock; Consul's gauge is up to an hour old."},
      {"mesh_certificate_not_before_timestamp_seconds", gauge, section, which,
       "Beginning of the certificate in use, in seconds since 1970. Absent where the source tells "
       "the end only."},
      {"mesh_certificate_remaining_seconds", gauge, section, which,
       "Time until the certificate in use expires, in seconds; below 0 once it has. Computed when "
       "the page is made."},
      {"mesh_certificate_remaining_ratio", gauge, section, which,
       "Share (0 to 1) of the certificate's life that is left. Absent where the source tells the "
       "end only."},
      {"mesh_certificate_info",
       info,
       section,
       {"source", "location", "role", "certificate", "key_algorithm", "serial", "issuer", "subject",
        "san", "fingerprint_sha256", "key", "state"},
       "Details of a certificate, by state: in_use, or draining (replaced and still listed). "
       "Always 1."},
      {"mesh_certificate_rotations_total", counter, section, which,
       "How often the certificate was seen replaced by a newer one, since this exporter's start."},
      {"mesh_certificate_last_rotation_timestamp_seconds", gauge, section, which,
       "When the certificate in use was seen to replace another, in seconds since 1970; its "
       "beginning if that was not seen."},
      {"mesh_certificate_rotation_overdue", gauge, section, which,
       "1 if the leaf in use was seen past the point at which its mesh renews, plus slack, else 0. "
       "Absent for CAs. Where its beginning is not told its life counts from when it was first "
       "seen."},
      {"mesh_certificate_rotation_failures_total",
       counter,
       section,
       {"source", "secret", "reason"},
       "Failed renewals by reason, as the proxy or its mesh's agent counts them: "
       "key_rotation_failed (the renewed files do not fit together or cannot be read; believed "
       "only if nothing newer is in use a look later), update_rejected (refused because of its "
       "content), request_failed (Istio's agent asked the CA in vain) or file_unreadable (a file "
       "that Istio's agent was told to use). Linkerd counts no CA that does not answer."},
      {"mesh_certificate_stale_connections",
       gauge,
       section,
       {"direction", "upstream", "subset", "certificate"},
       "Connections older than the certificate now in use, at least so many. Absent where no TLS "
       "handshake was ever counted."},
      {"mesh_certificate_expired_connections",
       gauge,
       section,
       {"direction", "upstream", "subset", "certificate"},
       "Connections made under a certificate that has expired, replaced or not, at least so many."},
  };
  return metrics;
}

const std::vector<Metric>& tls_probe_metrics() {
  using enum MetricKind;
  constexpr Section section = Section::certificate;
  static const std::vector<Metric> metrics{
      {"mesh_certificate_verified",
       gauge,
       section,
       {"endpoint", "bundle", "reason"},
       "1 if a configured trust bundle vouches for the chain that the endpoint last showed, else 0 "
       "with the reason: expired, not_yet_valid, unknown_issuer, name, key_usage, signature, "
       "malformed or other. Absent without a bundle for such names."},
      {"mesh_finding",
       gauge,
       section,
       {"finding", "severity", "upstream"},
       "1 while the exporter itself finds something wrong; the label finding is a section of "
       "docs/runbook.md, severity is info, warning or critical."},
      {"mesh_tls_probe_success",
       gauge,
       section,
       {"endpoint"},
       "1 if the last TLS handshake with the endpoint brought its certificate chain, else 0. What "
       "the chain is worth does not matter."},
      {"mesh_tls_probe_duration_seconds",
       gauge,
       section,
       {"endpoint"},
       "How long the last TLS handshake with the endpoint took, connecting included, in seconds."},
      {"mesh_tls_probe_info",
       info,
       section,
       {"endpoint", "version", "cipher", "alpn", "state"},
       "What was negotiated, by state: held_back (without a client certificate the handshake is "
       "left unfinished, so that it leaves no error at the server) or completed. Always 1."},
  };
  return metrics;
}

}  // namespace mesh
