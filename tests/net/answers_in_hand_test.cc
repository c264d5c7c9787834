// Who gives way where too much of what was rendered is not taken.
#include "net/answers_in_hand.h"

#include <gtest/gtest.h>

#include <memory>

namespace mesh::answers_in_hand_test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t all = limits::answer_bytes_in_hand;

struct Reader {
  std::shared_ptr<AnswerInHand> held;
  bool cut = false;
  Reader(AnswersInHand& in_hand, RenderKind kind, std::size_t bytes)
      : held(in_hand.hold(kind, bytes, nullptr)) {
    held->may_be_cut_off([this] { cut = true; });
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
};

TEST(AnswersInHand, the_slowest_gives_way_and_no_more_than_need_be) {
  const auto in_hand = std::make_shared<AnswersInHand>(0s);
  Reader quick(*in_hand, RenderKind::plain_scrape, all);
  Reader slow(*in_hand, RenderKind::plain_scrape, all);
  quick.held->taken(all / 2);
  EXPECT_TRUE(in_hand->make_room(RenderKind::plain_scrape));
  EXPECT_TRUE(slow.cut);
  EXPECT_FALSE(quick.cut);
}

TEST(AnswersInHand, nobody_gives_way_before_his_time) {
  const auto in_hand = std::make_shared<AnswersInHand>(1h);
  Reader reader(*in_hand, RenderKind::page, all);
  EXPECT_FALSE(in_hand->make_room(RenderKind::plain_scrape));
  EXPECT_FALSE(reader.cut);
  EXPECT_TRUE(in_hand->next_chance(RenderKind::plain_scrape));
  reader.held->taken(1);
  EXPECT_TRUE(in_hand->make_room(RenderKind::plain_scrape)) << "what is taken makes room";
}

TEST(AnswersInHand, a_page_cuts_off_no_scrape) {
  const auto in_hand = std::make_shared<AnswersInHand>(0s);
  Reader reader(*in_hand, RenderKind::plain_scrape, all);
  EXPECT_FALSE(in_hand->make_room(RenderKind::page));
  EXPECT_FALSE(reader.cut);
}

TEST(AnswersInHand, compressed_scrapes_have_room_of_their_own) {
  const auto in_hand = std::make_shared<AnswersInHand>(1h);
  Reader reader(*in_hand, RenderKind::plain_scrape, 2 * all);
  EXPECT_TRUE(in_hand->make_room(RenderKind::scrape));
}

TEST(AnswersInHand, who_is_not_written_to_is_not_cut_off) {
  const auto in_hand = std::make_shared<AnswersInHand>(0s);
  Reader reader(*in_hand, RenderKind::page, all);
  reader.held->may_be_cut_off(nullptr);
  EXPECT_FALSE(in_hand->make_room(RenderKind::page));
  reader.held.reset();
  EXPECT_TRUE(in_hand->make_room(RenderKind::page));
}

}  // namespace
}  // namespace mesh::answers_in_hand_test
