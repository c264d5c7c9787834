// An Envoy whose admin port is closed but whose statistics are served in Prometheus' text form
// (envoy_sample.h tells what that form has lost). What the mesh adds on the same page is read as
// well: what Istio's filter counts of calls (istio_sample.h), and what the mesh's agent tells of
// certificates (agent_certificates.h).
//
// A page that an agent merges may come without Envoy's part. Then nothing is known of its counters,
// and they are not taken for gone.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dialect/conversation.h"

namespace mesh {

// `path` is the configured page. If it is `envoys_own`, the page of this mesh that Envoy itself
// answers (or is asked for by the mesh's agent, query and all), the filter of what is read is
// added; any other page is asked as it is.
std::unique_ptr<Conversation> open_envoy_prometheus(
    const std::string& path, std::string_view envoys_own = "/stats/prometheus");

}  // namespace mesh
