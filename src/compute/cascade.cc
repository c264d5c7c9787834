// Which leaves are cut off; the rules are told in cascade.h.
#include "compute/cascade.h"

#include <algorithm>
#include <string>

namespace mesh {
namespace {

bool is_cut_off(const Certificate& leaf, std::span<const SecretLink> secrets, bool config_cut) {
  const auto end = leaf.not_after.time_since_epoch().count();
  bool matched = false, untold = false, untold_cut = false, cut = false;
  for (const SecretLink& secret : secrets) {
    if (!secret.expires) {
      untold = true;
      untold_cut |= secret.cut;
    } else if (end >= 0 && *secret.expires == static_cast<std::uint64_t>(end)) {
      matched = true;
      cut |= secret.cut;
    }
  }
  if (matched) return cut;
  return untold ? untold_cut : config_cut;
}

}  // namespace

std::optional<Cascade> cascade_of(const CertificatePlace& place,
                                  std::span<const SecretLink> secrets, bool config_cut) {
  if (!config_cut && std::ranges::none_of(secrets, &SecretLink::cut)) return std::nullopt;
  std::optional<Cascade> first;
  for (const KnownCertificate& known : place.known) {
    const Certificate& one = known.in_use;
    if (one.role != CertificateRole::leaf || (first && first->at <= one.not_after)) continue;
    if (!is_cut_off(one, secrets, config_cut)) continue;
    first = Cascade{one.not_after, one.not_before, std::string(identity_of(one))};
  }
  return first;
}

}  // namespace mesh
