// From counters with bounds to histograms; see told_histograms.h.
#include "expose/told_histograms.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

namespace mesh {
namespace {

std::optional<double> upper_bound(std::string_view text) {
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  double bound = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bound);
  if (error != std::errc{} || end != text.data() + text.size() || std::isnan(bound)) return {};
  return bound;
}

// What lies between two bounds. Never less than nothing: a bucket that was followed for a shorter
// time than the one below it (it has just appeared) would otherwise make the histogram fall.
BucketCounts bucket_counts(const ToldHistogram& told) {
  BucketCounts counts;
  std::uint64_t below = 0;
  for (const auto& [bound, cumulative] : told.cumulative) {
    const std::uint64_t here = std::max(cumulative, below);
    counts[bound] = here - below;
    below = here;
  }
  return counts;
}

}  // namespace

std::map<SeriesKey, ToldHistogram> told_histograms(const CounterView& counters, Counted bucket,
                                                   Counted sum_us) {
  std::map<SeriesKey, ToldHistogram> all;
  for (std::size_t i = 0; i < counters.keys->size() && i < counters.totals.size(); ++i) {
    SeriesKey key = (*counters.keys)[i];
    const bool is_sum = key.counted == sum_us;
    if (!is_sum && key.counted != bucket) continue;
    const std::optional<double> bound = upper_bound(key.detail);
    key.counted = bucket;
    key.detail.clear();
    if (is_sum) {
      ToldHistogram& told = all[key];
      told.sum_us = told.sum_us.value_or(0) + counters.totals[i];
    } else if (bound) {
      all[key].cumulative[*bound] += counters.totals[i];
    }
  }
  std::erase_if(all, [](const auto& one) { return one.second.cumulative.empty(); });
  return all;
}

void add_histogram(FamilyBuilder& family, const Labels& labels, const ToldHistogram& told) {
  const double sum = told.sum_us ? static_cast<double>(*told.sum_us) / 1e6
                                 : std::numeric_limits<double>::quiet_NaN();
  family.add_histogram(labels, bucket_counts(told), sum);
}

}  // namespace mesh
