// A Pod within a JSON document; for the readers of this room only.
#pragma once

#include <simdjson.h>

#include "base/result.h"
#include "model/pod.h"

namespace mesh {

// An error for what has no proper name and namespace, or says that it is of another kind. A field
// of another type than Kubernetes gives it is as one that is missing.
Result<Pod> pod_in(const simdjson::dom::element& object);

}  // namespace mesh
