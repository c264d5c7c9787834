// What one source of certificates showed at one look, and what a proxy counts beside them.
//
// A look is complete or did not happen: it lists all that the source holds now. Sources remember
// nothing; what is in use, what is draining and what was rotated is compute's judgement
// (compute/certificate_book.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/certificate.h"
#include "model/series.h"

namespace mesh {

// Certificates that a source holds together: those of one TLS context, one chain, one file.
using HeldTogether = std::vector<Certificate>;

struct CertificateLook {
  std::vector<HeldTogether> held;
  // Asked because the poll before this one still showed everything as the last look had it: what
  // was replaced was replaced since that poll.
  bool prompted = false;
  // Certificates that the source showed beyond the bounds of whoever read it. They are not in
  // `held`, and expire later than all that are.
  std::uint64_t left_out = 0;

  bool operator==(const CertificateLook&) const = default;
};

// One secret as a proxy names it, with what it counts about renewing it, since the proxy's start.
struct SecretReading {
  std::string secret;
  std::uint64_t rotation_failures = 0;   // renewed files that do not fit together or cannot be read
  std::uint64_t rejections = 0;          // refused because of their content
  std::optional<std::uint64_t> expires;  // seconds since 1970: what is in use under this name

  bool operator==(const SecretReading&) const = default;
};

// The connections of one cluster or listener that has ever made a TLS handshake.
struct TlsConnections {
  std::string source;  // its own name, unique among those of a direction
  Direction direction = Direction::outbound;
  std::string upstream, subset;  // as in SeriesKey
  std::uint64_t opened = 0;      // since the proxy's start, plain ones included
  std::uint64_t handshakes = 0;  // completed
  std::uint64_t active = 0;
  std::uint64_t failed = 0;  // of the opened, those whose handshake failed

  bool operator==(const TlsConnections&) const = default;
};

// How often the mesh's own agent failed to renew, by reason, since its start.
struct AgentFailures {
  // "request_failed": the CA was asked in vain; "update_rejected": what it sent was refused;
  // "file_unreadable". A literal.
  std::string_view reason;
  std::uint64_t count = 0;

  bool operator==(const AgentFailures&) const = default;
};

// The agent's own connection to its control plane, since the agent's start.
struct AgentLink {
  std::uint64_t broken = 0;         // it broke by an error, or could not be made
  std::uint64_t answers = 0;        // that came over it
  std::optional<bool> connected{};  // where the agent says so itself
  std::string_view to = "istiod";   // whom it leads to; a literal

  bool operator==(const AgentLink&) const = default;
};

// What the mesh's own agent tells of the certificates it looks after, and of whom it gets them
// from.
struct AgentReading {
  CertificateLook look;
  std::optional<AgentLink> link;
  std::vector<AgentFailures> failures;  // each reason once; those that never occurred at zero

  bool operator==(const AgentReading&) const = default;
};

struct TlsReading {
  std::vector<SecretReading> secrets;
  std::vector<TlsConnections> connections;

  bool operator==(const TlsReading&) const = default;
};

}  // namespace mesh
