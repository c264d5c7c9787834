// Consul on Kubernetes: the container `consul-dataplane`, with Envoy within; of a pod with several
// services one of them for each, `consul-dataplane-<service>`, whose ports count on from the first
// one's. Gateways have containers of other names, of the same image. Native sidecars are opt-in.
//
// Its admin port, 19000, listens on loopback. There is a page only where metrics are enabled, which
// they are not by default; the injector then writes prometheus.io/port, 20200 unless
// consul.hashicorp.com/prometheus-scrape-port says otherwise. That annotation may be the
// application's own as well, so its number decides. The listener that takes calls, 20000, shows the
// leaf to who begins a handshake.
//
// Servers are pods with the labels app=consul (or what the chart was called) and component=server,
// and the container `consul`. Their page is at the HTTP port, 8500, where the chart was told
// global.metrics.enableAgentMetrics: it then writes prometheus.io/port and, where all is TLS,
// prometheus.io/scheme https. They have no sidecar.
#include "discover/recognition/all.h"

namespace mesh {
namespace {

constexpr std::uint16_t usual_admin = 19000, usual_inbound = 20000, usual_page = 20200,
                        usual_http = 8500;

// The admin port of service N of a pod is 19000 + N, its listener 20000 + N.
std::uint16_t inbound_port(std::uint16_t admin) {
  const bool counts_on = admin >= usual_admin && admin < usual_admin + 100;
  const int service = counts_on ? admin - usual_admin : 0;
  return static_cast<std::uint16_t>(usual_inbound + service);
}

bool is_proxy(const PodContainer& container) {
  return container.name == "consul-dataplane" || container.name.starts_with("consul-dataplane-") ||
         container.image.find("consul-dataplane") != std::string::npos;
}

bool has_metrics(const Pod& pod, std::uint16_t page_port) {
  const std::string_view enabled = text_of(pod.annotations, "consul.hashicorp.com/enable-metrics");
  if (!enabled.empty()) return enabled == "true";
  return text_of(pod.annotations, "prometheus.io/scrape") == "true" &&
         parse_port(text_of(pod.annotations, "prometheus.io/port")) == page_port;
}

void find_page(const Pod& pod, Recognised& one) {
  const PodTexts& notes = pod.annotations;
  const auto port = parse_port(text_of(notes, "consul.hashicorp.com/prometheus-scrape-port"))
                        .value_or(usual_page);
  const std::string loopback = loopback_words(*one.loopback_admin);
  if (!has_metrics(pod, port)) {
    one.is_inside_only = true;
    one.not_watched =
        "its metrics are not enabled (connectInject.metrics.defaultEnabled, or the "
        "annotation consul.hashicorp.com/enable-metrics), and " +
        loopback;
    return;
  }
  const std::string_view path = text_of(notes, "consul.hashicorp.com/prometheus-scrape-path");
  one.target.metrics = page_at(pod, port, path.starts_with('/') ? std::string(path) : "/metrics");
  const bool over_tls = !text_of(notes, "consul.hashicorp.com/prometheus-ca-file").empty() ||
                        !text_of(notes, "consul.hashicorp.com/prometheus-ca-path").empty();
  if (over_tls) {
    one.is_inside_only = true;
    one.not_watched = "its page of metrics wants a client certificate, and " + loopback;
  } else {
    one.hidden = "names as they are, and load by endpoint: " + loopback;
  }
}

std::optional<Recognised> server(const Pod& pod) {
  const PodContainer* container = container_named(pod, "consul");
  if (!container || text_of(pod.labels, "component") != "server") return std::nullopt;
  const PodTexts& notes = pod.annotations;
  const auto port = parse_port(text_of(notes, "prometheus.io/port")).value_or(usual_http);
  Recognised one = recognised_plane(pod, *container, "consul-server", port,
                                    "/v1/agent/metrics?format=prometheus");
  if (text_of(notes, "prometheus.io/scrape") != "true") {
    one.not_watched =
        "this server's metrics are not enabled (global.metrics.enabled and enableAgentMetrics)";
  } else if (text_of(notes, "prometheus.io/scheme") == "https") {
    one.not_watched = "this server's page is served over TLS only, which is not spoken to pages";
  }
  return one;
}

MeshView without_proxy(const Pod& pod) {
  MeshView view;
  const std::string_view inject = text_of(pod.annotations, "consul.hashicorp.com/connect-inject");
  if (inject == "false") {
    view.intent = MeshState::opted_out;
    view.remark = "consul.hashicorp.com/connect-inject is false";
  } else if (inject == "true") {
    view.intent = MeshState::injection_pending;
    view.remark =
        "consul.hashicorp.com/connect-inject asks for a proxy that it was not given; a new pod "
        "would be";
  }
  return view;
}

}  // namespace

MeshView recognise_consul(const Pod& pod, std::span<const Recognised>) {
  MeshView view;
  for (const PodContainer& container : pod.containers) {
    if (!is_proxy(container)) continue;
    Recognised one = recognised(pod, container, "consul");
    const auto admin = parse_port(argument_of(container, "envoy-admin-bind-port"));
    one.loopback_admin = admin.value_or(usual_admin);
    one.target.inbound = TlsPort{address_at(pod, inbound_port(*one.loopback_admin)), "", {}};
    find_page(pod, one);
    view.found.push_back(std::move(one));
  }
  if (view.found.empty()) {
    view = without_proxy(pod);
    if (auto one = server(pod)) view.found.push_back(std::move(*one));
    return view;
  }
  view.intent = MeshState::meshed;
  return view;
}

}  // namespace mesh
