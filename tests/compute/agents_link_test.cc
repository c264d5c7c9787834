// What Istio's agent says of its connection to istiod, where its sidecar shows no link of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compute/control_plane_book.h"

namespace mesh::agents_link_test {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;
using testing::IsEmpty;

constexpr sys_seconds noon{seconds(1'800'000'000)};

class AgentsLink : public testing::Test {
 protected:
  void hear(std::uint64_t broken, std::uint64_t answers) {
    now_ += seconds(60);
    book_.enter_agent({broken, answers}, noon + now_);
  }
  LinkState link() const { return book_.state(nullptr, true).links.at(0); }

  ControlPlaneBook book_;
  seconds now_{0};
};

TEST_F(AgentsLink, holds_while_nothing_breaks) {
  hear(0, 4);
  hear(0, 4);
  EXPECT_TRUE(link().connected);
  EXPECT_EQ(link().name, "istiod");
}

TEST_F(AgentsLink, is_cut_from_the_look_that_saw_it_break_until_something_comes) {
  hear(0, 4);
  hear(1, 4);
  EXPECT_FALSE(link().connected);
  const auto since = link().cut_since;
  hear(1, 4);  // between two attempts
  EXPECT_FALSE(link().connected);
  EXPECT_EQ(link().cut_since, since);
  EXPECT_EQ(link().cut_looks, 2u);
  hear(3, 8);
  EXPECT_TRUE(link().connected);
  EXPECT_EQ(link().cut_looks, 0u);
}

TEST_F(AgentsLink, is_not_cut_by_an_istiod_that_was_restarted_between_two_looks) {
  hear(0, 4);
  hear(2, 8);
  EXPECT_TRUE(link().connected);
}

TEST_F(AgentsLink, is_as_an_agent_says_that_tells_it_beside_the_proxys_own) {
  ControlPlaneReading proxys;
  proxys.links = {{ConfigKind::ads, "", true}};
  book_.enter(proxys, 1, Instant{}, noon);
  const auto cut = [&](bool connected) {
    AgentLink agents;
    agents.connected = connected;
    agents.to = "consul";
    now_ += seconds(60);
    book_.enter_agent(agents, noon + now_);
    const ControlPlaneState state = book_.state(nullptr, true);
    EXPECT_EQ(state.links.size(), 2u);
    EXPECT_EQ(state.links.at(1).name, "consul");
    return !state.links.at(1).connected;
  };
  EXPECT_FALSE(cut(true));
  EXPECT_TRUE(cut(false));
  EXPECT_TRUE(cut(false));
  EXPECT_FALSE(cut(true));
}

TEST_F(AgentsLink, begins_anew_with_the_agent) {
  hear(7, 90);
  hear(0, 4);
  EXPECT_TRUE(link().connected);
  hear(0, 0);
  hear(3, 0);
  EXPECT_FALSE(link().connected);
}

TEST_F(AgentsLink, is_cut_where_none_was_ever_made) {
  hear(3, 0);
  EXPECT_FALSE(link().connected);
  EXPECT_FALSE(link().ever_answered);
}

TEST_F(AgentsLink, gives_way_to_what_the_proxy_says_itself) {
  hear(3, 0);
  book_.enter({{{ConfigKind::ads, "", true}}, {}, true}, 1, Instant{} + now_, noon + now_);
  ASSERT_EQ(book_.state(nullptr, true).links.size(), 1u);
  EXPECT_EQ(link().name, "");
}

TEST_F(AgentsLink, is_not_told_once_the_page_is_silent) {
  hear(3, 0);
  EXPECT_THAT(book_.state(nullptr, false).links, IsEmpty());
}

// As seen with istiod killed: the agent goes on serving the secret that it has.
TEST(SecretsOfAnAgent, are_cut_off_with_the_control_plane) {
  CertificatePlace place;
  place.known.emplace_back();
  place.known[0].in_use.not_after = noon + seconds(600);
  const ControlPlaneReading reading{
      {{ConfigKind::ads, "", false}, {ConfigKind::sds, "default", true}},
      {{ConfigKind::sds, "default", 1, 1, 0, 0, 0,
        static_cast<std::uint64_t>((noon + seconds(600)).time_since_epoch().count())}},
      true};
  for (const bool by_agent : {false, true}) {
    ControlPlaneBook book(by_agent);
    book.enter(reading, 1, Instant{}, noon);
    EXPECT_EQ(book.state(&place, false).cascade.has_value(), by_agent);
  }
}

TEST_F(AgentsLink, cuts_every_leaf_off) {
  CertificatePlace place;
  place.known.emplace_back();
  place.known[0].in_use.not_after = noon + seconds(600);
  hear(0, 4);
  EXPECT_FALSE(book_.state(&place, true).cascade);
  hear(1, 4);
  ASSERT_TRUE(book_.state(&place, true).cascade);
  EXPECT_EQ(book_.state(&place, true).cascade->at, noon + seconds(600));
}

}  // namespace
}  // namespace mesh::agents_link_test
