// The sections of the configuration: what each key gives, its range, and how keys hang together.
#include "config/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/parse.h"

namespace mesh::load_test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Config parsed(std::string yaml, Variables variables = {}) {
  auto config = parse_config(yaml, "f.yaml", test_context(std::move(variables)));
  EXPECT_TRUE(config) << errors_of(yaml);
  return config ? *config : Config{};
}

Config with_target(std::string yaml) { return parsed(yaml.append(one_target)); }
std::string errors_with_target(std::string yaml) { return errors_of(yaml.append(one_target)); }

TEST(LoadConfig, fills_in_the_defaults) {
  const Config config = parsed("targets:\n  - name: a\n    admin: http://127.0.0.1:9901\n");
  EXPECT_EQ(config.poll.interval, 15s);
  EXPECT_EQ(config.poll.timeout, 5s);
  EXPECT_EQ(config.poll.window, 5min);
  EXPECT_EQ(config.poll.stale_after, 1min);
  EXPECT_EQ(config.poll.parallel, 16);
  EXPECT_EQ(config.limits.body_bytes, 16u * 1024 * 1024);
  EXPECT_EQ(config.grpc.failure_codes, GrpcConfig{}.failure_codes);
  EXPECT_TRUE(config.audit);
  Target target;
  target.pod = "a";
  target.admin = Address{"127.0.0.1", 9901, ""};
  EXPECT_EQ(config.targets, std::vector<Target>{target});
}

TEST(LoadConfig, reads_every_key) {
  const Config config = parsed(R"(
poll: {interval: 1s, timeout: 500ms, window: 1m30s, stale_after: 10s, parallel: 1000}
limits:
  methods_per_upstream: 1
  upstreams_per_target: 2
  endpoints_per_upstream: 3
  body_bytes: 512KiB
grpc: {failure_codes: [INTERNAL, UNAVAILABLE]}
targets:
  - name: users-0
    namespace: shop
    workload: deploy/users
    mesh: istio
    admin: unix:/run/admin.sock
    metrics: http://[::1]:15090/stats/prometheus?usedonly&filter=%5Ea
)");
  EXPECT_EQ(config.poll.interval, 1s);
  EXPECT_EQ(config.poll.timeout, 500ms);
  EXPECT_EQ(config.poll.window, 90s);
  EXPECT_EQ(config.poll.stale_after, 10s);
  EXPECT_EQ(config.poll.parallel, 1000);
  EXPECT_EQ(config.limits.methods_per_upstream, 1u);
  EXPECT_EQ(config.limits.upstreams_per_target, 2u);
  EXPECT_EQ(config.limits.endpoints_per_upstream, 3u);
  EXPECT_EQ(config.limits.body_bytes, 512u * 1024);
  EXPECT_EQ(config.grpc.failure_codes, (std::vector<std::string>{"INTERNAL", "UNAVAILABLE"}));
  const Target expected{
      "istio",
      "shop",
      "users-0",
      "deploy/users",
      Address{"", 0, "/run/admin.sock"},
      HttpEndpoint{{"::1", 15090, ""}, "/stats/prometheus?usedonly&filter=%5Ea"},
  };
  EXPECT_EQ(config.targets, std::vector<Target>{expected});
}

TEST(LoadConfig, takes_a_section_without_content_for_defaults) {
  EXPECT_EQ(with_target("poll:\n  # interval: 1s\nlimits: {}\ngrpc: ~\n").poll.interval, 15s);
}

TEST(LoadConfig, lets_defaults_follow_a_short_interval) {
  const PollConfig poll = with_target("poll: {interval: 100ms}\n").poll;
  EXPECT_EQ(poll.timeout, 100ms);
  EXPECT_EQ(poll.window, 5min);
  EXPECT_EQ(poll.stale_after, 1min);
}

TEST(LoadConfig, lets_defaults_follow_a_long_interval) {
  const PollConfig poll = with_target("poll: {interval: 1h}\n").poll;
  EXPECT_EQ(poll.timeout, 5s);
  EXPECT_EQ(poll.window, 2h);
  EXPECT_EQ(poll.stale_after, 2h);
}

TEST(LoadConfig, refuses_a_timeout_above_the_interval) {
  EXPECT_EQ(errors_with_target("poll: {interval: 1s, timeout: 1s1ms}\n"),
            "f.yaml:1:31: poll.timeout: \"1s1ms\" is above the interval; "
            "expected it not to be above 1s\n");
  EXPECT_THAT(errors_with_target("poll: {timeout: 16s}\n"), HasSubstr("not to be above 15s"));
  EXPECT_EQ(errors_with_target("poll: {interval: 1s, timeout: 1s}\n"), "");
}

TEST(LoadConfig, refuses_a_window_or_staleness_below_the_interval) {
  EXPECT_EQ(errors_with_target("poll:\n  interval: 1m\n  window: 59s\n  stale_after: 1s\n"),
            "f.yaml:3:11: poll.window: \"59s\" is below the interval; "
            "expected it not to be below 1m\n"
            "f.yaml:4:16: poll.stale_after: \"1s\" is below the interval; "
            "expected it not to be below 1m\n");
  EXPECT_EQ(errors_with_target("poll: {window: 15s, stale_after: 15s}\n"), "");
}

TEST(LoadConfig, compares_nothing_with_an_interval_that_is_none) {
  EXPECT_EQ(errors_with_target("poll: {interval: 1, timeout: 10m}\n"),
            "f.yaml:1:18: poll.interval: \"1\" is a duration without a unit; "
            "expected a duration such as 15s or 1m30s, from 100ms to 1d\n");
}

TEST(LoadConfig, bounds_durations) {
  for (const char* yaml :
       {"poll: {interval: 99ms}\n", "poll: {interval: 0}\n", "poll: {interval: 2d}\n",
        "poll: {window: 8d}\n", "poll: {timeout: 50ms}\n", "poll: {stale_after: 1y}\n"}) {
    EXPECT_THAT(errors_with_target(yaml), HasSubstr("is out of range")) << yaml;
  }
  EXPECT_EQ(errors_with_target("poll: {interval: 1d, timeout: 100ms, window: 1w}\n"), "");
}

TEST(LoadConfig, refuses_numbers_that_are_not_plain) {
  for (const char* number : {"many", "-1", "+1", "1.0", "1e3", "0x10", "1_000", "''", "nan", ".inf",
                             "true", "' 1'", "'1 '"}) {
    const std::string yaml = joined({"poll: {parallel: ", number, "}\n"});
    EXPECT_THAT(errors_with_target(yaml), HasSubstr("is not a whole number in plain digits"));
  }
}

TEST(LoadConfig, refuses_a_leading_zero_that_yaml_might_take_for_octal) {
  EXPECT_EQ(errors_with_target("poll: {parallel: 010}\n"),
            "f.yaml:1:18: poll.parallel: \"010\" begins with a zero; "
            "expected a number from 1 to 1000\n");
}

TEST(LoadConfig, refuses_numbers_out_of_range) {
  for (const char* number : {"0", "1001", "4294967297", "18446744073709551617"}) {
    const std::string yaml = joined({"poll: {parallel: ", number, "}\n"});
    EXPECT_THAT(errors_with_target(yaml), HasSubstr("is out of range")) << number;
  }
}

TEST(LoadConfig, reads_sizes_plain_and_with_a_unit) {
  EXPECT_EQ(with_target("limits: {body_bytes: 1000}\n").limits.body_bytes, 1000u);
  EXPECT_EQ(with_target("limits: {body_bytes: 3MiB}\n").limits.body_bytes, 3u << 20);
  EXPECT_EQ(with_target("limits: {body_bytes: 1GiB}\n").limits.body_bytes, 1u << 30);
}

TEST(LoadConfig, refuses_sizes_it_might_misread) {
  for (const char* size : {"64MB", "64M", "64 MiB", "64mib", "1.5GiB", "MiB", "-1KiB"}) {
    const std::string yaml = joined({"limits: {body_bytes: ", size, "}\n"});
    EXPECT_THAT(errors_with_target(yaml), HasSubstr("is not a whole number in plain digits"));
  }
  for (const char* size : {"0", "2GiB", "17179869184GiB", "17179869185GiB", "0KiB"}) {
    const std::string yaml = joined({"limits: {body_bytes: ", size, "}\n"});
    EXPECT_THAT(errors_with_target(yaml), HasSubstr("is out of range")) << size;
  }
}

TEST(LoadConfig, takes_an_empty_list_of_failure_codes) {
  EXPECT_THAT(with_target("grpc: {failure_codes: []}\n").grpc.failure_codes, testing::IsEmpty());
}

TEST(LoadConfig, refuses_failure_codes_that_are_none) {
  EXPECT_EQ(errors_with_target("grpc:\n  failure_codes: [INTERNAL, INTERNAL, OK, [x]]\n"),
            "f.yaml:2:29: grpc.failure_codes[1]: \"INTERNAL\" is there already; "
            "expected each status once\n"
            "f.yaml:2:39: grpc.failure_codes[2]: \"OK\" is no failure; "
            "expected the statuses that are\n"
            "f.yaml:2:43: grpc.failure_codes[3]: a list; "
            "expected a gRPC status name such as UNAVAILABLE\n");
  EXPECT_THAT(errors_with_target("grpc: {failure_codes: [unavailable]}\n"),
              HasSubstr("\"unavailable\" is unknown; did you mean UNAVAILABLE? expected OK, "));
  EXPECT_THAT(errors_with_target("grpc: {failure_codes: INTERNAL}\n"),
              HasSubstr("\"INTERNAL\"; expected a list of gRPC status names"));
}

TEST(LoadConfig, takes_a_name_by_its_letters) {
  for (const char* name : {"5", "0x10", "1.50", "-1", ".inf", "no", "on", "2001-01-01", "nullable",
                           "'true'", "\"~\"", "'null'"}) {
    const std::string yaml = joined({"targets:\n- admin: http://h:1\n  name: ", name, "\n"});
    std::string letters = name;
    std::erase_if(letters, [](char c) { return c == '\'' || c == '"'; });
    const Config config = parsed(yaml);
    ASSERT_EQ(config.targets.size(), 1u) << name;
    EXPECT_EQ(config.targets[0].pod, letters);
  }
}

TEST(LoadConfig, takes_a_variable_for_a_string_whatever_it_holds) {
  EXPECT_EQ(
      parsed("targets:\n- name: ${X}\n  admin: http://h:1\n", {{"X", "true"}}).targets.at(0).pod,
      "true");
}

TEST(LoadConfig, lets_mappings_be_shared_by_aliases) {
  EXPECT_EQ(parsed("targets:\n- {name: &n a, admin: &u 'http://h:1'}\n"
                   "- {name: *n, namespace: s, admin: *u}\n")
                .targets.size(),
            2u);
}

TEST(LoadConfig, puts_variables_into_values) {
  const Config config =
      parsed("poll: {parallel: \"${N}\"}\ntargets: [{name: \"${POD}-$$x$y\", admin: \"${URL}\"}]\n",
             {{"N", "7"}, {"POD", "users-0"}, {"URL", "unix:/a"}});
  EXPECT_EQ(config.poll.parallel, 7);
  EXPECT_EQ(config.targets.at(0).pod, "users-0-$x$y");
  EXPECT_EQ(config.targets.at(0).admin->unix_path, "/a");
}

TEST(LoadConfig, lets_no_variable_bring_structure) {
  const Config config =
      parsed("targets:\n- name: ${X}\n  admin: http://h:1\n", {{"X", "a, mesh: istio} #"}});
  EXPECT_EQ(config.targets.at(0).pod, "a, mesh: istio} #");
  EXPECT_EQ(config.targets.at(0).mesh, "envoy");
}

TEST(LoadConfig, shows_what_a_variable_held_and_where_it_was_used) {
  EXPECT_THAT(errors_of(joined({"poll:\n  parallel: ${N}\n", one_target}), {{"N", "seven"}}),
              HasSubstr("f.yaml:2:13: poll.parallel: \"seven\" (from \"${N}\") is not a whole"));
}

TEST(LoadConfig, reads_the_same_from_a_file) {
  const auto config = load_config(MESH_SOURCE_DIR "/config.example.yaml", test_context());
  ASSERT_TRUE(config) << config.error().front().message;
}

TEST(LoadConfig, names_a_file_that_cannot_be_read) {
  const auto absent = load_config("/nonexistent/f.yaml", test_context());
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().at(0).message,
            "/nonexistent/f.yaml: cannot be read: No such file or directory");
  const auto directory = load_config("/", test_context());
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().at(0).message, "/: cannot be read: is a directory");
}

TEST(LoadConfig, waits_for_nobody) {
  const std::string fifo = ::testing::TempDir() + "fifo-" + std::to_string(getpid());
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const auto config = load_config(fifo, test_context());
  unlink(fifo.c_str());
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().at(0).message, fifo + ": cannot be read: is no regular file");
}

TEST(LoadConfig, does_not_read_without_end) {
  const auto endless = load_config("/dev/zero", test_context());
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().at(0).message, "/dev/zero: cannot be read: is no regular file");
}

TEST(ProcessEnvironment, tells_unset_from_empty) {
  ASSERT_EQ(setenv("MESH_TEST_EMPTY", "", 1), 0);
  EXPECT_EQ(process_environment()("MESH_TEST_EMPTY"), "");
  EXPECT_EQ(process_environment()("MESH_TEST_NEVER_SET"), std::nullopt);
}

TEST(BalanceSection, says_when_a_skew_matters) {
  const Config config = parsed(
      "balance: {imbalance_ratio: 2.5, effective_share: 0.5}\n"
      "targets: [{name: a, admin: 'http://h:1'}]\n");
  EXPECT_EQ(config.balance.imbalance_ratio, 2.5);
  EXPECT_EQ(config.balance.effective_share, 0.5);
}

TEST(LoadConfig, leaves_the_configuration_of_proxies_alone_if_told_so) {
  EXPECT_FALSE(with_target("audit: false\n").audit);
  EXPECT_TRUE(with_target("audit: true\n").audit);
  EXPECT_THAT(errors_with_target("audit: maybe\n"), HasSubstr("expected true or false"));
}

TEST(ConfigTargets, may_be_asked_by_grpc_only_where_the_mesh_is) {
  const Config config = parsed("targets: [{name: a, mesh: proxyless, grpc: '10.0.0.9:50051'}]\n");
  ASSERT_EQ(config.targets.size(), 1u);
  EXPECT_EQ(to_string(config.targets[0].grpc->address), "10.0.0.9:50051");
  EXPECT_EQ(first_door(config.targets[0]), "10.0.0.9:50051");
  EXPECT_EQ(
      errors_of("targets: [{name: a, mesh: proxyless, admin: 'http://h:1'}]\n"),
      "f.yaml:1:11: targets[0]: the key \"grpc\" is missing; expected HOST:PORT, where the "
      "application takes gRPC calls\n"
      "f.yaml:1:45: targets[0].admin: a target of mesh proxyless is not asked there; expected "
      "\"grpc\" only\n");
  EXPECT_EQ(errors_of("targets: [{name: a, admin: 'http://h:1', grpc: 'h:2'}]\n"),
            "f.yaml:1:48: targets[0].grpc: a target of mesh envoy is not asked there; expected "
            "\"admin\" or \"metrics\"\n");
}

}  // namespace
}  // namespace mesh::load_test
