// Families about traffic: one literal state in, its samples out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "expose/frontend.h"

namespace mesh::traffic_families_test {
namespace {

using sample::answering;
using sample::call;
using sample::frontend;
using sample::keys;
using sample::render;
using sample::samples;
using sample::snapshot_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

TargetState with_traffic(std::vector<SeriesKey> list, std::vector<std::uint64_t> totals) {
  TargetState state = answering("frontend-0");
  state.traffic.keys = keys(std::move(list));
  state.traffic.totals = std::move(totals);
  return state;
}

SeriesKey bucket(std::string detail) {
  SeriesKey key = call("users:1", "Get", std::move(detail));
  key.counted = Counted::duration_bucket;
  return key;
}

TEST(Requests, have_identity_direction_upstream_method_and_code) {
  const Snapshot snapshot = snapshot_of({with_traffic({call("users:1", "Get", "NOT_FOUND")}, {5})});
  EXPECT_THAT(samples(render(snapshot), "mesh_grpc_requests_total"),
              ElementsAre("mesh_grpc_requests_total{" + frontend +
                          R"(,direction="outbound",upstream="users:1",)"
                          R"(grpc_service="user.v1.UserService",grpc_method="Get",)"
                          R"(grpc_code="NOT_FOUND"} 5)"));
}

// More than are handed out at once: the first of them again, added up, and one head for all.
TEST(Requests, of_a_large_node_are_one_family) {
  std::vector<SeriesKey> many;
  for (int i = 0; i < 600; ++i) many.push_back(call("users:1", "M" + std::to_string(i), "OK"));
  many.push_back(many.front());
  const Snapshot snapshot = snapshot_of({with_traffic(many, std::vector<std::uint64_t>(601, 3))});
  const std::string page = render(snapshot);
  const std::vector<std::string> lines = samples(page, "mesh_grpc_requests_total");
  ASSERT_THAT(lines, SizeIs(600));
  EXPECT_THAT(lines.front(), HasSubstr(R"(grpc_method="M0",grpc_code="OK"} 6)"));
  EXPECT_THAT(lines.back(), HasSubstr(R"(grpc_method="M599",grpc_code="OK"} 3)"));
  const std::string head = "# TYPE mesh_grpc_requests_total ";
  EXPECT_EQ(page.find(head, page.find(head) + 1), std::string::npos);
  EXPECT_EQ(page.find("# HELP mesh_grpc_requests_total"),
            page.rfind("# HELP mesh_grpc_requests_total"));
}

TEST(Requests, have_a_subset_only_where_there_is_one) {
  SeriesKey canary = call("users:1", "Get", "OK");
  canary.subset = "canary";
  const std::string page =
      render(snapshot_of({with_traffic({canary, call("users:1", "Put", "OK")}, {1, 1})}));
  EXPECT_THAT(samples(page, "mesh_grpc_requests_total"),
              ElementsAre(HasSubstr(R"(upstream="users:1",subset="canary",grpc_service)"),
                          HasSubstr(R"(upstream="users:1",grpc_service)")));
}

TEST(Requests, of_two_sources_with_the_same_labels_are_added_up) {
  const Snapshot snapshot = snapshot_of(
      {with_traffic({call("users:1", "Get", "OK"), call("users:1", "Get", "OK")}, {5, 7})});
  EXPECT_THAT(samples(render(snapshot), "mesh_grpc_requests_total"),
              ElementsAre(HasSubstr(R"(grpc_code="OK"} 12)")));
}

TEST(Requests, of_two_targets_with_the_same_identity_are_added_up) {
  const TargetState state = with_traffic({call("users:1", "Get", "OK")}, {5});
  EXPECT_THAT(samples(render(snapshot_of({state, state})), "mesh_grpc_requests_total"),
              ElementsAre(HasSubstr(R"(grpc_code="OK"} 10)")));
}

TEST(Requests, whose_bad_bytes_become_the_same_are_added_up) {
  const Snapshot snapshot = snapshot_of(
      {with_traffic({call("users:1", "\xFE", "OK"), call("users:1", "\xFF", "OK")}, {5, 7})});
  EXPECT_THAT(samples(render(snapshot), "mesh_grpc_requests_total"),
              ElementsAre(HasSubstr("grpc_method=\"\xEF\xBF\xBD\",grpc_code=\"OK\"} 12")));
}

TEST(Requests, are_whole_numbers_up_to_what_doubles_hold) {
  const Snapshot snapshot =
      snapshot_of({with_traffic({call("users:1", "Get", "OK")}, {9'007'199'254'740'991})});
  EXPECT_THAT(samples(render(snapshot), "mesh_grpc_requests_total"),
              ElementsAre(HasSubstr("} 9007199254740991")));
  EXPECT_THAT(samples(render(snapshot, Format::openmetrics), "mesh_grpc_requests_total"),
              ElementsAre(HasSubstr("} 9007199254740991")));
}

TEST(Rate, is_the_increase_over_the_seconds_it_spans) {
  TargetState state = with_traffic({call("users:1", "Get", "OK")}, {100});
  state.traffic.increases = {45};
  state.traffic.window_seconds = 30;
  EXPECT_THAT(samples(render(snapshot_of({state})), "mesh_grpc_request_rate"),
              ElementsAre(HasSubstr(R"(grpc_code="OK"} 1.5)")));
}

TEST(Rate, is_zero_for_a_method_that_nobody_called_in_the_window) {
  TargetState state = with_traffic({call("users:1", "Get", "OK")}, {100});
  state.traffic.increases = {0};
  state.traffic.window_seconds = 30;
  EXPECT_THAT(samples(render(snapshot_of({state})), "mesh_grpc_request_rate"),
              ElementsAre(HasSubstr("} 0")));
}

TEST(Rate, is_absent_before_there_is_a_window) {
  const std::string page =
      render(snapshot_of({with_traffic({call("users:1", "Get", "OK")}, {100})}));
  EXPECT_THAT(page, Not(HasSubstr("mesh_grpc_request_rate")));
  EXPECT_THAT(page, Not(HasSubstr("mesh_grpc_error_ratio")));
}

TEST(Duration, is_cumulative_in_the_order_of_the_bounds) {
  const Snapshot snapshot =
      snapshot_of({with_traffic({bucket("+Inf"), bucket("1"), bucket("0.005")}, {9, 7, 4})});
  const std::string page = render(snapshot);
  EXPECT_THAT(samples(page, "mesh_grpc_request_duration_seconds_bucket"),
              ElementsAre(HasSubstr(R"(le="0.005"} 4)"), HasSubstr(R"(le="1"} 7)"),
                          HasSubstr(R"(le="+Inf"} 9)")));
  EXPECT_THAT(samples(page, "mesh_grpc_request_duration_seconds_count"),
              ElementsAre(HasSubstr("} 9")));
}

TEST(Duration, has_its_sum_in_seconds) {
  SeriesKey sum = bucket("");
  sum.counted = Counted::duration_sum_us;
  const Snapshot snapshot = snapshot_of({with_traffic({bucket("+Inf"), sum}, {9, 2'500'000})});
  EXPECT_THAT(samples(render(snapshot), "mesh_grpc_request_duration_seconds_sum"),
              ElementsAre(HasSubstr("} 2.5")));
}

TEST(Duration, counts_up_to_the_last_bound_where_the_source_has_no_infinity) {
  const Snapshot snapshot = snapshot_of({with_traffic({bucket("1"), bucket("5")}, {7, 8})});
  EXPECT_THAT(samples(render(snapshot), "mesh_grpc_request_duration_seconds_bucket"),
              ElementsAre(HasSubstr(R"(le="1"} 7)"), HasSubstr(R"(le="5"} 8)"),
                          HasSubstr(R"(le="+Inf"} 8)")));
}

TEST(Duration, never_falls_from_one_bound_to_the_next) {
  const Snapshot snapshot =
      snapshot_of({with_traffic({bucket("1"), bucket("5"), bucket("+Inf")}, {7, 2, 8})});
  EXPECT_THAT(samples(render(snapshot), "mesh_grpc_request_duration_seconds_bucket"),
              ElementsAre(HasSubstr("} 7"), HasSubstr("} 7"), HasSubstr("} 8")));
}

TEST(Duration, without_a_sum_says_so_instead_of_zero) {
  const Snapshot snapshot = snapshot_of({with_traffic({bucket("1")}, {7})});
  EXPECT_THAT(samples(render(snapshot), "mesh_grpc_request_duration_seconds_sum"),
              ElementsAre(HasSubstr("} Nan")));
  const std::string openmetrics = render(snapshot, Format::openmetrics);
  EXPECT_THAT(openmetrics, Not(HasSubstr("duration_seconds_sum")));
  EXPECT_THAT(openmetrics, Not(HasSubstr("duration_seconds_count")));
}

TEST(Duration, skips_a_bound_that_is_no_number) {
  const Snapshot snapshot = snapshot_of({with_traffic({bucket("soon"), bucket("nan")}, {7, 8})});
  EXPECT_THAT(render(snapshot), Not(HasSubstr("duration_seconds_bucket")));
}

TEST(Duration, of_equal_labels_with_other_bounds_is_added_up_between_the_bounds) {
  const TargetState one = with_traffic({bucket("1"), bucket("+Inf")}, {5, 10});
  const TargetState other = with_traffic({bucket("2"), bucket("+Inf")}, {3, 4});
  EXPECT_THAT(
      samples(render(snapshot_of({one, other})), "mesh_grpc_request_duration_seconds_bucket"),
      ElementsAre(HasSubstr(R"(le="1"} 5)"), HasSubstr(R"(le="2"} 8)"),
                  HasSubstr(R"(le="+Inf"} 14)")));
}

TEST(Page, renders_a_hundred_thousand_series) {
  std::vector<SeriesKey> list;
  for (int i = 0; i < 100'000; ++i) {
    list.push_back(call("users:1", "Method" + std::to_string(i), "OK"));
  }
  TargetState state = answering("frontend-0");
  state.traffic.totals.assign(list.size(), 7);
  state.traffic.keys = keys(std::move(list));
  const Snapshot snapshot = snapshot_of({state});
  for (const Format format : {Format::prometheus_text, Format::openmetrics}) {
    EXPECT_THAT(samples(render(snapshot, format), "mesh_grpc_requests_total"), SizeIs(100'000));
  }
}

}  // namespace
}  // namespace mesh::traffic_families_test
