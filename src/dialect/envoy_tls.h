// What Envoy's statistics say about TLS: which secrets are being renewed and how that went, and how
// many connections of each cluster and listener may still be under an old certificate.
//
//   sds.<secret>.key_rotation_failed, .update_rejected
//   (cluster|listener).<name>.ssl.certificate.<secret>.expiration_unix_time_seconds   (from 1.35
//   on) (cluster|listener).<name>.(client|server)_ssl_socket_factory.ssl_context_update_by_sds
//   (cluster|listener).<name>.ssl.handshake      there after the first handshake: it speaks TLS
//   cluster.<name>.upstream_cx_(total|active), listener.<name>.downstream_cx_(total|active)
//
// All of these end in words of their own, so nothing needs to be known to take them apart. The name
// of a secret that Envoy found inline is unnamed_cert_…; the same secret may be in many contexts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/certificate_look.h"
#include "wire/envoy_stats.h"

namespace mesh {

struct EnvoyTlsReport {
  TlsReading reading;
  // Changes when a certificate was loaded, and when loading one failed: worth a look at /certs.
  std::uint64_t loads = 0, failures = 0;
  // Connections open to the listeners that serve this workload, as far as that can be told: those
  // that ever made a TLS handshake; else those named as inbound by their mesh; else all of them.
  std::optional<std::uint64_t> inbound_connections;

  bool operator==(const EnvoyTlsReport&) const = default;
};

// One per target: learns the layout of the answer as EnvoyTraffic does. Not thread-safe.
class EnvoyTls {
 public:
  // What the answer that `reader` has just read says.
  EnvoyTlsReport report(const StatsReader& reader, const StatsAnswer& answer);

 private:
  enum class Fact : std::uint8_t {
    rotation_failures,
    rejections,
    expires,  // of a secret
    handshakes,
    failed_handshakes,
    opened,
    active,  // of a cluster or listener
    loads,
  };
  struct Line {
    std::uint32_t position;  // in answer.values
    Fact fact;
    std::uint32_t index;  // of the secret, or of the cluster or listener
  };

  void learn(const StatsReader& reader, const StatsAnswer& answer);
  void learn_line(std::string_view name, std::uint32_t position);
  void add_secret(std::string_view secret, Fact fact, std::uint32_t position);
  void add_connections(Direction kind, std::string_view name, Fact fact, std::uint32_t position);

  std::uint64_t layout_ = 0;  // that was learnt
  std::vector<Line> lines_;
  TlsReading empty_;  // the names, without numbers
  std::map<std::string, std::uint32_t, std::less<>> secrets_, scopes_;
};

}  // namespace mesh
