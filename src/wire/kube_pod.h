// Pods as the API server writes them, one object of a list or one event of a watch, reduced to what
// model/pod.h keeps. Which labels, annotations and variables are kept is the list in kube_pod.cc;
// of secrets that stand in arguments or variables nothing else is looked at.
//
// Never throws, never logs, does no I/O.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/pod.h"
#include "wire/kube_status.h"

namespace mesh {

// One event of a watch.
struct PodEvent {
  enum class Kind {
    added,
    modified,
    deleted,
    bookmark,  // nothing but a version from which to go on
    error,     // the watch is over, as `status` says: 410 is a version that is no longer known
  };
  Kind kind = Kind::bookmark;
  Pod pod;                       // of the first three; of `deleted` as it was at last
  std::string resource_version;  // of all but `error`
  KubeStatus status;             // of `error`

  bool operator==(const PodEvent&) const = default;
};

// Keeps its memory from one object to the next. Not thread-safe.
class KubePodReader {
 public:
  KubePodReader();
  ~KubePodReader();
  KubePodReader(KubePodReader&&) noexcept;
  KubePodReader& operator=(KubePodReader&&) noexcept;

  // An error for what is no JSON, of another kind, or without a proper name.
  Result<Pod> read_pod(std::string_view json);

  // An error also for a type of event that is none of the five.
  Result<PodEvent> read_event(std::string_view json);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace mesh
