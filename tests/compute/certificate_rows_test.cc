// What is said about one certificate at one moment, and in which order they come.
#include "compute/certificate_rows.h"

#include <gtest/gtest.h>

#include <utility>

#include "compute/left_out.h"

namespace mesh::certificate_rows_test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using enum CertificateStatus;

constexpr sys_seconds noon{seconds(1'800'000'000)};

Certificate lasting(seconds life) {
  Certificate one;
  one.not_before = noon;
  one.not_after = noon + life;
  return one;
}

CertificateStatus status(const Certificate& one, seconds after_noon, bool overdue = false) {
  return certificate_status(one, overdue, noon + after_noon);
}

TEST(CertificateStatus, follows_a_life_from_before_its_beginning_to_its_end) {
  const Certificate day = lasting(hours(24));
  EXPECT_EQ(status(day, seconds(-1)), not_yet_valid);
  EXPECT_EQ(status(day, seconds(0)), ok);
  EXPECT_EQ(status(day, hours(20)), ok);
  EXPECT_EQ(status(day, hours(20), true), overdue);
  EXPECT_EQ(status(day, hours(22)), ok);  // 8.3 % left
  EXPECT_EQ(status(day, hours(23)), expiring);
  EXPECT_EQ(status(day, hours(23), true), expiring);
  EXPECT_EQ(status(day, hours(24) - seconds(1)), expiring);
  EXPECT_EQ(status(day, hours(24)), expired);
}

TEST(CertificateStatus, gives_a_long_life_an_hour_at_its_end_and_more) {
  const Certificate year = lasting(hours(365 * 24));
  EXPECT_EQ(status(year, hours(365 * 24 - 710)), ok);
  EXPECT_EQ(status(year, hours(365 * 24 - 700)), expiring);
}

TEST(CertificateStatus, knows_no_share_without_a_beginning) {
  Certificate one = lasting(hours(24));
  one.not_before.reset();
  EXPECT_EQ(status(one, hours(24) - seconds(1)), ok);
  EXPECT_EQ(status(one, hours(24)), expired);
}

TEST(CertificateRows, tell_whose_a_certificate_is) {
  CertificatePlace place{CertificateSource::admin, "", noon, {}, 0};
  place.known.resize(1);
  place.known[0].in_use = lasting(hours(1));
  place.known[0].draining = {lasting(seconds(1))};
  TargetState sidecar;
  sidecar.target.ns = "shop";
  sidecar.target.pod = "users-0";
  sidecar.certificates = {std::make_shared<const CertificatePlace>(place)};
  TlsEndpointState endpoint;
  endpoint.name = "gateway";
  place.source = CertificateSource::handshake;
  endpoint.certificates = std::make_shared<const CertificatePlace>(place);
  Snapshot snapshot;
  snapshot.targets = {std::make_shared<const TargetState>(sidecar)};
  snapshot.tls_endpoints = {std::make_shared<const TlsEndpointState>(endpoint),
                            std::make_shared<const TlsEndpointState>()};

  const auto rows = certificate_rows(snapshot, noon + seconds(1800), false);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].where, "shop/users-0");
  EXPECT_EQ(rows[0].remaining_seconds, 1800);
  EXPECT_EQ(rows[0].remaining_ratio, 0.5);
  EXPECT_EQ(rows[1].where, "gateway");
  EXPECT_EQ(rows[1].source, CertificateSource::handshake);

  const auto all = certificate_rows(snapshot, noon + seconds(1800), true);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_TRUE(all[1].draining);
  EXPECT_EQ(all[1].remaining_seconds, -1799);
}

TEST(CertificateRows, of_a_namespace_and_a_pod_are_what_belongs_to_it) {
  auto place = std::make_shared<CertificatePlace>();
  place->known.resize(1);
  place->left_out = 2;
  TargetState sidecar;
  sidecar.target.ns = "shop";
  sidecar.target.pod = "users-0";
  sidecar.certificates = {place};
  TlsEndpointState gateway;
  gateway.whose.ns = "shop";
  gateway.certificates = place;
  ShownPlaces shown;
  shown.places = {place};
  shown.left_out = 5;
  Snapshot snapshot;
  snapshot.targets = {std::make_shared<const TargetState>(sidecar)};
  snapshot.tls_endpoints = {std::make_shared<const TlsEndpointState>(gateway)};
  snapshot.shown_files = std::make_shared<const ShownPlaces>(shown);
  const auto seen = [&](const ReportFilter& filter) {
    return std::pair(certificate_rows(snapshot, noon, false, filter).size(),
                     all_left_out(snapshot, filter));
  };
  EXPECT_EQ(seen({}), std::pair(std::size_t{3}, std::uint64_t{9}));
  EXPECT_EQ(seen({"shop", "", ""}), std::pair(std::size_t{2}, std::uint64_t{4}));
  EXPECT_EQ(seen({"shop", "users-0", ""}), std::pair(std::size_t{1}, std::uint64_t{2}));
  EXPECT_EQ(seen({"", "users-1", ""}), std::pair(std::size_t{0}, std::uint64_t{0}));
}

// The clock counts nanoseconds, and ends in 2262.
TEST(CertificateRows, find_nothing_overdue_that_is_due_when_the_clock_has_ended) {
  auto place = std::make_shared<CertificatePlace>();
  place->source = CertificateSource::file;
  place->known.resize(1);
  place->known[0].in_use = lasting(std::chrono::days(365 * 7'000));
  place->known[0].due = noon + std::chrono::days(365 * 6'000);
  ShownPlaces shown;
  shown.places = {place};
  Snapshot snapshot;
  snapshot.shown_files = std::make_shared<const ShownPlaces>(shown);
  const auto rows = certificate_rows(snapshot, noon, false);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].status, ok);
}

TEST(CertificateRows, sort_stably_by_what_is_asked_for) {
  std::vector<CertificateRow> rows(3);
  rows[0].where = "b";
  rows[0].remaining_seconds = 1;
  rows[1].where = "c";
  rows[1].remaining_seconds = -1;
  rows[1].status = expired;
  rows[2].where = "a";
  rows[2].remaining_seconds = 1;
  const auto order = [&](std::string_view word) {
    auto sorted = rows;
    sort_rows(sorted, *parse_row_order(word));
    return sorted[0].where + sorted[1].where + sorted[2].where;
  };
  EXPECT_EQ(order("where"), "abc");
  EXPECT_EQ(order("remaining"), "cba");
  EXPECT_EQ(order("status"), "cba");
  EXPECT_EQ(order("identity"), "bca");
  EXPECT_EQ(parse_row_order("size"), std::nullopt);
}

}  // namespace
}  // namespace mesh::certificate_rows_test
