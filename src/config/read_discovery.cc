// One key a source; see read_discovery.h.
#include "config/read_discovery.h"

#include <array>
#include <string_view>

#include "config/read_globs.h"
#include "config/read_label.h"
#include "config/read_scope.h"
#include "config/read_tls_port.h"

namespace mesh {
namespace {

constexpr std::array<std::string_view, 2> discovery_keys{"kubernetes", "file"};
constexpr std::array<std::string_view, 7> kubernetes_keys{
    "node_name",          "kubeconfig",      "namespaces", "selector",
    "network_namespaces", "endpoint_slices", "kubelet"};
constexpr std::array<std::string_view, 3> kubelet_keys{"address", "ca_file",
                                                       "insecure_skip_verify"};

// That the key is there is the wish, even with nothing in it.
KubeletConfig read_kubelet(const Field& field, const Reading& reading) {
  const Fields fields = reading.fields(field, kubelet_keys);
  KubeletConfig kubelet;
  kubelet.enabled = true;
  if (const auto address = fields.find("address")) {
    kubelet.address = read_address(fields, *address);
  }
  kubelet.ca_file = read_absolute_path(fields, "ca_file", "the absolute path of PEM roots");
  kubelet.insecure_skip_verify = fields.truth("insecure_skip_verify").value_or(false);
  if (kubelet.insecure_skip_verify && !kubelet.ca_file.empty()) {
    fields.complain(fields.self(),
                    "has ca_file and insecure_skip_verify; expected one of them: roots are of no "
                    "use where nothing is verified");
  }
  return kubelet;
}

void read_kubernetes(const Field& field, const Reading& reading) {
  const Fields fields = reading.fields(field, kubernetes_keys);
  KubernetesConfig& kubernetes = reading.config.discovery.kubernetes;
  if (!fields.has("node_name")) {
    fields.complain(fields.self(),
                    "the key \"node_name\" is missing; expected the name of this node, such as "
                    "${NODE_NAME}, which the pod's specification sets from spec.nodeName");
  }
  const auto name = read_name(fields, "node_name");
  if (name && name->empty()) {
    fields.complain(*fields.find("node_name"), *name, "is empty", "the name of this node");
  }
  kubernetes.node_name = name.value_or("");
  kubernetes.kubeconfig = read_kubeconfig_path(fields);
  kubernetes.namespaces = read_namespaces(fields, reading);
  kubernetes.selector = read_selector(fields);
  kubernetes.network_namespaces = fields.truth("network_namespaces").value_or(false);
  kubernetes.endpoint_slices = fields.truth("endpoint_slices").value_or(false);
  if (const auto kubelet = fields.find("kubelet")) {
    kubernetes.kubelet = read_kubelet(*kubelet, reading);
  }
}

}  // namespace

void read_discovery(const Field& field, const Reading& reading) {
  const Fields fields = reading.fields(field, discovery_keys);
  DiscoveryConfig& discovery = reading.config.discovery;
  if (const auto kubernetes = fields.find("kubernetes")) read_kubernetes(*kubernetes, reading);
  if (fields.has("file")) discovery.files = read_globs(fields, "file", reading);
}

}  // namespace mesh
