// A Status within a larger document, such as the event that ends a watch; for the readers of this
// room only.
#pragma once

#include <simdjson.h>

#include "wire/kube_status.h"

namespace mesh {

KubeStatus kube_status_in(const simdjson::dom::element& object);

}  // namespace mesh
