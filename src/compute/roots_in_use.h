// The roots that are in use where a configured bundle says which there may be: what a proxy
// verifies its peers by, held together with leaves of the bundle's trust domain, and what a server
// shows as the end of its chain. A bundle of no domain is about the chains of all servers, and
// about what is trusted for SPIFFE identities of any domain; what a proxy trusts for the world
// outside is nobody's business.
//
// Where a proxy does not name its roots (Istio's have no name that /certs shows), they are one
// identity, and of several under one identity the newest is looked at. Each for as long as the look
// that first found it is an interval ago: bundles and proxies do not change at one moment.
#pragma once

#include <string>
#include <vector>

#include "model/snapshot.h"

namespace mesh {

// Borrows from the snapshot, but for `where`.
struct RootInUse {
  const Target* whose = nullptr;
  std::string where;
  const CertificatePlace* place = nullptr;
  const Certificate* root = nullptr;
  const TrustBundleState* bundle = nullptr;  // that has it; else the first that should
  bool in_bundle = false;
};

std::vector<RootInUse> roots_in_use(const Snapshot& snapshot);

}  // namespace mesh
