// A sample of Envoy's statistics in Prometheus' text form: what it counts, as far as its name
// tells.
//
// That form has lost information: Envoy takes the tags out of a name by tokens between dots, then
// turns what is left, dots and all, into underscores.
//
//   cluster.users.grpc.Greeter.SayHello.0
//     → envoy_cluster_grpc_0{envoy_cluster_name="users",envoy_grpc_bridge_service="Greeter",
//                            envoy_grpc_bridge_method="SayHello"}                   exact
//   cluster.users.grpc.user.UserService.GetUser.0
//     → envoy_cluster_grpc_GetUser_0{…service="user",…method="UserService"}         exact: a single
//       part without underscore is left, so the method is GetUser of user.UserService
//   cluster.users.grpc.user.v1.UserService.GetUser.0
//     → envoy_cluster_grpc_UserService_GetUser_0{…service="user",…method="v1"}      not exact: the
//       underscore may be a dot or an underscore
//   cluster.outbound|50051||users.shop.svc.cluster.local.grpc.user.v1.UserService.GetUser.14
//     → envoy_cluster_shop_svc_cluster_local_grpc_user_v1_UserService_GetUser_14{
//       envoy_cluster_name="outbound|50051||users"}       only the status and the direction are
//       left
//
// What can be told for certain is told, the rest is "" and counted as ambiguous; nothing is
// guessed.
#pragma once

#include <optional>

#include "model/series.h"
#include "wire/exposition.h"

namespace mesh {

// What one sample counts; nothing if it is none of ours. For histogram buckets `key.detail` is the
// bound in seconds, and a sum is in milliseconds still.
struct EnvoySample {
  SeriesKey key;
  bool exact = true;
};
std::optional<EnvoySample> read_envoy_sample(const Sample& sample);

}  // namespace mesh
