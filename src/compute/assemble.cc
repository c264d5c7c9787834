// Sums over all targets; see assemble.h.
#include "compute/assemble.h"

#include <array>
#include <string>

namespace mesh {
namespace {

constexpr std::array all_counted{Counted::calls,           Counted::messages,
                                 Counted::resets,          Counted::duration_bucket,
                                 Counted::duration_sum_us, Counted::endpoint_requests};

}  // namespace

std::string_view family_of(Counted counted) {
  switch (counted) {
    case Counted::calls: return "mesh_grpc_requests_total";
    case Counted::messages: return "mesh_grpc_messages_total";
    case Counted::resets: return "mesh_upstream_resets_total";
    case Counted::duration_bucket:
    case Counted::duration_sum_us: return "mesh_grpc_request_duration_seconds";
    case Counted::endpoint_requests: return "mesh_upstream_endpoint_requests_total";
  }
  return "";
}

std::vector<FoldedSeries> sum_folds(const std::vector<FoldCounts>& folds) {
  std::vector<FoldedSeries> sums;
  for (const Counted counted : all_counted) {
    const std::string_view family = family_of(counted);
    if (sums.empty() || sums.back().family != family) sums.push_back({std::string(family), 0});
    for (const FoldCounts& counts : folds) {
      sums.back().count += counts[static_cast<std::size_t>(counted)];
    }
  }
  return sums;
}

}  // namespace mesh
