// The lower bound of connections under a replaced certificate, poll by poll.
#include "compute/stale_connections.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mesh::stale_connections_test {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr sys_seconds expiry{seconds(5000)};
constexpr std::string_view users = "spiffe://mesh.test/users";
const std::vector<Rotation> rotated{{std::string(users), expiry}};
const CertificateLook prompted{{}, true}, in_turn{};

TlsReading cluster(std::uint64_t opened, std::uint64_t active) {
  return {{}, {{"cluster.u", Direction::outbound, "u", "", opened, opened, active}}};
}

Certificate leaf(sys_seconds not_after) {
  Certificate one;
  one.role = CertificateRole::leaf;
  one.not_after = not_after;
  return one;
}

class StaleConnectionsTest : public testing::Test {
 protected:
  void quiet(const TlsReading& tls) { stale_.enter(tls, 1, nullptr, {}); }
  void look(const TlsReading& tls) { stale_.enter(tls, 1, &in_turn, {}); }
  void rotation(const TlsReading& tls) { stale_.enter(tls, 1, &prompted, rotated); }
  std::uint64_t count() const { return stale_.counts(sys_seconds{}, users).at(0).connections; }
  std::uint64_t expired(sys_seconds now) const { return stale_.counts(now, users).at(0).expired; }

  StaleConnections stale_;
};

TEST_F(StaleConnectionsTest, who_speaks_tls_has_none_before_the_first_rotation) {
  look(cluster(3, 3));
  EXPECT_THAT(stale_.counts(expiry, users),
              ElementsAre(StaleCount{Direction::outbound, "u", "", std::string(users), 0, 0}));
}

TEST_F(StaleConnectionsTest, those_of_the_poll_before_are_under_the_old_one) {
  look(cluster(3, 3));
  quiet(cluster(5, 4));
  rotation(cluster(6, 5));
  EXPECT_THAT(stale_.counts(sys_seconds{}, users),
              ElementsAre(StaleCount{Direction::outbound, "u", "", std::string(users), 4, 0}));
}

TEST_F(StaleConnectionsTest, every_closed_one_may_have_been_an_old_one) {
  look(cluster(4, 4));
  rotation(cluster(4, 4));
  quiet(cluster(7, 5));  // three opened, two closed
  EXPECT_EQ(count(), 2u);
  quiet(cluster(17, 5));
  EXPECT_EQ(count(), 0u);
}

TEST_F(StaleConnectionsTest, a_rotation_found_in_turn_may_be_as_old_as_the_last_look) {
  look(cluster(2, 2));
  quiet(cluster(9, 9));
  stale_.enter(cluster(9, 9), 1, &in_turn, rotated);
  EXPECT_EQ(count(), 2u);
}

TEST_F(StaleConnectionsTest, after_the_next_rotation_the_newer_ones_are_stale_too) {
  look(cluster(2, 2));
  rotation(cluster(2, 2));
  quiet(cluster(5, 5));
  rotation(cluster(5, 5));
  EXPECT_EQ(count(), 5u);
}

TEST_F(StaleConnectionsTest, an_expired_certificate_is_still_in_use_after_the_next_rotation) {
  look(cluster(2, 2));
  rotation(cluster(2, 2));
  EXPECT_EQ(expired(expiry - seconds(1)), 0u);
  EXPECT_EQ(expired(expiry), 2u);
  quiet(cluster(5, 5));
  stale_.enter(cluster(5, 5), 1, &prompted, {{rotated[0].identity, expiry + seconds(100)}});
  EXPECT_EQ(expired(expiry), 2u);
  EXPECT_EQ(expired(expiry + seconds(100)), 5u);
}

TEST_F(StaleConnectionsTest, plain_ones_on_a_port_that_takes_both_are_not_counted) {
  const TlsReading mixed{{}, {{"listener.a", Direction::inbound, "", "", 10, 7, 9}}};
  look(mixed);
  rotation(mixed);
  EXPECT_EQ(count(), 6u);  // three never made a handshake, and all three may be alive
}

TEST_F(StaleConnectionsTest, handshakes_that_fail_close_no_old_one) {
  look(cluster(4, 4));
  rotation(cluster(4, 4));
  TlsReading refusing = cluster(54, 3);  // opened 54, as many handshakes
  refusing.connections[0].handshakes = 4;
  refusing.connections[0].failed = 50;
  quiet(refusing);
  EXPECT_EQ(count(), 3u);
  refusing.connections[0].opened += 7;
  refusing.connections[0].failed += 7;
  rotation(refusing);
  EXPECT_EQ(count(), 3u);
}

TEST_F(StaleConnectionsTest, a_cluster_that_began_again_has_new_connections_only) {
  look(cluster(4, 4));
  rotation(cluster(4, 4));
  quiet(cluster(3, 3));
  EXPECT_EQ(count(), 0u);
}

TEST_F(StaleConnectionsTest, a_new_process_has_new_connections_only) {
  look(cluster(4, 4));
  rotation(cluster(4, 4));
  stale_.enter(cluster(4, 4), 2, nullptr, {});
  EXPECT_EQ(count(), 0u);
}

TEST_F(StaleConnectionsTest, a_cluster_that_came_later_has_none) {
  look({});
  rotation({});
  quiet(cluster(4, 4));
  EXPECT_EQ(count(), 0u);
}

TEST_F(StaleConnectionsTest, inbound_listeners_are_summed) {
  const TlsReading two{{},
                       {{"listener.a", Direction::inbound, "", "", 1, 1, 1},
                        {"listener.b", Direction::inbound, "", "", 2, 2, 2}}};
  look(two);
  rotation(two);
  EXPECT_THAT(stale_.counts(sys_seconds{}, users),
              ElementsAre(StaleCount{Direction::inbound, "", "", std::string(users), 3, 0}));
}

TEST_F(StaleConnectionsTest, of_two_replaced_at_once_the_one_that_lasts_longest_counts) {
  look(cluster(1, 1));
  stale_.enter(cluster(1, 1), 1, &prompted, {{"a", expiry}, {"b", expiry + seconds(1)}});
  EXPECT_THAT(stale_.counts(expiry, users),
              ElementsAre(StaleCount{Direction::outbound, "u", "", std::string(users), 1, 0}));
}

TEST_F(StaleConnectionsTest, all_are_under_the_leaves_in_use_once_those_have_expired) {
  quiet(cluster(5, 2));
  EXPECT_EQ(stale_.counts(expiry - seconds(1), users, expiry).at(0).expired, 0u);
  EXPECT_THAT(stale_.counts(expiry, users, expiry),
              ElementsAre(StaleCount{Direction::outbound, "u", "", std::string(users), 0, 2}));
}

TEST_F(StaleConnectionsTest, plain_ones_are_under_no_expired_leaf) {
  quiet({{}, {{"listener.a", Direction::inbound, "", "", 10, 7, 9}}});
  EXPECT_EQ(stale_.counts(expiry, users, expiry).at(0).expired, 6u);
}

TEST(LastEnd, is_that_of_the_leaf_in_use_that_lives_longest) {
  CertificatePlace place;
  place.known.resize(3);
  place.known[0].in_use = leaf(expiry);
  place.known[1].in_use = leaf(expiry - seconds(9));
  place.known[1].beside = {leaf(expiry + seconds(1))};
  place.known[1].draining = {leaf(expiry + seconds(2))};
  place.known[2].in_use = leaf(expiry + seconds(3));
  place.known[2].in_use.role = CertificateRole::root;
  EXPECT_EQ(last_end(&place), expiry + seconds(1));
}

TEST(LastEnd, is_none_without_a_leaf) {
  EXPECT_EQ(last_end(nullptr), std::nullopt);
  const CertificatePlace nothing;
  EXPECT_EQ(last_end(&nothing), std::nullopt);
}

TEST_F(StaleConnectionsTest, nobody_speaks_tls_without_a_handshake) {
  look({});
  EXPECT_THAT(stale_.counts(expiry, users), IsEmpty());
}

}  // namespace
}  // namespace mesh::stale_connections_test
