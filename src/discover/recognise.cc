// The visible list of what is looked for in a pod, and what holds of all of it: pods that do not
// run, annotations that have the last word, names that two proxies of a pod may not share.
#include "discover/recognise.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/nearest_word.h"
#include "base/quoted.h"
#include "discover/recognition/all.h"

namespace mesh {
namespace {

struct Recogniser {
  std::string_view mesh;  // the value of the label
  MeshView (*look)(const Pod& pod, std::span<const Recognised> before);
};

// In this order: an Envoy is one of no mesh when nobody above knows it, a variable for xDS tells
// something only where there is no proxy, and a page is the application's when it is no proxy's.
constexpr std::array<Recogniser, 7> recognisers{{
    {"linkerd", recognise_linkerd},
    {"consul", recognise_consul},
    {"istio", recognise_istio},
    {"appmesh", recognise_appmesh},
    {"proxyless", recognise_proxyless},
    {"envoy", recognise_envoy},
    {"app", recognise_app},
}};

constexpr std::string_view scrape_key = "mesh-exporter.io/scrape";
constexpr std::string_view mesh_key = "mesh-exporter.io/mesh";
constexpr std::string_view admin_key = "mesh-exporter.io/admin-port";
constexpr std::string_view metrics_key = "mesh-exporter.io/metrics-port";
constexpr std::string_view path_key = "mesh-exporter.io/metrics-path";

class Overrides {
 public:
  Overrides(const Pod& pod, PodRecognition& out) : pod_(pod), out_(out) {}

  void apply(std::span<const std::string_view> meshes) {
    const std::string_view mesh = word_of(mesh_key, meshes);
    const auto admin = port(admin_key);
    const auto metrics = port(metrics_key);
    const std::string_view path = page_path();
    if (mesh.empty() && !admin && !metrics && path.empty()) return;
    Recognised* const one = first(mesh, admin.has_value(), metrics.has_value());
    if (!one) return;
    if (!mesh.empty()) one->target.mesh = mesh;
    if (one->target.mesh == "proxyless") return ask_itself(*one, admin);
    if (admin) {
      one->target.admin = address_at(pod_, *admin);
      one->loopback_admin.reset();
      one->hidden.clear();
    }
    if (metrics) one->target.metrics = page_at(pod_, *metrics, "/metrics");
    if (!path.empty() && one->target.metrics) one->target.metrics->path = path;
    const bool spoken = std::ranges::find(meshes, one->target.mesh) != meshes.end();
    if (spoken && (admin || metrics)) {
      one->not_watched.clear();
      one->is_inside_only = false;
    }
  }

  void check_scrape() {
    constexpr std::array<std::string_view, 2> words{"true", "false"};
    word_of(scrape_key, words);
  }

 private:
  // An application is asked by calls.
  void ask_itself(Recognised& one, std::optional<std::uint16_t> port) {
    if (!port) return;
    one.target.admin.reset();
    one.target.grpc = GrpcServer{address_at(pod_, *port), {}, ""};
    one.not_watched.clear();
  }

  // The proxy they are about: the first, or the pod as such where it has none and is told a port.
  // A page may be anybody's; an admin port is what Envoys have.
  Recognised* first(std::string_view mesh, bool has_admin, bool has_page) {
    if (!out_.found.empty()) return &out_.found.front();
    if ((!has_admin && !has_page) || pod_.containers.empty()) return nullptr;
    const std::string_view name = !mesh.empty() ? mesh : has_admin ? "envoy" : unknown_mesh;
    out_.found.push_back(recognised(pod_, pod_.containers.front(), name));
    out_.remark.clear();
    const bool in_none = is_application(name) || name == "proxyless" || name == unknown_mesh;
    if (in_none) return &out_.found.front();
    out_.state = MeshState::meshed;
    out_.mesh = name;
    return &out_.found.front();
  }

  void complain(std::string_view key, std::string_view value, const std::string& expected) {
    std::string words(key);
    words.append(": ").append(in_quotes(value)).append("; expected ").append(expected);
    out_.wrong.push_back(std::move(words));
  }

  std::string_view word_of(std::string_view key, std::span<const std::string_view> words) {
    const std::string_view value = text_of(pod_.annotations, key);
    if (value.empty() || std::ranges::find(words, value) != words.end()) return value;
    complain(key, value, one_of(words));
    return {};
  }

  std::optional<std::uint16_t> port(std::string_view key) {
    const std::string_view value = text_of(pod_.annotations, key);
    const auto number = parse_port(value);
    if (!value.empty() && !number) complain(key, value, "a port from 1 to 65535");
    return number;
  }

  std::string_view page_path() {
    const std::string_view value = text_of(pod_.annotations, path_key);
    const bool plain = std::ranges::all_of(value, [](char c) { return c > ' ' && c < 0x7F; });
    if (value.empty() || (value.starts_with('/') && plain)) return value;
    complain(path_key, value, "a path such as /metrics");
    return {};
  }

  const Pod& pod_;
  PodRecognition& out_;
};

PodRecognition look(const Pod& pod) {
  PodRecognition out;
  for (const Recogniser& one : recognisers) {
    MeshView view = one.look(pod, out.found);
    for (Recognised& found : view.found) out.found.push_back(std::move(found));
    // A proxy that is there outweighs what another mesh was told to do, and any word none.
    if (view.intent > out.state) {
      out.state = view.intent;
      out.mesh = one.mesh;
      out.remark = std::move(view.remark);
    }
  }
  return out;
}

// Targets are told apart by their ids: of several proxies in a pod all but the first have their
// container in the name.
void part_names(std::vector<Recognised>& found) {
  std::set<std::string> taken;
  for (Recognised& one : found) {
    if (!taken.insert(target_id(one.target)).second) one.target.pod += "/" + one.container;
  }
}

}  // namespace

std::string why_not_asked(const Pod& pod) {
  if (text_of(pod.annotations, scrape_key) == "false") return "mesh-exporter.io/scrape is false";
  if (pod.phase == "Succeeded" || pod.phase == "Failed") return "the pod has ended";
  if (pod.phase != "Running") return "the pod does not run yet";
  return pod.ips.empty() ? "the pod has no address" : "";
}

PodRecognition recognise(const Pod& pod, std::span<const std::string_view> meshes) {
  PodRecognition out = look(pod);
  Overrides overrides(pod, out);
  overrides.apply(meshes);
  part_names(out.found);
  overrides.check_scrape();
  const std::string why = why_not_asked(pod);
  for (Recognised& one : out.found) {
    if (why.empty()) continue;
    one.not_watched = why;
    one.is_inside_only = false;
  }
  if (out.found.empty() && out.remark.empty()) out.remark = "no proxy that is known here";
  return out;
}

Recognised reached(Recognised one, bool enters) {
  constexpr std::string_view by_entering = "; discovery.kubernetes.network_namespaces shows ";
  const bool can_enter = one.loopback_admin && !one.target.admin;
  if (can_enter && enters) {
    one.target.admin = Address{"127.0.0.1", *one.loopback_admin, ""};
    one.target.admin_within_cgroup = true;
    one.hidden.clear();
    if (one.is_inside_only) {
      one.not_watched.clear();
      one.target.metrics.reset();  // another door, and a closed one
    }
  } else if (can_enter) {
    if (!one.hidden.empty()) one.hidden.append(by_entering).append("them");
    if (one.is_inside_only) one.not_watched.append(by_entering).append("it");
  }
  if (!one.hidden_anyway.empty()) {
    const std::string_view more = one.hidden.empty() ? "" : "; ";
    one.hidden.insert(0, std::string(one.hidden_anyway).append(more));
  }
  return one;
}

}  // namespace mesh
