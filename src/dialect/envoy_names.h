// What the names mean that Envoy gives its clusters and statistics.
//
// Envoy itself has no notion of inbound and outbound: only the name of a cluster tells, and only
// by the convention of whoever configured it. These conventions are read:
//
//   outbound|50051||users.shop.svc.cluster.local  → outbound, users.shop.svc.cluster.local:50051
//   outbound|50051|v1|users.shop.svc.cluster.local  the same, subset v1
//   inbound-vip|50051|http/v1|users.shop.svc.cluster.local  the same at a waypoint, which sends on
//   inbound|50051||                               → inbound; so are Consul's local_app… and the
//                                                   local_service of Envoy's own examples
//   anything else                                 → outbound, the name as it stands
//
// A statistic is `cluster.<stat name of the cluster>.<what>`. Both parts may contain dots, so it
// can only be taken apart by someone who knows the clusters; the longest known name wins. Istio
// ends the stat name with ';' since 1.23, and Envoy replaces ':' in it by '_'.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "model/series.h"

namespace mesh {

struct UpstreamName {
  Direction direction = Direction::outbound;
  std::string upstream;  // "" on inbound
  std::string subset;

  bool operator==(const UpstreamName&) const = default;
};

UpstreamName read_cluster_name(std::string_view cluster);

// The stat name as it occurs in statistics: ':' sanitised as Envoy does, a final ';' removed.
std::string stat_form(std::string_view cluster_or_stat_name);

// `cluster.<known>.<rest>` taken apart. `cluster` is empty if no known name fits.
struct ClusterStat {
  std::string_view cluster;  // in stat_form
  std::string_view rest;
};

struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};
using NameSet = std::unordered_set<std::string, StringHash, std::equal_to<>>;  // in stat_form

// Tries the longest known name first and takes the first whose rest is a statistic that we read
// (is_cluster_stat). REQUIRES: nothing; a name without "cluster." in front gives nothing.
ClusterStat split_cluster_stat(std::string_view stat, const NameSet& known);

// The statistics of a cluster that the agent reads, see envoy_stats_filter().
bool is_cluster_stat(std::string_view rest);

// `cluster.<name>.upstream_rq_total` and its like end in a single known word, so they name their
// cluster beyond doubt without any list. Empty if `stat` is none of them.
std::string_view self_evident_cluster(std::string_view stat);

// "grpc.user.v1.UserService.GetUser.14" taken apart from the right: the last part is what is
// counted, the one before it the method, the rest the service. `exact` is false where that cannot
// be told. "grpc.14" counts calls of no named method (stats_for_all_methods is off).
struct GrpcStat {
  std::string_view service, method, counted;
  bool exact = true;
};
// Nothing (counted is empty) if `rest` begins with neither "grpc." nor "grpc-web.".
GrpcStat split_grpc_stat(std::string_view rest);

// The anchored RE2 that selects just the statistics read here.
std::string_view envoy_stats_filter();
// The question that asks for them. With `endpoint_times` it asks of every cluster when its
// endpoints were last updated, too (envoy_control_plane.h).
std::string envoy_stats_path(bool endpoint_times);

}  // namespace mesh
