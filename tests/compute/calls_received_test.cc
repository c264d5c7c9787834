// The one total over all keys: what a workload received, whatever of it is shown.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "compute/counter_book.h"

namespace mesh::calls_received_test {
namespace {

using std::chrono::seconds;

using Counts = std::vector<std::pair<std::string, std::uint64_t>>;  // of methods

class CallsReceivedTest : public testing::Test {
 protected:
  std::uint64_t after(int second, const Counts& counts) {
    std::vector<Series> series;
    CounterBlock block;
    for (const auto& [method, count] : counts) {
      series.push_back(
          {method, 0, {Counted::calls, Direction::inbound, "", "", "S", method, "OK"}});
      block.values.push_back(count);
    }
    block.series = std::make_shared<const std::vector<Series>>(std::move(series));
    const Instant at = Instant{} + seconds(1000 + second);
    book_.enter(block, 0, at);
    return book_.view(at).calls_received;
  }

  LimitsConfig limits_{};
  Folder folder_{limits_};
  CounterBook book_{{seconds(60), seconds(5), seconds(30)}, folder_};
};

TEST_F(CallsReceivedTest, go_on_while_a_method_is_hidden_and_when_it_returns) {
  EXPECT_EQ(after(0, {{"a", 10}, {"b", 5000}}), 5010u);
  EXPECT_EQ(after(15, {{"a", 11}}), 5011u);
  EXPECT_EQ(after(60, {{"a", 12}}), 5012u);
  EXPECT_EQ(after(75, {{"a", 12}, {"b", 1}}), 5013u);
}

TEST_F(CallsReceivedTest, outlive_the_memory_of_methods) {
  Counts methods;
  for (std::size_t i = 0; i <= limits::retired_series_per_target; ++i) {
    methods.emplace_back("m" + std::to_string(i), 1);
  }
  EXPECT_EQ(after(0, methods), methods.size());
  EXPECT_EQ(after(60, {{"x", 1}}), methods.size() + 1);
  EXPECT_EQ(after(120, {{"x", 1}, {"y", 1}}), methods.size() + 2);
  EXPECT_EQ(after(180, {{"x", 2}, {"y", 1}}), methods.size() + 3);
}

}  // namespace
}  // namespace mesh::calls_received_test
