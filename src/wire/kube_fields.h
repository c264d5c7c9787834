// Objects of each kind within a JSON document, and who they are; for the readers of this room only.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "model/endpoint_slice.h"
#include "model/pod.h"
#include "wire/kube_secret.h"

namespace mesh {

// An error for what has no proper name and namespace, or says that it is of another kind. A field
// of another type than Kubernetes gives it is as one that is missing.
template <class Object>
Result<Object> object_in(const simdjson::dom::element& json);
template <>
Result<Pod> object_in<Pod>(const simdjson::dom::element& json);
template <>
Result<KubeSecret> object_in<KubeSecret>(const simdjson::dom::element& json);
template <>
Result<EndpointSlice> object_in<EndpointSlice>(const simdjson::dom::element& json);

// The views live as long as the parser.
struct KubeIdentity {
  std::string_view ns, name;
  simdjson::dom::element metadata;
};

// `kind` is what it must be, or say nothing about: the items of a list do not repeat it.
Result<KubeIdentity> kube_identity_in(const simdjson::dom::element& json, std::string_view kind);

// The objects of a list, `most` at the most.
template <class Each>
void each_object_in(const simdjson::dom::element& from, std::string_view key, std::size_t most,
                    Each each) {
  simdjson::dom::array list;
  if (from[key].get(list)) return;
  for (const simdjson::dom::element item : list) {
    if (most-- == 0) return;
    if (item.is_object()) each(item);
  }
}

}  // namespace mesh
