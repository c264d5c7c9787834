// A target of which nobody said what it is: it is asked, and recognised by what it says; the
// dialect `auto`. Once it is known it is asked again as what it is, and never as unknown.
//
//   admin port   /server_info: an Envoy, whose mesh shows by the name of its node:
//                    sidecar~10.0.0.7~users-0.shop~shop.svc.cluster.local   Istio (router~,
//                    waypoint~) mesh/shop/virtualNode/users, arn:aws:appmesh:…         AWS App Mesh
//                  and Consul's by what is said of the node: `partition` and `namespace`.
//                Who has no such page is asked for /, which is where a ztunnel names itself, and
//                for /metrics, which is Linkerd's admin port and often an application's
//   page         the names of its samples, of which each proxy and each library has its own. A page
//                that was merged is the proxy's that it came through
//
// Who cannot be recognised is down, and the failure says what was seen; who has a page of metrics
// that does not tell, as one that is empty until the first call, is up and of no mesh, and asked
// again.
#pragma once

#include <memory>
#include <string_view>

#include "config/config.h"
#include "dialect/conversation.h"
#include "model/target.h"
#include "wire/envoy_server_info.h"

namespace mesh {

// Ends with Readings of which `recognised` is the only word, or with a Failure.
std::unique_ptr<Conversation> open_auto(const Target& target, const Config& config);

// The names of dialects: of an Envoy, and of whose page this is; "" if that cannot be told.
std::string_view dialect_of(const EnvoyServerInfo& info);
std::string_view dialect_of_page(std::string_view page);

}  // namespace mesh
