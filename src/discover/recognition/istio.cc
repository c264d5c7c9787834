// Istio. Four things run in a container called `istio-proxy`, and the first arguments, `proxy` and
// a role, tell them apart: the sidecar of a workload (`sidecar`), a gateway (`router`), a waypoint
// of the ambient mode (`waypoint`), all of them Envoy with pilot-agent, and ztunnel, the node's
// proxy of that mode. A fifth has pilot-agent alone, for applications that speak xDS themselves
// (proxyless.cc). The sidecar may be a native one, among the init containers. Gateways and
// waypoints may also be an `agentgateway`, which is no Envoy and has pages of its own.
//
// pilot-agent's page, /stats/prometheus at 15020, has Envoy's, its own and the application's. It is
// moved by status.sidecar.istio.io/port or by statusPort of PROXY_CONFIG, and 0 switches it off:
// then there is Envoy's own at 15090. The admin port, 15000, listens on loopback.
//
// A sidecar shows its leaf at the ports of the application that it captures, all that are declared
// unless an annotation says otherwise: to who offers one of Istio's protocols, whether plain
// callers are let in as well or not. Its own inbound port, 15006, is a black hole to who calls it.
// A waypoint takes calls at 15008, within HTTP/2. So one handshake an interval
// (certificates.interval) is begun with each of them, and ended before a certificate would be
// shown: it is no request, and the application never hears of it. A gateway shows whatever
// certificates its owner gave it, by the name that is called, and none is looked at.
//
// The control plane, istiod, is a pod with the label app=istiod and the container `discovery`,
// whose page is at its port http-monitoring, or where --monitoringAddr says: 15014. It has no
// sidecar.
//
// An ambient workload has no proxy; the CNI writes ambient.istio.io/redirection on it. Whether
// injection is asked for may stand at the namespace instead, which is not seen here. Pods in the
// node's own network are never given a sidecar.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "discover/recognition/all.h"

namespace mesh {
namespace {

constexpr std::uint16_t usual_status = 15020, usual_envoy_page = 15090, usual_admin = 15000;
constexpr std::uint16_t waypoint_inbound = 15008;
constexpr std::uint16_t usual_monitoring = 15014;
constexpr std::string_view page_path = "/stats/prometheus";

// "sidecar", "router", "waypoint", "ztunnel"; "" if it says none.
std::string_view role_of(const PodContainer& proxy) {
  return proxy.args.size() > 1 ? std::string_view(proxy.args[1]) : std::string_view();
}

bool is_ztunnel(const Pod& pod, const PodContainer& proxy) {
  return text_of(pod.labels, "app") == "ztunnel" || role_of(proxy) == "ztunnel";
}

// Whether a port stands in a list such as "8080,9090"; `*` is all of them.
bool is_listed(std::uint16_t port, std::string_view list) {
  while (!list.empty()) {
    const std::string_view one = take_piece(list, ',');
    if (one == "*" || parse_port(one) == port) return true;
  }
  return false;
}

bool is_captured(const Pod& pod, std::uint16_t port) {
  const PodTexts& notes = pod.annotations;
  constexpr std::string_view included = "traffic.sidecar.istio.io/includeInboundPorts";
  if (notes.contains(included) && !is_listed(port, text_of(notes, included))) return false;
  return !is_listed(port, text_of(notes, "traffic.sidecar.istio.io/excludeInboundPorts"));
}

// The first of the application's ports that the sidecar captures.
std::optional<std::uint16_t> captured_port(const Pod& pod, const PodContainer& proxy) {
  if (text_of(pod.annotations, "sidecar.istio.io/interceptionMode") == "NONE") return std::nullopt;
  for (const PodContainer& container : pod.containers) {
    if (container.name == proxy.name) continue;
    for (const PodPort& port : container.ports) {
      if (is_captured(pod, port.number)) return port.number;
    }
  }
  return std::nullopt;
}

std::optional<TlsPort> inbound_of(const Pod& pod, const PodContainer& proxy) {
  const std::string_view role = role_of(proxy);
  if (role == "waypoint") return TlsPort{address_at(pod, waypoint_inbound), "", {"h2"}};
  if (role != "sidecar") return std::nullopt;
  const auto port = captured_port(pod, proxy);
  if (!port) return std::nullopt;
  return TlsPort{address_at(pod, *port), "", {"istio"}};
}

// 0 where it is switched off.
std::uint16_t status_port(const Pod& pod, const PodContainer& proxy) {
  std::string told(text_of(pod.annotations, "status.sidecar.istio.io/port"));
  if (told.empty()) told = argument_of(proxy, "statusPort");
  if (told.empty()) told = json_field(text_of(proxy.env, "PROXY_CONFIG"), "statusPort");
  if (told == "0") return 0;
  return parse_port(told).value_or(usual_status);
}

std::uint16_t envoy_page_port(const PodContainer& proxy) {
  if (const auto port = parse_port(text_of(proxy.env, "ENVOY_PROMETHEUS_PORT"))) return *port;
  return port_named(proxy, "http-envoy-prom").value_or(usual_envoy_page);
}

Recognised ztunnel(const Pod& pod, const PodContainer& proxy) {
  Recognised one = recognised(pod, proxy, "ztunnel");
  const auto port = port_named(proxy, "ztunnel-stats").value_or(usual_status);
  one.target.metrics = page_at(pod, port, "/metrics");
  one.loopback_admin = usual_admin;
  one.hidden = "certificates of the node's ambient pods: " + loopback_words(usual_admin);
  return one;
}

Recognised envoy(const Pod& pod, const PodContainer& proxy) {
  Recognised one = recognised(pod, proxy, "istio");
  const std::string admin = json_field(text_of(proxy.env, "PROXY_CONFIG"), "proxyAdminPort");
  one.loopback_admin = parse_port(admin).value_or(usual_admin);
  one.target.inbound = inbound_of(pod, proxy);
  one.hidden_anyway =
      "calls by method, unless a Telemetry resource makes their path a label (tagOverrides, "
      "request.url_path); how pools are used, unless proxyStatsMatcher lets that in";
  const std::string loopback = loopback_words(*one.loopback_admin);
  if (text_of(proxy.env, "METRICS_LOCALHOST_ACCESS_ONLY") == "true") {
    one.is_inside_only = true;
    one.not_watched = "METRICS_LOCALHOST_ACCESS_ONLY keeps its pages to the pod itself, and ";
    one.not_watched += loopback;
    return one;
  }
  const std::uint16_t status = status_port(pod, proxy);
  const std::uint16_t port = status != 0 ? status : envoy_page_port(proxy);
  one.target.metrics = page_at(pod, port, std::string(page_path));
  one.hidden = "endpoints, limits and settings: " + loopback;
  return one;
}

std::optional<Recognised> istiod(const Pod& pod) {
  const PodContainer* discovery = container_named(pod, "discovery");
  if (!discovery || text_of(pod.labels, "app") != "istiod") return std::nullopt;
  const std::string_view told = argument_of(*discovery, "monitoringAddr");
  const auto moved = parse_port(told.substr(std::min(told.rfind(':'), told.size() - 1) + 1));
  const auto named = port_named(*discovery, "http-monitoring");
  const std::uint16_t port = moved ? *moved : named.value_or(usual_monitoring);
  return recognised_plane(pod, *discovery, "istiod", port, "/metrics");
}

// Of a pod without a proxy.
MeshView wanted(const Pod& pod) {
  MeshView view;
  const std::string_view redirection = text_of(pod.annotations, "ambient.istio.io/redirection");
  if (redirection == "enabled") {
    view.intent = MeshState::meshed;
    view.remark = "ambient: its calls go through the node's ztunnel, which is a target of its own";
    return view;
  }
  std::string_view inject = text_of(pod.labels, "sidecar.istio.io/inject");
  if (inject.empty()) inject = text_of(pod.annotations, "sidecar.istio.io/inject");
  const std::string_view mode = text_of(pod.labels, "istio.io/dataplane-mode");
  if (inject == "false" || mode == "none") {
    view.intent = MeshState::opted_out;
    view.remark =
        inject == "false" ? "sidecar.istio.io/inject is false" : "istio.io/dataplane-mode is none";
  } else if (pod.host_network) {
    return view;
  } else if (redirection == "pending" || mode == "ambient") {
    view.intent = MeshState::injection_pending;
    view.remark = "ambient, and not yet redirected to the node's ztunnel";
  } else if (inject == "true" || !text_of(pod.labels, "istio.io/rev").empty()) {
    view.intent = MeshState::injection_pending;
    view.remark = "its labels ask for a sidecar that it was not given; a new pod would be";
  }
  return view;
}

}  // namespace

MeshView recognise_istio(const Pod& pod, std::span<const Recognised>) {
  if (const PodContainer* other = container_named(pod, "agentgateway")) {
    Recognised one = recognised(pod, *other, "istio");
    one.not_watched = "agentgateway, Istio's gateway without Envoy, is not read";
    return {{std::move(one)}, MeshState::meshed, ""};
  }
  const PodContainer* proxy = container_named(pod, "istio-proxy");
  if (!proxy) {
    MeshView view = wanted(pod);
    if (auto plane = istiod(pod)) view.found.push_back(std::move(*plane));
    return view;
  }
  if (is_agent_without_envoy(*proxy)) return {};
  Recognised one = is_ztunnel(pod, *proxy) ? ztunnel(pod, *proxy) : envoy(pod, *proxy);
  return {{std::move(one)}, MeshState::meshed, ""};
}

}  // namespace mesh
