// Unions of what servers declare; see declared_by.h.
#include "compute/declared_by.h"

namespace mesh {

Called called_at(const Target& target) {
  return {target.ns, target.workload, target.workload.empty() ? target.pod : std::string()};
}

std::map<Called, DeclaredTogether> declared_together(const TargetStates& states) {
  std::map<Called, DeclaredTogether> together;
  for (const auto& state : states) {
    if (!state->declared) continue;
    DeclaredTogether& one = together[called_at(state->target)];
    one.whole = one.whole && state->declared->left_out == 0 && state->declared->untold == 0;
    for (const DeclaredMethod& method : state->declared->methods) {
      one.methods.emplace(method.service, method.method);
    }
  }
  return together;
}

void DeclaredBook::enter(const TargetStates& states) {
  decltype(looks_) looks;
  for (const auto& state : states) {
    if (state->declared) looks.emplace_back(called_at(state->target), state->declared);
  }
  if (looks == looks_) return;
  looks_ = std::move(looks);
  std::map<Called, std::shared_ptr<const MethodNames>> known;
  for (auto& [called, together] : declared_together(states)) {
    // What a pod declares again, as it does every few minutes, is as a rule the same.
    const auto before = methods_.find(called);
    const bool same = before != methods_.end() && *before->second == together.methods;
    known[called] =
        same ? before->second : std::make_shared<const MethodNames>(std::move(together.methods));
  }
  methods_ = std::move(known);
}

std::shared_ptr<const MethodNames> DeclaredBook::of(const Target& target) const {
  if (methods_.empty()) return nullptr;
  const auto it = methods_.find(called_at(target));
  return it == methods_.end() ? nullptr : it->second;
}

}  // namespace mesh
