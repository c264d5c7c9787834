// Files of targets: what is read of them, and what is said of the rest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "config/parse.h"
#include "config/read_target_file.h"

namespace mesh::target_file_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TargetFile read(std::string_view text) { return read_target_file(text, "t.yaml", test_context()); }

std::vector<std::string> problems(std::string_view text) {
  std::vector<std::string> lines;
  for (const Error& error : read(text).problems) lines.push_back(error.message);
  return lines;
}

TEST(TargetFile, names_who_is_at_an_admin_port) {
  const TargetFile file = read(R"(
- targets: ["10.1.2.3:15000"]
  labels: {mesh: istio, namespace: shop, pod: users-0, workload: users, issuer: cert-manager})");
  ASSERT_THAT(file.targets, SizeIs(1));
  Target wanted;
  wanted.mesh = "istio";
  wanted.ns = "shop";
  wanted.pod = "users-0";
  wanted.workload = "users";
  wanted.issuer = "cert-manager";
  wanted.admin = Address{"10.1.2.3", 15000, {}};
  EXPECT_EQ(file.targets[0], wanted);
  EXPECT_THAT(file.problems, IsEmpty());
  EXPECT_TRUE(file.whole);
}

TEST(TargetFile, may_be_json_as_prometheus_writes_it) {
  const TargetFile file = read(
      R"([{"targets": ["[::1]:9901", "a.test:9901"], "labels": {"job": "x", "env": "prod"}}])");
  EXPECT_THAT(file.problems, IsEmpty());
  ASSERT_THAT(file.targets, SizeIs(2));
  EXPECT_EQ(file.targets[0].pod, "[::1]:9901");
  EXPECT_EQ(file.targets[0].admin->host, "::1");
  EXPECT_EQ(file.targets[1].mesh, "envoy");
}

TEST(TargetFile, has_a_page_of_metrics_where_a_path_is_given) {
  const TargetFile file = read(R"(
- targets: ["10.1.2.3:15020"]
  labels: {mesh: istio, pod: users-0, __metrics_path__: /stats/prometheus})");
  ASSERT_THAT(file.targets, SizeIs(1));
  EXPECT_FALSE(file.targets[0].admin);
  EXPECT_EQ(*file.targets[0].metrics, (HttpEndpoint{{"10.1.2.3", 15020, {}}, "/stats/prometheus"}));
}

TEST(TargetFile, loses_nothing_to_an_entry_that_cannot_be_read) {
  const TargetFile file = read(R"(
- targets: ["10.1.2.3", "10.1.2.4:9901"]
- targets: ["10.1.2.5:9901"]
  labels: {mesh: isto}
- targets: ["10.1.2.6:9901"]
  lables: {}
- labels: {pod: a}
- [1]
- targets: ["10.1.2.7:9901"])");
  ASSERT_THAT(file.targets, SizeIs(3));
  EXPECT_EQ(file.targets[0].pod, "10.1.2.4:9901");
  EXPECT_EQ(file.targets[1].pod, "10.1.2.6:9901");
  EXPECT_EQ(file.targets[2].pod, "10.1.2.7:9901");
  std::vector<std::string> lines;
  for (const Error& error : file.problems) lines.push_back(error.message);
  EXPECT_THAT(lines, ElementsAre(HasSubstr("t.yaml:2:13: [0].targets[0]: \"10.1.2.3\""),
                                 HasSubstr("t.yaml:4:18: [1].labels.mesh: \"isto\""),
                                 HasSubstr("t.yaml:6:3: [2]: unknown key \"lables\""),
                                 HasSubstr("t.yaml:7:3: [3]"), HasSubstr("t.yaml:8:3: [4]")));
  EXPECT_TRUE(file.whole);
}

TEST(TargetFile, has_one_pod_for_one_target) {
  EXPECT_THAT(problems("- targets: [\"a:1\", \"b:1\"]\n  labels: {pod: x}"),
              ElementsAre(HasSubstr("one pod for several targets")));
}

TEST(TargetFile, refuses_what_it_cannot_ask) {
  EXPECT_THAT(problems("- targets: [\"a:1\"]\n  labels: {__scheme__: https}"),
              ElementsAre(HasSubstr("\"https\" is not supported; expected http")));
  EXPECT_THAT(problems("- targets: [\"a:1\"]\n  labels: {__metrics_path__: metrics}"),
              ElementsAre(HasSubstr("\"metrics\" is no path")));
}

TEST(TargetFile, that_is_no_list_says_nothing_of_its_targets) {
  for (const char* text : {"", "targets: []", "- targets: [", "\xff", "\"text\""}) {
    const TargetFile file = read(text);
    EXPECT_FALSE(file.whole) << text;
    EXPECT_THAT(file.problems, testing::Not(IsEmpty())) << text;
    EXPECT_THAT(file.targets, IsEmpty()) << text;
  }
  EXPECT_TRUE(read("[]").whole);
}

TEST(TargetFile, has_no_business_with_an_environment) {
  EXPECT_THAT(problems("- targets: [\"a:1\"]\n  labels: {pod: \"${HOME}\"}"),
              ElementsAre(HasSubstr("HOME")));
}

TEST(TargetFile, is_bounded) {
  std::string text = "- targets: [";
  for (int i = 0; i < 5'001; ++i) text.append("\"a:").append(std::to_string(i + 1)).append("\",");
  const TargetFile file = read(text + "]");
  EXPECT_THAT(file.targets, SizeIs(5'000));
  EXPECT_THAT(file.problems, ElementsAre(testing::Field(&Error::message, HasSubstr("5000"))));
}

}  // namespace
}  // namespace mesh::target_file_test
