// The flags of `mesh_exporter diagnose` and the tables, and what is said about wrong ones.
#include "cli/report_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mesh::report_flags_test {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

Result<ReportFlags> parsed(const std::vector<const char*>& arguments,
                           std::string_view command = "endpoints") {
  return parse_report_flags(command, arguments);
}

std::string complaint(const std::vector<const char*>& arguments) {
  const auto flags = parsed(arguments);
  return flags ? "" : flags.error().message;
}

TEST(ReportFlags, know_every_way_to_an_agent) {
  const auto agent = [](const char* text) { return parsed({text})->agent; };
  EXPECT_EQ(agent("--agent=h:1"), (AgentFlags{{"h", 1, ""}, {}, ""}));
  EXPECT_EQ(agent("--agent=http://h:1"), (AgentFlags{{"h", 1, ""}, false, ""}));
  EXPECT_EQ(agent("--agent=https://[::1]:1/"), (AgentFlags{{"::1", 1, ""}, true, ""}));
  EXPECT_EQ(agent("--agent=unix:/run/web.sock"), (AgentFlags{{"", 0, "/run/web.sock"}, {}, ""}));
  EXPECT_EQ(agent("--http.config.file=a.yml").http_config_file, "a.yml");
  EXPECT_EQ(agent("--http.config.file=").http_config_file, "");
}

TEST(ReportFlags, ask_the_agent_about_everything_by_default) {
  const auto flags = parsed({});
  ASSERT_TRUE(flags);
  EXPECT_EQ(flags->agent, (AgentFlags{{"127.0.0.1", 10420, ""}, {}, ""}));
  EXPECT_EQ(flags->filter, ReportFilter{});
  EXPECT_FALSE(flags->json);
}

TEST(ReportFlags, take_a_filter_and_a_form) {
  const auto flags =
      parsed({"--namespace=shop", "--pod", "users-0", "--upstream=orders", "--output=json"});
  ASSERT_TRUE(flags);
  EXPECT_EQ(flags->filter, (ReportFilter{"shop", "users-0", "orders"}));
  EXPECT_TRUE(flags->json);
}

TEST(ReportFlags, take_a_configuration_and_how_long_to_look) {
  const auto flags = parsed({"--config.file=a.yaml", "--for=1m"});
  ASSERT_TRUE(flags);
  EXPECT_EQ(flags->config_file, "a.yaml");
  EXPECT_EQ(flags->look_for, 1min);
}

TEST(ReportFlags, name_the_flag_that_is_wrong) {
  EXPECT_THAT(complaint({"--nonsense"}), HasSubstr("--nonsense"));
  EXPECT_EQ(complaint({"--output=xml"}), "--output: unknown form \"xml\"; expected text or json");
  EXPECT_EQ(complaint({"--for=1m"}), "--for: without --config.file");
  EXPECT_EQ(complaint({"--config.file=a", "--for=100ms"}),
            "--for: \"100ms\" is out of range; expected from 1s to 1h");
  EXPECT_THAT(complaint({"--config.file=a", "--for=soon"}), HasSubstr("--for: \"soon\""));
  EXPECT_EQ(complaint({"--agent=:1"}), "--agent: \":1\" has no host; expected HOST:PORT");
  EXPECT_EQ(complaint({"--agent=unix:web.sock"}),
            "--agent: \"unix:web.sock\" has no path; expected unix:/PATH");
  EXPECT_THAT(complaint({"--agent=https://h:1/metrics"}),
              ::testing::HasSubstr("expected HOST:PORT"));
  EXPECT_EQ(complaint({"--http.config.file=a", "--config.file=b"}),
            "--http.config.file: not together with --config.file");
  EXPECT_EQ(complaint({"--http.config.file=", "--config.file=b"}), "");
  EXPECT_EQ(complaint({"--agent=h:1", "--config.file=a"}),
            "--agent: not together with --config.file");
  EXPECT_THAT(complaint({"users"}), HasSubstr("users"));
}

TEST(ReportFlags, call_text_a_table_too) { EXPECT_FALSE(parsed({"--output=table"})->json); }

TEST(ReportFlags, name_an_upstream_only_where_there_are_upstreams) {
  const auto targets = parsed({"--upstream=users"}, "targets");
  ASSERT_FALSE(targets);
  EXPECT_EQ(targets.error().message,
            "--upstream: targets takes --namespace and --pod only, for it shows no upstreams");
  EXPECT_THAT(report_help_text("targets", ""), testing::Not(HasSubstr("--upstream")));
  EXPECT_TRUE(parsed({"--pod=a", "--namespace=b"}, "targets"));
  for (const char* command : {"diagnose", "methods", "endpoints", "upstreams"}) {
    EXPECT_TRUE(parsed({"--upstream=users"}, command)) << command;
    EXPECT_THAT(report_help_text(command, ""), HasSubstr("--upstream")) << command;
  }
}

TEST(ReportCommands, are_diagnose_and_every_report) {
  EXPECT_TRUE(is_report_command("diagnose"));
  EXPECT_TRUE(is_report_command("endpoints"));
  EXPECT_FALSE(is_report_command("certificates"));
  EXPECT_THAT(report_commands_text(), HasSubstr("  methods       gRPC methods"));
}

}  // namespace
}  // namespace mesh::report_flags_test
