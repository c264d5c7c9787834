// From handshakes to the published state of one endpoint.
#include "compute/endpoint_history.h"

#include <gtest/gtest.h>

namespace mesh::endpoint_history_test {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

Instant at(int second) { return Instant{} + seconds(1000 + second); }

PollCost cost(int second) {
  return {WallTime{} + seconds(5000 + second), at(second), std::chrono::milliseconds(20), 0};
}

Target gateway() {
  Target whose;
  whose.mesh = "istio";
  whose.ns = "shop";
  whose.rotation_point = 0.5;
  return whose;
}

HeldTogether chain(int not_before) {
  Certificate leaf;
  leaf.not_before = sys_seconds(seconds(5000 + not_before));
  leaf.not_after = *leaf.not_before + seconds(1000);
  return {leaf};
}

Handshake handshake() {
  Handshake handshake;
  handshake.version = "TLSv1.3";
  return handshake;
}

class EndpointHistoryTest : public testing::Test {
 protected:
  EndpointHistory history_{gateway(), "gateway", {}, seconds(90)};
};

TEST_F(EndpointHistoryTest, nothing_is_known_before_the_first_handshake) {
  const auto state = history_.state(at(0));
  EXPECT_EQ(state->name, "gateway");
  EXPECT_EQ(state->whose.mesh, "istio");
  EXPECT_EQ(state->whose.ns, "shop");
  EXPECT_FALSE(state->last_attempt);
  EXPECT_EQ(state->certificates, nullptr);
}

TEST_F(EndpointHistoryTest, a_handshake_brings_a_place_named_after_the_endpoint) {
  EXPECT_EQ(history_.record(handshake(), chain(0), cost(0)), Change::came_up);
  const auto state = history_.state(at(0));
  EXPECT_TRUE(state->up);
  EXPECT_EQ(state->handshake.version, "TLSv1.3");
  EXPECT_EQ(state->handshake_seconds, 0.02);
  EXPECT_EQ(state->certificates->source, CertificateSource::handshake);
  EXPECT_EQ(state->certificates->location, "gateway");
  EXPECT_EQ(state->certificates->known.size(), 1u);
}

TEST_F(EndpointHistoryTest, a_renewed_chain_is_a_rotation) {
  history_.record(handshake(), chain(0), cost(0));
  EXPECT_EQ(history_.record(handshake(), chain(50), cost(60)), Change::none);
  EXPECT_EQ(history_.state(at(60))->certificates->known[0].rotations, 1u);
}

TEST_F(EndpointHistoryTest, a_failure_keeps_the_certificates_for_a_while) {
  history_.record(handshake(), chain(0), cost(0));
  EXPECT_EQ(history_.record(Failure{Reason::connect, "refused"}, cost(60)), Change::went_down);
  EXPECT_EQ(history_.record(Failure{Reason::connect, "refused"}, cost(80)), Change::none);
  EXPECT_EQ(history_.record(Failure{Reason::timeout, "late"}, cost(90)), Change::other_failure);
  const auto state = history_.state(at(90));
  EXPECT_FALSE(state->up);
  EXPECT_EQ(state->failure->reason, Reason::timeout);
  EXPECT_NE(state->certificates, nullptr);
  EXPECT_EQ(history_.state(at(91))->certificates, nullptr);
  EXPECT_EQ(history_.record(handshake(), chain(0), cost(100)), Change::came_up);
  EXPECT_FALSE(history_.state(at(100))->failure);
}

TEST_F(EndpointHistoryTest, the_first_failure_is_news) {
  EXPECT_EQ(history_.record(Failure{Reason::connect, "refused"}, cost(0)), Change::went_down);
}

TEST(TlsEndpointName, tells_a_target_s_own_port_from_an_endpoint) {
  TlsEndpointState state;
  state.whose.ns = "shop";
  state.name = "gateway";
  EXPECT_EQ(where_of(state), "shop/gateway");
  state.whose.pod = "users-0";
  state.name = inbound_port;
  EXPECT_EQ(where_of(state), "shop/users-0 inbound");
}

}  // namespace
}  // namespace mesh::endpoint_history_test
