// Each remark is one function that says "" when there is nothing to say.
#include "expose/remarks.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

#include "base/duration.h"
#include "base/limits.h"

namespace mesh {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count).append(" ").append(count == 1 ? one : many);
}

std::string about_proxy(const TargetState& state) {
  switch (state.proxy ? state.proxy->state : ProxyState::live) {
    case ProxyState::live: return "";
    case ProxyState::draining: return "the proxy is draining";
    case ProxyState::pre_initializing: return "the proxy is pre-initializing";
    case ProxyState::initializing: return "the proxy is initializing";
  }
  return "";
}

// What gRPC services have beyond our bounds; the rest of it is read.
bool is_in_part(const Unanswered& one, bool of_grpc) {
  return of_grpc && one.failure.reason == Reason::too_large;
}

// "question refused: /clusters (403)": in the metric's words where there is no better one.
std::string about_unanswered(const TargetState& state, bool refused) {
  const bool of_grpc = state.target.grpc.has_value();
  std::string list;
  std::size_t questions = 0;
  for (const Unanswered& one : state.unanswered) {
    if ((one.failure.reason == Reason::forbidden) != refused) continue;
    if (one.left_out || is_in_part(one, of_grpc)) continue;
    if (questions++ > 0) list += ", ";
    if (refused && of_grpc) {
      list += one.failure.message;  // which status, and in what words
      continue;
    }
    list += one.question + " (";
    list.append(refused ? "403" : to_string(one.failure.reason)).append(")");
  }
  if (questions == 0) return "";
  if (refused && of_grpc) {
    return "calls refused: " + list + "; the server's authorization must admit this exporter";
  }
  return (questions == 1 ? "question " : "questions ") +
         std::string(refused ? "refused: " : "not answered: ") + list;
}

std::string about_refused(const TargetState& state) { return about_unanswered(state, true); }
std::string about_failed(const TargetState& state) { return about_unanswered(state, false); }

// Which, why, and for how long.
std::string about_hung(const TargetState& state) {
  std::string list;
  for (const Unanswered& one : state.unanswered) {
    if (!one.left_out) continue;
    list.append(list.empty() ? "not asked for a while: " : ", ").append(one.failure.message);
  }
  return list;
}

// How much of it is not read, and by which bound of ours.
std::string about_read_in_part(const TargetState& state) {
  std::string list;
  for (const Unanswered& one : state.unanswered) {
    if (!is_in_part(one, state.target.grpc.has_value())) continue;
    list.append(list.empty() ? "read in part: " : ", ").append(one.failure.message);
  }
  return list;
}

std::string about_unreadable(const TargetState& state) {
  if (state.parse_errors == 0) return "";
  const std::string all = counted(state.parse_errors, "line", "lines") + " unreadable in all";
  if (state.unreadable == 0) return all + ", none in the last answer";
  const std::string words = all + ", " + std::to_string(state.unreadable) + " in the last answer";
  return state.unreadable_sample.empty() ? words : words + ", first: " + state.unreadable_sample;
}

std::string about_ambiguous(const TargetState& state) {
  if (state.ambiguous_series == 0) return "";
  const std::string number = std::to_string(state.ambiguous_series);
  const std::string nameless = "series without a method: " + number;
  if (state.target.mesh == "linkerd") {
    return nameless + " (Linkerd tells methods by ServiceProfiles only)";
  }
  if (state.target.mesh == "istio") {
    return nameless + " (Istio tells methods by a label of a Telemetry resource only)";
  }
  const std::string words = "names ambiguous: " + number;
  return state.target.admin ? words : words + " (only the metrics page is asked)";
}

std::string about_folded(const TargetState& state) {
  std::uint64_t all = 0;
  std::string list;
  for (const FoldedSeries& folded : state.folded) {
    if (folded.count == 0) continue;
    all += folded.count;
    list.append(list.empty() ? "" : ", ").append(std::to_string(folded.count));
    list.append(" of ").append(folded.family);
  }
  if (all == 0) return "";
  return std::to_string(all) + " series over the limits, folded into other: " + list;
}

std::string about_left_out(const TargetState& state) {
  std::uint64_t count = 0;
  for (const auto& place : state.certificates) count += place->left_out;
  if (count == 0) return "";
  return counted(count, "certificate", "certificates") + " over the limit of " +
         std::to_string(limits::certificates_per_place) + " left out, those that expire last";
}

std::string about_undeclared(const TargetState& state) {
  if (!state.declared || state.declared->left_out == 0) return "";
  return "more services than are asked for their methods: " +
         counted(state.declared->left_out, "service", "services") + " left out";
}

std::string about_cgroup(const TargetState& state) {
  if (!state.resources) return "";
  const SidecarResources& resources = *state.resources;
  if (!resources.error.empty()) return "memory is not known: " + resources.error;
  if (resources.unreadable > 0) {
    return counted(resources.unreadable, "file", "files") +
           " of its cgroup unreadable, first: " + resources.unreadable_sample;
  }
  if (resources.working_set) return "";
  return "memory is not known: the memory controller is not on for its cgroup";
}

}  // namespace

std::string about_nothing_read(const TargetState& state) {
  if (!state.up) return "";
  if (is_application(state.target.mesh)) {
    return state.library.empty() ? "no gRPC calls are counted on its page" : "";
  }
  const bool told = state.proxy || state.plane || state.heap || state.ambient || state.declared ||
                    !state.traffic.keys->empty() || !state.endpoints.empty() ||
                    !state.control_plane.links.empty() || !state.control_plane.updates.empty() ||
                    !state.certificates.empty();
  if (told) return "";
  return "nothing in its answer is known of " + state.target.mesh +
         ": nothing is counted yet, or it is another mesh" +
         (state.target.grpc ? "" : " (\"mesh: auto\" finds out)");
}

std::vector<std::string> remarks(const TargetState& state, Duration configured) {
  static constexpr std::array abouts{about_proxy,      about_refused,      about_failed,
                                     about_hung,       about_read_in_part, about_unreadable,
                                     about_ambiguous,  about_folded,       about_left_out,
                                     about_undeclared, about_cgroup,       about_nothing_read};
  std::vector<std::string> all;
  for (const auto about : abouts) {
    if (std::string words = about(state); !words.empty()) all.push_back(std::move(words));
  }
  if (state.poll_interval > configured) {
    all.push_back("backed off: asked every " +
                  format_duration(duration_cast<milliseconds>(state.poll_interval)) +
                  " instead of " + format_duration(duration_cast<milliseconds>(configured)));
  }
  return all;
}

}  // namespace mesh
