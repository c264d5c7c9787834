// What a look makes of what was known; see watched_service.h.
#include "app/watched_service.h"

#include <chrono>
#include <utility>

#include "base/log.h"
#include "grpc/failures.h"

namespace mesh {
namespace {

void log_change(const GrpcHealthState& state) {
  const bool up = is_up(state.look.status);
  const bool asked = state.look.status != HealthStatus::not_asked;
  const std::string name = qualified(state.whose.ns, state.name),
                    address = to_string(state.server.address);
  log(up ? LogLevel::info : LogLevel::warn,
      up      ? "gRPC server is up"
      : asked ? "gRPC server is not up"
              : "gRPC server cannot be asked",
      {{"endpoint", name},
       {"address", address},
       {"grpc_service", state.service},
       {"status", to_string(state.look.status)},
       {"error", state.look.words}});
}

// What is worth a line. Nobody there and nobody who answers are one status, and two troubles.
bool is_another(const HealthLook& one, const HealthLook& other) {
  const auto is_silent = [](const HealthLook& look) { return look.words.starts_with(no_answer); };
  if (one.status != other.status) return true;
  return one.status == HealthStatus::unreachable && is_silent(one) != is_silent(other);
}

}  // namespace

std::shared_ptr<GrpcHealthState> WatchedService::showing(HealthLook look) const {
  auto next = std::make_shared<GrpcHealthState>();
  if (state) *next = *state;
  const bool same = state && state->look.status == look.status;
  next->whose = probe.whose;
  next->name = probe.name;
  next->service = service;
  next->server = probe.server;
  next->look = std::move(look);
  if (next->look.status == HealthStatus::unreachable && !probe.if_unreachable.empty()) {
    next->look.words.append("; ").append(probe.if_unreachable);
  }
  next->at = std::chrono::system_clock::now();
  if (!same) next->since = next->at;
  const bool was_down =
      state && !is_up(state->look.status) && state->look.status != HealthStatus::not_asked;
  if (!was_down) next->down_since = next->at;
  return next;
}

std::shared_ptr<GrpcHealthState> WatchedService::after(HealthLook look,
                                                       std::uint64_t missed) const {
  auto next = showing(std::move(look));
  if (was_away || next->look.status == HealthStatus::unreachable) {
    next->probes += missed;
    next->failures += missed;
  }
  if (next->look.status == HealthStatus::not_asked) return next;
  ++next->probes;
  if (!is_up(next->look.status)) ++next->failures;
  return next;
}

std::uint64_t WatchedService::missed_by(Instant now) const {
  if (!next_turn || now < *next_turn) return 0;
  return static_cast<std::uint64_t>((now - *next_turn) / probe.interval) + 1;
}

std::shared_ptr<const GrpcHealthState> WatchedService::known_at(Instant now) const {
  const std::uint64_t missed = was_away ? missed_by(now) : 0;
  if (!state || missed == 0) return state;
  auto counted = std::make_shared<GrpcHealthState>(*state);
  counted->probes += missed;
  counted->failures += missed;
  return counted;
}

void WatchedService::enter(std::shared_ptr<const GrpcHealthState> next) {
  const bool changed = state ? is_another(state->look, next->look) : !is_up(next->look.status);
  state = std::move(next);
  if (changed) log_change(*state);
}

void WatchedService::leave() {
  gone = true;
  if (words) words->cancel();
}

}  // namespace mesh
