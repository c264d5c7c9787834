// The share of a method's calls that failed over the window.
//
// Which statuses are failures is a matter of opinion (a NOT_FOUND is usually an answer), so they
// are configured. There is no ratio where there is nothing to divide by: before the window has two
// samples, for a method nobody called in it (0/0 is neither "all well" nor "all failed"), and where
// calls failed with a status that is not told.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/series.h"
#include "model/snapshot.h"

namespace mesh {

struct MethodErrorRatio {
  SeriesKey method;  // counted = calls, detail = "": the method, whatever the status
  double ratio = 0;  // 0 … 1

  bool operator==(const MethodErrorRatio&) const = default;
};

// Calls that ended other than OK, and nobody tells how: channelz tells only that they failed. Of a
// named method "other" is a status outside the canon, which is told.
bool is_of_untold_status(const SeriesKey& calls);

// Of counters of any kind only `calls` are looked at. One entry per method with calls in the
// window, in the order of SeriesKey.
std::vector<MethodErrorRatio> error_ratios(const CounterView& counters,
                                           std::span<const std::string> failure_codes);

}  // namespace mesh
