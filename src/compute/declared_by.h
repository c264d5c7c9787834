// Whose methods are known by name: what the servers of a workload declare, held against the targets
// that count its calls. The server that tells its methods, the sidecar before it and the
// application's own page are three targets; what they share is the workload, or, where it has no
// name, the pod.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/name.h"
#include "model/declared_methods.h"
#include "model/snapshot.h"
#include "model/target.h"

namespace mesh {

using MethodName = std::pair<Name, Name>;  // service and bare method
using MethodNames = std::set<MethodName>;

// Who is called: namespace and workload, or where that has no name namespace, "" and pod.
using Called = std::tuple<std::string, std::string, std::string>;
Called called_at(const Target& target);

using TargetStates = std::vector<std::shared_ptr<const TargetState>>;

// What all pods of one workload that can be asked declare together. While a new build comes that is
// what the old and the new one have.
struct DeclaredTogether {
  MethodNames methods;
  bool whole = true;  // each showed all that it has
};

// By workload; of those that declare nothing there is none.
std::map<Called, DeclaredTogether> declared_together(const TargetStates& states);

// The same as something that is kept from pass to pass, and made anew when a look brought another
// answer. Not thread-safe.
class DeclaredBook {
 public:
  void enter(const TargetStates& states);

  // The same pointer as long as nothing changed; null if nothing is declared.
  std::shared_ptr<const MethodNames> of(const Target& target) const;

 private:
  // Held, so that no other look is taken for one of them.
  std::vector<std::pair<Called, std::shared_ptr<const DeclaredMethods>>> looks_;
  std::map<Called, std::shared_ptr<const MethodNames>> methods_;
};

}  // namespace mesh
