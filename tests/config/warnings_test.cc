// What is allowed and hardly meant: said once, with both places, and no reason to refuse the file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "config/load.h"
#include "config/parse.h"

namespace mesh::warnings_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> warnings_of(std::string_view yaml, Variables variables = {}) {
  auto config = parse_config(yaml, "f.yaml", test_context(std::move(variables)));
  EXPECT_TRUE(config) << (config ? "" : config.error().front().message);
  return config ? config->warnings : std::vector<std::string>{};
}

TEST(ConfigWarnings, name_two_targets_with_the_same_admin_port) {
  EXPECT_THAT(warnings_of("targets:\n"
                          "- name: a\n"
                          "  admin: http://h:1\n"
                          "- name: b\n"
                          "  namespace: shop\n"
                          "  admin: http://h:1/\n"),
              ElementsAre("f.yaml:6:10: warning: targets[1].admin: \"shop/b\" is asked at \"h:1\", "
                          "as is \"a\" in line 3; what happens there is counted under both names"));
}

TEST(ConfigWarnings, name_the_first_of_many) {
  EXPECT_THAT(warnings_of("targets:\n"
                          "- {name: a, admin: 'unix:/s'}\n"
                          "- {name: b, admin: 'unix:/s'}\n"
                          "- {name: c, admin: 'unix:/s'}\n"),
              ElementsAre("f.yaml:3:20: warning: targets[1].admin: \"b\" is asked at \"unix:/s\", "
                          "as is \"a\" in line 2; what happens there is counted under both names",
                          "f.yaml:4:20: warning: targets[2].admin: \"c\" is asked at \"unix:/s\", "
                          "as is \"a\" in line 2; what happens there is counted under both names"));
}

TEST(ConfigWarnings, tell_of_a_network_namespace_that_a_unix_socket_is_not_in) {
  EXPECT_THAT(warnings_of("targets:\n"
                          "- {name: a, admin: 'unix:/s', network_namespace: /run/netns/a}\n"
                          "- {name: b, admin: 'http://h:1', network_namespace: /run/netns/a}\n"),
              ElementsAre("f.yaml:2:50: warning: targets[0].network_namespace: a Unix socket is in "
                          "no network; this is never used"));
}

TEST(ConfigWarnings, show_no_query_of_a_metrics_page) {
  EXPECT_THAT(warnings_of("targets:\n"
                          "- {name: a, metrics: 'http://h:1/m?token=x'}\n"
                          "- {name: b, metrics: 'http://h:1/m?token=x'}\n"),
              ElementsAre("f.yaml:3:22: warning: targets[1].metrics: \"b\" is asked at \"h:1/m\", "
                          "as is \"a\" in line 2; what happens there is counted under both names"));
}

TEST(ConfigWarnings, show_what_a_variable_puts_into_a_path_as_redacted) {
  EXPECT_THAT(warnings_of("targets:\n"
                          "- {name: a, metrics: 'http://h:1/${S}/m', network_namespace: /n}\n"
                          "- {name: b, metrics: 'http://h:1/${S}/m', network_namespace: /n}\n",
                          {{"S", "hush"}}),
              ElementsAre("f.yaml:3:22: warning: targets[1].metrics: \"b\" is asked at "
                          "\"h:1/<redacted>/m in /n\", as is \"a\" in line 2; what happens there "
                          "is counted under both names"));
}

TEST(ConfigWarnings, are_about_what_is_asked) {
  // Where there is an admin port, the metrics page is not asked.
  EXPECT_THAT(warnings_of("targets:\n"
                          "- {name: a, admin: 'http://h:1', metrics: 'http://h:9/m'}\n"
                          "- {name: b, admin: 'http://h:2', metrics: 'http://h:9/m'}\n"
                          "- {name: c, metrics: 'http://h:9/m'}\n"
                          "- {name: d, metrics: 'http://h:9/m?pod=d'}\n"),
              IsEmpty());
}

TEST(ConfigWarnings, name_a_door_that_is_never_used) {
  EXPECT_THAT(
      warnings_of("targets:\n"
                  "- {name: a, mesh: linkerd, admin: 'http://h:1', metrics: 'http://h:2/m'}\n"
                  "- {name: b, mesh: istio, admin: 'http://h:3', metrics: 'http://h:4/m'}\n"
                  "- {name: c, mesh: envoy, admin: 'http://h:5', metrics: 'http://h:6/m'}\n"
                  "- {name: d, mesh: linkerd, admin: 'http://h:7'}\n"),
      ElementsAre(
          "f.yaml:2:35: warning: targets[0].admin: a target of mesh linkerd is asked at its "
          "metrics only, if it has both; this is never used",
          "f.yaml:3:56: warning: targets[1].metrics: a target of mesh istio is asked at its "
          "admin only, if it has both; this is never used"));
}

TEST(ConfigWarnings, compare_the_door_that_is_used) {
  EXPECT_THAT(
      warnings_of("targets:\n"
                  "- {name: a, mesh: linkerd, metrics: 'http://h:1/m'}\n"
                  "- {name: b, mesh: linkerd, admin: 'http://h:2', metrics: 'http://h:1/m'}\n"),
      testing::Contains(testing::HasSubstr("targets[1].metrics: \"b\" is asked at \"h:1/m\"")));
}

TEST(ConfigWarnings, let_an_application_share_the_page_of_its_proxy) {
  EXPECT_THAT(warnings_of("targets:\n"
                          "- {name: a, mesh: istio, metrics: 'http://h:1/m'}\n"
                          "- {name: a, mesh: app, metrics: 'http://h:1/m'}\n"),
              IsEmpty());
}

TEST(ConfigWarnings, end_somewhere) {
  std::string yaml = "targets:\n";
  for (int i = 0; i < 1'500; ++i) {
    yaml += joined({"- {name: t", std::to_string(i), ", admin: 'http://h:1'}\n"});
  }
  const std::vector<std::string> warnings = warnings_of(yaml);
  EXPECT_THAT(warnings, SizeIs(1'001));
  EXPECT_EQ(warnings.back(), "f.yaml: there may be more");
}

}  // namespace
}  // namespace mesh::warnings_test
