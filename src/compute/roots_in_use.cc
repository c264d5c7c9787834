// Every root against every bundle that is about it; see roots_in_use.h.
#include "compute/roots_in_use.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "compute/each_certificate.h"

namespace mesh {
namespace {

// What both tell is compared: /certs tells no fingerprint, and of names the alternative ones only.
bool is_same(const Certificate& used, const Certificate& trusted) {
  if (!used.fingerprint_sha256.empty())
    return used.fingerprint_sha256 == trusted.fingerprint_sha256;
  return used.not_after == trusted.not_after && used.serial == trusted.serial &&
         (!used.not_before || used.not_before == trusted.not_before) && used.sans == trusted.sans;
}

bool has(const TrustBundleState& bundle, const Certificate& root) {
  return std::ranges::any_of(*bundle.certificates,
                             [&](const Certificate& one) { return is_same(root, one); });
}

// Of which trust domain the certificate at `index` is the authority; "" if that cannot be told.
std::string_view domain_at(const CertificatePlace& place, std::size_t index) {
  const auto it = std::ranges::find(place.authorities, index, &DomainAuthority::index);
  return it == place.authorities.end() ? std::string_view() : it->trust_domain;
}

bool is_settled(const CertificatePlace& place, const KnownCertificate& known, Duration interval) {
  return place.seen - known.since >= interval;
}

}  // namespace

std::vector<RootInUse> roots_in_use(const Snapshot& snapshot) {
  std::vector<RootInUse> roots;
  if (snapshot.trust_bundles.empty()) return roots;
  each_place(snapshot,
             [&](const Target& whose, const std::string& where, const CertificatePlace& place) {
               const bool served = place.source == CertificateSource::handshake;
               if (!served && place.source != CertificateSource::admin) return;
               for (std::size_t i = 0; i < place.known.size(); ++i) {
                 const KnownCertificate& known = place.known[i];
                 if (known.in_use.role != CertificateRole::root) continue;
                 if (!is_settled(place, known, snapshot.certificates_interval)) continue;
                 const std::string_view domain = domain_at(place, i);
                 RootInUse root{&whose, where, &place, &known.in_use, nullptr, false};
                 for (const TrustBundleState& bundle : snapshot.trust_bundles) {
                   const std::string& its = bundle.spiffe_trust_domain;
                   const bool about = its.empty() ? served || !domain.empty() : its == domain;
                   if (!about || !bundle.certificates || root.in_bundle) continue;
                   root.in_bundle = has(bundle, known.in_use);
                   if (!root.bundle || root.in_bundle) root.bundle = &bundle;
                 }
                 if (root.bundle) roots.push_back(std::move(root));
               }
             });
  return roots;
}

}  // namespace mesh
