// The table of rotation points and who is recognised by what; see rotation_points.h.
#include "compute/rotation_points.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mesh {
namespace {

// spiffe://cluster.local/ns/shop/sa/users: three parts after the trust domain's, and so on.
bool has_istio_id(const Certificate& c) {
  const std::string_view id = identity_of(c);
  return id.starts_with("spiffe://") && id.find("/ns/") != id.npos && id.find("/sa/") != id.npos;
}

// spiffe://11111111-2222-3333-4444-555555555555.consul/ns/default/dc/dc1/svc/web
bool has_consul_id(const Certificate& c) {
  const std::string_view id = identity_of(c);
  return id.starts_with("spiffe://") && id.find(".consul/") != id.npos;
}

// users.shop.serviceaccount.identity.linkerd.cluster.local
bool has_linkerd_id(const Certificate& c) {
  return identity_of(c).find(".serviceaccount.identity.") != std::string_view::npos;
}

// SPIRE's default subjects: C=US,O=SPIRE for workloads. Where the subject is not told: its agent is
// asked for a secret by the SPIFFE ID itself; other issuers' secrets are called "default" and so
// on.
bool is_of_spire(const Certificate& c) {
  return c.subject.find("O=SPIRE") != std::string::npos || c.path.starts_with("spiffe://");
}

// Points: Istio SECRET_GRACE_PERIOD_RATIO 0.5; ztunnel src/tls/certificate.rs renews at half-life;
// SPIRE agent at half-life; Linkerd at 70 % (certify.rs refresh_in); Consul anywhere between 60 and
// 90 % (agent/leafcert calculateSoftExpiry); cert-manager when a third of the life is left.
constexpr std::array<KnownIssuer, 7> all_issuers{{
    {"consul", 0.9, has_consul_id},
    {"linkerd", 0.7, has_linkerd_id},
    {"istio", 0.5, has_istio_id},
    {"ztunnel", 0.5, nullptr},
    {"spire", 0.5, is_of_spire},
    {"cert-manager", 2.0 / 3, nullptr},
    {"", 0.9, nullptr},  // nobody known
}};

}  // namespace

std::span<const KnownIssuer> known_issuers() { return all_issuers; }

double rotation_point(const RotationRule& rule, const Certificate& leaf) {
  if (rule.configured) return *rule.configured;
  const auto named = [&](const KnownIssuer& issuer) {
    return !issuer.name.empty() && issuer.name == rule.issued_by;
  };
  const auto recognised = [&](const KnownIssuer& issuer) {
    return issuer.issued && issuer.issued(leaf);
  };
  auto it = std::ranges::find_if(all_issuers, named);
  if (it == all_issuers.end()) it = std::ranges::find_if(all_issuers, recognised);
  return it == all_issuers.end() ? all_issuers.back().point : it->point;
}

std::optional<std::chrono::sys_seconds> renewal_due(double point, std::chrono::sys_seconds began,
                                                    std::chrono::sys_seconds not_after) {
  if (not_after <= began) return std::nullopt;
  const double life = static_cast<double>((not_after - began).count());
  const double share = point + (1 - point) / 5;
  return began + std::chrono::seconds(std::llround(life * share));
}

}  // namespace mesh
