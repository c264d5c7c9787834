// collect[] and exclude[]: which groups of families a query leaves.
#include "expose/family_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "expose/metrics_page.h"
#include "expose/sample_page.h"

namespace mesh::family_choice_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> groups_of(std::string_view query) {
  const Result<FamilyChoice> choice = FamilyChoice::parse(query);
  if (!choice) return {choice.error().message};
  std::vector<std::string> groups;
  for (std::size_t i = 0; i < section_count; ++i) {
    const Section section{static_cast<int>(i)};
    if (choice->has(section)) groups.emplace_back(to_string(section));
  }
  return groups;
}

TEST(FamilyChoice, is_everything_without_a_word) {
  EXPECT_EQ(groups_of("").size(), section_count);
  EXPECT_EQ(groups_of("format=x&&collect=traffic&target").size(), section_count);
}

TEST(FamilyChoice, is_what_is_collected) {
  EXPECT_THAT(groups_of("collect[]=certificate&collect[]=traffic&x=y"),
              ElementsAre("traffic", "certificate"));
  EXPECT_THAT(groups_of("collect%5B%5D=grpc%5fhealth"), ElementsAre("grpc_health"));
}

TEST(FamilyChoice, is_all_but_what_is_excluded) {
  EXPECT_THAT(groups_of("exclude[]=traffic&exclude[]=process&exclude[]=sidecar"),
              ElementsAre("load_balance", "connection", "grpc_health", "certificate", "target",
                          "exporter"));
}

TEST(FamilyChoice, is_one_way_or_the_other) {
  EXPECT_THAT(groups_of("collect[]=traffic&exclude[]=process"),
              ElementsAre("collect[] and exclude[] cannot be combined: name the groups to have or "
                          "to omit"));
}

TEST(FamilyChoice, names_the_group_that_there_is_not) {
  EXPECT_THAT(groups_of("collect[]=cpu"),
              ElementsAre("collect[]=cpu: there is no such group of metrics; there are traffic, "
                          "load_balance, connection, sidecar, grpc_health, certificate, target, "
                          "exporter, process"));
  EXPECT_THAT(groups_of("exclude[]"), ElementsAre(HasSubstr("no such group")));
  EXPECT_THAT(groups_of("exclude[]=%zz"), ElementsAre(HasSubstr("exclude[]=%zz: ")));
}

TEST(FamilyChoice, decides_what_is_on_the_page) {
  const Snapshot snapshot = sample::two_sidecars();
  const SelfNumbers self = sample::self();
  const PageOptions options = sample::options();
  const std::string some = render_metrics_page({snapshot, self, options}, Format::prometheus_text,
                                               *FamilyChoice::parse("collect[]=target"));
  EXPECT_THAT(some, HasSubstr("\nmesh_target_up{"));
  EXPECT_THAT(some, Not(HasSubstr("mesh_grpc_requests_total")));
  EXPECT_THAT(some, Not(HasSubstr("mesh_exporter_")));
}

}  // namespace
}  // namespace mesh::family_choice_test
