// One append_… per kind of metric, built from the head and the tail of a sample.
#include "expose/openmetrics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace mesh {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

void append_escaped(std::string_view text, std::string& page) {
  while (true) {
    const std::size_t plain = std::min(text.find_first_of("\n\\\""), text.size());
    page += text.substr(0, plain);
    if (plain == text.size()) return;
    page += '\\';
    page += text[plain] == '\n' ? 'n' : text[plain];
    text.remove_prefix(plain + 1);
  }
}

template <class Number>
void append_shortest(Number value, std::string& page) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  page.append(digits.data(), end);
}

// Whole numbers as such up to where doubles have them all, everything else so that reading it gives
// the very same double.
void append_number(double value, std::string& page) {
  constexpr double exact = 9007199254740992;  // 2^53
  if (std::isnan(value)) {
    page += "NaN";
  } else if (std::isinf(value)) {
    page += value < 0 ? "-Inf" : "+Inf";
  } else if (value == std::trunc(value) && std::abs(value) <= exact) {
    append_shortest(static_cast<std::int64_t>(value), page);
  } else {
    append_shortest(value, page);
  }
}

void append_bound(double bound, std::string& page) {
  const std::size_t begin = page.size();
  append_number(bound, page);
  if (page.find_first_not_of("-0123456789", begin) == std::string::npos) page += ".0";
}

void append_labels(const ClientMetric& metric, std::string& page) {
  for (std::size_t i = 0; i < metric.label.size(); ++i) {
    page += i == 0 ? '{' : ',';
    page += metric.label[i].name;
    page += "=\"";
    append_escaped(metric.label[i].value, page);
    page += '"';
  }
}

template <class Number>
void append_sample(std::string_view name, std::string_view suffix, const ClientMetric& metric,
                   Number value, std::string& page) {
  page += name;
  page += suffix;
  append_labels(metric, page);
  if (!metric.label.empty()) page += '}';
  page += ' ';
  if constexpr (std::is_same_v<Number, double>) {
    append_number(value, page);
  } else {
    append_shortest(value, page);
  }
  page += '\n';
}

void append_bucket(std::string_view name, const ClientMetric& metric, double bound,
                   std::uint64_t count, std::string& page) {
  page += name;
  page += "_bucket";
  append_labels(metric, page);
  page += metric.label.empty() ? "{le=\"" : ",le=\"";
  append_bound(bound, page);
  page += "\"} ";
  append_shortest(count, page);
  page += '\n';
}

void append_histogram(std::string_view name, const ClientMetric& metric, std::string& page) {
  const ClientMetric::Histogram& histogram = metric.histogram;
  for (const auto& bucket : histogram.bucket) {
    append_bucket(name, metric, bucket.upper_bound, bucket.cumulative_count, page);
  }
  append_bucket(name, metric, HUGE_VAL, histogram.sample_count, page);
  if (std::isnan(histogram.sample_sum)) return;
  append_sample(name, "_count", metric, histogram.sample_count, page);
  append_sample(name, "_sum", metric, histogram.sample_sum, page);
}

std::string_view type_word(MetricType type) {
  switch (type) {
    case MetricType::Counter: return "counter";
    case MetricType::Gauge: return "gauge";
    case MetricType::Histogram: return "histogram";
    default: return "unknown";
  }
}

std::string_view name_of(const MetricFamily& family) {
  std::string_view name = family.name;
  if (family.type == MetricType::Counter && name.ends_with("_total")) {
    name.remove_suffix(std::string_view("_total").size());
  }
  return name;
}

}  // namespace

void append_openmetrics_head(const MetricFamily& family, std::string& page) {
  const std::string_view name = name_of(family);
  page.append("# TYPE ").append(name).append(" ").append(type_word(family.type));
  page.append("\n# HELP ").append(name).append(" ");
  append_escaped(family.help, page);
  page += '\n';
}

void append_openmetrics_samples(const MetricFamily& family, std::string& page) {
  const std::string_view name = name_of(family);
  for (const ClientMetric& metric : family.metric) {
    switch (family.type) {
      case MetricType::Counter:
        append_sample(name, "_total", metric, metric.counter.value, page);
        break;
      case MetricType::Histogram: append_histogram(name, metric, page); break;
      default: append_sample(name, "", metric, metric.gauge.value, page); break;
    }
  }
}

}  // namespace mesh
