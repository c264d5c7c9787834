// What people read when their file is wrong: the place, the word, what was expected; and that no
// bytes whatsoever do worse than give an error.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "base/quoted.h"
#include "config/load.h"
#include "config/parse.h"

namespace mesh::errors_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// Targets with the lines of one of them.
std::string target_errors(std::string_view lines) {
  return errors_of(joined({"targets:\n  - ", lines}));
}

TEST(ConfigErrors, come_all_at_once_in_the_order_of_the_file) {
  EXPECT_EQ(errors_of("poll:\n"
                      "  intervall: 15s\n"
                      "  parallel: none\n"
                      "colour: blue\n"
                      "targets:\n"
                      "  - name: a\n"
                      "    admin: ftp://h:1\n"),
            "f.yaml:2:3: poll: unknown key \"intervall\"; did you mean interval? "
            "expected interval, timeout, window, stale_after or parallel\n"
            "f.yaml:3:13: poll.parallel: \"none\" is not a whole number in plain digits; "
            "expected a number from 1 to 1000\n"
            "f.yaml:4:1: unknown key \"colour\"; expected poll, limits, grpc, probes, balance, "
            "certificates, audit, discovery, cgroup_root or targets\n"
            "f.yaml:7:12: targets[0].admin: \"ftp://h:1\" does not begin with http://; "
            "expected http://HOST:PORT or unix:/PATH\n");
}

TEST(ConfigErrors, say_what_a_skew_of_load_is_told_by) {
  EXPECT_EQ(errors_of("balance: {imbalance_ratio: 1, effective_share: 66%}\n"
                      "targets: [{name: a, admin: 'http://h:1'}]\n"),
            "f.yaml:1:28: balance.imbalance_ratio: \"1\" is out of range; "
            "expected a factor above 1, such as 1.5\n"
            "f.yaml:1:48: balance.effective_share: \"66%\" is no number; "
            "expected a share between 0 and 1, such as 0.5\n");
}

TEST(ConfigErrors, name_a_duplicate_key) {
  EXPECT_EQ(target_errors("name: a\n    admin: http://h:1\n    name: b\n"),
            "f.yaml:4:5: the key \"name\" is there already, in line 2; expected it once\n");
}

TEST(ConfigErrors, name_a_duplicate_target) {
  EXPECT_EQ(errors_of("targets:\n"
                      "- {name: a, admin: 'http://h:1'}\n"
                      "- {name: a, namespace: s, admin: 'http://h:1'}\n"
                      "- {name: a, namespace: s, admin: 'http://h:2'}\n"),
            "f.yaml:4:10: targets[2].name: \"a\" is taken by the target in line 3; "
            "expected a name that is unique in its namespace\n");
}

TEST(ConfigErrors, name_what_a_target_lacks) {
  EXPECT_EQ(target_errors("workload: w\n"),
            "f.yaml:2:5: targets[0]: the key \"name\" is missing; "
            "expected a name for this target\n"
            "f.yaml:2:5: targets[0]: neither \"admin\" nor \"metrics\"; "
            "expected where to ask this target\n");
  EXPECT_EQ(target_errors("{name: '', admin: 'http://h:1'}\n"),
            "f.yaml:2:12: targets[0].name: \"\" is empty; expected a name for this target\n");
}

TEST(ConfigErrors, name_a_target_that_is_no_mapping) {
  EXPECT_THAT(target_errors("users-0\n"), HasSubstr("targets[0]: \"users-0\" is no mapping"));
  EXPECT_THAT(target_errors("\n"), HasSubstr("targets[0]: no value; expected the keys name,"));
  EXPECT_THAT(target_errors("[a]\n"), HasSubstr("targets[0]: a list is no mapping"));
}

TEST(ConfigErrors, suggest_the_mesh_that_was_meant) {
  EXPECT_EQ(target_errors("{name: a, mesh: envo, admin: 'http://h:1'}\n"),
            "f.yaml:2:21: targets[0].mesh: \"envo\" is unknown; did you mean envoy? "
            "expected envoy, istio, linkerd, app or proxyless\n");
}

TEST(ConfigErrors, tell_a_proxy_and_its_application_apart) {
  EXPECT_EQ(target_errors("{name: a, mesh: app, metrics: 'http://h:1/m'}\n"
                          "  - {name: a, admin: 'http://h:2'}\n"),
            "");
  EXPECT_THAT(target_errors("{name: a, mesh: app, metrics: 'http://h:1/m'}\n"
                            "  - {name: a, mesh: app, metrics: 'http://h:2/m'}\n"),
              HasSubstr("\"a\" is taken by the target in line 2"));
}

TEST(ConfigErrors, refuse_names_that_would_look_like_something_else) {
  EXPECT_THAT(target_errors("{name: a/b, admin: 'http://h:1'}\n"), HasSubstr("has a slash"));
  EXPECT_THAT(target_errors("{name: a, namespace: a/b, admin: 'http://h:1'}\n"),
              HasSubstr("targets[0].namespace: \"a/b\" has a slash"));
  EXPECT_THAT(target_errors("{name: \"a\\nb\", admin: 'http://h:1'}\n"),
              HasSubstr("\"a\\nb\" has characters that cannot be shown"));
  EXPECT_THAT(target_errors("{name: ' a', admin: 'http://h:1'}\n"),
              HasSubstr("begins or ends with a space"));
  EXPECT_THAT(target_errors(joined({"{admin: 'http://h:1', name: ", std::string(254, 'x'), "}"})),
              HasSubstr("is too long"));
}

TEST(ConfigErrors, name_a_value_of_the_wrong_type) {
  EXPECT_THAT(target_errors("{name: [a], admin: 'http://h:1'}\n"),
              HasSubstr("targets[0].name: a list; expected one line"));
  EXPECT_THAT(target_errors("{name: a, admin: {host: h}}\n"),
              HasSubstr("targets[0].admin: a mapping; expected http://HOST:PORT"));
  EXPECT_THAT(target_errors("name: a\n    admin:\n"),
              HasSubstr("f.yaml:3:5: targets[0].admin: no value; expected http://HOST:PORT"));
  EXPECT_THAT(errors_of("targets: {a: b}\n"), HasSubstr("a mapping; expected a list of targets"));
  EXPECT_THAT(errors_of("poll: 15s\ntargets: []\n"),
              HasSubstr("f.yaml:1:7: poll: \"15s\" is no mapping; expected the keys interval,"));
}

TEST(ConfigErrors, want_quotes_around_a_name_that_yaml_takes_for_no_string) {
  for (const char* name :
       {"true", "True", "TRUE", "false", "False", "FALSE", "~", "null", "NULL"}) {
    EXPECT_EQ(target_errors(joined({"admin: http://h:1\n    name: ", name, "\n"})),
              joined({"f.yaml:3:11: targets[0].name: \"", name,
                      "\" is no string to YAML; expected a string; quote it\n"}));
  }
  EXPECT_EQ(target_errors("{name: a, namespace: ~, workload: true, admin: 'http://h:1'}\n"),
            "f.yaml:2:26: targets[0].namespace: \"~\" is no string to YAML; "
            "expected a string; quote it\n"
            "f.yaml:2:39: targets[0].workload: \"true\" is no string to YAML; "
            "expected a string; quote it\n");
}

TEST(ConfigErrors, tell_a_written_null_from_a_value_left_out) {
  EXPECT_EQ(target_errors("name: a\n    admin: null\n"),
            "f.yaml:3:12: targets[0].admin: \"null\" is no value to YAML; "
            "expected http://HOST:PORT or unix:/PATH\n");
  EXPECT_EQ(target_errors("admin: http://h:1\n    workload:\n    name: a\n"),
            "f.yaml:3:5: targets[0].workload: no value; expected one line of up to 253 bytes\n");
  // What follows is not the value.
  EXPECT_THAT(errors_of("poll:\n  interval:\n  null: 1\ntargets: []\n"),
              HasSubstr("f.yaml:2:3: poll.interval: no value; expected a duration"));
}

TEST(ConfigErrors, name_the_ports_there_are) {
  EXPECT_EQ(target_errors("{name: a, admin: 'http://h:99999'}\n"),
            "f.yaml:2:22: targets[0].admin: \"http://h:99999\" has a port that is not a number "
            "from 1 to 65535; expected http://HOST:PORT or unix:/PATH\n");
}

TEST(ConfigErrors, name_a_variable_that_is_not_set) {
  EXPECT_EQ(target_errors("name: a\n    admin: http://${HOST}:1\n"),
            "f.yaml:3:12: targets[0].admin: the environment variable \"HOST\" is not set; "
            "expected it to be, or $$ for a dollar sign\n");
}

TEST(ConfigErrors, name_a_variable_that_can_have_no_such_name) {
  for (const char* name : {"'${}'", "'${A B}'", "'${A:-b}'", "'${1}'", "'${A'"}) {
    EXPECT_THAT(target_errors(joined({"{name: ", name, ", admin: 'http://h:1'}"})),
                HasSubstr("no variable is named "))
        << name;
  }
}

const std::string what_to_watch =
    "expected at least one target, such as targets: [{name: users-0, admin: "
    "\"http://127.0.0.1:9901\"}], or discovery, certificates.endpoints, "
    "certificates.files, certificates.secrets or probes.grpc\n";

TEST(ConfigErrors, say_that_there_is_nothing) {
  for (const char* yaml : {"", "\n", "# only a comment\n", "---\n", "~\n", "\xEF\xBB\xBF"}) {
    EXPECT_EQ(errors_of(yaml), "f.yaml:1:1: the file is empty; " + what_to_watch);
  }
}

TEST(ConfigErrors, say_that_there_is_nothing_to_watch) {
  EXPECT_EQ(errors_of("poll: {interval: 1s}\n"),
            "f.yaml:1:1: the key \"targets\" is missing; " + what_to_watch);
  EXPECT_EQ(errors_of("targets: []\n"), "f.yaml:1:10: targets: nothing to watch; " + what_to_watch);
  EXPECT_EQ(errors_of("targets:\n"), "f.yaml:1:1: targets: no value; expected a list of targets\n");
}

TEST(ConfigErrors, place_a_syntax_error) {
  EXPECT_EQ(errors_of("poll:\n  interval: 1s\n timeout: 1s\n"),
            "f.yaml:3:2: not YAML at \"timeout:\": it fits no mapping; "
            "expected KEY: VALUE, indented as its neighbours\n");
  EXPECT_EQ(errors_of("targets:\n  - name: foo: bar\n"),
            "f.yaml:2:14: not YAML at \":\": a colon out of place; "
            "expected one KEY: VALUE, in quotes if with \": \"\n");
  EXPECT_THAT(errors_of("targets: [a\n"), HasSubstr("the [ has no ]; expected it"));
  EXPECT_THAT(errors_of("targets: *x\n"), HasSubstr("an alias of nothing"));
}

TEST(ConfigErrors, recognise_a_tab) {
  EXPECT_EQ(errors_of("poll:\n\tinterval: 1s\n"),
            "f.yaml:2:10: not YAML: indentation by a tab; expected spaces\n");
}

TEST(ConfigErrors, notice_a_quote_that_swallows_the_rest) {
  EXPECT_EQ(target_errors("name: \"a\n    admin: http://h:1\n"),
            "f.yaml:2:11: the quote is never closed; expected another \"\n");
  EXPECT_EQ(target_errors("{admin: 'http://h:1', name: 'it''s'}\n"), "");
  EXPECT_EQ(target_errors("{admin: 'http://h:1', name: \"a\\\"b\"}\n"), "");
}

TEST(ConfigErrors, notice_a_second_document) {
  EXPECT_EQ(errors_of(joined({one_target, "---\npoll: {}\n"})),
            "f.yaml:3:1: a second document begins; expected one, indented alike\n");
}

TEST(ConfigErrors, refuse_what_yaml_can_and_this_file_need_not) {
  EXPECT_THAT(errors_of(joined({"poll: !x {}\n", one_target})),
              HasSubstr("f.yaml:1:7: the tag \"!x\"; expected a value without one"));
  EXPECT_THAT(errors_of(joined({"? [a]\n: b\n", one_target})),
              HasSubstr("the key of a mapping is no word"));
  EXPECT_THAT(errors_of("targets: &a [*a]\n"),
              HasSubstr("f.yaml:1:14: the alias names a value that it is part of"));
}

TEST(ConfigErrors, refuse_bytes_that_are_no_text) {
  using namespace std::string_view_literals;
  EXPECT_EQ(errors_of("poll:\n  é\xff: 1\n"),
            "f.yaml:2:5: the byte \"\\xff\"; expected UTF-8 text\n");
  // yaml-cpp would end the file there and accept what came before.
  EXPECT_EQ(errors_of(joined({one_target, "\x04nonsense: ["})),
            "f.yaml:2:1: the byte \"\\x04\"; expected UTF-8 text\n");
  EXPECT_EQ(errors_of("a: \0"sv), "f.yaml:1:4: the byte \"\\x00\"; expected UTF-8 text\n");
  EXPECT_THAT(errors_of("\xff\xfet\0a\0"sv), StartsWith("f.yaml:1:1: the byte \"\\xff\""));
}

TEST(ConfigErrors, take_windows_line_ends_and_a_byte_order_mark) {
  EXPECT_EQ(errors_of("\xEF\xBB\xBFtargets:\r\n- name: a\r\n  admin: http://h:1\r\n"), "");
}

TEST(ConfigErrors, survive_deep_nesting) {
  EXPECT_THAT(errors_of(std::string(100'000, '[')), HasSubstr("nested too deeply"));
  std::string maps;
  for (int i = 0; i < 50'000; ++i) maps += "{a: ";
  EXPECT_THAT(errors_of(maps), HasSubstr("nested too deeply"));
}

TEST(ConfigErrors, survive_aliases_that_multiply) {
  std::string yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string name = std::to_string(i), last = std::to_string(i - 1);
    yaml += joined({"a", name, ": &a", name, " [*a", last});
    for (int j = 0; j < 9; ++j) yaml += joined({", *a", last});
    yaml += "]\n";
  }
  yaml += "targets: *a29\n";
  EXPECT_THAT(errors_of(yaml), HasSubstr("targets[0]: a list is no mapping"));
}

TEST(ConfigErrors, stop_at_a_thousand) {
  std::string yaml = "targets:\n";
  for (int i = 0; i < 5'000; ++i) yaml += "- x\n";
  const auto config = parse_config(yaml, "f.yaml", test_context());
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().size(), 1'001u);
  EXPECT_EQ(config.error().back().message, "f.yaml: there may be more");
}

TEST(ConfigErrors, are_one_printable_line_each) {
  const std::string text = errors_of("\"a\\e[31m\\nb\": 1\ntargets: []\n");
  EXPECT_THAT(text, HasSubstr("unknown key \"a\\x1b[31m\\nb\""));
}

TEST(ConfigErrors, quote_nothing_of_a_file_that_may_be_a_secret) {
  const std::string key = "-----BEGIN PRIVATE KEY-----\nMIGHsecret\n-----END PRIVATE KEY-----\n";
  const std::string why = ": a certificate or key begins here; expected a configuration in YAML\n";
  EXPECT_EQ(errors_of(key), "f.yaml:1:1" + why);
  EXPECT_EQ(errors_of("Bag Attributes: {\n" + key), "f.yaml:2:1" + why);
  EXPECT_THAT(errors_of("c2VjcmV0"), StartsWith("f.yaml:1:1: a single value is no mapping; "));
}

// Whatever is done to a good file, the answer is a value or an error, never an exception.
TEST(ConfigErrors, are_all_that_damaged_files_give) {
  const std::string good =
      "poll: {interval: 1s, timeout: 500ms}\nlimits: {body_bytes: 64MiB}\n"
      "grpc: {failure_codes: [INTERNAL]}\ntargets:\n  - &x\n    name: \"a-${X}\"\n"
      "    namespace: 's'\n    admin: http://[::1]:1\n    metrics: http://h:1/m?x\n  - *x\n";
  const std::string_view pieces = "{}[]:,-&*!|>'\"%@`#?\n\t \\$~0aé\x04\xff";
  std::mt19937 random(20);
  int refused = 0;
  for (int round = 0; round < 3'000; ++round) {
    std::string damaged = good;
    for (int i = 0; i < 4; ++i) {
      const std::size_t at = random() % damaged.size();
      const std::size_t cut = random() % 4;
      const char piece = pieces[random() % pieces.size()];
      damaged.replace(at, std::min(cut, damaged.size() - at), 1, piece);
    }
    ASSERT_NO_THROW(refused += errors_of(damaged, {{"X", "1"}}).empty() ? 0 : 1)
        << in_quotes(damaged);
  }
  EXPECT_GT(refused, 2'000);
}

}  // namespace
}  // namespace mesh::errors_test
