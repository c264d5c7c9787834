// The OpenMetrics writer: one family in, its text out.
#include "expose/openmetrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace mesh::openmetrics_test {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

std::string text_of(const MetricFamily& family) {
  std::string text;
  append_openmetrics_head(family, text);
  append_openmetrics_samples(family, text);
  return text;
}

std::string gauge_value(double value) {
  ClientMetric metric;
  metric.gauge.value = value;
  const std::string text = text_of({"g", "Help.", MetricType::Gauge, {metric}});
  const std::size_t begin = text.rfind("g ") + 2;
  return text.substr(begin, text.size() - begin - 1);
}

TEST(OpenMetrics, names_a_counter_without_total_and_its_samples_with_it) {
  ClientMetric metric;
  metric.label = {{"code", "OK"}};
  metric.counter.value = 5;
  EXPECT_EQ(text_of({"calls_total", "Calls.", MetricType::Counter, {metric}}),
            "# TYPE calls counter\n# HELP calls Calls.\ncalls_total{code=\"OK\"} 5\n");
}

TEST(OpenMetrics, writes_a_sample_without_labels_without_braces) {
  EXPECT_EQ(text_of({"g", "Help.", MetricType::Gauge, {ClientMetric{}}}),
            "# TYPE g gauge\n# HELP g Help.\ng 0\n");
}

TEST(OpenMetrics, escapes_label_values) {
  ClientMetric metric;
  metric.label = {{"a", "q\"b\\n\n"}, {"b", ""}};
  EXPECT_EQ(text_of({"g", "Help.", MetricType::Gauge, {metric}}),
            "# TYPE g gauge\n# HELP g Help.\ng{a=\"q\\\"b\\\\n\\n\",b=\"\"} 0\n");
}

TEST(OpenMetrics, escapes_help) {
  EXPECT_EQ(text_of({"g", "a\\b\n\"c\"", MetricType::Gauge, {}}),
            "# TYPE g gauge\n# HELP g a\\\\b\\n\\\"c\\\"\n");
}

TEST(OpenMetrics, writes_buckets_with_a_point_in_the_bound_then_count_and_sum) {
  ClientMetric metric;
  metric.label = {{"m", "x"}};
  metric.histogram = {9, 2.5, {{4, 0.005}, {7, 1}, {8, 1e20}}};
  EXPECT_EQ(text_of({"h", "Help.", MetricType::Histogram, {metric}}),
            "# TYPE h histogram\n# HELP h Help.\n"
            "h_bucket{m=\"x\",le=\"0.005\"} 4\n"
            "h_bucket{m=\"x\",le=\"1.0\"} 7\n"
            "h_bucket{m=\"x\",le=\"1e+20\"} 8\n"
            "h_bucket{m=\"x\",le=\"+Inf\"} 9\n"
            "h_count{m=\"x\"} 9\n"
            "h_sum{m=\"x\"} 2.5\n");
}

TEST(OpenMetrics, writes_a_histogram_without_labels) {
  ClientMetric metric;
  metric.histogram = {1, 0.5, {}};
  EXPECT_EQ(text_of({"h", "Help.", MetricType::Histogram, {metric}}),
            "# TYPE h histogram\n# HELP h Help.\nh_bucket{le=\"+Inf\"} 1\nh_count 1\nh_sum 0.5\n");
}

TEST(OpenMetrics, leaves_out_sum_and_count_where_there_is_no_sum) {
  ClientMetric metric;
  metric.histogram = {1, std::nan(""), {}};
  EXPECT_EQ(text_of({"h", "Help.", MetricType::Histogram, {metric}}),
            "# TYPE h histogram\n# HELP h Help.\nh_bucket{le=\"+Inf\"} 1\n");
}

TEST(OpenMetrics, writes_whole_numbers_as_such) {
  EXPECT_EQ(gauge_value(100000), "100000");
  EXPECT_EQ(gauge_value(-3), "-3");
  EXPECT_EQ(gauge_value(9007199254740992), "9007199254740992");
}

TEST(OpenMetrics, writes_every_other_number_so_that_it_reads_back_the_same) {
  EXPECT_EQ(gauge_value(0.1), "0.1");
  EXPECT_EQ(gauge_value(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(gauge_value(1760000000.123), "1760000000.123");
  EXPECT_EQ(gauge_value(1.8446744073709552e19), "18446744073709551616");
  EXPECT_EQ(gauge_value(1e300), "1e+300");
}

TEST(OpenMetrics, spells_what_is_no_number) {
  EXPECT_EQ(gauge_value(std::numeric_limits<double>::infinity()), "+Inf");
  EXPECT_EQ(gauge_value(-std::numeric_limits<double>::infinity()), "-Inf");
  EXPECT_EQ(gauge_value(std::nan("")), "NaN");
}

}  // namespace
}  // namespace mesh::openmetrics_test
