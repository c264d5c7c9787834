// Words about a target, for the page of the targets; see target_words.h.
#include "expose/status/target_words.h"

#include <chrono>

#include "base/binary_bytes.h"
#include "base/duration.h"
#include "compute/version_skew.h"
#include "expose/human.h"
#include "expose/status/parts.h"

namespace mesh {
namespace {

// "; memory 148 MiB of 256 MiB", as far as that is known.
std::string memory_words(const TargetState& state) {
  if (!state.resources || !state.resources->working_set) return "";
  const std::string used = "; memory " + binary_bytes(*state.resources->working_set);
  const auto& limit = state.resources->memory_limit;
  return limit ? used + " of " + binary_bytes(*limit) : used;
}

}  // namespace

std::string address_words(const Target& target) {
  if (target.admin) return "admin " + to_string(*target.admin) + where_else(target);
  if (target.grpc) return "gRPC " + to_string(target.grpc->address);
  if (!target.metrics) return "no address";
  const HttpEndpoint& page = *target.metrics;
  return "metrics " + to_string(page.address) + masked(page.path, page);
}

std::string cost_words(const TargetState& state) {
  if (!state.last_attempt) return "–";
  const auto every = std::chrono::duration_cast<std::chrono::milliseconds>(state.poll_interval);
  std::string words = human_seconds(state.scrape_seconds) + ", " + human_bytes(state.scrape_bytes) +
                      ", every " + format_duration(every);
  const double interval = seconds(state.poll_interval);
  if (interval <= 0) return words;
  return words + " (" + percent_words(state.scrape_seconds / interval) + " of the time)";
}

std::string proxy_words(const TargetState& state) {
  if (state.plane) {
    const std::string version(plane_version(state));
    return "control plane " + (version.empty() ? "of unknown version" : version);
  }
  if (!state.proxy) {
    return (state.library.empty() ? "unknown" : state.library) + memory_words(state);
  }
  std::string words = state.proxy->version.empty() ? "" : state.proxy->version + ", ";
  words += state.proxy->started ? "up " + human_seconds(state.uptime_seconds) : "start unknown";
  return words + memory_words(state);
}

}  // namespace mesh
