// The instant of the cascade: when the first certificate runs out of those that cannot be renewed.
//
// A mesh that has lost its control plane goes on as it was configured, and nothing fails, until its
// certificates end: then every new connection fails, on all pods within the spread of their leaves.
// That instant is known from the moment the link is cut. It is the earliest end among the leaves
// that are renewed over a cut link. Which those are:
//
//   a secret with a connection of its own       its leaf, if that connection is cut (SPIRE)
//   a secret from Istio's agent in the pod      its leaf, if that connection or that to the control
//                                               plane is cut: the agent has it from there
//   a secret over ADS                           its leaf, if ADS is cut and asking for it failed
//   a secret from a file                        never: it has no link (and asking does not fail)
//   inline in clusters and listeners (Consul)   every leaf that is no secret's, if the connection
//                                               of clusters or listeners is cut
//
// Which secret a leaf is follows from its end, which the proxy tells of both (Envoy from 1.35 on).
// Older ones do not: then a leaf may be any secret's.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "model/control_plane.h"
#include "model/known_certificate.h"

namespace mesh {

struct SecretLink {
  std::optional<std::uint64_t> expires;  // as ConfigResource::expires
  bool cut = false;                      // it cannot be renewed
};

// `config_cut`: the connection by which clusters or listeners come is cut. Only what is in use
// counts, not what is draining. Nothing if every leaf can be renewed.
std::optional<Cascade> cascade_of(const CertificatePlace& place,
                                  std::span<const SecretLink> secrets, bool config_cut);

}  // namespace mesh
