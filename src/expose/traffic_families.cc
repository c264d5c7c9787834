// Traffic: what the sidecars counted of the calls that went through them.
#include <array>
#include <utility>

#include "compute/error_ratio.h"
#include "compute/method_use.h"
#include "expose/families.h"
#include "expose/told_histograms.h"

namespace mesh {
namespace {

Labels method_labels(const TargetState& state, const SeriesKey& key) {
  Labels labels(state.target);
  labels.with_method(key);
  return labels;
}

void requests_total(const Page& page, FamilyBuilder& family) {
  each_counter(page.snapshot, &TargetState::traffic, &CounterView::totals, Counted::calls,
               [&](const TargetState& state, const SeriesKey& key, std::uint64_t total) {
                 family.add(method_labels(state, key).with("grpc_code", key.detail), total);
               });
}

void request_rate(const Page& page, FamilyBuilder& family) {
  each_counter(page.snapshot, &TargetState::traffic, &CounterView::increases, Counted::calls,
               [&](const TargetState& state, const SeriesKey& key, std::uint64_t increase) {
                 const double window = state.traffic.window_seconds;
                 if (window <= 0) return;
                 family.add(method_labels(state, key).with("grpc_code", key.detail),
                            static_cast<double>(increase) / window);
               });
}

void error_ratio(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    for (const auto& [method, ratio] : error_ratios(state->traffic, page.options.failure_codes)) {
      family.state(method_labels(*state, method), ratio);
    }
  }
}

void messages_total(const Page& page, FamilyBuilder& family) {
  each_counter(page.snapshot, &TargetState::traffic, &CounterView::totals, Counted::messages,
               [&](const TargetState& state, const SeriesKey& key, std::uint64_t total) {
                 family.add(method_labels(state, key).with("kind", key.detail), total);
               });
}

void resets_total(const Page& page, FamilyBuilder& family) {
  each_counter(page.snapshot, &TargetState::traffic, &CounterView::totals, Counted::resets,
               [&](const TargetState& state, const SeriesKey& key, std::uint64_t total) {
                 Labels labels(state.target);
                 labels.with("upstream", key.upstream).with_subset(key.subset);
                 family.add(labels.with("kind", key.detail), total);
               });
}

void request_duration(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    for (const auto& [method, durations] :
         told_histograms(state->traffic, Counted::duration_bucket, Counted::duration_sum_us)) {
      add_histogram(family, method_labels(*state, method), durations);
    }
  }
}

// Visits every service that a server declares, with its labels.
template <class Visit>
void each_service(const Page& page, Visit visit) {
  for (const MethodUse& use : method_uses(page.snapshot)) {
    Labels labels(use.state->target);
    labels.with("grpc_service", use.service);
    visit(use, std::move(labels));
  }
}

void methods_declared(const Page& page, FamilyBuilder& family) {
  each_service(page, [&](const MethodUse& use, Labels labels) {
    family.state(std::move(labels), static_cast<double>(use.declared));
  });
}

void methods_unused(const Page& page, FamilyBuilder& family) {
  each_service(page, [&](const MethodUse& use, Labels labels) {
    if (use.unused) family.state(std::move(labels), static_cast<double>(*use.unused));
  });
}

constexpr std::array makers{
    FamilyMaker{"mesh_grpc_requests_total", requests_total},
    FamilyMaker{"mesh_grpc_request_rate", request_rate},
    FamilyMaker{"mesh_grpc_error_ratio", error_ratio},
    FamilyMaker{"mesh_grpc_messages_total", messages_total},
    FamilyMaker{"mesh_grpc_request_duration_seconds", request_duration},
    FamilyMaker{"mesh_upstream_resets_total", resets_total},
    FamilyMaker{"mesh_grpc_methods_declared", methods_declared},
    FamilyMaker{"mesh_grpc_methods_unused", methods_unused},
};

}  // namespace

std::span<const FamilyMaker> traffic_families() { return makers; }

}  // namespace mesh
