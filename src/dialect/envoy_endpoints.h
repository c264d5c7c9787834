// What the agent knows of a proxy's clusters and their endpoints, and what it should ask next.
//
// /clusters is the dearest question to an Envoy: for a thousand clusters the whole list in JSON
// costs its main thread 60 ms, a filtered list of what is in use a tenth of that, and the
// statistics already tell at which clusters anything moved. So the whole list is asked at first,
// after a restart, when clusters come or go, and otherwise seldom; in between only the clusters
// that moved (Envoy 1.38 and later can filter), or, where the filter is missing, the whole list as
// text every few polls. What was not asked again keeps its last answer: nothing moved there.
//
// A cluster that has endpoints and does not name itself in the statistics is silent: Istio keeps no
// statistics of clusters unless it is told to. Nothing tells whether it moved, so it is asked in
// every poll once it was called, and the whole list, if it is short, every few polls for those that
// will be.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dialect/envoy_names.h"
#include "dialect/envoy_traffic.h"
#include "model/readings.h"
#include "wire/envoy_clusters.h"

namespace mesh {

// One question to /clusters.
struct ClustersQuestion {
  std::string path;  // with its query
  bool json = true;
  bool whole = true;
  std::vector<std::string> asked;  // otherwise: these clusters, in stat_form

  bool operator==(const ClustersQuestion&) const = default;
};

// One per target. Not thread-safe.
class EnvoyEndpoints {
 public:
  // What to ask in this poll, given what the statistics say; nothing if nothing moved.
  // Call once per poll.
  std::optional<ClustersQuestion> question(const std::vector<ClusterActivity>& activity,
                                           bool can_filter);

  // Enters the answer to that question.
  void enter(const ClustersQuestion& question, EnvoyClusters answer);

  // The process is a new one: nothing known holds.
  void forget();

  // True once the whole list was heard.
  bool known() const { return known_; }

  // All that were told, by the names by which the statistics call them, in stat_form.
  const std::map<std::string, EnvoyCluster>& clusters() const { return clusters_; }

  // The names by which the statistics call the clusters.
  NameSet stat_names() const;

  // What the circuit breaker of the default priority allows a cluster; null if it is not known.
  const EnvoyThresholds* thresholds(const std::string& stat_name) const;

  // Requests, failures and connections of each endpoint.
  const CounterBlock& requests() const { return requests_; }
  const std::vector<EndpointReading>& states() const { return states_; }

 private:
  void rebuild();

  bool known_ = false;
  std::uint32_t polls_since_whole_ = 0;
  std::map<std::string, EnvoyCluster> clusters_;                   // by stat_form
  std::unordered_map<std::string, std::uint64_t> now_, answered_;  // digests, by stat_form
  CounterBlock requests_;
  std::vector<EndpointReading> states_;
};

// Whether an Envoy of this version ("1.38.3") takes a filter for /clusters: it came with 1.38.
bool can_filter_clusters(std::string_view version);

}  // namespace mesh
