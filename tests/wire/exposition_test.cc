// Prometheus text as it is really written.
#include "wire/exposition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "wire/fixture.h"

namespace mesh::exposition_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::string_literals;

struct Read {
  std::vector<std::string> samples;  // name|label=value|… number
  ExpositionReport report;
};

Read read(std::string_view body) {
  Read all;
  all.report = read_exposition(body, [&](const Sample& sample) {
    std::ostringstream text;
    text << sample.name;
    for (const Label& label : sample.labels) text << '|' << label.name << '=' << label.value;
    text << ' ' << sample.value;
    all.samples.push_back(text.str());
  });
  EXPECT_EQ(all.report.samples, all.samples.size());
  return all;
}

std::vector<std::string> samples_of(std::string_view body) {
  const Read all = read(body);
  EXPECT_EQ(all.report.unreadable, 0u) << all.report.unreadable_sample;
  return all.samples;
}

void expect_unreadable(std::string_view line) {
  const Read all = read(std::string(line) + "\nok 1\n");
  EXPECT_THAT(all.samples, ElementsAre("ok 1"));
  EXPECT_EQ(all.report.unreadable, 1u);
}

TEST(Exposition, has_samples_without_labels) {
  EXPECT_THAT(samples_of("up 1\n"), ElementsAre("up 1"));
}
TEST(Exposition, has_samples_with_empty_braces) {
  EXPECT_THAT(samples_of("envoy_server_live{} 1\n"), ElementsAre("envoy_server_live 1"));
}
TEST(Exposition, has_samples_with_labels) {
  EXPECT_THAT(samples_of("a{x=\"1\",y=\"\"} 2.5\n"), ElementsAre("a|x=1|y= 2.5"));
}
TEST(Exposition, has_names_with_colons) {
  EXPECT_THAT(samples_of("job:up:sum 1\n"), ElementsAre("job:up:sum 1"));
}
TEST(Exposition, may_lack_the_last_newline) { EXPECT_THAT(samples_of("a 1"), ElementsAre("a 1")); }
TEST(Exposition, may_have_carriage_returns) {
  EXPECT_THAT(samples_of("# TYPE a gauge\r\na 1\r\n\r\nb 2\r\n"), ElementsAre("a 1", "b 2"));
}
TEST(Exposition, may_have_a_comma_behind_the_last_label) {
  EXPECT_THAT(samples_of("a{x=\"1\",} 2\n"), ElementsAre("a|x=1 2"));
}
TEST(Exposition, may_have_blanks_around_every_token) {
  EXPECT_THAT(samples_of(" a \t{ x = \"1\" , y=\"2\" } \t 3 \n"), ElementsAre("a|x=1|y=2 3"));
}
TEST(Exposition, may_have_no_blank_behind_the_braces) {
  EXPECT_THAT(samples_of("a{x=\"1\"}2\n"), ElementsAre("a|x=1 2"));
}
TEST(Exposition, may_have_blank_lines_and_any_comment) {
  EXPECT_THAT(
      samples_of("\n \t\n#\n  # x\n# HELP a b\n# TYPE a counter\n# TYPE a counter\na 1\n# EOF\n"),
      ElementsAre("a 1"));
}
TEST(Exposition, may_be_empty) {
  const Read all = read("");
  EXPECT_THAT(all.samples, IsEmpty());
  EXPECT_EQ(all.report.unreadable, 0u);
}
TEST(Exposition, keeps_the_order_and_repetitions) {
  EXPECT_THAT(samples_of("b 1\na 2\nb 1\n"), ElementsAre("b 1", "a 2", "b 1"));
}

TEST(ExpositionLabel, may_hold_what_would_end_it_elsewhere) {
  EXPECT_THAT(samples_of("a{x=\"} 5,# {\"} 1\n"), ElementsAre("a|x=} 5,# { 1"));
}
TEST(ExpositionLabel, may_hold_escapes) {
  EXPECT_THAT(samples_of(R"(a{x="q\"b\\n\n",y="\\"} 1)"), ElementsAre("a|x=q\"b\\n\n|y=\\ 1"));
}
TEST(ExpositionLabel, keeps_escapes_that_nobody_defined) {
  EXPECT_THAT(samples_of(R"(a{x="\d"} 1)"), ElementsAre(R"(a|x=\d 1)"));
}
TEST(ExpositionLabel, may_hold_any_bytes) {
  EXPECT_THAT(samples_of("a{x=\"\xff\xc3\xbc\t\"} 1\n"), ElementsAre("a|x=\xff\xc3\xbc\t 1"));
}
TEST(ExpositionLabel, may_have_a_quoted_name) {
  EXPECT_THAT(samples_of(R"({"http.requests","a.b"="c"} 1)"), ElementsAre("http.requests|a.b=c 1"));
}
TEST(ExpositionLabel, is_found_by_name) {
  std::string found, missing = "?";
  read_exposition("a{x=\"1\",y=\"2\",y=\"3\"} 4\n", [&](const Sample& sample) {
    found = sample.label("y");
    missing = sample.label("z");
  });
  EXPECT_EQ(found, "2");
  EXPECT_EQ(missing, "");
}
TEST(ExpositionLabel, of_many_with_escapes_do_not_disturb_each_other) {
  std::string line = "a{";
  for (int i = 0; i < 100; ++i)
    line.append("l").append(std::to_string(i)).append(R"(="\\\\\\\\",)");
  line += "} 1\n";
  read_exposition(line, [&](const Sample& sample) {
    ASSERT_EQ(sample.labels.size(), 100u);
    for (const Label& label : sample.labels) EXPECT_EQ(label.value, R"(\\\\)");
  });
}

TEST(ExpositionValue, may_be_infinite_or_no_number) {
  EXPECT_THAT(samples_of("a +Inf\nb -Inf\nc NaN\nd Nan\n"),
              ElementsAre("a inf", "b -inf", "c nan", "d nan"));
}
TEST(ExpositionValue, may_have_a_sign_and_an_exponent) {
  EXPECT_THAT(samples_of("a +5\nb -1e-3\n"), ElementsAre("a 5", "b -0.001"));
}
TEST(ExpositionValue, may_be_followed_by_a_timestamp) {
  EXPECT_THAT(samples_of("a 1 1700000000000\nb 2 1700000000.123\n"), ElementsAre("a 1", "b 2"));
}
TEST(ExpositionValue, may_be_followed_by_an_exemplar) {
  EXPECT_THAT(samples_of("a_bucket{le=\"1\"} 3 # {trace_id=\"x\"} 0.5 1700000000.0\n"
                         "b_bucket 4 1.5 # {} 1\n"),
              ElementsAre("a_bucket|le=1 3", "b_bucket 4"));
}

TEST(ExpositionLine, is_unreadable_without_a_value) { expect_unreadable("a"); }
TEST(ExpositionLine, is_unreadable_without_a_value_behind_braces) {
  expect_unreadable("a{x=\"1\"}");
}
TEST(ExpositionLine, is_unreadable_without_a_name) { expect_unreadable("{x=\"1\"} 5"); }
TEST(ExpositionLine, is_unreadable_with_a_word_for_a_value) { expect_unreadable("a five"); }
TEST(ExpositionLine, is_unreadable_with_a_word_for_a_timestamp) { expect_unreadable("a 5 now"); }
TEST(ExpositionLine, is_unreadable_with_more_behind_the_timestamp) { expect_unreadable("a 5 6 7"); }
TEST(ExpositionLine, is_unreadable_with_a_name_that_begins_with_a_digit) {
  expect_unreadable("1a 5");
}
TEST(ExpositionLine, is_unreadable_with_a_name_with_a_dash) { expect_unreadable("a-5 1"); }
TEST(ExpositionLine, is_unreadable_with_a_label_without_value) { expect_unreadable("a{x} 5"); }
TEST(ExpositionLine, is_unreadable_with_a_label_without_quotes) { expect_unreadable("a{x=1} 5"); }
TEST(ExpositionLine, is_unreadable_with_a_label_without_name) { expect_unreadable("a{=\"1\"} 5"); }
TEST(ExpositionLine, is_unreadable_without_a_comma) { expect_unreadable("a{x=\"1\"y=\"2\"} 5"); }
TEST(ExpositionLine, is_unreadable_with_two_commas) { expect_unreadable("a{x=\"1\",,} 5"); }
TEST(ExpositionLine, is_unreadable_with_open_braces) { expect_unreadable("a{x=\"1\" 5"); }
TEST(ExpositionLine, is_unreadable_with_an_open_quote) { expect_unreadable("a{x=\"1} 5"); }
TEST(ExpositionLine, is_unreadable_if_it_ends_in_an_escape) { expect_unreadable("a{x=\"\\"); }
TEST(ExpositionLine, is_unreadable_with_two_names) { expect_unreadable("a{\"b\"} 5"); }
TEST(ExpositionLine, is_unreadable_with_a_name_among_labels) {
  expect_unreadable("{x=\"1\",\"b\"} 5");
}
TEST(ExpositionLine, is_unreadable_with_a_nul) { expect_unreadable("a{x=\"\0\"} 5"s); }
TEST(ExpositionLine, is_unreadable_if_it_is_markup) { expect_unreadable("<html>"); }
TEST(ExpositionLine, is_unreadable_if_it_is_a_status_line) { expect_unreadable("HTTP/1.1 200 OK"); }
TEST(ExpositionLine, is_unreadable_beyond_the_limit) {
  std::string line = "a{x=\"";
  line.append(limits::line_bytes, 'x').append("\"} 5");
  expect_unreadable(line);
}
TEST(ExpositionLine, of_a_mebibyte_is_shown_shortened) {
  const Read all = read(std::string(1 << 20, '\x01'));
  EXPECT_EQ(all.report.unreadable, 1u);
  EXPECT_EQ(all.report.unreadable_sample, std::string(80, '?'));
}

TEST(Exposition, of_envoy_1_36_2_is_readable_to_the_last_line) {
  EXPECT_GT(samples_of(fixture("envoy/1.36.2/server/stats.prom")).size(), 200u);
}
TEST(Exposition, of_envoy_1_40_0_is_readable_to_the_last_line) {
  const std::vector<std::string> samples = samples_of(fixture("envoy/1.40.0/client/stats.prom"));
  EXPECT_THAT(samples,
              testing::Contains("envoy_cluster_shop_svc_cluster_local_grpc_Greeter_SayHello_5|"
                                "envoy_cluster_name=outbound|50051||users 15"));
}

}  // namespace
}  // namespace mesh::exposition_test
