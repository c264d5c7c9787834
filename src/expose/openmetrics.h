// OpenMetrics 1.0 text, written from the same families as the Prometheus text format.
//
// The differences: a counter's family has no "_total" (its samples do), HELP is escaped like a
// label value, bounds in `le` always have a point or an exponent, and the page ends with "# EOF".
#pragma once

#include <prometheus/metric_family.h>

#include <string>

namespace mesh {

// Counters, gauges and histograms. What stands once before all samples of a family:
void append_openmetrics_head(const prometheus::MetricFamily& family, std::string& page);

// The label values must be valid UTF-8. A histogram whose sum is NaN is written without _sum and
// _count: the format has them together or not at all.
void append_openmetrics_samples(const prometheus::MetricFamily& family, std::string& page);

inline constexpr const char* openmetrics_end = "# EOF\n";

}  // namespace mesh
