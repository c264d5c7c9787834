// Sources that tell the time that is left: ends that waver from look to look, and what is a
// rotation among them and what is not.
#include <gtest/gtest.h>

#include <string>

#include "compute/certificate_book.h"

namespace mesh::certificate_book_estimates_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_seconds;

const sys_seconds noon{seconds(1'800'000'000)};

CertificateLook ending(sys_seconds end, seconds slack,
                       CertificateRole role = CertificateRole::leaf) {
  Certificate c;
  c.role = role;
  c.path = "default";
  c.not_after = end;
  c.not_after_slack = slack;
  return {{{c}}};
}

class CertificateEstimates : public testing::Test {
 protected:
  const KnownCertificate& known() const { return book_.place()->known.at(0); }

  CertificateBook book_{CertificateSource::proxy, "", {"istio", {}}};
};

TEST_F(CertificateEstimates, an_end_that_wavers_by_a_second_is_no_rotation) {
  const sys_seconds end = noon + hours(24);
  for (int i = 0; i < 100; ++i) {
    const auto rotations = book_.enter(ending(end + seconds(i % 3), seconds(2)), noon + minutes(i));
    EXPECT_TRUE(rotations.empty());
  }
  EXPECT_EQ(known().rotations, 0u);
  EXPECT_EQ(known().in_use.not_after, end);
}

TEST_F(CertificateEstimates, an_end_that_was_told_late_is_mended_and_then_stays) {
  const sys_seconds end = noon + hours(24);
  book_.enter(ending(end + seconds(4), seconds(6)), noon);  // an answer that took five seconds
  EXPECT_EQ(known().in_use.not_after, end + seconds(4));
  book_.enter(ending(end, seconds(2)), noon + minutes(1));
  EXPECT_EQ(known().in_use.not_after, end);
  book_.enter(ending(end + seconds(1), seconds(2)), noon + minutes(2));
  EXPECT_EQ(known().in_use.not_after, end);
}

TEST_F(CertificateEstimates, an_end_that_jumps_beyond_the_slack_is_a_rotation) {
  const sys_seconds end = noon + minutes(2);
  book_.enter(ending(end, seconds(2)), noon);
  const auto rotations = book_.enter(ending(end + minutes(1), seconds(2)), noon + minutes(1));
  EXPECT_EQ(rotations, (std::vector<Rotation>{{"default", end}}));
  EXPECT_EQ(known().rotations, 1u);
  EXPECT_EQ(known().in_use.not_after, end + minutes(1));
  EXPECT_EQ(known().last_rotation, noon + minutes(1));
}

TEST_F(CertificateEstimates, a_mended_end_does_not_forget_when_it_was_rotated) {
  const sys_seconds end = noon + hours(24);
  book_.enter(ending(noon + hours(12), seconds(2)), noon);
  book_.enter(ending(end + seconds(1), seconds(2)), noon + minutes(1));
  book_.enter(ending(end, seconds(2)), noon + minutes(2));
  EXPECT_EQ(known().rotations, 1u);
  EXPECT_EQ(known().last_rotation, noon + minutes(1));
}

TEST_F(CertificateEstimates, clocks_that_slowly_part_make_no_rotation) {
  // A second a look: after a day far beyond any slack.
  for (int i = 0; i < 1440; ++i) {
    book_.enter(ending(noon + hours(240) + seconds(i), seconds(2)), noon + minutes(i));
  }
  EXPECT_EQ(known().rotations, 0u);
  EXPECT_EQ(known().in_use.not_after, noon + hours(240));
}

TEST_F(CertificateEstimates, an_end_that_wavers_is_no_change_of_what_is_in_use) {
  book_.enter(ending(noon + hours(24), seconds(2)), noon);
  book_.enter(ending(noon + hours(24) - seconds(1), seconds(2)), noon + minutes(1));
  EXPECT_EQ(known().since, noon);
  book_.enter(ending(noon + hours(36), seconds(2)), noon + minutes(2));
  EXPECT_EQ(known().since, noon + minutes(2));
}

TEST_F(CertificateEstimates, one_that_ends_much_earlier_is_another_and_no_rotation) {
  book_.enter(ending(noon + hours(24), seconds(2)), noon);
  EXPECT_TRUE(book_.enter(ending(noon + hours(20), seconds(2)), noon + minutes(1)).empty());
  EXPECT_EQ(known().in_use.not_after, noon + hours(20));
  EXPECT_EQ(known().rotations, 0u);
}

// The gauge stands still for an hour, so the end it gives rises by a minute a look, then falls
// back.
TEST_F(CertificateEstimates, a_gauge_that_is_set_once_an_hour_comes_within_a_minute_of_the_truth) {
  const seconds slack = hours(1) + minutes(1);
  const sys_seconds end = noon + hours(24 * 365);
  for (int look = 17; look < 200; ++look) {
    const minutes stale(look % 60);
    const auto rotations =
        book_.enter(ending(end + stale, slack, CertificateRole::root), noon + minutes(look));
    EXPECT_TRUE(rotations.empty());
    if (look >= 60) {
      EXPECT_EQ(known().in_use.not_after, end);
    }
  }
  EXPECT_EQ(known().rotations, 0u);
  book_.enter(ending(end + hours(24 * 30), slack, CertificateRole::root), noon + minutes(200));
  EXPECT_EQ(known().rotations, 1u);
}

TEST_F(CertificateEstimates, an_exact_end_is_believed_to_the_second) {
  book_.enter(ending(noon + hours(24), seconds(0)), noon);
  EXPECT_EQ(book_.enter(ending(noon + hours(24) + seconds(1), seconds(0)), noon).size(), 1u);
}

}  // namespace
}  // namespace mesh::certificate_book_estimates_test
