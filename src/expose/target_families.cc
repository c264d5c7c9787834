// Targets: how well each of them can be read. These are the numbers that tell whether the others
// may be believed.
#include <array>
#include <string_view>
#include <utility>

#include "expose/families.h"

namespace mesh {
namespace {

// One statement per target that has been polled.
template <class Value>
void state_once_polled(const Page& page, FamilyBuilder& family, Value value) {
  for (const auto& state : page.snapshot.targets) {
    if (state->last_attempt) family.state(Labels(state->target), value(*state));
  }
}

void up(const Page& page, FamilyBuilder& family) {
  state_once_polled(page, family, [](const TargetState& state) { return state.up ? 1.0 : 0.0; });
}

void scrape_duration(const Page& page, FamilyBuilder& family) {
  state_once_polled(page, family, [](const TargetState& state) { return state.scrape_seconds; });
}

void scrape_bytes(const Page& page, FamilyBuilder& family) {
  state_once_polled(page, family, [](const TargetState& state) {
    return static_cast<double>(state.scrape_bytes);
  });
}

void last_success(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    if (!state->last_success) continue;
    family.state(Labels(state->target), unix_seconds(*state->last_success));
  }
}

void poll_interval(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    family.state(Labels(state->target), seconds(state->poll_interval));
  }
}

void scrape_errors(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    const bool has_own_files = state->target.grpc && state->target.grpc->tls;
    for (const Reason reason : all_reasons) {
      if (reason == Reason::not_asked && !has_own_files) continue;
      Labels labels(state->target);
      family.add(labels.with("reason", to_string(reason)),
                 state->failures[static_cast<std::size_t>(reason)]);
    }
  }
}

void parse_errors(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    family.add(Labels(state->target), state->parse_errors);
  }
}

void ambiguous_series(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    if (state->last_success) family.add(Labels(state->target), state->ambiguous_series);
  }
}

// By each door that it has.
void access(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    const Target& target = state->target;
    const auto by = [&](std::string_view method) {
      Labels labels(target);
      family.state(labels.with("method", method), 1.0);
    };
    const bool elsewhere = !where_else(target).empty();
    if (target.admin) by(elsewhere ? "namespace" : "admin");
    if (target.metrics) by("metrics");
    if (target.grpc) by("grpc");
    if (target.inbound) by("handshake");
  }
}

constexpr std::array makers{
    FamilyMaker{"mesh_target_up", up},
    FamilyMaker{"mesh_target_access", access},
    FamilyMaker{"mesh_target_scrape_duration_seconds", scrape_duration},
    FamilyMaker{"mesh_target_scrape_bytes", scrape_bytes},
    FamilyMaker{"mesh_target_last_success_timestamp_seconds", last_success},
    FamilyMaker{"mesh_target_poll_interval_seconds", poll_interval},
    FamilyMaker{"mesh_target_scrape_errors_total", scrape_errors},
    FamilyMaker{"mesh_target_parse_errors_total", parse_errors},
    FamilyMaker{"mesh_target_ambiguous_series", ambiguous_series},
};

}  // namespace

std::span<const FamilyMaker> target_families() { return makers; }

}  // namespace mesh
