// The chain that a TLS server shows: certificates in DER, the leaf first (RFC 8446, 4.4.2).
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "model/certificate_look.h"

namespace mesh {

struct ServedChain {
  HeldTogether certificates;
  std::uint64_t unreadable = 0;   // skipped
  std::string unreadable_sample;  // why the first of them: "certificate 2 of 3: …"
};

// Roles by position: the first is the leaf, be it its own CA.
ServedChain read_served_chain(std::span<const std::string> der);

}  // namespace mesh
