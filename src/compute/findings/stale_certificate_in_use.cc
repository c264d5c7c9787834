// Connections that outlived the certificate they were made with: they work until they break, and
// then nobody knows why they cannot be made again.
#include "compute/findings/all.h"

namespace mesh {
namespace {

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  for (const auto& state : snapshot.targets) {
    for (const StaleCount& stale : state->stale_connections) {
      if (stale.expired == 0) continue;
      const bool inbound = stale.direction == Direction::inbound;
      Finding finding{"stale_certificate_in_use",
                      Severity::warning,
                      state->target,
                      target_id(state->target),
                      stale.upstream,
                      stale.subset,
                      "",
                      "",
                      {},
                      "",
                      {}};
      finding.cause = "at least " + std::to_string(stale.expired) +
                      (inbound ? " inbound connections" : " connections to " + stale.upstream) +
                      " made under a certificate that has expired";
      const auto count = [](std::uint64_t n) { return static_cast<double>(n); };
      finding.evidence.push_back({"expired_connections", count(stale.expired), Unit::count});
      finding.evidence.push_back({"stale_connections", count(stale.connections), Unit::count});
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
