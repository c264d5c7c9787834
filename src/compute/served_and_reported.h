// Whether what a target shows to its callers is what its proxy says that it has loaded.
//
// They differ when a proxy goes on serving what was replaced (one of its listeners missed a
// rotation), or when an intermediate was replaced and only one side knows (istio/istio#54828).
// Compared identity by identity, each leaf with the leaves in use, each intermediate with the
// authorities of the same name. What only one side names is not compared: a proxy has certificates
// that it does not serve at this port, /certs lists no intermediates of its own, and a port that
// passes calls through shows what the application has. A mesh's agent names no identity
// ("default"): its leaf is compared where both sides have but one, by the end, which it may tell a
// little late.
//
// A rotation between two looks is no difference. Each side is believed when it was looked at no
// earlier than one interval after the last change on either side; until then nothing is said.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/snapshot.h"

namespace mesh {

struct ServedAndReported {
  std::shared_ptr<const TlsEndpointState> port;  // whose, and where it is served
  CertificateSource reported_by = CertificateSource::admin;
  Certificate served;
  Certificate reported;  // in use under the same identity
  bool differs = false;
  bool replaced = false;  // the proxy still lists the served one, as replaced
};

// In the order of the ports and of what they serve.
std::vector<ServedAndReported> served_and_reported(const Snapshot& snapshot);

}  // namespace mesh
