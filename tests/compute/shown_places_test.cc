// Which of too many certificates of files are shown.
#include "compute/shown_places.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace mesh::shown_places_test {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;
using testing::ElementsAre;

using Places = std::vector<std::shared_ptr<const CertificatePlace>>;

Places::value_type file(std::string path, const std::vector<int>& ends) {
  CertificatePlace place{CertificateSource::file, std::move(path), {}, {}, 0, {}};
  for (const int end : ends) {
    place.known.emplace_back();
    place.known.back().in_use.not_after = sys_seconds(seconds(end));
  }
  return std::make_shared<const CertificatePlace>(std::move(place));
}

// "path: ends" of each place.
std::vector<std::string> said(const ShownPlaces& shown) {
  std::vector<std::string> lines;
  for (const auto& place : shown.places) {
    std::string line = place->location + ":";
    for (const KnownCertificate& known : place->known) {
      line.append(" ").append(std::to_string(known.in_use.not_after.time_since_epoch().count()));
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

TEST(ShownPlaces, are_all_where_they_fit) {
  const Places files{file("a", {5, 9}), file("b", {7})};
  const ShownPlaces shown = show_places(files, 3);
  EXPECT_THAT(said(shown), ElementsAre("a: 5 9", "b: 7"));
  EXPECT_EQ(shown.left_out, 0u);
  EXPECT_EQ(shown.places[0], files[0]);  // the very same, not a copy
}

TEST(ShownPlaces, are_those_that_expire_first) {
  const ShownPlaces shown = show_places({file("a", {5, 9}), file("b", {7}), file("c", {8, 10})}, 3);
  EXPECT_THAT(said(shown), ElementsAre("a: 5", "b: 7", "c: 8"));
  EXPECT_EQ(shown.left_out, 2u);
}

TEST(ShownPlaces, leave_out_files_of_which_nothing_is_left) {
  EXPECT_THAT(said(show_places({file("a", {9, 8}), file("b", {7})}, 1)), ElementsAre("b: 7"));
}

TEST(ShownPlaces, are_the_first_by_path_of_those_that_end_together) {
  const ShownPlaces shown = show_places({file("a", {7, 9}), file("b", {7, 7}), file("c", {3})}, 3);
  EXPECT_THAT(said(shown), ElementsAre("a: 7", "b: 7", "c: 3"));
  EXPECT_EQ(shown.left_out, 2u);
}

}  // namespace
}  // namespace mesh::shown_places_test
