// What Linkerd's page tells of this moment: connections, the endpoints of balancers, the links to
// the control plane.
//
// An endpoint has an address in the older text and no state, a balancer in the newer text the
// number of its endpoints by state and no addresses. So both are told: endpoints that a connection
// is open to are those that are known by address. `pending` is an endpoint that is being connected
// to, or was put aside by failure accrual, which are not told apart: it is `unhealthy` here. A
// balancer without any endpoints is told only while something waits at it: one that was given up
// because nobody calls looks the same.
//
// Of the control plane's three services two are watched all the time, so no endpoint that is ready
// is a link that is cut: the destination controller (kind eds: it tells endpoints) and the policy
// controller (rds: routes). A connection to the identity controller is there for a renewal only.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "dialect/linkerd_traffic.h"
#include "dialect/linkerd_truth.h"
#include "model/readings.h"
#include "wire/exposition.h"

namespace mesh {

// Of one answer. Not thread-safe.
class LinkerdUpstreams {
 public:
  void enter(const Sample& sample, const LinkerdTruth& truth, const LinkerdTraffic& traffic);
  void tell(Readings& readings) const;

 private:
  struct Upstream {
    double connections = 0, waiting = 0;
    bool speaks_http = false;
    bool has_balancer = false;
    double ready = 0, pending = 0;  // endpoints of the balancer
  };

  void open_connections(const Sample& sample, const LinkerdTraffic& traffic);
  void balancer_endpoints(const Sample& sample, const LinkerdTruth& truth);
  Upstream& backend(const Sample& sample, const LinkerdTruth& truth);

  std::map<std::string, Upstream, std::less<>> upstreams_;
  std::map<std::pair<std::string, std::string>, double> endpoints_;  // upstream, address
  std::optional<double> inbound_;
  std::map<ConfigKind, double> ready_;  // endpoints of the control plane
};

}  // namespace mesh
