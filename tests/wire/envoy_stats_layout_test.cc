// What StatsReader remembers from answer to answer, and that it never shows in what is read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "wire/envoy_stats.h"
#include "wire/fixture.h"
#include "wire/stats_reading.h"

namespace mesh::envoy_stats_layout_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view abcd = "a: 1\nb: 2\nc: 3\nd: 4\n";

// Reads `first`, then `second`, with one reader.
Reading second_of(std::string_view first, std::string_view second) {
  StatsReader reader;
  read_stats(reader, first);
  return read_stats(reader, second);
}

// `count` lines name<from>, name<from + 1>, …
std::string many(std::size_t count, std::size_t from = 0) {
  std::string body;
  for (std::size_t i = from; i < from + count; ++i) body += "name" + std::to_string(i) + ": 1\n";
  return body;
}

TEST(StatsLayout, is_not_the_same_in_the_first_answer) {
  EXPECT_FALSE(read_stats(abcd).same_layout);
  EXPECT_FALSE(read_stats("").same_layout);
}

TEST(StatsLayout, is_the_same_when_only_numbers_changed) {
  const Reading reading = second_of(abcd, "a: 5\nb: 66\nc: 777\nd: 0\n");
  EXPECT_TRUE(reading.same_layout);
  EXPECT_THAT(reading.numbers, ElementsAre("a=5", "b=66", "c=777", "d=0"));
}

TEST(StatsLayout, is_the_same_when_only_texts_changed) {
  const Reading reading = second_of("t: \"x\"\nh: No recorded values\n", "t: \"\"\nh: P0(1,1)\n");
  EXPECT_TRUE(reading.same_layout);
  EXPECT_THAT(reading.texts, ElementsAre("t~\"\"", "h~P0(1,1)"));
}

TEST(StatsLayout, is_another_when_a_line_is_new) {
  const Reading reading = second_of(abcd, "a: 1\nb: 2\nbb: 9\nc: 3\nd: 4\n");
  EXPECT_FALSE(reading.same_layout);
  EXPECT_THAT(reading.numbers, ElementsAre("a=1", "b=2", "bb=9", "c=3", "d=4"));
}

TEST(StatsLayout, is_another_when_a_line_vanished) {
  const Reading reading = second_of(abcd, "a: 1\nc: 3\nd: 4\n");
  EXPECT_FALSE(reading.same_layout);
  EXPECT_THAT(reading.numbers, ElementsAre("a=1", "c=3", "d=4"));
}

TEST(StatsLayout, is_another_when_the_first_line_vanished) {
  EXPECT_THAT(second_of(abcd, "b: 2\nc: 3\nd: 4\n").numbers, ElementsAre("b=2", "c=3", "d=4"));
}

TEST(StatsLayout, is_another_when_the_last_line_vanished) {
  const Reading reading = second_of(abcd, "a: 1\nb: 2\nc: 3\n");
  EXPECT_FALSE(reading.same_layout);
  EXPECT_THAT(reading.numbers, ElementsAre("a=1", "b=2", "c=3"));
}

TEST(StatsLayout, is_another_when_the_order_changed) {
  const Reading reading = second_of(abcd, "d: 4\na: 1\nc: 3\nb: 2\n");
  EXPECT_FALSE(reading.same_layout);
  EXPECT_THAT(reading.numbers, ElementsAre("d=4", "a=1", "c=3", "b=2"));
}

TEST(StatsLayout, is_another_when_a_number_became_a_text) {
  const Reading reading = second_of(abcd, "a: 1\nb: \"x\"\nc: 3\nd: 4\n");
  EXPECT_FALSE(reading.same_layout);
  EXPECT_THAT(reading.numbers, ElementsAre("a=1", "c=3", "d=4"));
  EXPECT_THAT(reading.texts, ElementsAre("b~\"x\""));
}

TEST(StatsLayout, is_another_when_a_text_became_a_number) {
  const Reading reading = second_of("a: 1\nb: \"x\"\n", "a: 1\nb: 2\n");
  EXPECT_FALSE(reading.same_layout);
  EXPECT_THAT(reading.numbers, ElementsAre("a=1", "b=2"));
}

TEST(StatsLayout, is_another_when_a_line_became_unreadable) {
  const Reading reading = second_of(abcd, "a: 1\nb: \nc: 3\nd: 4\n");
  EXPECT_FALSE(reading.same_layout);
  EXPECT_THAT(reading.numbers, ElementsAre("a=1", "c=3", "d=4"));
}

TEST(StatsLayout, is_the_same_when_unreadable_lines_come_and_go) {
  EXPECT_TRUE(second_of(abcd, "a: 1\n?\nb: 2\nc: 3\nd: 4\n").same_layout);
  EXPECT_TRUE(second_of("a: 1\n?\nb: 2\n", "a: 1\nb: 2\n").same_layout);
}

TEST(StatsLayout, is_the_same_when_a_repetition_comes) {
  const Reading reading = second_of(abcd, "a: 1\nb: 2\na: 7\nc: 3\nd: 4\n");
  EXPECT_TRUE(reading.same_layout);
  EXPECT_THAT(reading.numbers, ElementsAre("a=1", "b=2", "c=3", "d=4"));
  EXPECT_EQ(reading.unreadable, 1u);
}

TEST(StatsLayout, finds_a_repetition_of_a_line_that_was_moved_up) {
  const Reading reading = second_of(abcd, "c: 3\na: 1\nb: 2\nc: 9\nd: 4\n");
  EXPECT_THAT(reading.numbers, ElementsAre("c=3", "a=1", "b=2", "d=4"));
  EXPECT_EQ(reading.unreadable, 1u);
}

TEST(StatsLayout, finds_a_repetition_behind_a_change) {
  const Reading reading = second_of(abcd, "a: 1\nx: 0\na: 2\nx: 1\nb: 2\n");
  EXPECT_THAT(reading.numbers, ElementsAre("a=1", "x=0", "b=2"));
  EXPECT_EQ(reading.unreadable, 2u);
}

TEST(StatsLayout, is_not_fooled_by_a_name_that_begins_like_the_expected_line) {
  EXPECT_THAT(second_of("a: 1\n", "a: 1: 2\n").numbers, ElementsAre("a: 1=2"));
}

TEST(StatsLayout, does_not_let_a_number_of_a_known_line_overflow) {
  for (const char* const body : {"a: 18446744073709551616\n", "a: 99999999999999999999\n"}) {
    const Reading reading = second_of("a: 1\n", body);
    EXPECT_THAT(reading.numbers, IsEmpty());
    EXPECT_EQ(reading.unreadable, 1u);
  }
}

TEST(StatsLayout, is_not_fooled_by_a_body_that_is_shorter_than_the_expected_name) {
  EXPECT_THAT(second_of("a.long.name: 1\n", "a: 1").numbers, ElementsAre("a=1"));
}

TEST(StatsLayout, is_the_same_after_it_was_learnt_anew) {
  StatsReader reader;
  read_stats(reader, abcd);
  read_stats(reader, "b: 2\nx: 1\nd: 4\n");
  const Reading reading = read_stats(reader, "b: 3\nx: 2\nd: 5\n");
  EXPECT_TRUE(reading.same_layout);
  EXPECT_THAT(reading.numbers, ElementsAre("b=3", "x=2", "d=5"));
}

TEST(StatsLayout, is_the_same_of_two_empty_answers) { EXPECT_TRUE(second_of("", "").same_layout); }

TEST(StatsLayout, is_another_when_everything_vanished) {
  const Reading reading = second_of(abcd, "");
  EXPECT_FALSE(reading.same_layout);
  EXPECT_THAT(reading.numbers, IsEmpty());
}

TEST(StatsSlots, stay_with_their_names_through_changes) {
  StatsReader reader;
  StatsAnswer answer;
  reader.read(abcd, answer);
  const std::uint32_t slot = answer.slots[2];
  reader.read("x: 0\nc: 3\n", answer);
  EXPECT_EQ(reader.name(slot), "c");
  EXPECT_EQ(answer.slots[1], slot);
  EXPECT_EQ(reader.slot_count(), 5u);
}

TEST(StatsSlots, are_dense) {
  StatsReader reader;
  StatsAnswer answer;
  reader.read("a: 1\nt: \"x\"\n?\nb: 2\n", answer);
  EXPECT_THAT(answer.slots, ElementsAre(0, 2));
  EXPECT_EQ(answer.texts.at(0).slot, 1u);
  EXPECT_EQ(reader.slot_count(), 3u);
}

TEST(StatsSlots, of_few_vanished_names_are_kept) {
  StatsReader reader;
  read_stats(reader, many(1023));
  read_stats(reader, "a: 1\n");
  read_stats(reader, "a: 1\n");
  EXPECT_EQ(reader.generation(), 0u);
  EXPECT_EQ(reader.slot_count(), 1024u);
}

TEST(StatsSlots, of_many_vanished_names_are_forgotten_at_the_next_answer) {
  StatsReader reader;
  StatsAnswer answer;
  reader.read(many(2000), answer);
  reader.read(many(900, 100), answer);
  EXPECT_EQ(reader.generation(), 0u);
  EXPECT_EQ(reader.slot_count(), 2000u);
  EXPECT_EQ(answer.layout, 2u);

  reader.read(many(900, 100), answer);
  EXPECT_EQ(reader.generation(), 1u);
  EXPECT_EQ(reader.slot_count(), 900u);
  EXPECT_EQ(answer.slots.front(), 0u);
  EXPECT_EQ(reader.name(899), "name999");
  EXPECT_FALSE(answer.same_layout) << "the slots are others";
  EXPECT_EQ(answer.layout, 3u);

  reader.read(many(900, 100), answer);
  EXPECT_EQ(reader.generation(), 1u);
  EXPECT_TRUE(answer.same_layout);
  EXPECT_EQ(answer.layout, 3u);
}

TEST(StatsSlots, of_half_of_many_names_are_kept) {
  StatsReader reader;
  read_stats(reader, many(2000));
  read_stats(reader, many(1000));
  read_stats(reader, many(1000));
  EXPECT_EQ(reader.generation(), 0u);
}

TEST(StatsSlots, are_found_by_name_after_a_new_numbering) {
  StatsReader reader;
  read_stats(reader, many(2000));
  read_stats(reader, abcd);
  const Reading reading = read_stats(reader, "d: 8\nname7: 1\na: 5\n");
  EXPECT_EQ(reader.generation(), 1u);
  EXPECT_THAT(reading.numbers, ElementsAre("d=8", "name7=1", "a=5"));
}

TEST(StatsSlots, of_a_target_that_invents_names_stay_bounded) {
  StatsReader reader;
  for (std::size_t i = 0; i < 100; ++i) {
    read_stats(reader, many(1000, 1000 * i));
    EXPECT_LE(reader.slot_count(), 3000u);
  }
}

TEST(StatsReader, can_be_moved) {
  StatsReader first;
  read_stats(first, abcd);
  StatsReader second = std::move(first);
  EXPECT_TRUE(read_stats(second, abcd).same_layout);
}

// The one property that matters: what was read before has no influence on what is read now.
TEST(StatsReader, reads_like_a_stranger_whatever_it_read_before) {
  const std::vector<std::string> lines{
      "a: 1\n", "b: 2\n",        "c: 3\n", "d: 4\n", "e: \"x\"\n", "f: No recorded values\n",
      "g: 5\n", "a: \"text\"\n", "a: x\n", "\n",     "h: 7\r\n",   "a: 1: 2\n"};
  std::mt19937 random(20);  // NOLINT: the same every time
  StatsReader reader;
  for (int round = 0; round < 5000; ++round) {
    std::string body;
    // Mostly in order, as a proxy does, with every oddity now and then.
    for (const std::string& line : lines) {
      const auto dice = random() % 16;
      if (dice == 0) body += lines[random() % lines.size()];
      if (dice != 1) body += line;
    }
    const Reading known = read_stats(reader, body);
    const Reading fresh = read_stats(body);
    ASSERT_EQ(known.numbers, fresh.numbers) << body;
    ASSERT_EQ(known.texts, fresh.texts) << body;
    ASSERT_EQ(known.lines, fresh.lines) << body;
    ASSERT_EQ(known.unreadable, fresh.unreadable) << body;
    ASSERT_EQ(known.sample, fresh.sample) << body;
  }
}

class RecordedStats : public testing::TestWithParam<std::string> {};

TEST_P(RecordedStats, are_readable_to_the_last_line_and_the_same_when_read_again) {
  const std::string body = fixture("envoy/" + GetParam());
  StatsReader reader;
  const Reading reading = read_stats(reader, body);
  EXPECT_EQ(reading.unreadable, 0u) << reading.sample;
  EXPECT_EQ(reading.numbers.size() + reading.texts.size(), reading.lines);
  EXPECT_GT(reading.numbers.size(), 200u);
  EXPECT_GT(reading.texts.size(), 10u);
  const Reading again = read_stats(reader, body);
  EXPECT_TRUE(again.same_layout);
  EXPECT_EQ(again.numbers, reading.numbers);
  EXPECT_EQ(again.texts, reading.texts);
}

INSTANTIATE_TEST_SUITE_P(Envoy, RecordedStats,
                         testing::Values("1.36.2/client/stats.txt", "1.36.2/server/stats.txt",
                                         "1.40.0/client/stats.txt", "1.40.0/server/stats.txt",
                                         "1.36.2/client/stats_usedonly.txt",
                                         "1.40.0/client/stats_buckets.txt"));

TEST(RecordedStats, hold_a_method_by_status) {
  EXPECT_THAT(read_stats(fixture("envoy/1.40.0/client/stats_usedonly.txt")).numbers,
              testing::Contains("cluster.outbound|50051||users.shop.svc.cluster.local.grpc.Greeter."
                                "SayHello.5=15"));
}

TEST(RecordedStats, with_detailed_histograms_are_counted_as_unreadable_line_by_line) {
  const Reading reading = read_stats(fixture("envoy/1.40.0/client/stats_detailed.txt"));
  EXPECT_EQ(reading.unreadable, reading.lines);
  EXPECT_THAT(reading.sample, testing::EndsWith("external.upstream_rq_time:"));
}

}  // namespace
}  // namespace mesh::envoy_stats_layout_test
