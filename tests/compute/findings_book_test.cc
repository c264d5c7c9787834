// When a verdict on traffic is stated and when it is withdrawn, looks a second apart.
#include "compute/findings_book.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mesh::findings_book_test {
namespace {

using std::chrono::seconds;

constexpr WallTime noon{seconds(1'800'000'000)};

Finding pinned(const std::string& cause = "all to one") {
  Finding finding;
  finding.name = "traffic_pinned";
  finding.where = "shop/storefront-0";
  finding.upstream = "users:50051";
  finding.cause = cause;
  return finding;
}

// A book with a window of ten seconds, and the clock.
struct Looks {
  FindingsBook book{seconds(10)};
  int second = 0;

  // So many looks, each of which sees this.
  void see(const std::vector<Finding>& found, int looks) {
    for (int i = 0; i < looks; ++i, ++second) {
      book.enter_found(found, Instant{} + seconds(second), noon + seconds(second));
    }
  }
};

TEST(FindingsBook, states_what_was_true_for_a_window) {
  Looks looks;
  looks.see({pinned()}, 10);
  EXPECT_TRUE(looks.book.held().empty());
  looks.see({pinned("all to one, still")}, 1);
  ASSERT_EQ(looks.book.held().size(), 1u);
  EXPECT_EQ(looks.book.held()[0].cause, "all to one, still");
  EXPECT_EQ(looks.book.held()[0].since, noon);
}

TEST(FindingsBook, begins_anew_when_it_was_false_once) {
  Looks looks;
  looks.see({pinned()}, 9);
  looks.see({}, 1);
  looks.see({pinned()}, 10);
  EXPECT_TRUE(looks.book.held().empty());
  looks.see({pinned()}, 1);
  EXPECT_EQ(looks.book.held().at(0).since, noon + seconds(10));
}

TEST(FindingsBook, withdraws_what_was_false_for_a_window) {
  Looks looks;
  looks.see({pinned()}, 11);
  looks.see({}, 9);
  EXPECT_EQ(looks.book.held().size(), 1u);
  looks.see({}, 1);
  EXPECT_TRUE(looks.book.held().empty());
}

TEST(FindingsBook, does_not_let_a_stated_one_flicker) {
  Looks looks;
  looks.see({pinned()}, 11);
  looks.see({}, 5);
  looks.see({pinned()}, 1);
  looks.see({}, 5);
  ASSERT_EQ(looks.book.held().size(), 1u);
  EXPECT_EQ(looks.book.held()[0].since, noon);
}

TEST(FindingsBook, keeps_upstreams_apart) {
  Finding other = pinned();
  other.upstream = "orders:50051";
  Looks looks;
  looks.see({pinned(), other}, 5);
  looks.see({other}, 6);
  ASSERT_EQ(looks.book.held().size(), 1u);
  EXPECT_EQ(looks.book.held()[0].upstream, "orders:50051");
}

TEST(FindingsBook, has_pending_what_is_true_and_not_stated) {
  Looks looks;
  looks.see({pinned()}, 10);
  ASSERT_EQ(looks.book.pending().size(), 1u);
  EXPECT_EQ(looks.book.pending()[0].since, noon);
  looks.see({}, 1);
  EXPECT_TRUE(looks.book.pending().empty());
  looks.see({pinned()}, 11);
  EXPECT_TRUE(looks.book.pending().empty());
  EXPECT_EQ(looks.book.held().size(), 1u);
}

TEST(FindingsBook, states_nothing_that_was_seen_once) {
  Finding once = pinned();
  once.seen_once = true;
  FindingsBook book{Duration{}};
  book.enter_found({once}, Instant{}, noon);
  EXPECT_TRUE(book.held().empty());
  EXPECT_EQ(book.pending().size(), 1u);
  book.enter_found({pinned()}, Instant{} + seconds(1), noon);
  EXPECT_EQ(book.held().size(), 1u);
  book.enter_found({once}, Instant{} + seconds(2), noon);
  EXPECT_EQ(book.held().size(), 1u);
}

TEST(FindingsBook, states_at_once_without_a_window) {
  FindingsBook book{Duration{}};
  book.enter_found({pinned()}, Instant{}, noon);
  EXPECT_EQ(book.held().size(), 1u);
  book.enter_found({}, Instant{} + seconds(1), noon);
  EXPECT_TRUE(book.held().empty());
}

}  // namespace
}  // namespace mesh::findings_book_test
