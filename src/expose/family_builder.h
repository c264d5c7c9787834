// The FamilyBuilder collects the samples of one metric into a prometheus::MetricFamily and keeps
// its promises: label values are valid, no value is NaN, and no two samples have the same labels
// (a scraper refuses such a page, or silently keeps one of the two). Where two sources do come out
// as the same labels, what can be added is added.
#pragma once

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "expose/catalogue.h"
#include "model/series.h"
#include "model/target.h"

namespace mesh {

// The labels of one sample, in the order of the page.
class Labels {
 public:
  Labels() = default;
  // The identity labels.
  explicit Labels(const Target& target);
  // Likewise of a series that the target counts for `owner` (SeriesKey::owner).
  Labels(const Target& target, std::string_view owner);

  Labels& with(std::string_view name, std::string_view value);
  // Left out where there is none: an empty label means the same to Prometheus.
  Labels& with_subset(std::string_view subset);
  // `ztunnel`: who counted it for `owner`. So two that serve one workload, as in an update, have a
  // series each, and none falls when the other leaves.
  Labels& with_ztunnel(const Target& target, std::string_view owner);
  // direction, upstream, subset, grpc_service, grpc_method.
  Labels& with_method(const SeriesKey& key);

  std::vector<prometheus::ClientMetric::Label> take() { return std::move(labels_); }

 private:
  std::vector<prometheus::ClientMetric::Label> labels_;
};

// Calls that took at most so many seconds and longer than the bound before: not cumulative.
// Infinity as the last bound.
using BucketCounts = std::map<double, std::uint64_t>;

class FamilyBuilder {
 public:
  explicit FamilyBuilder(const Metric& metric);
  FamilyBuilder(const FamilyBuilder&) = delete;  // the index looks into the family
  FamilyBuilder& operator=(const FamilyBuilder&) = delete;

  // One sample; a value for labels that were there already is added to theirs.
  void add(Labels labels, double value);
  void add(Labels labels, std::uint64_t value) {
    add(std::move(labels), static_cast<double>(value));
  }

  // One sample that states something which cannot be added up (a ratio, an instant, a 1 for true);
  // for labels that were there already the larger value stays.
  void state(Labels labels, double value);

  // NaN as the sum says that the source has none. REQUIRES: the metric is a histogram.
  void add_histogram(Labels labels, const BucketCounts& counts, double sum_seconds);

  // The family; leaves the builder empty.
  prometheus::MetricFamily take();

 private:
  struct SameLabels {
    const std::vector<prometheus::ClientMetric>* metrics;
    std::size_t operator()(std::size_t index) const;
    bool operator()(std::size_t a, std::size_t b) const;
  };

  // The sample with these labels, and whether it is new.
  std::pair<prometheus::ClientMetric*, bool> sample(Labels labels);
  double& value_of(prometheus::ClientMetric& metric) const;

  prometheus::MetricFamily family_;
  // Indexes into family_.metric, compared by the labels there.
  std::unordered_set<std::size_t, SameLabels, SameLabels> index_;
};

}  // namespace mesh
