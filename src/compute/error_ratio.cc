// Adds up, per method, the increases of all statuses and of those that are failures.
#include "compute/error_ratio.h"

#include <algorithm>
#include <cstdint>
#include <map>

#include "wire/grpc_code.h"

namespace mesh {
namespace {

struct Share {
  std::uint64_t failures = 0, all = 0;
  bool untold = false;  // some failed, and nobody knows how
};

}  // namespace

bool is_of_untold_status(const SeriesKey& calls) {
  return calls.method.empty() && calls.detail == other_grpc_code;
}

std::vector<MethodErrorRatio> error_ratios(const CounterView& counters,
                                           std::span<const std::string> failure_codes) {
  if (counters.window_seconds <= 0) return {};
  const std::vector<SeriesKey>& keys = *counters.keys;
  const std::size_t known = std::min(keys.size(), counters.increases.size());

  std::map<SeriesKey, Share> shares;
  for (std::size_t i = 0; i < known; ++i) {
    if (keys[i].counted != Counted::calls || counters.increases[i] == 0) continue;
    SeriesKey method = keys[i];
    method.detail.clear();
    Share& share = shares[std::move(method)];
    share.all += counters.increases[i];
    if (std::ranges::find(failure_codes, keys[i].detail.str()) != failure_codes.end()) {
      share.failures += counters.increases[i];
    } else {
      share.untold |= is_of_untold_status(keys[i]);
    }
  }

  std::vector<MethodErrorRatio> ratios;
  ratios.reserve(shares.size());
  for (const auto& [method, share] : shares) {
    if (share.untold) continue;
    ratios.push_back(
        {method, static_cast<double>(share.failures) / static_cast<double>(share.all)});
  }
  return ratios;
}

}  // namespace mesh
