// What looking for targets brings: those that are to be watched, those that are not, and why. And
// how well each source of them is doing.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/grpc_probe.h"
#include "model/pod_addresses.h"
#include "model/target.h"

namespace mesh {

// How far the migration into a mesh has come at a pod.
enum class MeshState { unmeshed, opted_out, injection_pending, meshed };
inline constexpr std::array all_mesh_states{MeshState::unmeshed, MeshState::opted_out,
                                            MeshState::injection_pending, MeshState::meshed};

std::string_view to_string(MeshState state);

// A pod that runs, or is about to, whether anything in it is watched or not.
struct FoundPod {
  std::string mesh;  // whose state it is; "" where it is of none
  std::string ns, workload;
  MeshState state = MeshState::unmeshed;

  bool operator==(const FoundPod&) const = default;
};

// Somebody who was found and is not watched.
struct NotWatched {
  std::string mesh;  // "" where it is of none
  std::string ns, pod, workload;
  std::string reason;      // "opted out by annotation mesh-exporter.io/scrape"
  bool is_probed = false;  // its gRPC health is asked for all the same

  bool operator==(const NotWatched&) const = default;
};

// What is known of a target beside how it is reached; texts are words, "" where there is nothing.
struct TargetNote {
  std::string hidden;  // what of it cannot be seen, and what would show it
  std::string wrong;   // what its owner said of it and was passed over
  // When its container was last killed for want of memory, by the pod's own account.
  std::optional<WallTime> oom_killed{};

  bool operator==(const TargetNote&) const = default;
};

// All that one source knows at a moment.
struct Discovered {
  std::vector<Target> targets;
  std::vector<NotWatched> not_watched;
  std::vector<PodAddress> addresses{};                // of pods, watched or not
  std::shared_ptr<const SliceAddresses> elsewhere{};  // of pods anywhere; null: not known
  std::vector<FoundPod> pods{};
  std::vector<GrpcProbe> probes{};            // gRPC servers that are to be asked for their health
  std::map<std::string, TargetNote> notes{};  // by target_id; of those that have one
  std::size_t too_many = 0;                   // of those that are not watched, for so many are not
};

// How one source is doing.
struct DiscoveryState {
  // "file", "kubernetes"; "kubelet" and "secret", which give no targets; "all": of all that do.
  std::string source;
  std::optional<std::size_t> targets;    // that it gives; nothing where it is about something else
  std::vector<std::string> problems;     // what it cannot read now, a line each; empty: all is well
  std::optional<WallTime> last_success;  // when it was last read without any
};

// What comes of all sources together, beside the targets themselves. Immutable once published.
struct DiscoveryOutcome {
  std::vector<DiscoveryState> sources;  // beside the configuration
  std::vector<NotWatched> not_watched;
  PodAddresses pods;
  std::vector<FoundPod> pods_found;
  std::map<std::string, TargetNote> notes;  // by target_id; of those that have one
};

}  // namespace mesh
