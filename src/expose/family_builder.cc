// How samples become a family.
#include "expose/family_builder.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "expose/label_text.h"

namespace mesh {
namespace {

using prometheus::ClientMetric;

// Samples that are handed out at once: some 70 kB as prometheus-cpp has them, and 15 kB of text.
constexpr std::uint32_t samples_per_part = 64;

constexpr std::size_t usual_labels = 10;

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
  names_.reserve(usual_labels);
  with("mesh", target.mesh).with("namespace", target.ns);
  with("pod", target.pod).with("workload", target.workload);
}

Labels::Labels(const Target& target, std::string_view owner)
    : Labels(owner.empty() ? target : workload_target(target.mesh, owner)) {}

Labels& Labels::with(std::string_view name, std::string_view value) {
  names_.push_back(name);
  values_ += valid_label_value(value);
  values_ += '\0';
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

void FamilyBuilder::add(const Labels& labels, double value) {
  if (std::isnan(value)) return;
  const auto [at, fresh] = sample(labels);
  if (fresh) values_.push_back(0);
  values_[at] += value;
}

void FamilyBuilder::state(const Labels& labels, double value) {
  if (std::isnan(value)) return;
  const auto [at, fresh] = sample(labels);
  if (fresh) values_.push_back(value);
  values_[at] = std::max(values_[at], value);
}

void FamilyBuilder::add_histogram(const Labels& labels, const BucketCounts& counts,
                                  double sum_seconds) {
  assert(metric_.kind == MetricKind::histogram);
  const auto [at, fresh] = sample(labels);
  if (fresh) histograms_.emplace_back();
  ClientMetric::Histogram& histogram = histograms_[at];
  BucketCounts all = counts;
  if (!fresh) {
    for (const auto& [bound, count] : counts_of(histogram)) all[bound] += count;
  }
  set_counts(all, histogram);
  histogram.sample_sum += sum_seconds;
}

void FamilyBuilder::hand_out(const std::function<void(FamilyPart part)>& visit) const {
  for (std::uint32_t from = 0; from < labels_.size(); from += samples_per_part) {
    FamilyPart part{
        {std::string(metric_.name), std::string(metric_.help), type_of(metric_.kind), {}},
        from == 0};
    const std::uint32_t to = std::min(labels_.size(), from + samples_per_part);
    part.family.metric.reserve(to - from);
    for (std::uint32_t at = from; at < to; ++at) part.family.metric.push_back(metric_of(at));
    visit(std::move(part));
  }
}

std::pair<std::uint32_t, bool> FamilyBuilder::sample(const Labels& labels) {
  std::string text(1, static_cast<char>(schema_of(labels.names())));
  text += labels.values();
  const std::uint64_t hash = NameTable::hash(text);
  const std::uint32_t known = labels_.find(text, hash);
  if (known != NameTable::none) return {known, false};
  return {labels_.add(text, {}, hash), true};
}

// A metric has one, or one with and one without a label that may be absent.
std::size_t FamilyBuilder::schema_of(const std::vector<std::string_view>& names) {
  const auto known = std::ranges::find(schemas_, names);
  const auto number = static_cast<std::size_t>(known - schemas_.begin());
  if (known == schemas_.end()) schemas_.push_back(names);
  assert(number <= 0xFF);
  return number;
}

ClientMetric FamilyBuilder::metric_of(std::uint32_t sample) const {
  ClientMetric metric;
  std::string_view text = labels_.name(sample);
  const auto& names = schemas_[static_cast<unsigned char>(text.front())];
  text.remove_prefix(1);
  metric.label.reserve(names.size());
  for (const std::string_view name : names) {
    const std::size_t length = text.find('\0');
    metric.label.push_back({std::string(name), std::string(text.substr(0, length))});
    text.remove_prefix(length + 1);
  }
  switch (metric_.kind) {
    case MetricKind::histogram: metric.histogram = histograms_[sample]; break;
    case MetricKind::counter: metric.counter.value = values_[sample]; break;
    default: metric.gauge.value = values_[sample]; break;
  }
  return metric;
}

}  // namespace mesh
