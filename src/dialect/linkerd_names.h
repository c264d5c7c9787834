// How Linkerd's proxy names the destinations of calls, in the two texts of its page.
//
//   authority="users.shop.svc.cluster.local:8080"     the older text: the Service that an endpoint
//                                                     is of;
//   dst="users.shop.svc.cluster.local:8080"           that of a ServiceProfile
//   parent_kind="Service",parent_namespace="shop",    the newer text: the Service that was called;
//   parent_name="users",parent_port="8080"            backend_… the one whose endpoints answer
//
// Both are one upstream, spelled as the first. What they have in common, and all that the second
// has, is a plain name: "users.shop.svc:8080". The domain of the cluster stands in any of the
// first, and in the addresses of the control plane.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dialect/grpc_path.h"
#include "wire/exposition.h"

namespace mesh {

// "cluster.local" of "users.shop.svc.cluster.local:8080", with or without a dot behind it; "" if
// that is no address of a Service.
std::string_view cluster_domain(std::string_view authority);

// The plain name of an authority; of one that is no Service's the authority itself.
std::string plain_name(std::string_view authority);

// What `role` ("parent", "backend") of a sample of the newer text names, plain. Of another kind
// than a Service: "EgressNetwork/shop/all:443". "" if it names nothing.
std::string plain_name(const Sample& sample, std::string_view role);

// "users.shop.svc.cluster.local:8080" of a plain name; of another kind than a Service as it is.
std::string with_domain(std::string plain, std::string_view domain);

// A sample of the older text: its authority, else the address (a pod that was called by that).
std::string_view upstream_of_endpoint(const Sample& sample);

// The method that the route of a ServiceProfile is for, where its name says so beyond doubt:
// "/user.v1.UserService/GetUser", also with "POST " before it. Whatever else people call a route is
// their business.
std::optional<GrpcPath> method_of_route(std::string_view route);

// Which port of this pod an inbound sample of the older text is about.
std::string_view inbound_port(const Sample& sample);

}  // namespace mesh
