// How samples become a family.
#include "expose/family_builder.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "expose/label_text.h"

namespace mesh {
namespace {

using prometheus::ClientMetric;

constexpr double infinity = std::numeric_limits<double>::infinity();

prometheus::MetricType type_of(MetricKind kind) {
  switch (kind) {
    case MetricKind::counter: return prometheus::MetricType::Counter;
    case MetricKind::histogram: return prometheus::MetricType::Histogram;
    case MetricKind::gauge:
    case MetricKind::info: break;
  }
  return prometheus::MetricType::Gauge;
}

BucketCounts counts_of(const ClientMetric::Histogram& histogram) {
  BucketCounts counts;
  std::uint64_t below = 0;
  for (const auto& bucket : histogram.bucket) {
    counts[bucket.upper_bound] = bucket.cumulative_count - below;
    below = bucket.cumulative_count;
  }
  counts[infinity] = histogram.sample_count - below;
  return counts;
}

// The bucket +Inf is not listed: both writers add it from the count.
void set_counts(const BucketCounts& counts, ClientMetric::Histogram& histogram) {
  histogram.bucket.clear();
  histogram.sample_count = 0;
  for (const auto& [bound, count] : counts) {
    histogram.sample_count += count;
    if (bound != infinity) histogram.bucket.push_back({histogram.sample_count, bound});
  }
}

}  // namespace

Labels::Labels(const Target& target) {
  labels_.reserve(10);
  with("mesh", target.mesh).with("namespace", target.ns);
  with("pod", target.pod).with("workload", target.workload);
}

Labels::Labels(const Target& target, std::string_view owner)
    : Labels(owner.empty() ? target : workload_target(target.mesh, owner)) {}

Labels& Labels::with(std::string_view name, std::string_view value) {
  labels_.push_back({std::string(name), valid_label_value(value)});
  return *this;
}

Labels& Labels::with_subset(std::string_view subset) {
  return subset.empty() ? *this : with("subset", subset);
}

Labels& Labels::with_ztunnel(const Target& target, std::string_view owner) {
  return with("ztunnel", owner.empty() ? "" : target.pod);
}

Labels& Labels::with_method(const SeriesKey& key) {
  with("direction", to_string(key.direction));
  with("upstream", key.upstream).with_subset(key.subset);
  return with("grpc_service", key.service).with("grpc_method", key.method);
}

std::size_t FamilyBuilder::SameLabels::operator()(std::size_t index) const {
  std::size_t hash = 0;
  for (const auto& label : (*metrics)[index].label) {
    hash = hash * 31 + std::hash<std::string>{}(label.value);
  }
  return hash;
}

bool FamilyBuilder::SameLabels::operator()(std::size_t a, std::size_t b) const {
  return (*metrics)[a].label == (*metrics)[b].label;
}

FamilyBuilder::FamilyBuilder(const Metric& metric)
    : index_(16, SameLabels{&family_.metric}, SameLabels{&family_.metric}) {
  family_.name = metric.name;
  family_.help = metric.help;
  family_.type = type_of(metric.kind);
}

void FamilyBuilder::add(Labels labels, double value) {
  if (std::isnan(value)) return;
  value_of(*sample(std::move(labels)).first) += value;
}

void FamilyBuilder::state(Labels labels, double value) {
  if (std::isnan(value)) return;
  const auto [metric, fresh] = sample(std::move(labels));
  double& known = value_of(*metric);
  known = fresh ? value : std::max(known, value);
}

void FamilyBuilder::add_histogram(Labels labels, const BucketCounts& counts, double sum_seconds) {
  assert(family_.type == prometheus::MetricType::Histogram);
  const auto [metric, fresh] = sample(std::move(labels));
  ClientMetric::Histogram& histogram = metric->histogram;
  BucketCounts all = counts;
  if (!fresh) {
    for (const auto& [bound, count] : counts_of(histogram)) all[bound] += count;
  }
  set_counts(all, histogram);
  histogram.sample_sum += sum_seconds;
}

prometheus::MetricFamily FamilyBuilder::take() {
  index_.clear();
  return std::exchange(family_, {});
}

std::pair<ClientMetric*, bool> FamilyBuilder::sample(Labels labels) {
  std::vector<ClientMetric>& metrics = family_.metric;
  metrics.emplace_back().label = labels.take();
  const auto [found, fresh] = index_.insert(metrics.size() - 1);
  if (!fresh) metrics.pop_back();
  return {&metrics[*found], fresh};
}

double& FamilyBuilder::value_of(ClientMetric& metric) const {
  return family_.type == prometheus::MetricType::Counter ? metric.counter.value
                                                         : metric.gauge.value;
}

}  // namespace mesh
