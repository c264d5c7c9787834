// The page of one probe, and the queries that ask for it.
#include "expose/probe_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace mesh::probe_page_test {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

HealthStates found(HealthStatus status) {
  GrpcHealthState state;
  state.whose.mesh = "";
  state.name = "users";
  state.look = {status, "", 2ms};
  return {std::make_shared<const GrpcHealthState>(state)};
}

std::string page(HealthStatus status, Format format = Format::prometheus_text) {
  return probe_page({found(status), 0}, 3ms, format);
}

std::string error(std::string_view query) {
  const auto target = parse_probe_query(query);
  return target ? "" : target.error().message;
}

TEST(ProbePage, says_whether_it_is_up) {
  EXPECT_THAT(page(HealthStatus::serving), HasSubstr("\nprobe_success 1\n"));
  EXPECT_THAT(page(HealthStatus::unimplemented), HasSubstr("\nprobe_success 1\n"));
  EXPECT_THAT(page(HealthStatus::not_serving), HasSubstr("\nprobe_success 0\n"));
  EXPECT_THAT(page(HealthStatus::unreachable), HasSubstr("\nprobe_success 0\n"));
}

TEST(ProbePage, has_what_this_probe_found_and_no_counters) {
  const std::string text = page(HealthStatus::not_serving);
  EXPECT_THAT(text, HasSubstr("\nprobe_duration_seconds 0.003\n"));
  EXPECT_THAT(text, HasSubstr("endpoint=\"users\",grpc_service=\"\",status=\"not_serving\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("status=\"serving\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("mesh_grpc_health_probe_duration_seconds{"));
  EXPECT_THAT(text, Not(HasSubstr("_total")));
  EXPECT_THAT(page(HealthStatus::serving, Format::openmetrics), EndsWith("# EOF\n"));
}

TEST(ProbePage, is_no_success_where_a_service_was_not_asked) {
  EXPECT_THAT(probe_page({found(HealthStatus::serving), 1}, 3ms, Format::prometheus_text),
              HasSubstr("\nprobe_success 0\n"));
}

TEST(ScrapeTimeout, is_half_a_second_less_than_the_scraper_waits) {
  EXPECT_EQ(**parse_scrape_timeout("10"), 9500ms);
  EXPECT_EQ(**parse_scrape_timeout("2.25"), 1750ms);
  EXPECT_EQ(**parse_scrape_timeout("1e300"), 24h - 500ms) << "bounded";
}

TEST(ScrapeTimeout, is_passed_over_where_it_says_nothing) {
  for (const char* header : {"", "0"}) {
    const auto within = parse_scrape_timeout(header);
    ASSERT_TRUE(within) << header;
    EXPECT_FALSE(*within) << header;
  }
}

TEST(ScrapeTimeout, is_the_probes_own_where_nothing_is_left_of_it) {
  for (const char* header : {"0.5", "0.4", "-5"}) {
    const auto within = parse_scrape_timeout(header);
    ASSERT_TRUE(within && *within) << header;
    EXPECT_EQ(**within, 0s) << header;
  }
}

TEST(ScrapeTimeout, is_refused_if_it_is_no_number) {
  for (const char* header : {"soon", "10s", "1 0", " 10", "nan", "inf", "1e999"}) {
    const auto within = parse_scrape_timeout(header);
    ASSERT_FALSE(within) << header;
    EXPECT_EQ(within.error().message, std::string("X-Prometheus-Scrape-Timeout-Seconds: \"") +
                                          header + "\" is no number of seconds");
  }
}

TEST(ProbeQuery, names_a_target) {
  EXPECT_EQ(*parse_probe_query("target=shop%2Fusers&module=grpc_health"), "shop/users");
  EXPECT_EQ(*parse_probe_query("module=grpc_health&target=users"), "users");
  EXPECT_EQ(*parse_probe_query("target=users"), "users");
}

TEST(ProbeQuery, is_refused_in_words) {
  EXPECT_THAT(error(""), HasSubstr("no target"));
  EXPECT_THAT(error("target=a&module=http_2xx"), HasSubstr("unknown module \"http_2xx\""));
  EXPECT_THAT(error("target=a&hostname=b"), HasSubstr("unknown parameter"));
  EXPECT_THAT(error("target=%2"), HasSubstr("unknown parameter"));
}

}  // namespace
}  // namespace mesh::probe_page_test
