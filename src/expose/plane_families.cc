// Control planes as they tell of themselves, and how far their sidecars' versions are from theirs.
#include <algorithm>
#include <array>
#include <string_view>

#include "compute/version_skew.h"
#include "expose/families.h"
#include "expose/told_histograms.h"

namespace mesh {
namespace {

template <class Visit>
void each_plane(const Page& page, Visit visit) {
  for (const auto& state : page.snapshot.targets) {
    if (state->plane) visit(*state, *state->plane);
  }
}

void plane_info(const Page& page, FamilyBuilder& family) {
  each_plane(page, [&](const TargetState& state, const PlaneReading& plane) {
    Labels labels(state.target);
    labels.with("version", plane_version(state)).with("build", plane.build);
    family.state(labels, 1);
  });
}

void plane_start(const Page& page, FamilyBuilder& family) {
  each_plane(page, [&](const TargetState& state, const PlaneReading& plane) {
    if (!plane.started) return;
    family.state(Labels(state.target), std::chrono::duration<double>(*plane.started).count());
  });
}

void plane_memory(const Page& page, FamilyBuilder& family) {
  each_plane(page, [&](const TargetState& state, const PlaneReading& plane) {
    if (plane.memory_bytes) family.add(Labels(state.target), *plane.memory_bytes);
  });
}

void plane_proxies(const Page& page, FamilyBuilder& family) {
  each_plane(page, [&](const TargetState& state, const PlaneReading& plane) {
    for (const ProxiesOfVersion& one : plane.proxies) {
      Labels labels(state.target);
      family.add(labels.with("version", one.version), one.count);
    }
  });
}

struct Outcome {
  Counted counted;
  std::string_view name;
};

// What the series of `results` count, with their detail as the label `name`.
template <std::size_t N>
void totals(const Page& page, FamilyBuilder& family, std::string_view name,
            const std::array<Outcome, N>& results) {
  for (const Outcome& result : results) {
    each_counter(page.snapshot, &TargetState::traffic, &CounterView::totals, result.counted,
                 [&](const TargetState& state, const SeriesKey& key, std::uint64_t total) {
                   Labels labels(state.target);
                   labels.with(name, key.detail);
                   if (!result.name.empty()) labels.with("result", result.name);
                   family.add(labels, total);
                 });
  }
}

void pushes_total(const Page& page, FamilyBuilder& family) {
  totals(page, family, "resource",
         std::array{Outcome{Counted::pushes, "pushed"}, Outcome{Counted::push_failures, "failed"},
                    Outcome{Counted::push_rejections, "rejected"}});
}

void issuances_total(const Page& page, FamilyBuilder& family) {
  totals(page, family, "result", std::array{Outcome{Counted::issuances, ""}});
}

void errors_total(const Page& page, FamilyBuilder& family) {
  totals(page, family, "reason", std::array{Outcome{Counted::plane_errors, ""}});
}

void convergence(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    for (const auto& [key, told] : told_histograms(state->traffic, Counted::convergence_bucket,
                                                   Counted::convergence_sum_us)) {
      add_histogram(family, Labels(state->target), told);
    }
  }
}

// Of several the one that ends first.
void root_end(const Page& page, FamilyBuilder& family) {
  each_plane(page, [&](const TargetState& state, const PlaneReading&) {
    std::optional<std::chrono::sys_seconds> end;
    for (const auto& place : state.certificates) {
      for (const KnownCertificate& known : place->known) {
        if (known.in_use.role != CertificateRole::root) continue;
        end = std::min(end.value_or(known.in_use.not_after), known.in_use.not_after);
      }
    }
    if (!end) return;
    family.state(Labels(state.target), static_cast<double>(end->time_since_epoch().count()));
  });
}

void version_skew(const Page& page, FamilyBuilder& family) {
  const PlaneVersions planes(page.snapshot);
  for (const auto& state : page.snapshot.targets) {
    const auto skew = planes.skew_of(*state);
    if (skew) family.state(Labels(state->target), static_cast<double>(*skew));
  }
}

constexpr std::array makers{
    FamilyMaker{"mesh_control_plane_info", plane_info},
    FamilyMaker{"mesh_control_plane_start_timestamp_seconds", plane_start},
    FamilyMaker{"mesh_control_plane_memory_bytes", plane_memory},
    FamilyMaker{"mesh_control_plane_proxies", plane_proxies},
    FamilyMaker{"mesh_control_plane_pushes_total", pushes_total},
    FamilyMaker{"mesh_control_plane_errors_total", errors_total},
    FamilyMaker{"mesh_control_plane_convergence_seconds", convergence},
    FamilyMaker{"mesh_ca_issuances_total", issuances_total},
    FamilyMaker{"mesh_ca_root_not_after_timestamp_seconds", root_end},
    FamilyMaker{"mesh_sidecar_version_skew", version_skew},
};

}  // namespace

std::span<const FamilyMaker> plane_families() { return makers; }

}  // namespace mesh
