// The instants at which servers are asked together.
#include "scrape/probe_grid.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>

#include "compute/place.h"

namespace mesh::probe_grid_test {
namespace {

using namespace std::chrono_literals;

TEST(ProbeGrid, is_never_before_and_less_than_a_step_after) {
  const Instant zero{};
  EXPECT_EQ(on_probe_grid(zero), zero);
  EXPECT_EQ(on_probe_grid(zero + 1ns), zero + 50ms);
  EXPECT_EQ(on_probe_grid(zero + 50ms), zero + 50ms);
  EXPECT_EQ(on_probe_grid(zero + 15s + 49'999'999ns), zero + 15s + 50ms);
}

TEST(ProbeGrid, is_shared_by_those_whose_places_differ) {
  std::set<Instant> asked;
  for (int i = 0; i < 1'000; ++i) {
    const Duration place = place_in(15s, "users-" + std::to_string(i));
    asked.insert(on_probe_grid(Instant{} + place));
  }
  EXPECT_LE(asked.size(), 15s / probe_grid + 1);
  EXPECT_GE(asked.size(), 250u) << "and spread all the same";
}

}  // namespace
}  // namespace mesh::probe_grid_test
