// The families of the page: for each metric of the catalogue, how its samples come out of a Page.
//
// One function per metric, grouped in one file per section. Each walks the snapshot by itself, so
// that only one family is in memory at a time while a page is written, and of it only a part as
// prometheus-cpp has it.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "expose/family_builder.h"
#include "expose/family_choice.h"
#include "expose/page.h"

namespace mesh {

struct FamilyMaker {
  std::string_view metric;  // its name in the catalogue
  void (*fill)(const Page& page, FamilyBuilder& family);
};

std::span<const FamilyMaker> traffic_families();
std::span<const FamilyMaker> load_balance_families();
std::span<const FamilyMaker> balance_families();
std::span<const FamilyMaker> connection_families();
std::span<const FamilyMaker> tcp_families();
std::span<const FamilyMaker> sidecar_families();
std::span<const FamilyMaker> resource_families();
std::span<const FamilyMaker> migration_families();
std::span<const FamilyMaker> control_plane_families();
std::span<const FamilyMaker> plane_families();
std::span<const FamilyMaker> grpc_health_families();
std::span<const FamilyMaker> certificate_families();
std::span<const FamilyMaker> tls_probe_families();
std::span<const FamilyMaker> trust_families();
std::span<const FamilyMaker> target_families();
std::span<const FamilyMaker> exporter_families();
std::span<const FamilyMaker> process_families();

// All of the above. A test holds them against the catalogue.
std::vector<FamilyMaker> family_makers();

// Hands over each family that is chosen and has samples, part by part, in the order of the
// catalogue. Who is not chosen is not made either.
void each_family_part(const Page& page, const FamilyChoice& choice,
                      const std::function<void(FamilyPart part)>& visit);

// Calls visit(state, key, value) for every counter of a kind, target by target, in the order of the
// view. `view` and `values` choose which numbers: &TargetState::traffic, &CounterView::totals.
template <class Visit>
void each_counter(const Snapshot& snapshot, CounterView TargetState::*view,
                  std::vector<std::uint64_t> CounterView::*values, Counted counted, Visit visit) {
  for (const auto& state : snapshot.targets) {
    const CounterView& counters = (*state).*view;
    const std::vector<std::uint64_t>& numbers = counters.*values;
    for (std::size_t i = 0; i < counters.keys->size() && i < numbers.size(); ++i) {
      const SeriesKey& key = (*counters.keys)[i];
      if (key.counted == counted) visit(*state, key, numbers[i]);
    }
  }
}

}  // namespace mesh
