// Objects as the API server writes them, one of a list or one within the event of a watch, reduced
// to what their model keeps. What there is of a kind is a file beside this one: kube_pod_fields,
// kube_slice and kube_secret.
//
// Never throws, never logs, does no I/O. Of an object that was read nothing is left behind in
// memory but what is returned: it may have held a private key or a password.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/kube_status.h"

namespace mesh {

enum class KubeChange {
  added,
  modified,
  deleted,
  bookmark,  // nothing but a version from which to go on
  error,     // the watch is over, as the status says: 410 is a version that is no longer known
};

// One event of a watch.
template <class Object>
struct KubeEvent {
  KubeChange change = KubeChange::bookmark;
  Object object;                 // of the first three; of `deleted` as it was at last
  std::string resource_version;  // of all but `error`
  KubeStatus status;             // of `error`

  bool operator==(const KubeEvent&) const = default;
};

// For Pod, EndpointSlice and KubeSecret. Keeps its memory from one object to the next, wiped. Not
// thread-safe.
template <class Object>
class KubeReader {
 public:
  KubeReader();
  ~KubeReader();
  KubeReader(KubeReader&&) noexcept;
  KubeReader& operator=(KubeReader&&) noexcept;

  // An error for what is no JSON, of another kind, or without a proper name.
  Result<Object> read(std::string_view json);

  // An error also for a type of event that is none of the five.
  Result<KubeEvent<Object>> read_event(std::string_view json);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace mesh
