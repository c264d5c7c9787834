// A Kubernetes Secret as the API server writes it (wire/kube_object.h): its certificates are read
// and nothing else.
//
// Which values are looked at is decided by type and key, before any of their base64 is decoded:
//   - `tls.crt` and `ca.crt`, whatever the type (cert-manager, Istio and ingress controllers have
//     types of their own);
//   - of kubernetes.io/tls and Opaque also other keys that end in .crt or .pem (Istio's `cacerts`:
//     ca-cert.pem, cert-chain.pem, root-cert.pem);
//   - never a key that calls itself one (tls.key, ca-key.pem, private.pem);
//   - nothing of Helm releases, service-account and bootstrap tokens, and logins of registries,
//     ssh and basic auth. A token has a ca.crt, too: that of the API server, in every namespace.
// A value that turns out to hold a private key beside its certificate passes character by character
// and is kept nowhere (wire/pem.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/certificate_look.h"

namespace mesh {

// One that is about something else holds nothing.
struct KubeSecret {
  std::string ns, name;
  std::vector<HeldTogether> held;  // those of a key together; Certificate::path is the key
  std::uint64_t private_keys = 0;  // keys of `data` passed over, and blocks within others
  std::uint64_t unreadable = 0;    // certificates, and values without any
  std::string unreadable_sample;   // the first of them: "shop/users: tls.crt: bad base64"

  bool operator==(const KubeSecret&) const = default;
};

}  // namespace mesh
