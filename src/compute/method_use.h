// What methods a gRPC server says it has, against those that it is called for.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/snapshot.h"

namespace mesh {

struct MethodUse {
  const TargetState* state = nullptr;  // whose server declares them; of the snapshot
  Name service;
  std::uint64_t declared = 0;
  // Of them, those that nobody called since the agent counts: of all pods of the workload that it
  // sees, by sidecars and applications alike. Nothing where no source tells methods.
  std::optional<std::uint64_t> unused;
};

// By target and service. Borrows from the snapshot.
std::vector<MethodUse> method_uses(const Snapshot& snapshot);

}  // namespace mesh
