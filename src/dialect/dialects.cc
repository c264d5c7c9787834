// The visible list: add a mesh here.
#include "dialect/dialects.h"

#include <algorithm>
#include <array>

#include "dialect/app.h"
#include "dialect/appmesh.h"
#include "dialect/auto.h"
#include "dialect/consul.h"
#include "dialect/consul_server.h"
#include "dialect/envoy.h"
#include "dialect/istio.h"
#include "dialect/istiod.h"
#include "dialect/linkerd.h"
#include "dialect/linkerd_control_plane.h"
#include "dialect/proxyless.h"
#include "dialect/ztunnel.h"

namespace mesh {
namespace {

constexpr std::array<Dialect, 12> all_dialects{{
    {"envoy", "envoy", open_envoy},
    {"istio", "istio", open_istio},
    {"ztunnel", "istio", open_ztunnel},
    {"linkerd", "linkerd", open_linkerd, "metrics"},
    {"consul", "consul", open_consul},
    {"appmesh", "appmesh", open_appmesh},
    {"app", "app", open_app, "metrics"},
    {"proxyless", "proxyless", open_proxyless, "grpc"},
    {"istiod", "istio", open_istiod, "metrics"},
    {"linkerd-control-plane", "linkerd", open_linkerd_control_plane, "metrics"},
    {"consul-server", "consul", open_consul_server, "metrics"},
    {unknown_mesh, "", open_auto},
}};

}  // namespace

std::span<const Dialect> dialects() { return all_dialects; }

const Dialect* find_dialect(std::string_view name) {
  const auto it = std::find_if(all_dialects.begin(), all_dialects.end(),
                               [&](const Dialect& dialect) { return dialect.name == name; });
  return it == all_dialects.end() ? nullptr : &*it;
}

Target labelled(Target target) {
  if (const Dialect* dialect = find_dialect(target.mesh)) target.mesh = dialect->label;
  return target;
}

}  // namespace mesh
