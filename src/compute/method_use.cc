// Declared methods beside the keys of what was counted; see method_use.h.
#include "compute/method_use.h"

#include <map>

#include "compute/declared_by.h"
#include "compute/fold.h"

namespace mesh {
namespace {

// Of all who are called; a key without methods is of sources that do not tell them. A method that
// was folded is not known to be unused: then nothing is told of anybody's.
struct Calls {
  MethodNames methods;
  bool folded = false;
};

std::map<Called, Calls> calls_received(const Snapshot& snapshot) {
  std::map<Called, Calls> called;
  for (const auto& state : snapshot.targets) {
    const CounterView& traffic = state->traffic;
    for (std::size_t i = 0; i < traffic.keys->size() && i < traffic.totals.size(); ++i) {
      const SeriesKey& key = (*traffic.keys)[i];
      if (!is_call_received(key) || key.method.empty() || traffic.totals[i] == 0) continue;
      Calls& one = called[called_at(state->target)];
      one.folded |= key.method == folded_name;
      one.methods.emplace(key.service, key.method);
    }
  }
  return called;
}

}  // namespace

std::vector<MethodUse> method_uses(const Snapshot& snapshot) {
  const auto called = calls_received(snapshot);
  std::vector<MethodUse> uses;
  for (const auto& state : snapshot.targets) {
    if (!state->declared) continue;
    const auto it = called.find(called_at(state->target));
    const MethodNames* known =
        it != called.end() && !it->second.folded ? &it->second.methods : nullptr;
    for (const DeclaredMethod& method : state->declared->methods) {
      const bool same = !uses.empty() && uses.back().state == state.get() &&
                        uses.back().service == method.service;
      if (!same) uses.push_back({state.get(), method.service, 0, {}});
      MethodUse& use = uses.back();
      ++use.declared;
      if (!known) continue;
      const bool unused = !known->contains({method.service, method.method});
      use.unused = use.unused.value_or(0) + (unused ? 1 : 0);
    }
  }
  return uses;
}

}  // namespace mesh
