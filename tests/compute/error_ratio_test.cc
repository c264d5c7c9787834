// The error ratio: literal counters in, literal ratios out.
#include "compute/error_ratio.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>

namespace mesh::error_ratio_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<std::string> failures{"UNAVAILABLE", "INTERNAL"};

SeriesKey call(std::string method, std::string code) {
  return {Counted::calls,        Direction::outbound, "users:50051",  "",
          "user.v1.UserService", std::move(method),   std::move(code)};
}

CounterView over_a_minute(std::vector<SeriesKey> keys, std::vector<std::uint64_t> increases) {
  CounterView view;
  view.totals.assign(keys.size(), 1'000'000);
  view.keys = std::make_shared<const std::vector<SeriesKey>>(std::move(keys));
  view.increases = std::move(increases);
  view.window_seconds = 60;
  return view;
}

TEST(ErrorRatio, is_failures_over_all_calls_of_the_window) {
  const CounterView view = over_a_minute(
      {call("Get", "OK"), call("Get", "UNAVAILABLE"), call("Get", "INTERNAL")}, {12, 3, 1});
  EXPECT_THAT(error_ratios(view, failures), ElementsAre(MethodErrorRatio{call("Get", ""), 0.25}));
}

TEST(ErrorRatio, counts_a_status_that_is_no_failure_among_all) {
  const CounterView view =
      over_a_minute({call("Get", "NOT_FOUND"), call("Get", "UNAVAILABLE")}, {3, 1});
  EXPECT_THAT(error_ratios(view, failures), ElementsAre(MethodErrorRatio{call("Get", ""), 0.25}));
}

TEST(ErrorRatio, is_zero_where_all_calls_went_well) {
  const CounterView view = over_a_minute({call("Get", "OK")}, {5});
  EXPECT_THAT(error_ratios(view, failures), ElementsAre(MethodErrorRatio{call("Get", ""), 0.0}));
}

TEST(ErrorRatio, is_not_there_where_a_failure_has_no_status) {
  EXPECT_THAT(error_ratios(over_a_minute({call("", "OK"), call("", "other")}, {5, 1}), failures),
              IsEmpty());
  EXPECT_THAT(error_ratios(over_a_minute({call("", "OK"), call("", "other")}, {5, 0}), failures),
              ElementsAre(MethodErrorRatio{call("", ""), 0.0}));
  EXPECT_THAT(
      error_ratios(over_a_minute({call("Get", "OK"), call("Get", "other")}, {5, 1}), failures),
      ElementsAre(MethodErrorRatio{call("Get", ""), 0.0}));
}

TEST(ErrorRatio, is_one_where_all_calls_failed) {
  const CounterView view = over_a_minute({call("Get", "INTERNAL")}, {5});
  EXPECT_THAT(error_ratios(view, failures), ElementsAre(MethodErrorRatio{call("Get", ""), 1.0}));
}

TEST(ErrorRatio, is_told_per_method) {
  const CounterView view =
      over_a_minute({call("Put", "OK"), call("Get", "OK"), call("Put", "INTERNAL")}, {1, 7, 1});
  EXPECT_THAT(error_ratios(view, failures), ElementsAre(MethodErrorRatio{call("Get", ""), 0.0},
                                                        MethodErrorRatio{call("Put", ""), 0.5}));
}

TEST(ErrorRatio, keeps_inbound_and_outbound_apart) {
  SeriesKey inbound = call("Get", "INTERNAL");
  inbound.direction = Direction::inbound;
  const CounterView view = over_a_minute({call("Get", "OK"), inbound}, {4, 4});
  inbound.detail.clear();
  EXPECT_THAT(error_ratios(view, failures),
              ElementsAre(MethodErrorRatio{inbound, 1.0}, MethodErrorRatio{call("Get", ""), 0.0}));
}

TEST(ErrorRatio, is_absent_for_a_method_without_calls_in_the_window) {
  const CounterView view = over_a_minute({call("Get", "OK"), call("Get", "INTERNAL")}, {0, 0});
  EXPECT_THAT(error_ratios(view, failures), IsEmpty());
}

TEST(ErrorRatio, is_absent_before_there_is_a_window) {
  CounterView view = over_a_minute({call("Get", "OK")}, {});
  view.window_seconds = 0;
  EXPECT_THAT(error_ratios(view, failures), IsEmpty());
}

TEST(ErrorRatio, looks_at_calls_only) {
  SeriesKey message = call("Get", "INTERNAL");
  message.counted = Counted::messages;
  const CounterView view = over_a_minute({message, call("Get", "OK")}, {9, 1});
  EXPECT_THAT(error_ratios(view, failures), ElementsAre(MethodErrorRatio{call("Get", ""), 0.0}));
}

TEST(ErrorRatio, adds_up_a_status_that_stands_twice) {
  const CounterView view = over_a_minute(
      {call("Get", "INTERNAL"), call("Get", "OK"), call("Get", "INTERNAL")}, {1, 2, 1});
  EXPECT_THAT(error_ratios(view, failures), ElementsAre(MethodErrorRatio{call("Get", ""), 0.5}));
}

TEST(ErrorRatio, follows_the_configured_codes) {
  const CounterView view = over_a_minute({call("Get", "OK"), call("Get", "NOT_FOUND")}, {1, 1});
  EXPECT_THAT(error_ratios(view, std::vector<std::string>{"NOT_FOUND"}),
              ElementsAre(MethodErrorRatio{call("Get", ""), 0.5}));
}

}  // namespace
}  // namespace mesh::error_ratio_test
