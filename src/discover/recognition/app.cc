// The application's own page of metrics, where its gRPC library counts calls: told by the pod's
// annotations prometheus.io/scrape, port and path. Istio's injector takes these for its own page,
// which has all three, and leaves the application's to ISTIO_PROMETHEUS_ANNOTATIONS of the sidecar;
// Consul's writes its own port there, too. What is a proxy's page already is none of these.
//
// Where Istio's page has the application's on it, it is asked there: its port is not redirected
// into Envoy, while the application's answers nobody outside of the mesh under strict mutual TLS.
#include <algorithm>

#include "discover/recognition/all.h"

namespace mesh {
namespace {

struct Page {
  std::optional<std::uint16_t> port;
  std::string path;
};

// Istio's, if the injector made it that of the pod.
std::optional<Page> merged_page(const Pod& pod, std::span<const Recognised> before) {
  const auto port = parse_port(text_of(pod.annotations, "prometheus.io/port"));
  for (const Recognised& one : before) {
    const auto& page = one.target.metrics;
    if (one.target.mesh == "istio" && page && page->address.port == port) {
      return Page{port, page->path};
    }
  }
  return std::nullopt;
}

std::optional<Page> told_page(const Pod& pod, std::span<const Recognised> before) {
  for (const PodContainer& container : pod.containers) {
    const std::string_view json = text_of(container.env, "ISTIO_PROMETHEUS_ANNOTATIONS");
    if (json.empty()) continue;
    if (json_field(json, "scrape") != "true") return std::nullopt;
    if (auto merged = merged_page(pod, before)) return merged;
    return Page{parse_port(json_field(json, "port")), json_field(json, "path")};
  }
  const PodTexts& notes = pod.annotations;
  if (text_of(notes, "prometheus.io/scrape") != "true") return std::nullopt;
  // Written by the injector, and the status port's even where that is switched off.
  if (!text_of(notes, "sidecar.istio.io/status").empty()) return std::nullopt;
  if (text_of(notes, "prometheus.io/scheme") == "https") return std::nullopt;
  const auto port = parse_port(text_of(notes, "prometheus.io/port"));
  const bool is_proxys = std::ranges::any_of(before, [&](const Recognised& one) {
    return one.target.metrics && one.target.metrics->address.port == port;
  });
  if (is_proxys) return std::nullopt;
  return Page{port, std::string(text_of(notes, "prometheus.io/path"))};
}

// The container that declares the port; the first that is no proxy's where none does.
const PodContainer* serving(const Pod& pod, std::uint16_t port,
                            std::span<const Recognised> before) {
  const PodContainer* first = nullptr;
  for (const PodContainer& container : pod.containers) {
    if (is_among(before, container)) continue;
    if (!first) first = &container;
    if (std::ranges::find(container.ports, port, &PodPort::number) != container.ports.end()) {
      return &container;
    }
  }
  return first;
}

}  // namespace

MeshView recognise_app(const Pod& pod, std::span<const Recognised> before) {
  auto page = told_page(pod, before);
  if (!page || !page->port) return {};
  const PodContainer* container = serving(pod, *page->port, before);
  if (!container) return {};
  Recognised one = recognised(pod, *container, "app");
  const bool has_path = page->path.starts_with('/');
  one.target.metrics = page_at(pod, *page->port, has_path ? std::move(page->path) : "/metrics");
  return {{std::move(one)}, MeshState::unmeshed, ""};
}

}  // namespace mesh
