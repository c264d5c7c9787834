// A ztunnel's page of metrics: the connections of all pods of its node, and what it says of itself.
// Which families mean what is told in istio_tcp.h and agent_certificates.h; why they are read so,
// in docs/adr/0014-ambient.md.
//
// Nothing tells when the process began. A restart shows by a counter that fell: then all of the
// page began anew, so all its counters are of one scope (model/series.h).
#pragma once

#include <string_view>

#include "dialect/page_counters.h"
#include "model/readings.h"
#include "model/request.h"

namespace mesh {

// One per target, from answer to answer. Not thread-safe.
class ZtunnelPage {
 public:
  // The readings of an answer that is a 200, or that it is no page of metrics. `page`: what was
  // asked for.
  Result<Readings, Failure> read(const Response& answer, std::string_view page);

 private:
  PageCounters counters_;
};

}  // namespace mesh
