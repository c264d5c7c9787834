// One certificate after the other; see served_chain.h.
#include "wire/served_chain.h"

#include <utility>

#include "wire/x509.h"

namespace mesh {

ServedChain read_served_chain(std::span<const std::string> der) {
  ServedChain chain;
  for (std::size_t i = 0; i < der.size(); ++i) {
    auto certificate = parse_x509(der[i]);
    if (!certificate) {
      if (chain.unreadable++ > 0) continue;
      chain.unreadable_sample = "certificate " + std::to_string(i + 1) + " of " +
                                std::to_string(der.size()) + ": " + certificate.error().message;
      continue;
    }
    if (i == 0) certificate->role = CertificateRole::leaf;
    chain.certificates.push_back(std::move(*certificate));
  }
  return chain;
}

}  // namespace mesh
