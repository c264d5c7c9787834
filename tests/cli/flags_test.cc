// The command line as a user meets it: what each flag gives, and the one line that each mistake
// earns.
#include "cli/flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/build.h"

namespace mesh::flags_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Result<Flags> parse(std::vector<const char*> arguments) { return parse_flags(arguments); }

std::string error_of(std::vector<const char*> arguments) {
  auto flags = parse_flags(arguments);
  return flags ? "no error" : flags.error().message;
}

TEST(Flags, have_the_documented_defaults) {
  auto flags = parse({});
  ASSERT_TRUE(flags);
  EXPECT_EQ(flags->config_file, "mesh_exporter.yaml");
  EXPECT_FALSE(flags->config_check);
  EXPECT_EQ(flags->listen_addresses, (std::vector<Address>{{"", 10420, ""}}));
  EXPECT_EQ(flags->telemetry_path, "/metrics");
  EXPECT_EQ(flags->log_level, LogLevel::info);
  EXPECT_EQ(flags->log_format, LogFormat::logfmt);
  EXPECT_FALSE(flags->version);
  EXPECT_FALSE(flags->help);
}

TEST(Flags, take_values_after_an_equal_sign) {
  auto flags = parse({"--config.file=a=b.yaml", "--web.telemetry-path=/m", "--log.level=debug",
                      "--log.format=json"});
  ASSERT_TRUE(flags);
  EXPECT_EQ(flags->config_file, "a=b.yaml");
  EXPECT_EQ(flags->telemetry_path, "/m");
  EXPECT_EQ(flags->log_level, LogLevel::debug);
  EXPECT_EQ(flags->log_format, LogFormat::json);
}

TEST(Flags, take_values_from_the_next_argument) {
  auto flags = parse({"--config.file", "b.yaml", "--log.level", "error", "--config.check"});
  ASSERT_TRUE(flags);
  EXPECT_EQ(flags->config_file, "b.yaml");
  EXPECT_EQ(flags->log_level, LogLevel::error);
  EXPECT_TRUE(flags->config_check);
}

TEST(Flags, say_who_may_have_the_configuration_read_again) {
  const auto usual = parse({});
  ASSERT_TRUE(usual);
  EXPECT_EQ(usual->reload_interval, std::chrono::seconds(5));
  EXPECT_FALSE(usual->lifecycle);
  const auto flags = parse({"--config.auto-reload-interval=0", "--web.enable-lifecycle"});
  ASSERT_TRUE(flags);
  EXPECT_EQ(flags->reload_interval, std::chrono::seconds(0));
  EXPECT_TRUE(flags->lifecycle);
  EXPECT_THAT(error_of({"--config.auto-reload-interval=often"}),
              HasSubstr("--config.auto-reload-interval: \"often\" is not a duration"));
}

TEST(Flags, take_several_listen_addresses_in_place_of_the_default) {
  auto flags = parse({"--web.listen-address=:0", "--web.listen-address", "localhost:9000",
                      "--web.listen-address=[::1]:9001"});
  ASSERT_TRUE(flags);
  EXPECT_EQ(flags->listen_addresses,
            (std::vector<Address>{{"", 0, ""}, {"localhost", 9000, ""}, {"::1", 9001, ""}}));
}

TEST(Flags, say_how_the_pages_are_guarded) {
  const auto usual = parse({});
  EXPECT_EQ(usual->web_config_file, "");
  EXPECT_EQ(usual->max_requests, 40u);
  EXPECT_FALSE(usual->systemd_socket);
  const auto flags = parse({"--web.config.file=web.yml", "--web.max-requests=0",
                            "--web.listen-address=unix:/run/web.sock", "--web.listen-address=:1"});
  ASSERT_TRUE(flags);
  EXPECT_EQ(flags->web_config_file, "web.yml");
  EXPECT_EQ(flags->max_requests, 0u);
  EXPECT_EQ(flags->listen_addresses, (std::vector<Address>{{"", 0, "/run/web.sock"}, {"", 1, ""}}));
  EXPECT_TRUE(parse({"--web.systemd-socket"})->systemd_socket);
  EXPECT_EQ(error_of({"--web.systemd-socket", "--web.listen-address=:1"}),
            "--web.listen-address: not together with --web.systemd-socket");
  EXPECT_EQ(error_of({"--web.max-requests=-1"}),
            "--web.max-requests: \"-1\" is not a whole number");
}

TEST(Flags, know_help_in_both_spellings) {
  EXPECT_TRUE(parse({"--help"})->help);
  EXPECT_TRUE(parse({"-h"})->help);
}

TEST(Flags, know_version) { EXPECT_TRUE(parse({"--version"})->version); }

TEST(Flags, suggest_the_flag_that_was_meant) {
  EXPECT_EQ(error_of({"--web.listen-adress=:1"}),
            "unknown flag \"--web.listen-adress\"; did you mean --web.listen-address?");
  EXPECT_EQ(error_of({"-config.file=x"}),
            "unknown flag \"-config.file\"; did you mean --config.file?");
  EXPECT_EQ(error_of({"--log-level", "info"}),
            "unknown flag \"--log-level\"; did you mean --log.level?");
}

TEST(Flags, name_an_unknown_flag_that_resembles_none) {
  EXPECT_EQ(error_of({"--frobnicate"}), "unknown flag \"--frobnicate\"; try --help");
}

TEST(Flags, are_never_abbreviated) {
  EXPECT_THAT(error_of({"--web.listen=:1"}), StartsWith("unknown flag \"--web.listen\""));
  EXPECT_THAT(error_of({"--vers"}), StartsWith("unknown flag \"--vers\""));
}

TEST(Flags, refuse_arguments_that_are_no_flags) {
  EXPECT_EQ(error_of({"--config.check", "true"}), "unexpected argument \"true\"; try --help");
  EXPECT_EQ(error_of({"--", "--help"}), "unexpected argument \"--help\"; try --help");
}

TEST(Flags, have_no_word_before_them_but_a_command) {
  EXPECT_EQ(error_of({"endpoint"}), "unknown command \"endpoint\"; did you mean endpoints?");
  EXPECT_EQ(error_of({"diagnos", "--agent=a:1"}),
            "unknown command \"diagnos\"; did you mean diagnose?");
  EXPECT_EQ(error_of({"certificate", "--file", "a"}),
            "unknown command \"certificate\"; did you mean certificates?");
  EXPECT_EQ(error_of({"mesh.yaml"}), "unknown command \"mesh.yaml\"; try --help");
  EXPECT_EQ(error_of({""}), "unknown command \"\"; try --help");
}

TEST(Flags, miss_a_value) {
  EXPECT_EQ(error_of({"--config.file"}), "--config.file: the value is missing");
  EXPECT_EQ(error_of({"--config.file="}), "--config.file: the value is missing");
  EXPECT_EQ(error_of({"--config.file", "--config.check"}), "--config.file: the value is missing");
  EXPECT_EQ(error_of({"--config.file", ""}), "--config.file: the value is missing");
}

// As whoever fills them from a variable that may be empty writes them.
TEST(Flags, of_what_may_be_left_out_may_be_empty) {
  EXPECT_EQ(*parse({"--web.config.file=", "--web.runbook-url="}), Flags{});
  EXPECT_EQ(*parse({"--web.config.file", "", "--web.runbook-url", ""}), Flags{});
  EXPECT_EQ(error_of({"--web.config.file"}), "--web.config.file: the value is missing");
  EXPECT_EQ(error_of({"--web.config.file", "--config.check"}),
            "--web.config.file: the value is missing");
  EXPECT_EQ(error_of({"--web.telemetry-path="}), "--web.telemetry-path: the value is missing");
}

TEST(Flags, refuse_a_value_for_a_switch) {
  EXPECT_EQ(error_of({"--config.check=yes"}), "--config.check: takes no value");
  EXPECT_EQ(error_of({"--help=me"}), "--help: takes no value");
}

TEST(Flags, stand_once_unless_repeatable) {
  EXPECT_EQ(error_of({"--log.level=info", "--log.level=warn"}), "--log.level: given 2 times");
}

TEST(Flags, refuse_a_listen_address_without_a_colon) {
  EXPECT_EQ(error_of({"--web.listen-address=9090"}),
            "--web.listen-address: \"9090\" has no port; "
            "expected :PORT, HOST:PORT, [IPV6]:PORT or unix:/PATH");
  EXPECT_EQ(error_of({"--web.listen-address=unix:web.sock"}),
            "--web.listen-address: \"unix:web.sock\" has no path that begins with a slash; "
            "expected unix:/PATH");
}

TEST(Flags, refuse_a_listen_port_that_is_too_large) {
  EXPECT_THAT(error_of({"--web.listen-address=:65536"}), HasSubstr("not a number from 0 to 65535"));
}

TEST(Flags, take_where_the_runbook_is_only_if_a_browser_may_go_there) {
  EXPECT_EQ(parse({"--web.runbook-url=https://wiki.test/mesh"})->runbook_base,
            "https://wiki.test/mesh");
  EXPECT_EQ(error_of({"--web.runbook-url=javascript:alert(1)"}),
            "--web.runbook-url: \"javascript:alert(1)\" does not begin with https:// or http://");
}

TEST(Flags, refuse_a_telemetry_path_that_is_taken) {
  EXPECT_EQ(error_of({"--web.telemetry-path=/"}),
            "--web.telemetry-path: \"/\" is the landing page; "
            "expected another path, such as /metrics");
  EXPECT_THAT(error_of({"--web.telemetry-path=/-/ready"}), HasSubstr("\"/-/ready\" is taken"));
  EXPECT_THAT(error_of({"--web.telemetry-path=/-/healthy"}), HasSubstr("is taken"));
  EXPECT_THAT(error_of({"--web.telemetry-path=/config"}), HasSubstr("is taken"));
}

TEST(Flags, refuse_a_telemetry_path_that_no_request_can_have) {
  EXPECT_THAT(error_of({"--web.telemetry-path=metrics"}), HasSubstr("does not begin with a slash"));
  EXPECT_THAT(error_of({"--web.telemetry-path=/a?b"}), HasSubstr("cannot have"));
  EXPECT_THAT(error_of({"--web.telemetry-path=/a b"}), HasSubstr("cannot have"));
  EXPECT_THAT(error_of({"--web.telemetry-path=/m\xc3\xa9trics"}), HasSubstr("cannot have"));
}

TEST(Flags, refuse_unknown_log_words) {
  EXPECT_EQ(error_of({"--log.level=loud"}),
            "--log.level: unknown level \"loud\"; expected debug, info, warn or error");
  EXPECT_EQ(error_of({"--log.format=xml"}),
            "--log.format: unknown format \"xml\"; expected logfmt or json");
}

TEST(Flags, never_put_raw_bytes_into_an_error) {
  EXPECT_EQ(error_of({"--\x1b[31m"}), "unknown flag \"--\\x1b[31m\"; try --help");
}

TEST(HelpText, names_every_flag_with_its_default) {
  const std::string text = help_text();
  for (const char* part : {"--config.file=mesh_exporter.yaml ", "--config.check ",
                           "--web.listen-address=:10420 ", "--web.telemetry-path=/metrics ",
                           "--log.level=info ", "--log.format=logfmt ", "--version ", "--help "}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(HelpText, says_first_what_this_is) {
  EXPECT_THAT(help_text(), StartsWith("mesh_exporter asks the sidecars of a service mesh what"));
}

TEST(HelpText, fits_a_terminal) {
  const std::string text = help_text();
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    EXPECT_LE(end - begin, 110u) << text.substr(begin, end - begin);
  }
  EXPECT_EQ(begin, text.size()) << "the last line has no newline";
}

TEST(VersionText, begins_like_that_of_the_exporters) {
  EXPECT_THAT(version_text(),
              StartsWith("mesh_exporter, version " + std::string(build::version) + " ("));
  EXPECT_THAT(version_text(), HasSubstr("\n  compiler:  "));
}

}  // namespace
}  // namespace mesh::flags_test
