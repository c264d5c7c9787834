// Connections that outlived the certificate they were made with. Where the certificate now in use
// is good, they are a matter of hygiene: every mesh with long-lived connections has some, and a new
// connection works. Where it is not, they are all that still works, until they break.
#include <algorithm>
#include <array>

#include "compute/findings/about_pools.h"
#include "compute/findings/all.h"
#include "compute/findings/remedy.h"

namespace mesh {
namespace {

constexpr std::array remedies{
    Remedy{"istio",
           "limit how long a connection lives: maxConnectionDuration under connectionPool.tcp of a "
           "DestinationRule, or MAX_CONNECTION_AGE on the gRPC server"},
    Remedy{"",
           "limit how long a connection lives: max_connection_duration of the listener or cluster, "
           "or MAX_CONNECTION_AGE with a grace on the gRPC server"},
};

constexpr std::array remedies_where_none_is_good{
    Remedy{
        "",
        "get a good certificate first (see the findings about it): what breaks these connections "
        "before that ends them for good"},
};

bool has_expired_leaf(const TargetState& state, WallTime now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  return std::ranges::any_of(state.certificates, [&](const auto& place) {
    return std::ranges::any_of(place->known, [&](const KnownCertificate& known) {
      return known.in_use.role == CertificateRole::leaf && known.in_use.not_after <= second;
    });
  });
}

std::string cause_of(const StaleCount& stale, bool none_is_good) {
  const bool inbound = stale.direction == Direction::inbound;
  std::string cause = "at least ";
  cause += counted(stale.expired, inbound ? "inbound connection" : "connection");
  if (!inbound) cause += " to " + stale.upstream;
  cause += " made under a certificate that has expired";
  cause += none_is_good ? "; no new one can be made" : "; the one now in use is good";
  return cause;
}

void find(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) {
  for (const auto& state : snapshot.targets) {
    const bool none_is_good = has_expired_leaf(*state, now);
    for (const StaleCount& stale : state->stale_connections) {
      if (stale.expired == 0) continue;
      Finding finding{"stale_certificate_in_use",
                      none_is_good ? Severity::warning : Severity::info,
                      state->target,
                      target_id(state->target),
                      stale.upstream,
                      stale.subset,
                      stale.identity.empty() ? "" : "leaf " + stale.identity,
                      cause_of(stale, none_is_good),
                      {},
                      "",
                      {}};
      const auto count = [](std::uint64_t n) { return static_cast<double>(n); };
      finding.evidence.push_back({"expired_connections", count(stale.expired), Unit::count});
      finding.evidence.push_back({"stale_connections", count(stale.connections), Unit::count});
      finding.remedy = none_is_good ? remedy_for("", remedies_where_none_is_good)
                                    : remedy_for(state->target.mesh, remedies);
      found.push_back(std::move(finding));
    }
  }
}

}  // namespace

const FindingMaker stale_certificate_in_use{
    "stale_certificate_in_use",
    "Connections are alive that were made under a certificate that has expired.", Stated::at_once,
    find};

}  // namespace mesh
