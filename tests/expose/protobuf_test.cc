// The protobuf page: each family one message behind its length. Whether Prometheus reads it the
// same way is asked of a real one in tests/e2e/formats_test.py.
#include "expose/protobuf.h"

#include <gtest/gtest.h>
#include <messages/metric_family.pb.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "expose/metrics_page.h"
#include "expose/sample_page.h"

namespace mesh::protobuf_test {
namespace {

using prometheus_messages::MetricFamily;

std::vector<MetricFamily> read(const std::string& page) {
  std::vector<MetricFamily> families;
  std::size_t at = 0;
  while (at < page.size()) {
    std::size_t length = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(page.at(at++));
      length += static_cast<std::size_t>(byte % 128) << shift;
      if (byte < 128) break;
    }
    EXPECT_TRUE(families.emplace_back().ParseFromString(page.substr(at, length)));
    at += length;
  }
  return families;
}

std::string written(const FamilyBuilder& builder) {
  FamilyWriter writer(Format::protobuf);
  std::string page;
  builder.hand_out([&](FamilyPart part) { page += writer.add(std::move(part)); });
  return page += writer.finish();
}

TEST(ProtobufPage, of_nothing_is_empty) { EXPECT_EQ(ProtobufPage().finish(), ""); }

TEST(ProtobufPage, has_each_family_once_however_many_parts_it_came_in) {
  const Metric metric{"calls_total", MetricKind::counter, Section::traffic, {"n"}, "Calls."};
  FamilyBuilder builder(metric);
  for (std::uint64_t n = 0; n < 1000; ++n) {
    builder.add(Labels().with("n", std::to_string(n)), n);
  }
  const std::vector<MetricFamily> families = read(written(builder));
  ASSERT_EQ(families.size(), 1);
  EXPECT_EQ(families[0].name(), "calls_total");
  EXPECT_EQ(families[0].help(), "Calls.");
  EXPECT_EQ(families[0].type(), 0);
  ASSERT_EQ(families[0].metric_size(), 1000);
  EXPECT_EQ(families[0].metric(999).label(0).name(), "n");
  EXPECT_EQ(families[0].metric(999).label(0).value(), "999");
  EXPECT_EQ(families[0].metric(999).counter().value(), 999);
  EXPECT_TRUE(families[0].metric(0).counter().has_value()) << "0 is a value";
}

TEST(ProtobufPage, has_histograms_cumulative) {
  const Metric metric{"seconds", MetricKind::histogram, Section::traffic, {}, "Time."};
  FamilyBuilder builder(metric);
  const double infinity = std::numeric_limits<double>::infinity();
  builder.add_histogram(Labels(), {{0.5, 3}, {1, 4}, {infinity, 2}}, 7.5);
  const std::vector<MetricFamily> families = read(written(builder));
  ASSERT_EQ(families.size(), 1);
  EXPECT_EQ(families[0].type(), 4);
  const auto& histogram = families[0].metric(0).histogram();
  EXPECT_EQ(histogram.sample_count(), 9);
  EXPECT_EQ(histogram.sample_sum(), 7.5);
  ASSERT_GE(histogram.bucket_size(), 2);
  EXPECT_EQ(histogram.bucket(1).cumulative_count(), 7);
  EXPECT_EQ(histogram.bucket(1).upper_bound(), 1);
}

// A family for each name that the text has, as many samples in all.
TEST(ProtobufPage, has_what_the_text_has) {
  const Snapshot snapshot = sample::two_sidecars();
  const SelfNumbers self = sample::self();
  const PageOptions options = sample::options();
  const Page page{snapshot, self, options};
  std::string names_in_text, names;
  const std::string text = render_metrics_page(page, Format::prometheus_text);
  for (std::size_t at = text.find("# TYPE "); at != text.npos; at = text.find("# TYPE ", at)) {
    at += std::string_view("# TYPE ").size();
    names_in_text += text.substr(at, text.find(' ', at) - at) + "\n";
  }
  for (const MetricFamily& family : read(render_metrics_page(page, Format::protobuf))) {
    names += family.name() + "\n";
    EXPECT_GT(family.metric_size(), 0);
  }
  EXPECT_EQ(names, names_in_text);
}

}  // namespace
}  // namespace mesh::protobuf_test
