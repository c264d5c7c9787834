// Messages written one behind the other are read as one merged: so the parts of a family become
// one.
#include "expose/protobuf.h"

#include <messages/metric_family.pb.h>
#include <prometheus/metric_type.h>

#include <cstdint>
#include <utility>

namespace mesh {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

constexpr int counter_type = 0, gauge_type = 1, histogram_type = 4;

int type_of(MetricType type) {
  switch (type) {
    case MetricType::Counter: return counter_type;
    case MetricType::Histogram: return histogram_type;
    default: return gauge_type;
  }
}

void fill(const ClientMetric::Histogram& histogram, prometheus_messages::Histogram& message) {
  message.set_sample_count(histogram.sample_count);
  message.set_sample_sum(histogram.sample_sum);
  for (const auto& bucket : histogram.bucket) {
    prometheus_messages::Bucket& one = *message.add_bucket();
    one.set_cumulative_count(bucket.cumulative_count);
    one.set_upper_bound(bucket.upper_bound);
  }
}

void fill(const ClientMetric& metric, MetricType type, prometheus_messages::Metric& message) {
  for (const auto& label : metric.label) {
    prometheus_messages::LabelPair& pair = *message.add_label();
    pair.set_name(label.name);
    pair.set_value(label.value);
  }
  switch (type) {
    case MetricType::Counter: message.mutable_counter()->set_value(metric.counter.value); break;
    case MetricType::Histogram: fill(metric.histogram, *message.mutable_histogram()); break;
    default: message.mutable_gauge()->set_value(metric.gauge.value); break;
  }
}

// Base 128, the lowest first, as all lengths in protobuf.
std::string length_of(const std::string& message) {
  std::string bytes;
  std::uint64_t left = message.size();
  for (; left >= 128; left /= 128) bytes.push_back(static_cast<char>(left % 128 + 128));
  bytes.push_back(static_cast<char>(left));
  return bytes;
}

}  // namespace

std::string ProtobufPage::add(const FamilyPart& part) {
  std::string complete = part.is_first ? finish() : "";
  prometheus_messages::MetricFamily message;
  if (part.is_first) {
    message.set_name(part.family.name);
    message.set_help(part.family.help);
    message.set_type(type_of(part.family.type));
  }
  for (const ClientMetric& metric : part.family.metric) {
    fill(metric, part.family.type, *message.add_metric());
  }
  message.AppendToString(&family_);
  return complete;
}

std::string ProtobufPage::finish() {
  if (family_.empty()) return "";
  std::string complete = length_of(family_);
  complete += std::exchange(family_, {});
  return complete;
}

}  // namespace mesh
