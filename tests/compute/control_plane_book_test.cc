// Links and updates over time: what a proxy says, look by look, and what is made of it.
#include "compute/control_plane_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/limits.h"

namespace mesh::control_plane_book_test {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using enum ConfigKind;

constexpr sys_seconds noon{seconds(1'800'000'000)};

struct Counts {
  std::uint64_t accepted = 0, rejected = 0, failed = 0, last_update = 0;
};

ConfigResource resource(ConfigKind kind, Counts counts, std::string name = "",
                        std::optional<std::uint64_t> expires = {}) {
  return {kind,          std::move(name),    1,      counts.accepted, counts.rejected,
          counts.failed, counts.last_update, expires};
}

class ControlPlaneBookTest : public testing::Test {
 protected:
  // One look, 15 s after the last.
  void look(std::vector<LinkReading> links, std::vector<ConfigResource> resources,
            bool complete = true) {
    now_ += step_;
    book_.enter({std::move(links), std::move(resources), complete}, incarnation_, Instant{} + now_,
                noon + now_);
  }
  // Of a proxy with ADS alone.
  void ads(bool says_connected, Counts clusters) {
    look({{ConfigKind::ads, "", says_connected}}, {resource(cds, clusters)});
  }

  ControlPlaneState state() const { return book_.state(nullptr, true); }
  LinkState link() const { return state().links.at(0); }
  UpdateCounts updates() const { return state().updates.at(0); }
  std::uint64_t reconnects() const { return state().reconnects.at(0).count; }

  ControlPlaneBook book_;
  seconds now_{0}, step_{15};
  std::uint64_t incarnation_ = 1;
};

TEST_F(ControlPlaneBookTest, a_proxy_without_any_has_nothing_to_show) {
  look({}, {});
  EXPECT_THAT(state().links, IsEmpty());
  EXPECT_THAT(state().updates, IsEmpty());
  EXPECT_THAT(state().reconnects, IsEmpty());
}

TEST_F(ControlPlaneBookTest, a_link_that_brought_something_holds) {
  ads(true, {1});
  EXPECT_EQ(link(), (LinkState{ConfigKind::ads, "", true, true, {}, 0}));
  EXPECT_EQ(reconnects(), 0u);
}

TEST_F(ControlPlaneBookTest, a_cut_is_believed_at_once_and_looks_are_counted) {
  ads(true, {1});
  ads(false, {1, 0, 1});
  EXPECT_EQ(link(), (LinkState{ConfigKind::ads, "", false, true, noon + seconds(30), 1}));
  ads(false, {1, 0, 2});
  EXPECT_EQ(link(), (LinkState{ConfigKind::ads, "", false, true, noon + seconds(30), 2}));
}

TEST_F(ControlPlaneBookTest, one_that_never_was_is_cut_though_it_says_1_while_it_is_tried) {
  ads(true, {0, 0, 0});
  EXPECT_FALSE(link().connected);
  EXPECT_FALSE(link().ever_answered);
  ads(true, {0, 0, 1});
  for (int i = 0; i < 10; ++i) ads(true, {0, 0, 1});
  EXPECT_FALSE(link().connected);
}

TEST_F(ControlPlaneBookTest, the_first_answer_is_no_reconnection) {
  ads(false, {0, 0, 3});
  ads(true, {1, 0, 4});
  EXPECT_TRUE(link().connected);
  EXPECT_TRUE(link().ever_answered);
  EXPECT_EQ(reconnects(), 0u);
}

TEST_F(ControlPlaneBookTest, an_update_brings_it_back_and_is_counted_as_reconnection) {
  ads(true, {1});
  ads(false, {1, 0, 1});
  ads(true, {2, 0, 3});
  EXPECT_TRUE(link().connected);
  EXPECT_FALSE(link().cut_since);
  EXPECT_EQ(reconnects(), 1u);
}

TEST_F(ControlPlaneBookTest, a_rejected_update_is_an_answer_too) {
  ads(true, {1});
  ads(false, {1, 0, 1});
  ads(true, {1, 1, 1});
  EXPECT_TRUE(link().connected);
}

// Seen with a control plane that drops packets: 1 for as long as a connection is tried.
TEST_F(ControlPlaneBookTest, one_that_is_tried_again_and_again_stays_cut) {
  ads(true, {1});
  for (std::uint64_t failed = 1; failed < 10; ++failed) {
    ads(failed % 2 == 0, {1, 0, failed});
    EXPECT_FALSE(link().connected) << failed;
  }
  EXPECT_EQ(link().cut_looks, 9u);
}

TEST_F(ControlPlaneBookTest, one_with_nothing_new_to_say_holds_after_ten_seconds) {
  step_ = seconds(4);
  ads(true, {1});
  ads(false, {1, 0, 1});
  for (int i = 0; i < 3; ++i) {
    ads(true, {1, 0, 2});
    EXPECT_FALSE(link().connected) << i;
  }
  ads(true, {1, 0, 2});
  EXPECT_TRUE(link().connected);
  EXPECT_EQ(reconnects(), 1u);
}

// Only the endpoints of static clusters come over it: nothing of that is told.
TEST_F(ControlPlaneBookTest, a_link_whose_resources_are_not_told_is_believed) {
  look({{ConfigKind::ads, "", true}}, {});
  EXPECT_TRUE(link().connected);
}

TEST_F(ControlPlaneBookTest, a_restarted_proxy_begins_anew_and_its_counts_go_on) {
  ads(true, {5, 1, 2});
  ++incarnation_;
  ads(true, {1});
  EXPECT_TRUE(link().connected);
  EXPECT_EQ(updates(), (UpdateCounts{cds, 6, 1, 2, {}}));
  EXPECT_EQ(reconnects(), 0u);
}

TEST_F(ControlPlaneBookTest, what_is_missing_from_a_damaged_answer_keeps_its_count) {
  ads(true, {5});
  look({}, {}, false);
  EXPECT_TRUE(link().connected);
  ads(true, {6});
  EXPECT_EQ(updates().accepted, 6u);
}

TEST_F(ControlPlaneBookTest, what_was_gone_counts_from_zero_when_it_returns) {
  look({}, {resource(rds, {3}, "in.rds.a")});
  look({}, {});
  look({}, {resource(rds, {3}, "in.rds.a")});
  EXPECT_EQ(updates().accepted, 6u);
}

TEST_F(ControlPlaneBookTest, resources_of_one_kind_are_summed_and_the_newest_time_counts) {
  look({}, {resource(sds, {1, 0, 0, 1'800'000'000'500}, "a"),
            resource(sds, {2, 0, 7, 1'800'000'001'000}, "b")});
  EXPECT_THAT(state().updates, ElementsAre(UpdateCounts{sds, 3, 0, 7, noon + seconds(1)}));
}

TEST_F(ControlPlaneBookTest, a_time_that_no_clock_can_show_is_not_believed) {
  look({}, {resource(cds, {1, 0, 0, UINT64_MAX})});
  EXPECT_FALSE(updates().last_update);
}

TEST_F(ControlPlaneBookTest, a_rejection_stands_until_something_is_accepted) {
  ads(true, {1});
  ads(true, {1, 1});
  ads(true, {1, 3});
  EXPECT_THAT(state().rejected, ElementsAre(RejectedConfig{cds, "", 3, noon + seconds(30)}));
  ads(true, {2, 3});
  EXPECT_THAT(state().rejected, IsEmpty());
}

TEST_F(ControlPlaneBookTest, of_two_between_two_looks_nobody_knows_the_order) {
  ads(true, {1});
  ads(true, {2, 1});
  EXPECT_THAT(state().rejected, IsEmpty());
}

TEST_F(ControlPlaneBookTest, what_was_rejected_before_the_first_look_is_history) {
  ads(true, {1, 4});
  EXPECT_THAT(state().rejected, IsEmpty());
}

TEST_F(ControlPlaneBookTest, what_was_never_accepted_is_rejected_at_the_first_look) {
  ads(true, {0, 4});
  EXPECT_THAT(state().rejected, ElementsAre(RejectedConfig{cds, "", 4, noon + seconds(15)}));
}

// Of endpoints a line appears with the first rejection, and from the next answer on their time.
TEST_F(ControlPlaneBookTest, endpoints_are_accepted_when_their_time_moves) {
  look({}, {});
  look({}, {resource(eds, {0, 1, 0, 0}, "users")});
  look({}, {resource(eds, {0, 1, 0, 5'000}, "users")});
  EXPECT_EQ(state().rejected.size(), 1u);
  look({}, {resource(eds, {0, 1, 0, 6'000}, "users")});
  EXPECT_THAT(state().rejected, IsEmpty());
}

TEST_F(ControlPlaneBookTest, endpoints_rejected_before_the_first_look_are_history) {
  look({}, {resource(eds, {0, 1, 0, 0}, "users")});
  EXPECT_THAT(state().rejected, IsEmpty());
}

TEST_F(ControlPlaneBookTest, an_answer_that_invents_names_is_bounded) {
  for (std::uint64_t i = 0; i < limits::config_resources_per_target + 10; ++i) {
    look({{sds, std::to_string(i), true}}, {}, false);
  }
  EXPECT_EQ(state().links.size(), limits::config_resources_per_target);
}

// ---- whose certificates are cut off ----

class CutOff : public ControlPlaneBookTest {
 protected:
  // A leaf that is the secret `a`, if any of it is renewed over what is cut.
  bool is_cut_off() const {
    KnownCertificate leaf;
    leaf.in_use.not_after = noon;
    const CertificatePlace place{CertificateSource::admin, "", noon, {leaf}, 0};
    return book_.state(&place, true).cascade.has_value();
  }
  // ADS, and the secret with or without a link of its own; so many attempts failed.
  void look_at(bool ads_holds, std::optional<bool> own_holds, std::uint64_t secret_failed) {
    std::vector<LinkReading> links{{ConfigKind::ads, "", ads_holds}};
    if (own_holds) links.push_back({sds, "a", *own_holds});
    look(std::move(links), {resource(cds, {1}), resource(sds, {1, 0, secret_failed}, "a",
                                                         noon.time_since_epoch().count())});
  }
};

TEST_F(CutOff, a_secret_with_a_link_of_its_own_by_that) {
  look_at(true, true, 0);
  look_at(false, true, 0);
  EXPECT_FALSE(is_cut_off());
  look_at(true, false, 1);
  EXPECT_TRUE(is_cut_off());
}

TEST_F(CutOff, a_secret_over_ads_by_that) {
  look_at(true, {}, 3);
  EXPECT_FALSE(is_cut_off());
  look_at(false, {}, 4);
  EXPECT_TRUE(is_cut_off());
  look_at(false, {}, 4);
  EXPECT_TRUE(is_cut_off());
}

TEST_F(CutOff, a_secret_from_a_file_never) {
  look_at(true, {}, 0);
  look_at(false, {}, 0);
  EXPECT_FALSE(is_cut_off());
}

TEST_F(CutOff, nobody_of_whom_no_certificate_is_known) {
  ads(false, {1});
  EXPECT_FALSE(state().cascade);
}

}  // namespace
}  // namespace mesh::control_plane_book_test
