// Histograms as targets tell them, bucket by bucket among their other counters, brought together.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "expose/family_builder.h"
#include "model/series.h"
#include "model/snapshot.h"

namespace mesh {

struct ToldHistogram {
  std::map<double, std::uint64_t> cumulative;  // by upper bound, in seconds; at least one
  std::optional<std::uint64_t> sum_us;
};

// Of each key that has buckets; the keys have no detail and are of the kind `bucket`.
std::map<SeriesKey, ToldHistogram> told_histograms(const CounterView& counters, Counted bucket,
                                                   Counted sum_us);

// As one sample. NaN is its sum where none is told.
void add_histogram(FamilyBuilder& family, const Labels& labels, const ToldHistogram& told);

}  // namespace mesh
