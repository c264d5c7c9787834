// Traffic: what the sidecars counted of the calls that went through them.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string_view>

#include "compute/error_ratio.h"
#include "expose/families.h"

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

// The durations of one method as its target tells them.
struct Durations {
  std::map<double, std::uint64_t> cumulative;  // by upper bound
  std::optional<std::uint64_t> sum_us;
};

std::optional<double> upper_bound(std::string_view text) {
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  double bound = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bound);
  if (error != std::errc{} || end != text.data() + text.size() || std::isnan(bound)) return {};
  return bound;
}

// What lies between two bounds. Never less than nothing: a bucket that was followed for a shorter
// time than the one below it (it has just appeared) would otherwise make the histogram fall.
BucketCounts bucket_counts(const Durations& durations) {
  BucketCounts counts;
  std::uint64_t below = 0;
  for (const auto& [bound, cumulative] : durations.cumulative) {
    const std::uint64_t here = std::max(cumulative, below);
    counts[bound] = here - below;
    below = here;
  }
  return counts;
}

std::map<SeriesKey, Durations> durations_by_method(const CounterView& counters) {
  std::map<SeriesKey, Durations> methods;
  for (std::size_t i = 0; i < counters.keys->size() && i < counters.totals.size(); ++i) {
    SeriesKey method = (*counters.keys)[i];
    const bool is_sum = method.counted == Counted::duration_sum_us;
    if (!is_sum && method.counted != Counted::duration_bucket) continue;
    const std::optional<double> bound = upper_bound(method.detail);
    method.counted = Counted::duration_bucket;
    method.detail.clear();
    if (is_sum) {
      Durations& durations = methods[method];
      durations.sum_us = durations.sum_us.value_or(0) + counters.totals[i];
    } else if (bound) {
      methods[method].cumulative[*bound] += counters.totals[i];
    }
  }
  return methods;
}

void request_duration(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    for (const auto& [method, durations] : durations_by_method(state->traffic)) {
      if (durations.cumulative.empty()) continue;
      const double sum = durations.sum_us ? static_cast<double>(*durations.sum_us) / 1e6
                                          : std::numeric_limits<double>::quiet_NaN();
      family.add_histogram(method_labels(*state, method), bucket_counts(durations), sum);
    }
  }
}

constexpr std::array makers{
    FamilyMaker{"mesh_grpc_requests_total", requests_total},
    FamilyMaker{"mesh_grpc_request_rate", request_rate},
    FamilyMaker{"mesh_grpc_error_ratio", error_ratio},
    FamilyMaker{"mesh_grpc_messages_total", messages_total},
    FamilyMaker{"mesh_grpc_request_duration_seconds", request_duration},
    FamilyMaker{"mesh_upstream_resets_total", resets_total},
};

}  // namespace

std::span<const FamilyMaker> traffic_families() { return makers; }

}  // namespace mesh
