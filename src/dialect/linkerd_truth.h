// Which family of Linkerd's page tells the truth about the calls to an upstream.
//
//   response_total                             every answer of an endpoint to an attempt, by its
//                                              gRPC status
//   outbound_grpc_route_request_statuses_total every call by a GRPCRoute once, whatever was retried
//   route_response_total                       likewise every call by a route of a ServiceProfile
//   outbound_http_route_request_statuses_total every request by any other route, by HTTP status
//                                              alone, which is 200 for all of gRPC
//
// The second and the third tell of calls and never of the same one; both are counted wherever they
// are. The first tells of the same calls again, attempt by attempt, and alone knows the status of
// those by other routes. So it is counted for an upstream only while no GRPCRoute and no
// ServiceProfile is in force for it: the one that is shows by its series. Where a Service has
// series of GRPCRoutes and of other routes, its routes were changed while the proxy lived (series
// of the newer text stay for the life of the process), and the family that moved last is in force.
//
// A route may send the calls for a Service to the endpoints of another one, and response_total
// names that: which goes where is told by the balancers and by the backends of routes. An upstream
// that gets calls in both ways is counted by its routes alone: better some too few than some twice.
// What is no Service (an EgressNetwork, an address that was called) has different names in both
// texts and is taken as one.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "wire/exposition.h"

namespace mesh {

// One per target: it remembers what moved. Not thread-safe.
class LinkerdTruth {
 public:
  // An answer is looked at from end to end, then judged; the verdicts stand until the next begin().
  // `restarted`: it is the first of a new process.
  void begin();
  void look(const Sample& sample);
  void judge(bool restarted);

  // The domain of the cluster, as last told; Kubernetes' own before that.
  std::string_view domain() const { return domain_; }

  // REQUIRES: a sample of response_total or of response_latency_ms, outbound.
  bool counts_calls(const Sample& sample) const;
  // Whether all answers that the sample's upstream, or inbound its port, gave are gRPC's, and no
  // ServiceProfile times them by method.
  bool times_calls(const Sample& sample) const;

  // Series of histograms of durations in the answer.
  std::size_t times() const { return times_; }

 private:
  using Names = std::set<std::string, std::less<>>;

  // By what routes calls for a Service went.
  struct Routes {
    double grpc = 0, http = 0;  // requests
    bool has_grpc = false, has_http = false;
    bool http_is_last = false;  // of both
  };

  void note_answer(const Sample& sample);
  void note_domain(const Sample& sample);
  static std::string owner(const Sample& sample);
  static std::string owner(const Sample& sample, std::string_view role);

  std::string domain_ = "cluster.local";
  bool domain_told_ = false;                                    // in this answer
  std::map<std::string, Routes, std::less<>> routes_, before_;  // by who was called
  std::set<std::pair<std::string, std::string>> sends_;         // from whom to whose endpoints
  Names profiled_;                                              // Services with a ServiceProfile
  Names counted_by_routes_;                                     // upstreams
  Names answered_grpc_, answered_other_;                        // upstreams and ports
  std::size_t times_ = 0;
};

}  // namespace mesh
