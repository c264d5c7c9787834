// When the first certificate runs out that cannot be renewed: leaves and cut links in, an instant
// out.
#include "compute/cascade.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace mesh::cascade_test {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;
using testing::Eq;
using testing::Optional;

constexpr sys_seconds noon{seconds(1'800'000'000)};
constexpr seconds hour{3600}, day{86'400};

KnownCertificate held(seconds life, CertificateRole role = CertificateRole::leaf) {
  KnownCertificate known;
  known.in_use.role = role;
  known.in_use.not_before = noon;
  known.in_use.not_after = noon + life;
  known.in_use.sans = {
      {SubjectAltName::Kind::uri, "spiffe://mesh.test/" + std::to_string(life.count())}};
  return known;
}

constexpr std::uint64_t end_of(seconds life) {
  return static_cast<std::uint64_t>((noon + life).time_since_epoch().count());
}

constexpr bool config_holds = false, config_cut = true;

// How long after noon.
std::optional<seconds> cascade(std::vector<KnownCertificate> known, std::vector<SecretLink> secrets,
                               bool cut) {
  const CertificatePlace place{CertificateSource::admin, "", noon, std::move(known), 0};
  const auto cascade = cascade_of(place, secrets, cut);
  return cascade ? std::optional(cascade->at - noon) : std::nullopt;
}

TEST(Cascade, there_is_none_while_all_is_connected) {
  EXPECT_FALSE(cascade({held(hour)}, {{end_of(hour), false}}, config_holds));
}

TEST(Cascade, there_is_none_without_a_certificate) { EXPECT_FALSE(cascade({}, {}, config_cut)); }

TEST(Cascade, inline_leaves_fall_with_the_link_of_the_configuration) {
  EXPECT_THAT(cascade({held(day), held(hour), held(2 * day)}, {}, config_cut), Optional(hour));
}

TEST(Cascade, authorities_are_not_renewed_over_a_link) {
  EXPECT_THAT(cascade({held(hour, CertificateRole::root), held(day)}, {}, config_cut),
              Optional(day));
}

TEST(Cascade, what_is_draining_does_not_count) {
  KnownCertificate known = held(day);
  known.draining = {held(hour).in_use};
  EXPECT_THAT(cascade({known}, {}, config_cut), Optional(day));
}

TEST(Cascade, a_secret_falls_with_its_own_link_and_no_other) {
  const std::vector<KnownCertificate> leaves{held(hour), held(day)};
  EXPECT_THAT(cascade(leaves, {{end_of(hour), false}, {end_of(day), true}}, config_holds),
              Optional(day));
  EXPECT_THAT(cascade(leaves, {{end_of(hour), true}, {end_of(day), true}}, config_holds),
              Optional(hour));
}

TEST(Cascade, a_secret_whose_link_holds_outlives_that_of_the_configuration) {
  EXPECT_FALSE(cascade({held(hour)}, {{end_of(hour), false}}, config_cut));
}

TEST(Cascade, an_inline_leaf_beside_a_secret_falls_with_the_configuration) {
  EXPECT_THAT(cascade({held(hour), held(day)}, {{end_of(hour), false}}, config_cut), Optional(day));
}

// Before Envoy 1.35.
TEST(Cascade, a_leaf_may_be_any_secrets_where_their_ends_are_not_told) {
  EXPECT_THAT(cascade({held(day), held(hour)}, {{{}, false}, {{}, true}}, config_holds),
              Optional(hour));
  EXPECT_FALSE(cascade({held(day)}, {{{}, false}}, config_cut));
}

TEST(Cascade, has_an_instant_before_1970_as_well) {
  KnownCertificate known = held(hour);
  known.in_use.not_after = sys_seconds(seconds(-1));
  EXPECT_THAT(cascade({known}, {{UINT64_MAX, false}}, config_cut),
              Optional(Eq(sys_seconds(seconds(-1)) - noon)));
}

TEST(Cascade, tells_whose_leaf_it_is_and_its_life) {
  const CertificatePlace place{CertificateSource::admin, "", noon, {held(hour)}, 0};
  EXPECT_THAT(cascade_of(place, {}, config_cut),
              Optional(Cascade{noon + hour, noon, "spiffe://mesh.test/3600"}));
}

}  // namespace
}  // namespace mesh::cascade_test
