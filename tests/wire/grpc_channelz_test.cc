// channelz's answers: those of real libraries, and what a hostile one may send.
#include "wire/grpc_channelz.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "support/grpc_answers.h"
#include "support/proto_bytes.h"

namespace mesh::grpc_channelz_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* python = "python_1.85_round_robin.txt";
constexpr const char* pinned = "python_1.85_pick_first.txt";
constexpr const char* go = "go_1.66_round_robin.txt";
constexpr const char* cpp = "cpp_1.51_server.txt";

ChannelzChannel top_channel(const char* of) {
  const auto page = read_top_channels(answers_to(of, "/GetTopChannels").at(0));
  EXPECT_TRUE(page && page->end && page->elements.size() == 1 && page->unreadable == 0) << of;
  return page && !page->elements.empty() ? page->elements[0] : ChannelzChannel{};
}

std::string channel(std::uint64_t id, const std::string& data, const std::string& rest = "") {
  return field(1, field(1, field(1, id)) + field(2, data) + rest);
}

TEST(GrpcChannelz, reads_the_channels_of_real_clients) {
  const ChannelzChannel of_python = top_channel(python);
  EXPECT_EQ(of_python.state, ChannelState::ready);
  EXPECT_EQ(of_python.policy, "round_robin");
  EXPECT_THAT(of_python.target,
              testing::MatchesRegex("ipv4:127.0.0.1:.*,127.0.0.1:.*,127.0.0.1:.*"));
  EXPECT_NEAR(of_python.created, 1.79572e9, 1e4);
  EXPECT_THAT(of_python.subchannels, SizeIs(3));
  EXPECT_GT(of_python.calls.started, 0u);
  EXPECT_EQ(top_channel(pinned).policy, "pick_first");
  EXPECT_THAT(top_channel(pinned).subchannels, SizeIs(1));
  const ChannelzChannel of_go = top_channel(go);
  EXPECT_EQ(of_go.target, "list:///users");
  EXPECT_EQ(of_go.policy, "round_robin");
  EXPECT_THAT(of_go.subchannels, SizeIs(3));
}

TEST(GrpcChannelz, reads_the_subchannels_of_real_clients) {
  for (const char* of : {python, go}) {
    std::uint64_t calls = 0;
    for (const std::string& answer : answers_to(of, "/GetSubchannel")) {
      const auto one = read_channel(answer);
      ASSERT_TRUE(one) << of;
      EXPECT_EQ(one->state, ChannelState::ready);
      EXPECT_THAT(one->target, testing::MatchesRegex("(ipv4:)?127.0.0.1:[0-9]*"));
      EXPECT_THAT(one->sockets, SizeIs(1));
      calls += one->calls.started;
    }
    EXPECT_GE(calls, top_channel(of).calls.started);
  }
}

TEST(GrpcChannelz, reads_real_servers_and_their_connections) {
  for (const char* of : {python, go, cpp}) {
    const auto page = read_servers(answers_to(of, "/GetServers").at(0));
    ASSERT_TRUE(page) << of;
    ASSERT_THAT(page->elements, SizeIs(1));
    EXPECT_GT(page->elements[0].calls.started, 0u);
    EXPECT_EQ(page->elements[0].created == 0, of == go);
    const auto sockets = read_server_sockets(answers_to(of, "/GetServerSockets").at(0));
    ASSERT_TRUE(sockets) << of;
    EXPECT_THAT(sockets->elements, SizeIs(1));
    EXPECT_TRUE(sockets->end);
  }
}

TEST(GrpcChannelz, asks_as_the_recorded_questions_do) {
  for (const GrpcAnswer& one : grpc_answers(python)) {
    if (one.path == channelz_path(ChannelzCall::top_channels)) {
      EXPECT_EQ(one.question, channelz_page_question(0));
    }
    if (one.path == channelz_path(ChannelzCall::server_sockets)) {
      const auto page = read_servers(answers_to(python, "/GetServers").at(0));
      EXPECT_EQ(one.question, server_sockets_question(page->elements.at(0).id, 0));
    }
  }
  EXPECT_EQ(channelz_one_question(3), "\x08\x03");
}

TEST(GrpcChannelz, takes_no_more_of_a_page_than_was_asked_for) {
  std::string answer;
  for (std::uint64_t id = 1; id <= limits::channelz_page + 7; ++id) answer += channel(id, "");
  const auto page = read_top_channels(answer);
  ASSERT_TRUE(page);
  EXPECT_THAT(page->elements, SizeIs(limits::channelz_page));
  EXPECT_EQ(page->unreadable, 7u);
  EXPECT_FALSE(page->end);
}

TEST(GrpcChannelz, takes_no_element_without_an_id_or_with_counts_below_nothing) {
  const auto minus_one = ~std::uint64_t{0};
  const auto page =
      read_top_channels(channel(0, "") + channel(minus_one, "") + channel(1, field(4, minus_one)) +
                        channel(2, field(4, 7)) + field(1, "\xff"));
  ASSERT_TRUE(page);
  ASSERT_THAT(page->elements, SizeIs(1));
  EXPECT_EQ(page->elements[0].calls.started, 7u);
  EXPECT_EQ(page->unreadable, 4u);
}

TEST(GrpcChannelz, cuts_a_target_that_is_too_long_behind_a_whole_address) {
  const auto target_of = [](const std::string& target) {
    return read_channel(channel(1, field(2, target)))->target;
  };
  const std::size_t most = limits::channelz_target_bytes;
  const std::string name(most, 'x');
  EXPECT_EQ(target_of(name), name);
  EXPECT_EQ(target_of(name + "yz"), name);
  const std::string addresses = name.substr(0, most - 6) + ",10:80";
  EXPECT_EQ(target_of(addresses), addresses);
  EXPECT_EQ(target_of(addresses + ",11:80"), addresses);
  EXPECT_EQ(target_of(addresses + "00"), name.substr(0, most - 6)) << "not port 80";
}

TEST(GrpcChannelz, has_each_reference_once_and_a_bounded_number_of_them) {
  std::string refs = field(4, field(7, 5)) + field(4, field(7, 5)) + field(3, field(7, 6));
  EXPECT_THAT(read_channel(channel(1, "", refs))->subchannels, ElementsAre(5u));
  EXPECT_THAT(read_channel(channel(1, "", refs))->channels, IsEmpty());
  for (std::uint64_t id = 1; id < 5'000; ++id) refs += field(4, field(7, id));
  EXPECT_THAT(read_channel(channel(1, "", refs))->subchannels,
              SizeIs(testing::Le(limits::channelz_questions_per_poll)));
}

TEST(GrpcChannelz, refuses_what_is_no_answer) {
  EXPECT_FALSE(read_top_channels("\xff\xff"));
  EXPECT_FALSE(read_servers("\x0a\x05"));
  EXPECT_FALSE(read_channel(""));
}

TEST(GrpcChannelz, reads_a_connection_of_a_server) {
  const auto socket =
      read_socket(field(1, field(1, field(3, 8)) + field(2, field(1, 500) + field(2, 499))));
  ASSERT_TRUE(socket);
  EXPECT_EQ(*socket, (ChannelzSocket{8, 500}));
  EXPECT_FALSE(read_socket(""));
  EXPECT_FALSE(read_socket("\xff"));
  EXPECT_FALSE(read_socket(field(1, field(1, field(5, 8)))));
  const std::string negative = field(1, ~std::uint64_t{0});
  EXPECT_FALSE(read_socket(field(1, field(1, field(3, 8)) + field(2, negative))));
}

}  // namespace
}  // namespace mesh::grpc_channelz_test
