// Calls over connections and questions of ours in, which connection is ours out.
#include "dialect/own_connection.h"

#include <gtest/gtest.h>

namespace mesh::own_connection_test {
namespace {

constexpr std::uint64_t server = 1, other_server = 2;

// One poll, in which five questions were asked before the first connection was asked for.
class OwnConnectionTest : public testing::Test {
 protected:
  struct Told {
    std::uint64_t id, started, of = server;
  };
  // `ours`: the id of our connection, whose calls are counted on by our questions.
  void poll(std::vector<Told> told, std::uint64_t ours = 0, std::uint64_t probes = 0) {
    std::vector<ChannelzLook::Socket> sockets;
    const std::uint64_t before = asked_;
    asked_ += 5;
    over_ours_ += 5 + probes;
    for (const Told& one : told) {
      ++asked_;
      ++over_ours_;
      const std::uint64_t started = one.id == ours ? over_ours_ : one.started;
      sockets.push_back({{one.id, started}, one.of, asked_, asked_ - before});
    }
    asked_ += 2;  // CSDS and reflection
    over_ours_ += 2;
    own_.enter(sockets);
  }
  void dial_anew() { over_ours_ = 0; }

  OwnConnection own_;
  std::uint64_t asked_ = 0, over_ours_ = 0;
};

TEST_F(OwnConnectionTest, is_the_one_with_our_questions) {
  poll({{7, 5'000}, {8, 0}, {9, 1, other_server}}, 8);
  EXPECT_EQ(own_.socket(), 8u);
  poll({{7, 5'400}, {8, 0}, {9, 3, other_server}}, 8);
  EXPECT_EQ(own_.socket(), 8u);
  EXPECT_EQ(own_.server(), server);
  EXPECT_TRUE(own_.is_exact());
}

TEST_F(OwnConnectionTest, is_found_among_those_that_have_as_many_by_looking_again) {
  poll({{7, 6}, {8, 0}}, 8);
  poll({{7, 19}, {8, 0}}, 8);
  EXPECT_EQ(own_.socket(), 8u);
}

TEST_F(OwnConnectionTest, is_found_with_health_probes_over_it_and_is_not_exact) {
  for (int i = 1; i < 5; ++i) {
    poll({{7, 900u * static_cast<unsigned>(i)}, {8, 0}}, 8, 1);
    EXPECT_EQ(own_.socket(), 8u);
    EXPECT_FALSE(own_.is_exact());
  }
}

TEST_F(OwnConnectionTest, is_found_again_when_it_was_dialled_anew) {
  poll({{7, 5'000}, {8, 0}}, 8);
  dial_anew();
  poll({{7, 5'400}, {11, 0}}, 11);
  EXPECT_EQ(own_.socket(), 11u);
}

TEST_F(OwnConnectionTest, is_none_where_a_proxy_brings_our_questions_with_all_other_calls) {
  poll({{7, 5'000}});
  EXPECT_EQ(own_.socket(), std::nullopt);
  poll({{7, 5'400}});
  EXPECT_EQ(own_.socket(), std::nullopt);
  EXPECT_EQ(own_.server(), std::nullopt);
}

TEST_F(OwnConnectionTest, is_none_if_two_are_as_near) {
  own_.enter({{{7, 10}, server, 10, 10}, {{8, 11}, server, 11, 11}});
  EXPECT_EQ(own_.socket(), std::nullopt);
}

TEST_F(OwnConnectionTest, is_none_without_connections) {
  poll({});
  EXPECT_EQ(own_.socket(), std::nullopt);
}

}  // namespace
}  // namespace mesh::own_connection_test
