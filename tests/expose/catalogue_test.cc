// The catalogue against its own promises, against the code that makes the families, and against
// docs/metrics.md.
#include "expose/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "expose/families.h"
#include "expose/reference.h"
#include "expose/sample_plane.h"

namespace mesh::catalogue_test {
namespace {

TEST(Catalogue, has_a_maker_for_each_metric_and_a_metric_for_each_maker) {
  std::vector<std::string> listed, made;
  for (const Metric& metric : catalogue()) listed.emplace_back(metric.name);
  for (const FamilyMaker& maker : family_makers()) made.emplace_back(maker.metric);
  EXPECT_THAT(made, testing::UnorderedElementsAreArray(listed));
}

TEST(Catalogue, names_each_metric_once) {
  std::set<std::string_view> names;
  for (const Metric& metric : catalogue()) EXPECT_TRUE(names.insert(metric.name).second);
}

TEST(Catalogue, ends_the_names_of_counters_and_of_nothing_else_in_total) {
  for (const Metric& metric : catalogue()) {
    EXPECT_EQ(metric.name.ends_with("_total"), metric.kind == MetricKind::counter) << metric.name;
  }
}

TEST(Catalogue, ends_the_names_of_infos_and_of_nothing_else_in_info) {
  for (const Metric& metric : catalogue()) {
    EXPECT_EQ(metric.name.ends_with("_info"), metric.kind == MetricKind::info) << metric.name;
  }
}

TEST(Catalogue, prefixes_all_but_the_standard_process_metrics_with_mesh) {
  for (const Metric& metric : catalogue()) {
    const char* prefix = metric.section == Section::process ? "process_" : "mesh_";
    EXPECT_TRUE(metric.name.starts_with(prefix)) << metric.name;
  }
}

TEST(Catalogue, has_help_on_one_line_that_needs_no_escaping) {
  for (const Metric& metric : catalogue()) {
    EXPECT_EQ(metric.help.find_first_of("\n\\\""), std::string_view::npos) << metric.name;
    EXPECT_TRUE(metric.help.ends_with(".")) << metric.name;
  }
}

TEST(Catalogue, says_the_window_of_what_is_computed_over_it) {
  for (const std::string_view name : {"mesh_grpc_request_rate", "mesh_grpc_error_ratio"}) {
    ASSERT_NE(find_metric(name), nullptr);
    EXPECT_THAT(std::string(find_metric(name)->help),
                testing::HasSubstr("over the configured window (poll.window)"));
  }
}

TEST(Catalogue, explains_each_label_in_use_and_no_other) {
  std::set<std::string_view> used{"mesh", "namespace", "pod", "workload"}, explained;
  for (const Metric& metric : catalogue()) used.insert(metric.labels.begin(), metric.labels.end());
  for (const LabelMeaning& label : label_meanings()) explained.insert(label.name);
  EXPECT_EQ(used, explained);
}

TEST(Catalogue, uses_no_label_that_belongs_to_the_users_of_prometheus) {
  for (const LabelMeaning& label : label_meanings()) {
    for (const std::string_view taken :
         {"job", "instance", "cluster", "service", "region", "zone", "env", "le"}) {
      EXPECT_NE(label.name, taken);
    }
  }
}

TEST(Catalogue, finds_nothing_under_a_name_nobody_exports) {
  EXPECT_EQ(find_metric("mesh_nothing"), nullptr);
}

// Every label on the page is one that the catalogue promised for that metric.
TEST(Catalogue, lists_the_labels_that_the_page_has) {
  Snapshot snapshot = sample::two_sidecars();
  for (TargetState one : {sample::istiod(), sample::istio_sidecar("1.30.2")}) {
    snapshot.targets.push_back(std::make_shared<const TargetState>(std::move(one)));
  }
  const SelfNumbers self = sample::self();
  const PageOptions options = sample::options();
  std::set<std::string> seen;
  each_family_part({snapshot, self, options}, {}, [&](const FamilyPart& part) {
    const prometheus::MetricFamily& family = part.family;
    const Metric* metric = find_metric(family.name);
    ASSERT_NE(metric, nullptr) << family.name;
    seen.insert(family.name);
    std::vector<std::string_view> allowed;
    if (has_identity(metric->section)) allowed = {"mesh", "namespace", "pod", "workload"};
    allowed.insert(allowed.end(), metric->labels.begin(), metric->labels.end());
    for (const auto& sample : family.metric) {
      std::vector<std::string_view> names;
      for (const auto& label : sample.label) names.push_back(label.name);
      std::vector<std::string_view> without_subset = allowed;
      std::erase(without_subset, "subset");
      EXPECT_TRUE(names == allowed || names == without_subset) << family.name;
    }
  });
  EXPECT_EQ(seen.size(), catalogue().size()) << "the sample page lacks a family";
}

TEST(Reference, is_what_docs_metrics_md_says) {
  const std::string now = render_metrics_reference();
  EXPECT_EQ(sample::golden(MESH_SOURCE_DIR "/docs/metrics.md", now), now)
      << "docs/metrics.md is generated. " << sample::how_to_regenerate;
}

TEST(Reference, has_a_row_for_each_metric) {
  const std::string reference = render_metrics_reference();
  for (const Metric& metric : catalogue()) {
    EXPECT_THAT(reference, testing::HasSubstr("| `" + std::string(metric.name) + "` |"));
  }
}

}  // namespace
}  // namespace mesh::catalogue_test
