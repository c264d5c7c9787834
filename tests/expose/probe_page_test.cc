// The page of one probe, and the queries that ask for it.
#include "expose/probe_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace mesh {
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
  return probe_page(found(status), 3ms, format);
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
}  // namespace mesh
