// Connections counted as such, whatever they carry, each for the workload whose it is; and the
// node's proxies that count them.
#include <array>
#include <string_view>
#include <utility>

#include "expose/families.h"

namespace mesh {
namespace {

Labels labels_of(const TargetState& state, std::string_view owner, Direction direction,
                 std::string_view upstream) {
  Labels labels(state.target, owner);
  labels.with("direction", to_string(direction)).with("upstream", upstream);
  labels.with_ztunnel(state.target, owner);
  return labels;
}

// What `detail` of these counters is called as a label.
constexpr std::string_view label_of(Counted counted) {
  switch (counted) {
    case Counted::tcp_opened: return "security";
    case Counted::tcp_closed: return "result";
    default: return "kind";
  }
}

template <Counted counted>
void totals(const Page& page, FamilyBuilder& family) {
  each_counter(page.snapshot, &TargetState::traffic, &CounterView::totals, counted,
               [&](const TargetState& state, const SeriesKey& key, std::uint64_t total) {
                 Labels labels = labels_of(state, key.owner, key.direction, key.upstream);
                 family.add(labels.with(label_of(counted), key.detail), total);
               });
}

void open(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    for (const Pool& pool : state->pools) {
      if (!pool.tcp_open) continue;
      family.add(labels_of(*state, pool.owner, pool.direction, pool.upstream), *pool.tcp_open);
    }
  }
}

void ambient_proxies(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    if (!state->ambient) continue;
    const auto add = [&](std::string_view name, std::uint64_t count) {
      family.add(Labels(state->target).with("state", name), count);
    };
    add("active", state->ambient->active);
    add("pending", state->ambient->pending);
  }
}

constexpr std::array makers{
    FamilyMaker{"mesh_tcp_connections_opened_total", totals<Counted::tcp_opened>},
    FamilyMaker{"mesh_tcp_connections_closed_total", totals<Counted::tcp_closed>},
    FamilyMaker{"mesh_tcp_connections", open},
    FamilyMaker{"mesh_tcp_bytes_total", totals<Counted::tcp_bytes>},
    FamilyMaker{"mesh_ambient_proxies", ambient_proxies},
};

}  // namespace

std::span<const FamilyMaker> tcp_families() { return makers; }

}  // namespace mesh
