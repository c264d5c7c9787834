// More names than the reader remembers: what is beyond is read from every answer, just as exactly.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/limits.h"
#include "wire/envoy_stats.h"

namespace mesh::envoy_stats_crowd_test {
namespace {

constexpr std::size_t crowd = limits::stat_names_per_target + 100;

// `count` statistics named from number `first` on, each with a value told by its number.
std::string answer_with(std::size_t first, std::size_t count, std::uint64_t more = 0) {
  std::string body;
  for (std::size_t n = first; n < first + count; ++n) {
    body += "cluster.a.grpc.s.M" + std::to_string(n) + ".0: " + std::to_string(n + more) + "\n";
  }
  return body;
}

std::string name_of(std::size_t n) { return "cluster.a.grpc.s.M" + std::to_string(n) + ".0"; }

TEST(StatsReaderCrowd, reads_names_beyond_its_memory_with_their_values) {
  StatsReader reader;
  StatsAnswer answer;
  const std::string body = answer_with(0, crowd, 7);
  reader.read(body, answer);
  ASSERT_EQ(answer.slots.size(), crowd);
  EXPECT_EQ(answer.unreadable, 0u);
  EXPECT_EQ(reader.remembered_count(), limits::stat_names_per_target);
  for (std::size_t i = 0; i < crowd; ++i) {
    ASSERT_EQ(reader.name(answer.slots[i]), name_of(i));
    ASSERT_EQ(answer.values[i], i + 7);
  }
}

TEST(StatsReaderCrowd, knows_the_layout_again_with_other_values) {
  StatsReader reader;
  StatsAnswer answer;
  const std::string before = answer_with(0, crowd), after = answer_with(0, crowd, 1'000'000);
  reader.read(before, answer);
  reader.read(after, answer);
  EXPECT_TRUE(answer.same_layout);
  EXPECT_EQ(answer.values.back(), 1'000'000 + crowd - 1);
}

TEST(StatsReaderCrowd, sees_that_a_name_beyond_its_memory_was_replaced) {
  StatsReader reader;
  StatsAnswer answer;
  const std::string before = answer_with(0, crowd);
  const std::string after = answer_with(0, crowd - 1) + answer_with(crowd + 5, 1);
  reader.read(before, answer);
  reader.read(after, answer);
  EXPECT_FALSE(answer.same_layout);
  EXPECT_EQ(reader.name(answer.slots.back()), name_of(crowd + 5));
}

TEST(StatsReaderCrowd, counts_a_repeated_name_beyond_its_memory_as_unreadable) {
  StatsReader reader;
  StatsAnswer answer;
  const std::string body = answer_with(0, crowd) + answer_with(crowd - 1, 1);
  reader.read(body, answer);
  EXPECT_EQ(answer.slots.size(), crowd);
  EXPECT_EQ(answer.unreadable, 1u);
}

// In the answer after: the slots of an answer stay valid until the next one is read.
TEST(StatsReaderCrowd, makes_room_for_the_present_when_the_past_has_vanished) {
  StatsReader reader;
  StatsAnswer answer;
  const std::string before = answer_with(0, crowd), after = answer_with(crowd, 1000);
  reader.read(before, answer);
  const std::uint64_t generation = reader.generation();
  reader.read(after, answer);
  EXPECT_EQ(reader.name(answer.slots.front()), name_of(crowd));
  reader.read(after, answer);
  EXPECT_GT(reader.generation(), generation);
  EXPECT_EQ(reader.name(answer.slots.front()), name_of(crowd));
  EXPECT_EQ(answer.values.back(), crowd + 999);
  EXPECT_EQ(reader.slot_count(), reader.remembered_count());
}

}  // namespace
}  // namespace mesh::envoy_stats_crowd_test
