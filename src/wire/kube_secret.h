// Kubernetes Secrets as the API server writes them: one object of kind Secret, or a list of them
// (SecretList, or kubectl's List). Their certificates are read and nothing else.
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
//
// Never throws, never logs, does no I/O.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/certificate_look.h"

namespace mesh {

struct KubeSecret {
  std::string ns, name;
  std::vector<HeldTogether> held;  // those of a key together; Certificate::path is the key
  std::uint64_t private_keys = 0;  // keys of `data` passed over, and blocks within others
  std::uint64_t unreadable = 0;    // certificates, and values without any
  std::string unreadable_sample;   // the first of them: "shop/users: tls.crt: bad base64"

  bool operator==(const KubeSecret&) const = default;
};

struct KubeSecrets {
  std::vector<KubeSecret> secrets;  // with certificates, or with what should be one
  std::uint64_t skipped = 0;        // that are about something else
  std::uint64_t left_out = 0;       // beyond limits::secrets_per_answer or its certificates
  std::uint64_t unreadable = 0;     // items that are no Secret with a namespace and a name
  std::string unreadable_sample;    // the first of them: "item 3: no name"

  bool operator==(const KubeSecrets&) const = default;
};

// An error for what is no JSON or of another kind; a Status is told in its own words.
Result<KubeSecrets> parse_kube_secrets(std::string_view json);

}  // namespace mesh
