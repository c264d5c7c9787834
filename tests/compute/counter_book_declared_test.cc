// Counters of methods that were folded before it was known that the server declares them.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compute/counter_book.h"

namespace mesh::counter_book_declared_test {
namespace {

using std::chrono::seconds;

Instant at(int second) { return Instant{} + seconds(1000 + second); }

CounterBlock received(const std::vector<std::string>& methods, std::vector<std::uint64_t> values) {
  std::vector<Series> series;
  for (const std::string& method : methods) {
    series.push_back({method, 0, {Counted::calls, Direction::inbound, "", "", "S", method, "OK"}});
  }
  return {std::make_shared<const std::vector<Series>>(std::move(series)), std::move(values), true};
}

// Of a server's callers: two invented names, then two of its methods; places for two.
TEST(DeclaredMethodsInTheBook,
     counts_on_under_their_names_once_it_is_known_which_methods_there_are) {
  LimitsConfig limits;
  limits.methods_per_upstream = 2;
  Folder folder{limits};
  CounterBook book{{seconds(60), seconds(5), seconds(30)}, folder};
  CounterBlock calls = received({"invented1", "invented2", "Get", "List"}, {1, 2, 10, 100});
  book.enter(calls, 0, at(0));
  const auto total_of = [&](std::string_view method, int second) {
    const CounterView view = book.view(at(second));
    for (std::size_t i = 0; i < view.totals.size(); ++i) {
      if ((*view.keys)[i].method == method) return static_cast<int>(view.totals[i]);
    }
    return -1;
  };
  EXPECT_EQ(total_of("other", 0), 110);
  folder.prefer(std::make_shared<const MethodNames>(
      MethodNames{{"S", "Forget"}, {"S", "Get"}, {"S", "List"}}));
  calls.values = {2, 3, 15, 107};
  book.enter(calls, 0, at(10));
  EXPECT_EQ(total_of("other", 10), 110) << "no total moves";
  EXPECT_EQ(total_of("Get", 10), 5);
  EXPECT_EQ(total_of("List", 10), 7);
  EXPECT_EQ(total_of("invented2", 10), 3) << "who has a place keeps it";
}

}  // namespace
}  // namespace mesh::counter_book_declared_test
