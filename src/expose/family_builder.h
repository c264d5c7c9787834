// The FamilyBuilder collects the samples of one metric and keeps its promises: label values are
// valid, no value is NaN, and no two samples have the same labels (a scraper refuses such a page,
// or silently keeps one of the two). Where two sources do come out as the same labels, what can be
// added is added.
//
// The family of a large node has ten thousand samples, and a prometheus::ClientMetric takes a
// kilobyte with its labels. So samples are kept as text and numbers here, and become that a few at
// a time, when they are handed out.
#pragma once

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "expose/catalogue.h"
#include "model/series.h"
#include "model/target.h"
#include "wire/name_table.h"

namespace mesh {

// The labels of one sample, in the order of the page.
class Labels {
 public:
  Labels() = default;
  // The identity labels.
  explicit Labels(const Target& target);
  // Likewise of a series that the target counts for `owner` (SeriesKey::owner).
  Labels(const Target& target, std::string_view owner);

  // The name is kept as it is: that of a constant.
  Labels& with(std::string_view name, std::string_view value);
  // Left out where there is none: an empty label means the same to Prometheus.
  Labels& with_subset(std::string_view subset);
  // `ztunnel`: who counted it for `owner`. So two that serve one workload, as in an update, have a
  // series each, and none falls when the other leaves.
  Labels& with_ztunnel(const Target& target, std::string_view owner);
  // direction, upstream, subset, grpc_service, grpc_method.
  Labels& with_method(const SeriesKey& key);

  const std::vector<std::string_view>& names() const { return names_; }
  // As many, valid, each with a NUL behind it.
  const std::string& values() const { return values_; }

 private:
  std::vector<std::string_view> names_;
  std::string values_;
};

// Calls that took at most so many seconds and longer than the bound before: not cumulative.
// Infinity as the last bound.
using BucketCounts = std::map<double, std::uint64_t>;

// Some samples of one metric; all parts of it together are the family.
struct FamilyPart {
  prometheus::MetricFamily family;
  bool is_first = true;
};

class FamilyBuilder {
 public:
  explicit FamilyBuilder(const Metric& metric) : metric_(metric) {}
  FamilyBuilder(const FamilyBuilder&) = delete;
  FamilyBuilder& operator=(const FamilyBuilder&) = delete;

  // One sample; a value for labels that were there already is added to theirs.
  void add(const Labels& labels, double value);
  void add(const Labels& labels, std::uint64_t value) { add(labels, static_cast<double>(value)); }

  // One sample that states something which cannot be added up (a ratio, an instant, a 1 for true);
  // for labels that were there already the larger value stays.
  void state(const Labels& labels, double value);

  // NaN as the sum says that the source has none. REQUIRES: the metric is a histogram.
  void add_histogram(const Labels& labels, const BucketCounts& counts, double sum_seconds);

  // Hands out all samples, in the order in which their labels came first; nothing if there are
  // none.
  void hand_out(const std::function<void(FamilyPart part)>& visit) const;

 private:
  // The number of the sample with these labels, and whether it is new.
  std::pair<std::uint32_t, bool> sample(const Labels& labels);
  std::size_t schema_of(const std::vector<std::string_view>& names);
  prometheus::ClientMetric metric_of(std::uint32_t sample) const;

  const Metric& metric_;
  std::vector<std::vector<std::string_view>> schemas_;  // the label names that samples have
  NameTable labels_;            // by sample: the number of its schema as one byte, and the values
  std::vector<double> values_;  // by sample, or
  std::vector<prometheus::ClientMetric::Histogram> histograms_;  // likewise
};

}  // namespace mesh
