// The CORS policies of one of Envoy's route tables: which browsers' pages of another origin may
// call, and whether they see how a gRPC-Web call ended.
#pragma once

#include <simdjson.h>

#include "wire/envoy_config_dump.h"

namespace mesh {

// `routes` is a RouteConfiguration.
EnvoyCorsPolicies cors_policies_of(const simdjson::dom::element& routes);

}  // namespace mesh
