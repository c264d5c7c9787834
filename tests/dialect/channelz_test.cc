// The way through channelz, and what is made of it, where servers do not make it easy: circles,
// lists without an end, ids that are given again, and our own calls among those that were received.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "dialect/block_numbers.h"
#include "dialect/channelz_readings.h"
#include "dialect/channelz_target.h"
#include "dialect/recorded_grpc.h"
#include "support/proto_bytes.h"

namespace mesh::channelz_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

constexpr int channel_ref = 3, subchannel_ref = 4;

std::string channel(std::uint64_t id, const std::string& target, const std::string& refs = "") {
  return field(1, field(1, field(1, id)) + field(2, field(2, target)) + refs);
}

std::string subchannel(std::uint64_t id, const std::string& address, std::uint64_t started) {
  return field(1, field(1, field(7, id)) + field(2, field(2, address) + field(4, started)));
}

std::string server(std::uint64_t succeeded, std::uint64_t second = 7, std::uint64_t nanos = 0,
                   std::uint64_t failed = 0) {
  const std::string created = field(2, field(1, second) + field(2, nanos));
  const std::string calls = field(3, succeeded) + field(4, failed);
  return field(1, field(1, field(5, 1)) + field(2, field(1, created) + calls)) + field(2, 1);
}

std::string to_channel(std::uint64_t id) { return field(channel_ref, field(1, id)); }
std::string to_subchannel(std::uint64_t id) { return field(subchannel_ref, field(7, id)); }

const std::string the_end = field(2, 1);

class ChannelzTest : public testing::Test {
 protected:
  ChannelzTest() {
    peer_.says_["/GetTopChannels"] = [](const Request&) { return the_end; };
    peer_.says_["/GetServers"] = [](const Request&) { return the_end; };
  }
  void says(const char* call, std::string answer) {
    peer_.says_[call] = [answer](const Request&) { return answer; };
  }
  Numbers received() {
    return numbers(*peer_.readings().traffic, Counted::calls, Direction::inbound, "");
  }

  RecordedGrpc peer_;
};

TEST_F(ChannelzTest, goes_round_a_circle_once) {
  says("/GetTopChannels", channel(1, "dns:///a:1", to_channel(2)) + the_end);
  says("/GetChannel", channel(2, "dns:///b:1", to_channel(1) + to_channel(2) + to_subchannel(3)));
  says("/GetSubchannel", subchannel(3, "10.0.0.7:1", 5));
  const Readings readings = peer_.readings();
  EXPECT_EQ(peer_.asked("/GetChannel"), 1);
  EXPECT_EQ(peer_.asked("/GetSubchannel"), 1);
  EXPECT_THAT(numbers(*readings.endpoints, Counted::endpoint_requests, Direction::outbound, "b:1"),
              ElementsAre(Pair("10.0.0.7:1", 5u)));
}

TEST_F(ChannelzTest, ends_lists_that_have_no_end) {
  says("/GetTopChannels", channel(1, "dns:///a:1"));
  const Readings same = peer_.readings();
  EXPECT_EQ(peer_.asked("/GetTopChannels"), 2) << "the same page again is no next one";
  EXPECT_FALSE(same.traffic->complete);
  EXPECT_THAT(
      same.partial,
      ElementsAre(Failure{Reason::parse, "channelz: a list does not go on where its page ends"}));
  std::uint64_t next = 0;
  peer_.says_["/GetTopChannels"] = [&](const Request&) { return channel(++next, "dns:///a:1"); };
  const Readings endless = peer_.readings();
  EXPECT_EQ(peer_.asked("/GetTopChannels"), static_cast<long>(limits::channelz_pages));
  EXPECT_FALSE(endless.traffic->complete);
  EXPECT_THAT(endless.partial,
              ElementsAre(Failure{Reason::too_large,
                                  "channelz: longer lists than are asked for: 20 pages, the rest "
                                  "left out"}));
}

TEST_F(ChannelzTest, asks_no_more_than_a_poll_may) {
  std::string refs;
  for (std::uint64_t id = 1; id < 3'000; ++id) refs += to_subchannel(id);
  says("/GetTopChannels", channel(1, "dns:///a:1", refs) + the_end);
  says("/GetSubchannel", subchannel(3, "10.0.0.7:1", 5));
  const Readings readings = peer_.readings();
  const long asked = peer_.asked("/GetSubchannel");
  EXPECT_EQ(asked + 2, static_cast<long>(limits::channelz_questions_per_poll));
  EXPECT_FALSE(readings.traffic->complete);
  const std::string left_out = std::to_string(2'999 - asked);
  EXPECT_THAT(readings.partial,
              ElementsAre(Failure{Reason::too_large,
                                  "channelz: more entities than are asked for: 500 questions, at "
                                  "least " +
                                      left_out + " left out"}));
}

TEST_F(ChannelzTest, is_not_held_up_by_channels_to_thousands_of_addresses) {
  std::uint64_t next = 0;
  peer_.says_["/GetTopChannels"] = [&](const Request&) {
    const std::string policy = field(2, field(3, field(3, field(1, "LB policy \"pick_first\""))));
    std::string page;
    for (std::size_t i = 0; i < limits::channelz_page; ++i) {
      std::string target = "ipv4:,,";
      for (int port = 0; port < 500; ++port) {
        target.append(std::to_string(next)).append(":").append(std::to_string(port)) += ",";
      }
      target.resize(limits::channelz_target_bytes);
      page += channel(++next, target, policy);
    }
    return page;
  };
  const Readings readings = peer_.readings();
  EXPECT_EQ(readings.upstreams.size(), limits::channelz_page * limits::channelz_pages);
  EXPECT_EQ(readings.endpoint_states.size(), limits::raw_series_per_target);
  for (const EndpointReading& one : readings.endpoint_states) EXPECT_NE(one.address, "");
}

TEST_F(ChannelzTest, remembers_not_all_who_ever_were) {
  says("/GetTopChannels", channel(1, "dns:///a:1"));  // whose list has no end
  const auto first_source = [&] { return peer_.readings().traffic->series->at(0).source; };
  const std::string first = first_source();
  const auto many = [&](std::size_t polls) {
    std::uint64_t next = 1;
    peer_.says_["/GetTopChannels"] = [&next](const Request&) {
      std::string page;
      for (std::size_t i = 0; i < limits::channelz_page; ++i) page += channel(++next, "dns:///a:1");
      return page;
    };
    for (std::size_t poll = 0; poll < polls; ++poll) peer_.readings();
    says("/GetTopChannels", channel(1, "dns:///a:1"));
  };
  many(1);
  EXPECT_EQ(first_source(), first) << "it was passed over";
  many(1 + limits::raw_series_per_target / (limits::channelz_page * limits::channelz_pages));
  EXPECT_NE(first_source(), first) << "it was forgotten";
}

TEST_F(ChannelzTest, passes_over_what_is_gone_by_the_time_it_is_asked_for) {
  says("/GetTopChannels", channel(1, "dns:///a:1", to_subchannel(3)) + the_end);
  peer_.statuses_["/GetSubchannel"] = "NOT_FOUND";
  const Readings readings = peer_.readings();
  EXPECT_TRUE(readings.traffic->complete);
  EXPECT_THAT(readings.endpoint_states, IsEmpty());
  EXPECT_EQ(readings.unreadable, 0u);
}

TEST_F(ChannelzTest, counts_what_it_cannot_read) {
  says("/GetTopChannels", channel(1, "dns:///a:1", to_subchannel(3)) + field(1, "\xff") + the_end);
  says("/GetSubchannel", "\xff");
  const Readings readings = peer_.readings();
  EXPECT_EQ(readings.unreadable, 2u);
  EXPECT_EQ(readings.unreadable_sample, "an element of channelz's GetTopChannels");
  EXPECT_FALSE(readings.traffic->complete);
}

TEST_F(ChannelzTest, does_not_lay_what_it_cannot_read_to_another_question) {
  says("/FetchClientStatus", "");  // of which there is nothing that cannot be read
  EXPECT_EQ(peer_.readings().unreadable_sample, "");
  says("/GetServers", field(1, "\xff") + the_end);
  EXPECT_EQ(peer_.readings().unreadable_sample, "an element of channelz's GetServers");
}

TEST_F(ChannelzTest, keeps_a_channel_to_more_addresses_than_its_name_may_have) {
  std::string target = "ipv4:";
  for (int host = 0; host < 250; ++host) target += "10.0.0." + std::to_string(host) + ":50051,";
  const std::string policy = field(2, field(3, field(3, field(1, "LB policy \"pick_first\""))));
  says("/GetTopChannels", channel(1, target, policy) + the_end);
  const Readings readings = peer_.readings();
  EXPECT_EQ(readings.unreadable, 0u);
  ASSERT_THAT(readings.upstreams, SizeIs(1));
  EXPECT_EQ(readings.upstreams[0].balancer, "pick_first");
  EXPECT_THAT(readings.endpoint_states, SizeIs(testing::Gt(100u)));
  for (const EndpointReading& one : readings.endpoint_states) {
    EXPECT_THAT(one.address.str(), testing::EndsWith(":50051"));
  }
}

TEST_F(ChannelzTest, takes_its_own_calls_off_those_that_a_server_received) {
  says("/GetServers", server(100));
  says("/GetServerSockets", field(1, field(3, 8)) + field(1, field(3, 9)) + the_end);
  const Readings first = peer_.readings();
  EXPECT_EQ(first.inbound_connections, 1u);
  const Numbers at_first{{"OK", 100}};
  EXPECT_EQ(numbers(*first.traffic, Counted::calls, Direction::inbound, ""), at_first);
  // Three calls of ours end in OK between one look at the server and the next.
  says("/GetServers", server(103));
  EXPECT_EQ(received(), at_first);
  says("/GetServers", server(112));
  EXPECT_EQ(received(), (Numbers{{"OK", 106}}));
  says("/GetServers", server(113));
  EXPECT_EQ(received(), (Numbers{{"OK", 106}})) << "some of ours were not counted yet";
  says("/GetServers", server(4));
  EXPECT_EQ(received(), (Numbers{{"OK", 4}})) << "another process";
}

// In the first poll three calls of ours were of what it does not have: the status of a client, and
// reflection by two names. Servers in Go do not count those.
TEST_F(ChannelzTest, takes_off_calls_of_what_is_not_there_where_the_server_counts_them) {
  says("/GetServerSockets", the_end);
  says("/GetServers", server(0, 7, 0, 50));
  EXPECT_EQ(received(), (Numbers{{"other", 50}}));
  says("/GetServers", server(0, 7, 0, 53));
  EXPECT_EQ(received(), (Numbers{{"other", 50}}));
  says("/GetServers", server(0, 7, 0, 54));
  EXPECT_EQ(received(), (Numbers{{"other", 51}}));

  says("/GetServers", server(0, 20, 0, 50));  // another process, in Go: it is asked for all anew
  EXPECT_EQ(received(), (Numbers{{"other", 50}}));
  says("/GetServers", server(0, 20, 0, 51));
  EXPECT_EQ(received(), (Numbers{{"other", 50}})) << "it may have been ours";
  says("/GetServers", server(0, 20, 0, 52));
  EXPECT_EQ(received(), (Numbers{{"other", 52}})) << "two of ours were not counted";
}

TEST_F(ChannelzTest, knows_another_process_by_the_creation_of_its_elements) {
  says("/GetServers", server(100, 7, 999'999'999));
  const auto before = peer_.readings().traffic;
  says("/GetServers", server(103, 8, 2));  // the moment as it is told anew for every answer
  const auto same = peer_.readings().traffic;
  says("/GetServers", server(200, 20));
  const auto after = peer_.readings().traffic;
  ASSERT_THAT(*before->series, SizeIs(2));
  EXPECT_EQ(before->series, same->series);
  EXPECT_NE(before->series->at(0).source, after->series->at(0).source);
  EXPECT_THAT(after->values, ElementsAre(200, 0));
}

TEST_F(ChannelzTest, gives_the_same_series_as_the_same_object) {
  says("/GetServers", server(100));
  EXPECT_EQ(peer_.readings().traffic->series, peer_.readings().traffic->series);
}

TEST(ChannelzTargets, become_upstreams) {
  for (const auto& [target, upstream] : std::vector<std::pair<std::string, std::string>>{
           {"dns:///users.shop:50051", "users.shop:50051"},
           {"dns://8.8.8.8/users.shop:50051", "users.shop:50051"},
           {"dns:users.shop:50051", "users.shop:50051"},
           {"users.shop:50051", "users.shop:50051"},
           {"users.shop", "users.shop"},
           {"xds:///users", "users"},
           {"ipv4:10.0.0.7:1,10.0.0.8:1", "10.0.0.7:1,10.0.0.8:1"},
           {"unix:/run/users.sock", "unix:/run/users.sock"},
           {"dns:///", "dns:///"},
           {"", ""},
       }) {
    EXPECT_EQ(upstream_of_target(target), upstream);
  }
}

TEST(ChannelzTargets, of_subchannels_become_addresses) {
  EXPECT_EQ(address_of_target("ipv4:10.0.0.7:50051"), "10.0.0.7:50051");
  EXPECT_EQ(address_of_target("10.0.0.7:50051"), "10.0.0.7:50051");
  EXPECT_EQ(address_of_target("ipv6:%5B::1%5D:80"), "[::1]:80");
  EXPECT_EQ(address_of_target("ipv6:[::1]:80"), "[::1]:80");
  EXPECT_EQ(address_of_target("unix:/run/a.sock"), "unix:/run/a.sock");
  EXPECT_EQ(address_of_target("[[[/10.0.0.7:80]/{}]]"), "10.0.0.7:80");
  EXPECT_EQ(address_of_target("[[[users/10.0.0.7:80, users/10.0.0.8:80]/{a=b}]]"), "10.0.0.7:80");
  EXPECT_EQ(address_of_target("[[[/[fd00::7]:80]/{}]]"), "[fd00::7]:80");
  for (const char* odd : {"[[[", "[[[x", "[[[/", "[[[/["}) address_of_target(odd);
}

}  // namespace
}  // namespace mesh::channelz_test
