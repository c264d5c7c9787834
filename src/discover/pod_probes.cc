// Ports first, then what is asked for there; see pod_probes.h.
#include "discover/pod_probes.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/limits.h"
#include "base/quoted.h"
#include "base/text.h"
#include "discover/recognition/all.h"
#include "discover/workload.h"
#include "wire/json_walk.h"

namespace mesh {
namespace {

constexpr std::string_view probe_key = "mesh-exporter.io/grpc-probe";
constexpr std::string_view port_key = "mesh-exporter.io/grpc-probe-port";
constexpr std::string_view services_key = "mesh-exporter.io/grpc-probe-services";

using Services = std::vector<std::string>;
using Ports = std::map<std::uint16_t, Services>;

void ask_for(Ports& ports, std::uint16_t port, std::string service) {
  Services& services = ports[port];
  if (std::ranges::find(services, service) != services.end()) return;
  services.push_back(std::move(service));
}

constexpr std::array<std::string_view, 2> other_protocols{"grpc-web", "grpcs"};

// "grpc", "grpc-users", "grpcapi". Not what browsers speak ("grpc-web", "grpcweb", "grpc-web-a",
// but "grpc-webhook" is gRPC), nor "grpcs" and "grpcs-a", which is by TLS: whom to trust nobody has
// said.
bool is_grpc(std::string_view port_name) {
  if (!port_name.starts_with("grpc") || port_name.starts_with("grpcweb")) return false;
  return std::ranges::none_of(other_protocols, [&](std::string_view other) {
    return port_name == other || port_name.starts_with(std::string(other) + "-");
  });
}

// {"/app-health/users/livez":{"grpc":{"port":50051,"service":"a.v1.B"},"timeoutSeconds":1}}
void add_replaced_by_istio(std::string_view probers, Ports& ports) {
  each_field(probers, [&](std::string_view path, std::string_view prober) {
    if (!path.ends_with("/livez") && !path.ends_with("/readyz")) return true;
    const std::string grpc = json_field(prober, "grpc");
    const auto port = parse_port(json_field(grpc, "port"));
    const std::string service = json_field(grpc, "service");
    if (port) ask_for(ports, *port, service == "null" ? "" : service);
    return true;
  });
}

Ports told_by(const Pod& pod) {
  Ports ports;
  for (const PodContainer& container : pod.containers) {
    for (const PodGrpcCheck& check : container.grpc_checks) {
      ask_for(ports, check.port, check.service);
    }
    add_replaced_by_istio(text_of(container.env, "ISTIO_KUBE_APP_PROBERS"), ports);
  }
  for (const PodContainer& container : pod.containers) {
    for (const PodPort& port : container.ports) {
      if (is_grpc(port.name) && !ports.contains(port.number)) ask_for(ports, port.number, "");
    }
  }
  return ports;
}

class Annotations {
 public:
  Annotations(const Pod& pod, std::vector<std::string>& wrong) : pod_(pod), wrong_(wrong) {}

  bool opted_in() {
    const std::string_view value = text_of(pod_.annotations, probe_key);
    const bool known = value.empty() || value == "true" || value == "false";
    if (!known) complain(probe_key, value, "true or false");
    if (!value.empty()) return value == "true";
    for (const std::string_view key : {port_key, services_key}) {
      if (pod_.annotations.contains(key)) {
        wrong_.push_back(std::string(key) + ": nothing without " + std::string(probe_key));
      }
    }
    return false;
  }

  std::optional<std::uint16_t> port() {
    const std::string_view value = text_of(pod_.annotations, port_key);
    const auto number = parse_port(value);
    if (!value.empty() && !number) complain(port_key, value, "a port from 1 to 65535");
    return number;
  }

  // None where none are named; each once.
  Services services() {
    Services all;
    std::string_view rest = text_of(pod_.annotations, services_key);
    while (!rest.empty()) {
      std::string_view one = take_piece(rest, ',');
      one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
      one = one.substr(0, one.find_last_not_of(' ') + 1);
      const bool plain = std::ranges::all_of(one, [](char c) { return c > ' ' && c < 0x7F; });
      if (plain && !one.empty()) {
        if (std::ranges::find(all, one) == all.end()) all.emplace_back(one);
      } else {
        complain(services_key, one, "services such as shop.v1.Users, with commas between");
      }
    }
    return all;
  }

 private:
  void complain(std::string_view key, std::string_view value, std::string_view expected) {
    std::string words(key);
    words.append(": ").append(in_quotes(value)).append("; expected ").append(expected);
    wrong_.push_back(std::move(words));
  }

  const Pod& pod_;
  std::vector<std::string>& wrong_;
};

// Services of a pod beyond its bound.
struct LeftOut {
  std::string first;
  std::size_t count = 0;

  void cut(Services& services, std::size_t most) {
    if (services.size() <= most) return;
    if (count == 0) first = services[most];
    count += services.size() - most;
    services.resize(most);
  }

  std::string words() const {
    std::string words(probe_key);
    words += ": more services than the " + std::to_string(limits::grpc_services_per_pod) +
             " of one pod: " + std::to_string(count) + " are not asked for";
    if (!first.empty()) words += ", the first " + in_quotes(first);
    return words;
  }
};

// At the first address: so the kubelet asks, and it is the one that discovery asks for all else.
GrpcProbe probe_at(const Pod& pod, std::uint16_t port, const PodRecognition& seen) {
  GrpcProbe probe;
  probe.name = pod.name + ":" + std::to_string(port);
  probe.whose.mesh = "";
  probe.whose.ns = pod.ns;
  probe.whose.pod = pod.name;
  probe.whose.workload = workload_of(pod);
  probe.server.address = address_at(pod, port);
  if (seen.state == MeshState::meshed && seen.mesh != "proxyless") {
    probe.if_unreachable = seen.mesh + " lets no plain text pass where its mutual TLS is strict";
  }
  return probe;
}

}  // namespace

PodProbes probes_of(const Pod& pod, const PodRecognition& seen) {
  PodProbes out;
  Annotations annotations(pod, out.wrong);
  if (!annotations.opted_in()) return out;
  const auto port = annotations.port();
  const Services services = annotations.services();
  out.why_none = why_not_asked(pod);
  if (!out.why_none.empty()) return out;
  if (pod.deleting) {
    out.why_none = "the pod has been told to end";
    return out;
  }
  const Ports ports = port ? Ports{{*port, Services{""}}} : told_by(pod);
  if (ports.empty()) {
    out.wrong.push_back(std::string(probe_key) +
                        ": no container has a gRPC probe of the kubelet or a port named grpc…; " +
                        std::string(port_key) + " can name one");
  }
  std::size_t left = limits::grpc_services_per_pod;
  LeftOut left_out;
  for (const auto& [number, asked] : ports) {
    GrpcProbe probe = probe_at(pod, number, seen);
    probe.services = services.empty() ? asked : services;
    left_out.cut(probe.services, left);
    left -= probe.services.size();
    if (!probe.services.empty()) out.probes.push_back(std::move(probe));
  }
  if (left_out.count > 0) out.wrong.push_back(left_out.words());
  return out;
}

}  // namespace mesh
