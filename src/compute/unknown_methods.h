// Calls to methods that a gRPC server does not have: what it declares, held against what it is
// called for.
//
// A method is unknown if none of the workload's servers declares it, calls to it came back as
// UNIMPLEMENTED within the window, and none as OK. The answer is what proves it: a server may have
// methods that its reflection does not show, and may be another build than when it was asked, so
// what it declares alone proves nothing. gRPC's own services are called by tools that try whether
// they are there. Of a workload of which a server shows a part of its methods only, nothing is
// said. Methods that were folded have no names, but what a server declares has its place before
// what others invent: the answers prove it of them as well.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compute/declared_by.h"
#include "model/snapshot.h"

namespace mesh {

struct UnknownMethod {
  MethodName name;
  bool service_is_declared = false;  // the service has other methods
  std::uint64_t calls = 0;           // in the window
  std::uint64_t unimplemented = 0;   // of them
  std::vector<std::string> callers;  // whose sidecars on this node saw that answer
  bool folded = false;               // several beyond limits.methods_per_upstream
};

// A workload whose servers tell all their methods, and whose calls are counted by method: by the
// sidecars of its pods, or where they do not, by the applications.
struct JudgedCalls {
  Target whose;                        // the workload; the pod where it has no name
  std::vector<UnknownMethod> unknown;  // the most often called first; folded ones last
};

std::vector<JudgedCalls> judged_calls(const Snapshot& snapshot);

}  // namespace mesh
