// An Envoy whose admin port is closed but whose statistics are served in Prometheus' text form.
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

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dialect/conversation.h"
#include "model/series.h"
#include "wire/exposition.h"

namespace mesh {

// `path` is the configured page. If it is `envoys_own`, the page of this mesh that Envoy itself
// answers (or is asked for by the mesh's agent, query and all), the filter of what is read is
// added; any other page is asked as it is. What the mesh's agent tells on it of certificates is
// read as well.
std::unique_ptr<Conversation> open_envoy_prometheus(
    const std::string& path, std::string_view envoys_own = "/stats/prometheus");

// What one sample counts; nothing if it is none of ours. For histogram buckets `key.detail` is the
// bound in seconds, and a sum is in milliseconds still.
struct EnvoySample {
  SeriesKey key;
  bool exact = true;
};
std::optional<EnvoySample> read_envoy_sample(const Sample& sample);

}  // namespace mesh
