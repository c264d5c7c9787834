// What the agent knows as tables: the sample page in, rows out.
#include "expose/reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "expose/method_rows.h"
#include "expose/sample_page.h"

namespace mesh::reports_test {
namespace {

using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Table made(std::string_view name, const ReportFilter& filter = {}) {
  static const Snapshot snapshot = [] {
    Snapshot made = sample::two_sidecars();
    auto client = std::make_shared<TargetState>(*made.targets[0]);
    client->endpoint_requests.increases = {60, 6, 1};
    client->endpoint_requests.window_seconds = 30;
    UpstreamReading pool;
    pool.upstream = client->balances[0].upstream;
    pool.connections = {2, 1024};
    pool.requests = {3, {}};
    pool.open_breakers = {{"default", "requests"}};
    client->pools = {Pool{}};
    client->pools[0].upstream = pool.upstream;
    client->pools[0].is_told = true;
    client->pools[0].now = pool;
    client->pools[0].none_opened_since = sample::self().now - std::chrono::hours(2);
    made.targets[0] = client;
    return made;
  }();
  static const SelfNumbers self = sample::self();
  static const PageOptions options = sample::options();
  return find_report(name)->make({snapshot, self, options}, filter);
}

TEST(TableText, aligns_numbers_to_the_right_and_ends_lines_without_blanks) {
  const Table table{{{"NAME", "name"}, {"RATE", "rate", true}, {"NOTE", "note"}},
                    {{{std::string("a")}, {12.345}, {std::string("")}},
                     {{std::string("longer")}, {}, {std::string("x")}}}};
  EXPECT_EQ(table_text(table),
            "NAME    RATE  NOTE\n"
            "a       12.3  -\n"
            "longer     -  x\n");
  EXPECT_EQ(table_json(table),
            "[{\"name\":\"a\",\"rate\":1.2345E1,\"note\":\"\"},"
            "{\"name\":\"longer\",\"rate\":null,\"note\":\"x\"}]\n");
}

TEST(TableText, is_not_padded_for_one_endless_name) {
  const std::string endless(2'000, 'x');
  const Table table{{{"NAME", "name"}, {"NOTE", "note"}},
                    {{{endless}, {std::string("a")}}, {{std::string("short")}, {endless}}}};
  EXPECT_EQ(table_text(table), "NAME" + std::string(98, ' ') + "NOTE\n" + endless + "  a\n" +
                                   "short" + std::string(97, ' ') + endless + "\n");
}

TEST(TableText, shows_nothing_that_moves_the_cursor) {
  const Table table{{{"NAME", "name"}}, {{{std::string("a\x1b[2J\nb")}}}};
  EXPECT_THAT(table_text(table), Not(HasSubstr("\x1b")));
  EXPECT_THAT(table_json(table), Not(HasSubstr("u001b")));
}

TEST(ParseTable, gives_back_what_is_shown_of_every_report) {
  for (const Report& report : reports()) {
    const Table table = made(std::string(report.name));
    ASSERT_FALSE(table.rows.empty()) << report.name;
    const Result<Table> back = parse_answer(report, table_json(table));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(table_text(*back), table_text(table));
    EXPECT_EQ(table_json(*back), table_json(table));
  }
}

TEST(ParseTable, says_what_is_no_table) {
  const Report& methods = *find_report("methods");
  for (const char* wrong : {"", "{}", "[1]", "[{}]", "[[", R"([{"pod":{}}])", "POD UPSTREAM\n"}) {
    EXPECT_THAT(parse_answer(methods, wrong).error().message, HasSubstr("this is no table: "));
  }
  EXPECT_TRUE(parse_answer(methods, "[]"));
}

TEST(TableText, says_a_use_with_its_limit_and_json_both) {
  const Table table{{{"OPEN", "open", true, Shown::use}},
                    {{Cell{std::uint64_t{12}, 1024}}, {Cell{std::uint64_t{3}}}}};
  EXPECT_EQ(table_text(table), "   OPEN\n12/1024\n      3\n");
  EXPECT_EQ(table_json(table),
            "[{\"open\":12,\"open_limit\":1024},{\"open\":3,\"open_limit\":null}]\n");
}

TEST(ShownNumber, has_three_digits) {
  EXPECT_EQ(shown_number(0), "0");
  EXPECT_EQ(shown_number(3), "3");
  EXPECT_EQ(shown_number(0.123), "0.12");
  EXPECT_EQ(shown_number(12.345), "12.3");
  EXPECT_EQ(shown_number(1204.4), "1204");
}

TEST(MethodsReport, has_rates_errors_and_codes) {
  const std::string text = table_text(made("methods"));
  EXPECT_THAT(text, HasSubstr("CALLS/S"));
  EXPECT_THAT(text, HasSubstr("GetUser"));
  EXPECT_THAT(text, testing::ContainsRegex("25% .* UNAVAILABLE 15"));
}

TEST(MethodsReport, has_no_ratio_where_a_failure_has_no_status) {
  const Snapshot snapshot = sample::snapshot_of({sample::without_statuses()});
  const SelfNumbers self = sample::self();
  const PageOptions options = sample::options();
  const Table table = find_report("methods")->make({snapshot, self, options}, {});
  EXPECT_THAT(table_json(table), HasSubstr("\"error_ratio\":null"));
  EXPECT_THAT(table_text(table), ContainsRegex(" 10 +- .*other 10"));
}

// Upper bounds of buckets, and nothing where there are none.
TEST(MethodsReport, has_how_long_calls_took_where_that_is_told) {
  Snapshot snapshot = sample::two_sidecars();
  const SelfNumbers self = sample::self();
  const PageOptions options = sample::options();
  const auto rows = [&] { return method_rows({snapshot, self, options}, {}); };
  std::vector<MethodRow> all = rows();
  MethodRow& row = all.at(0);
  row.took_us = 30'000;
  row.took_at_most = {{0.001, 0}, {0.005, 5}, {0.01, 9}, {HUGE_VAL, 10}};
  EXPECT_EQ(row.mean_seconds(), 0.003);
  EXPECT_EQ(row.within(0.5), 0.005);
  EXPECT_EQ(row.within(0.51), 0.01);
  EXPECT_EQ(row.within(0.9), 0.01);
  EXPECT_FALSE(row.within(0.99));
  EXPECT_EQ(row.not_within(0.99), 0.01);
  EXPECT_FALSE(row.not_within(0.9));
  row.took_at_most.clear();
  EXPECT_FALSE(row.mean_seconds());
  EXPECT_FALSE(row.within(0.5));
  EXPECT_FALSE(row.not_within(0.5));

  const std::string json = table_json(made("methods"));
  EXPECT_THAT(json, HasSubstr("\"mean_seconds\":1.66666"));
  EXPECT_THAT(json, HasSubstr("\"p99_at_most_seconds\":null"));  // of another
}

TEST(EndpointsReport, has_share_state_and_failures) {
  const std::string text = table_text(made("endpoints"));
  EXPECT_THAT(text, HasSubstr("10.0.0.7:50051  shop/users-0  ready"));
  EXPECT_THAT(text, HasSubstr("100%       6"));
  EXPECT_THAT(text, HasSubstr("10.0.0.8:50051  -             ejected"));
}

TEST(UpstreamsReport, has_verdict_and_headroom) {
  const std::string text = table_text(made("upstreams"));
  EXPECT_THAT(text, HasSubstr("balanced"));
  EXPECT_THAT(text, HasSubstr("2/1024  2 h 0 min"));
  EXPECT_THAT(text, HasSubstr("default requests"));
}

TEST(TargetsReport, says_what_is_wrong_with_each) {
  const std::string text = table_text(made("targets"));
  EXPECT_THAT(text, HasSubstr("down"));
  EXPECT_THAT(text, HasSubstr("/server_info: connection refused"));
}

TEST(TargetsReport, says_why_a_pod_is_not_watched) {
  const std::string text = table_text(made("targets"));
  EXPECT_THAT(text, ContainsRegex("shop/batch-0 +- +batch .*not watched.*no sidecar"));
  EXPECT_THAT(table_text(made("targets", {"other", "", ""})), Not(HasSubstr("batch-0")));
}

TEST(TargetsReport, says_what_cannot_be_seen_and_what_was_passed_over) {
  const std::string text = table_text(made("targets"));
  EXPECT_THAT(text, HasSubstr("admin-port: \"0\""));
  EXPECT_THAT(text, HasSubstr("certificates: its admin port listens on loopback only"));
  EXPECT_THAT(table_json(made("targets")),
              HasSubstr(R"("hidden":"certificates: its admin port listens on loopback only")"));
}

TEST(TargetsReport, has_the_library_of_an_application_or_that_it_counts_nothing) {
  TargetState counting = sample::answering("users-0"), idle = sample::answering("jobs-0");
  counting.target.mesh = idle.target.mesh = "app";
  counting.library = "micrometer";
  const Snapshot snapshot = sample::snapshot_of({counting, idle});
  const SelfNumbers self = sample::self();
  const PageOptions options = sample::options();
  const std::string text = table_text(find_report("targets")->make({snapshot, self, options}, {}));
  EXPECT_THAT(text, ContainsRegex("shop/users-0 \\(app\\) +app +frontend +.* up +micrometer"));
  EXPECT_THAT(text, ContainsRegex("shop/jobs-0 \\(app\\) .*no gRPC calls are counted on its page"));
}

TEST(TargetsReport, tells_how_old_the_configuration_is) {
  EXPECT_THAT(table_text(made("targets")), HasSubstr("14 min 39 s"));  // of clusters, not secrets
}

TEST(ReportFilter, narrows_every_report) {
  for (const Report& report : reports()) {
    EXPECT_THAT(made(report.name, {"nowhere", "", ""}).rows, IsEmpty()) << report.name;
  }
  EXPECT_THAT(made("endpoints", {"", "", "users.shop"}).rows, Not(IsEmpty()));
  EXPECT_THAT(made("endpoints", {"", "", "user"}).rows, IsEmpty());
}

TEST(ReportFilter, goes_through_a_query_and_back) {
  const ReportFilter filter{"shop", "a b&c", "users.shop:1"};
  EXPECT_EQ(report_query(filter), "namespace=shop&pod=a%20b%26c&upstream=users.shop%3A1");
  EXPECT_EQ(*parse_report_filter(report_query(filter), true), filter);
  EXPECT_EQ(*parse_report_filter("", true), ReportFilter{});
}

TEST(ReportFilter, names_what_it_does_not_know) {
  EXPECT_EQ(parse_report_filter("colour=blue", true).error().message,
            "unknown parameter \"colour=blue\"; expected namespace=, pod= or upstream=");
  EXPECT_EQ(parse_report_filter("upstream=a", false, " or more").error().message,
            "unknown parameter \"upstream=a\"; expected namespace= or pod= or more");
  EXPECT_EQ(parse_report_filter("pod=%4", true).error().message, "parameter pod: a bad escape");
  EXPECT_EQ(parse_report_filter("pod=%zz", true).error().message, "parameter pod: a bad escape");
  EXPECT_EQ(parse_report_filter("pod=%41", true)->pod, "A");
}

}  // namespace
}  // namespace mesh::reports_test
