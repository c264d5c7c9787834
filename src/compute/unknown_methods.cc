// Counts beside names; see unknown_methods.h.
#include "compute/unknown_methods.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "compute/fold.h"

namespace mesh {
namespace {

constexpr std::string_view refused = "UNIMPLEMENTED";

struct Calls {
  std::uint64_t all = 0, unimplemented = 0, ok = 0;
};

using CallsByMethod = std::map<MethodName, Calls>;

// The same calls are seen by the pod's sidecar and by the application: they are not added up.
struct CallsOf {
  std::optional<Target> whose;
  CallsByMethod by_sidecars, by_applications;

  const CallsByMethod& believed() const {
    return by_sidecars.empty() ? by_applications : by_sidecars;
  }
};

// visit(key, increase) for the calls of a window whose methods are told, of who still answers.
template <class Visit>
void each_call(const TargetState& state, Direction direction, Visit visit) {
  if (!state.up) return;
  const CounterView& traffic = state.traffic;
  for (std::size_t i = 0; i < traffic.keys->size() && i < traffic.increases.size(); ++i) {
    const SeriesKey& key = (*traffic.keys)[i];
    if (key.counted != Counted::calls || key.direction != direction || key.method.empty()) continue;
    visit(key, traffic.increases[i]);
  }
}

Target workload_of(const Target& counting) {
  Target whose = counting;
  if (!whose.workload.empty()) whose.pod.clear();
  return whose;
}

std::map<Called, CallsOf> calls_received(const Snapshot& snapshot,
                                         const std::map<Called, DeclaredTogether>& declared) {
  std::map<Called, CallsOf> received;
  for (const auto& state : snapshot.targets) {
    const Called called = called_at(state->target);
    if (!declared.contains(called)) continue;
    const bool application = is_application(state->target.mesh);
    each_call(*state, Direction::inbound, [&](const SeriesKey& key, std::uint64_t increase) {
      CallsOf& of = received[called];
      Calls& calls = (application ? of.by_applications : of.by_sidecars)[{key.service, key.method}];
      calls.all += increase;
      calls.unimplemented += key.detail == refused ? increase : 0;
      calls.ok += key.detail == "OK" ? increase : 0;
      if (!of.whose || !application) of.whose = workload_of(state->target);
    });
  }
  return received;
}

std::vector<UnknownMethod> unknown_among(const CallsByMethod& calls, const MethodNames& declared) {
  std::vector<UnknownMethod> unknown;
  for (const auto& [name, count] : calls) {
    const bool proved = count.unimplemented > 0 && count.ok == 0;
    if (!proved || declared.contains(name) || is_grpcs_own(name.first)) continue;
    const auto first_of_service = declared.lower_bound({name.first, Name()});
    const bool has_service =
        first_of_service != declared.end() && first_of_service->first == name.first;
    const bool folded = name.second == folded_name;
    unknown.push_back({name, has_service, count.all, count.unimplemented, {}, folded});
  }
  std::ranges::stable_sort(unknown, std::ranges::greater(), &UnknownMethod::unimplemented);
  std::ranges::stable_sort(unknown, std::ranges::less(), &UnknownMethod::folded);
  return unknown;
}

// Whoever got that answer for that name on this node; it may have been another server's.
void name_callers(const Snapshot& snapshot, std::vector<JudgedCalls>& judged) {
  std::map<MethodName, std::vector<UnknownMethod*>> wanted;
  for (JudgedCalls& one : judged) {
    for (UnknownMethod& method : one.unknown) {
      if (!method.folded) wanted[method.name].push_back(&method);
    }
  }
  if (wanted.empty()) return;
  for (const auto& state : snapshot.targets) {
    each_call(*state, Direction::outbound, [&](const SeriesKey& key, std::uint64_t increase) {
      if (increase == 0 || key.detail != refused) return;
      const auto it = wanted.find({key.service, key.method});
      if (it == wanted.end()) return;
      const std::string caller = target_id(state->target);
      for (UnknownMethod* method : it->second) {
        std::vector<std::string>& callers = method->callers;
        if (callers.empty() || callers.back() != caller) callers.push_back(caller);
      }
    });
  }
}

}  // namespace

std::vector<JudgedCalls> judged_calls(const Snapshot& snapshot) {
  const auto declared = declared_together(snapshot.targets);
  if (declared.empty()) return {};
  std::vector<JudgedCalls> judged;
  for (const auto& [called, calls] : calls_received(snapshot, declared)) {
    const DeclaredTogether& known = declared.at(called);
    if (!known.whole || known.methods.empty()) continue;
    judged.push_back({*calls.whose, unknown_among(calls.believed(), known.methods)});
  }
  name_callers(snapshot, judged);
  return judged;
}

}  // namespace mesh
