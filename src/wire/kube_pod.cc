// A Pod, field by field: metadata says who it is, spec what runs in it, status where. What is kept
// of its texts stands in the three lists below; a new dialect's recognition adds its keys there. Of
// secrets that stand in arguments or variables nothing else is looked at.
#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "base/host_port.h"
#include "base/limits.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "wire/json_fields.h"
#include "wire/kube_fields.h"
#include "wire/kube_name.h"
#include "wire/kube_quantity.h"

namespace mesh {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::array<std::string_view, 13> kept_labels{
    "app",
    "component",
    "consul.hashicorp.com/connect-inject-managed-by",
    "gateway.istio.io/managed",
    "gateway.networking.k8s.io/gateway-name",
    "istio.io/dataplane-mode",
    "istio.io/rev",
    "linkerd.io/control-plane-component",
    "linkerd.io/control-plane-ns",
    "pod-template-hash",
    "security.istio.io/tlsMode",
    "service.istio.io/canonical-name",
    "sidecar.istio.io/inject",
};

constexpr std::array<std::string_view, 33> kept_annotations{
    "ambient.istio.io/redirection",
    "appmesh.k8s.aws/sidecarInjectorWebhook",
    "config.linkerd.io/admin-port",
    "consul.hashicorp.com/connect-inject",
    "consul.hashicorp.com/connect-inject-status",
    "consul.hashicorp.com/enable-metrics",
    "consul.hashicorp.com/gateway-kind",
    "consul.hashicorp.com/prometheus-ca-file",
    "consul.hashicorp.com/prometheus-ca-path",
    "consul.hashicorp.com/prometheus-scrape-path",
    "consul.hashicorp.com/prometheus-scrape-port",
    "inject.istio.io/templates",
    "kubernetes.io/config.hash",
    "linkerd.io/inject",
    "linkerd.io/proxy-version",
    "mesh-exporter.io/admin-port",
    "mesh-exporter.io/grpc-probe",
    "mesh-exporter.io/grpc-probe-port",
    "mesh-exporter.io/grpc-probe-services",
    "mesh-exporter.io/mesh",
    "mesh-exporter.io/metrics-path",
    "mesh-exporter.io/metrics-port",
    "mesh-exporter.io/scrape",
    "prometheus.io/path",
    "prometheus.io/port",
    "prometheus.io/scheme",
    "prometheus.io/scrape",
    "sidecar.istio.io/inject",
    "sidecar.istio.io/interceptionMode",
    "sidecar.istio.io/status",
    "status.sidecar.istio.io/port",
    "traffic.sidecar.istio.io/excludeInboundPorts",
    "traffic.sidecar.istio.io/includeInboundPorts",
};

constexpr std::array<std::string_view, 13> kept_variables{
    "APPMESH_RESOURCE_ARN",
    "APPMESH_VIRTUAL_NODE_NAME",
    "DISABLE_ENVOY",
    "ENVOY_ADMIN_ACCESS_PORT",
    "ENVOY_PROMETHEUS_PORT",
    "GRPC_XDS_BOOTSTRAP",
    "GRPC_XDS_BOOTSTRAP_CONFIG",
    "ISTIO_KUBE_APP_PROBERS",
    "ISTIO_META_GENERATOR",
    "ISTIO_PROMETHEUS_ANNOTATIONS",
    "LINKERD2_PROXY_ADMIN_LISTEN_ADDR",
    "METRICS_LOCALHOST_ACCESS_ONLY",
    "PROXY_CONFIG",
};

bool is_kept(std::string_view text) { return text.size() <= limits::pod_text_bytes; }

// "" if it is missing, no string, or too long.
std::string kept_text(const element& from, std::string_view key) {
  const std::string_view text = text_in(from, key);
  return is_kept(text) ? std::string(text) : std::string();
}

bool flag_in(const element& from, std::string_view key) {
  bool flag = false;
  return !from[key].get(flag) && flag;
}

// Nothing if it is missing or of another type.
std::optional<object> object_in(const element& from, std::string_view key) {
  object found;
  if (from[key].get(found)) return std::nullopt;
  return found;
}

template <std::size_t n>
void read_texts(const element& from, std::string_view key,
                const std::array<std::string_view, n>& kept, PodTexts& out) {
  const auto texts = object_in(from, key);
  if (!texts) return;
  for (const auto& [name, value] : *texts) {
    std::string_view text;
    if (std::ranges::find(kept, name) == kept.end() || value.get(text)) continue;
    if (is_kept(text)) out.emplace(name, text);
  }
}

void read_metadata(const element& metadata, Pod& pod) {
  pod.uid = text_in(metadata, "uid");
  pod.deleting = !text_in(metadata, "deletionTimestamp").empty();
  read_texts(metadata, "labels", kept_labels, pod.labels);
  read_texts(metadata, "annotations", kept_annotations, pod.annotations);
  each_object_in(metadata, "ownerReferences", limits::containers_per_pod, [&](const element& it) {
    if (!flag_in(it, "controller")) return;
    pod.owner_kind = kept_text(it, "kind");
    pod.owner_name = kept_text(it, "name");
  });
}

void read_args(const element& container, std::string_view key, std::vector<std::string>& args) {
  array list;
  if (container[key].get(list)) return;
  for (const element item : list) {
    if (args.size() == limits::args_per_container) return;
    std::string_view arg;
    if (!item.get(arg) && is_kept(arg)) args.emplace_back(arg);
  }
}

void read_env(const element& container, PodTexts& env) {
  array list;
  if (container["env"].get(list)) return;
  for (const element item : list) {
    if (!item.is_object()) continue;
    const std::string_view name = text_in(item, "name");
    std::string_view value;
    const bool wanted = std::ranges::find(kept_variables, name) != kept_variables.end();
    // Of two the last one counts; without `value` it comes from elsewhere, or is empty.
    if (wanted && !item["value"].get(value) && is_kept(value)) env[std::string(name)] = value;
  }
}

void read_ports(const element& container, std::vector<PodPort>& ports) {
  each_object_in(container, "ports", limits::ports_per_container, [&](const element& it) {
    const std::string_view protocol = text_in(it, "protocol");
    const auto number = number_in(it, "containerPort", 0);
    if (!number || *number == 0 || *number > 65535) return;
    if (!protocol.empty() && protocol != "TCP") return;
    ports.push_back({kept_text(it, "name"), static_cast<std::uint16_t>(*number)});
  });
}

// The first is the liveness probe, without which there may be another; both are often the same.
void read_grpc_checks(const element& container, std::vector<PodGrpcCheck>& checks) {
  for (const std::string_view key : {"livenessProbe", "readinessProbe"}) {
    element probe, grpc;
    if (container[key].get(probe) || !probe.is_object()) continue;
    if (probe["grpc"].get(grpc) || !grpc.is_object()) continue;
    const auto port = number_in(grpc, "port", 0);
    if (!port || *port == 0 || *port > 65535) continue;
    PodGrpcCheck check{static_cast<std::uint16_t>(*port), kept_text(grpc, "service")};
    if (std::ranges::find(checks, check) == checks.end()) checks.push_back(std::move(check));
  }
}

void read_limits(const element& container, PodContainer& out) {
  element resources, caps;
  if (container["resources"].get(resources) || !resources.is_object()) return;
  if (resources["limits"].get(caps) || !caps.is_object()) return;
  const auto bytes = parse_kube_quantity(text_in(caps, "memory"));
  if (bytes && *bytes < 0x1p63) out.memory_limit_bytes = static_cast<std::uint64_t>(*bytes);
  out.cpu_limit_cores = parse_kube_quantity(text_in(caps, "cpu"));
}

void read_containers(const element& spec, std::string_view key, Pod& pod) {
  const bool init = key == "initContainers";
  each_object_in(spec, key, limits::containers_per_pod, [&](const element& it) {
    if (init && text_in(it, "restartPolicy") != "Always") return;
    PodContainer container;
    container.name = text_in(it, "name");
    if (!is_kube_name(container.name, longest_kube_namespace)) return;
    container.image = kept_text(it, "image");
    container.native_sidecar = init;
    read_args(it, "command", container.args);
    read_args(it, "args", container.args);
    read_env(it, container.env);
    read_ports(it, container.ports);
    read_grpc_checks(it, container.grpc_checks);
    read_limits(it, container);
    pod.containers.push_back(std::move(container));
  });
}

void read_container_statuses(const element& status, std::string_view key, Pod& pod) {
  each_object_in(status, key, limits::containers_per_pod, [&](const element& it) {
    const auto found = std::ranges::find(pod.containers, text_in(it, "name"), &PodContainer::name);
    if (found == pod.containers.end()) return;
    found->id = kept_text(it, "containerID");
    found->restarts = number_in(it, "restartCount", 0).value_or(0);
    element last, terminated;
    if (it["lastState"].get(last) || !last.is_object()) return;
    if (last["terminated"].get(terminated) || !terminated.is_object()) return;
    found->last_end = printable_sample(text_in(terminated, "reason"));
    found->last_end_at = parse_rfc3339(text_in(terminated, "finishedAt"));
  });
}

void read_status(const element& status, Pod& pod) {
  pod.phase = printable_sample(text_in(status, "phase"));
  const auto add_ip = [&](std::string_view text) {
    std::string ip(text.substr(0, sample_bytes));
    const bool known = std::ranges::find(pod.ips, ip) != pod.ips.end();
    if (!known && is_ip_address(ip)) pod.ips.push_back(std::move(ip));
  };
  std::string node_ip(text_in(status, "hostIP").substr(0, sample_bytes));
  if (is_ip_address(node_ip)) pod.node_ip = std::move(node_ip);
  add_ip(text_in(status, "podIP"));
  each_object_in(status, "podIPs", 2, [&](const element& it) { add_ip(text_in(it, "ip")); });
  read_container_statuses(status, "containerStatuses", pod);
  read_container_statuses(status, "initContainerStatuses", pod);
}

}  // namespace

template <>
Result<Pod> object_in<Pod>(const element& json) {
  const Result<KubeIdentity> who = kube_identity_in(json, "Pod");
  if (!who) return who.error();
  Pod pod;
  pod.ns = who->ns;
  pod.name = who->name;
  read_metadata(who->metadata, pod);
  if (!is_kube_name(pod.uid, longest_kube_name)) {
    return Error{"Pod " + pod.ns + "/" + pod.name + " has no proper uid"};
  }
  element part;
  if (!json["spec"].get(part) && part.is_object()) {
    pod.node = kept_text(part, "nodeName");
    pod.host_network = flag_in(part, "hostNetwork");
    read_containers(part, "containers", pod);
    read_containers(part, "initContainers", pod);
  }
  if (!json["status"].get(part) && part.is_object()) read_status(part, pod);
  return pod;
}

}  // namespace mesh
