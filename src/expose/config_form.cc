// A tree of the configuration's own keys, printed in two ways; see config_form.h. Each struct is
// taken apart into all of its members by a structured binding, so that a member that is added
// there does not compile here until somebody has decided whether and how it is shown.
#include "expose/config_form.h"

#include <boost/json.hpp>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/duration.h"
#include "base/text.h"
#include "base/utf8.h"
#include "expose/yaml_text.h"

namespace mesh {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

std::string without_secrets(const HttpEndpoint& page) {
  const std::string_view path = page.shown.empty() ? page.path : page.shown;
  const auto question = path.find('?');
  if (question == path.npos) return std::string(path);
  std::string shown(path.substr(0, question));
  std::string_view rest = path.substr(question + 1);
  char before = '?';
  while (!rest.empty()) {
    const std::string_view part = take_piece(rest, '&');
    const auto equals = part.find('=');
    shown += before;
    // Without a "=" it may be a value as well as a name.
    if (equals != part.npos) shown.append(part.substr(0, equals)).append("=");
    shown += "<redacted>";
    before = '&';
  }
  return shown;
}

// What is empty is not set.
void put(json::object& into, std::string_view key, const std::string& text) {
  if (!text.empty()) into[key] = shown_on_one_line(text);
}

void put(json::object& into, std::string_view key, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  json::array list;
  for (const std::string& text : texts) list.emplace_back(shown_on_one_line(text));
  into[key] = std::move(list);
}

void put(json::object& into, std::string_view key, milliseconds duration) {
  into[key] = format_duration(duration);
}

void put(json::object& into, std::string_view key, const std::optional<double>& number) {
  if (number) into[key] = *number;
}

void put(json::object& into, std::string_view key, json::array list) {
  if (!list.empty()) into[key] = std::move(list);
}

json::object form(const PollConfig& poll) {
  const auto& [interval, timeout, window, stale_after, parallel] = poll;
  json::object all;
  put(all, "interval", interval);
  put(all, "timeout", timeout);
  put(all, "window", window);
  put(all, "stale_after", stale_after);
  all["parallel"] = parallel;
  return all;
}

json::object form(const LimitsConfig& limits) {
  const auto& [methods, upstreams, endpoints, body] = limits;
  return {{"methods_per_upstream", methods},
          {"upstreams_per_target", upstreams},
          {"endpoints_per_upstream", endpoints},
          {"body_bytes", body}};
}

json::object form(const GrpcConfig& grpc) {
  const auto& [failure_codes] = grpc;
  json::object all;
  all["failure_codes"] = json::value_from(failure_codes);
  return all;
}

json::object form(const BalanceConfig& balance) {
  const auto& [imbalance_ratio, effective_share] = balance;
  return {{"imbalance_ratio", imbalance_ratio}, {"effective_share", effective_share}};
}

void put_port(json::object& into, const TlsPort& port) {
  const auto& [address, sni, alpn] = port;
  put(into, "address", to_string(address));
  put(into, "sni", sni);
  put(into, "alpn", alpn);
}

json::object form(const CertificateEndpoint& endpoint) {
  const auto& [name, mesh, ns, workload, port, certificate, key, issuer, rotation_point] = endpoint;
  json::object all;
  put(all, "name", name);
  put(all, "mesh", mesh);
  put(all, "namespace", ns);
  put(all, "workload", workload);
  put_port(all, port);
  put(all, "client_certificate", certificate);
  put(all, "client_key", key);
  put(all, "issuer", issuer);
  put(all, "rotation_point", rotation_point);
  return all;
}

json::object form(const CertificateFilesConfig& files) {
  const auto& [paths, password_file, issuer, rotation_point] = files;
  json::object all;
  put(all, "paths", paths);
  put(all, "password_file", password_file);
  put(all, "issuer", issuer);
  put(all, "rotation_point", rotation_point);
  return all;
}

json::object form(const TrustConfig& trust) {
  const auto& [name, file, spiffe_trust_domain] = trust;
  json::object all;
  put(all, "name", name);
  put(all, "file", file);
  put(all, "spiffe_trust_domain", spiffe_trust_domain);
  return all;
}

json::object form(const SecretsConfig& secrets) {
  const auto& [enabled, kubeconfig, namespaces, selector, issuer, rotation_point] = secrets;
  json::object all;
  all["enabled"] = enabled;
  put(all, "kubeconfig", kubeconfig);
  put(all, "namespaces", namespaces);
  put(all, "selector", selector);
  put(all, "issuer", issuer);
  put(all, "rotation_point", rotation_point);
  return all;
}

json::object form(const GrpcProbe& probe);
json::object form(const Target& target);

template <class Element>
json::array list_of(const std::vector<Element>& elements) {
  json::array list;
  for (const Element& element : elements) list.push_back(form(element));
  return list;
}

json::object form(const CertificatesConfig& certificates) {
  const auto& [interval, stale_after, parallel, timeout, endpoints, files, trust, secrets] =
      certificates;
  json::object all;
  put(all, "interval", interval);
  put(all, "stale_after", stale_after);
  all["parallel"] = parallel;
  put(all, "timeout", timeout);
  put(all, "endpoints", list_of(endpoints));
  put(all, "files", list_of(files));
  put(all, "trust", list_of(trust));
  all["secrets"] = form(secrets);
  return all;
}

json::object form(const KubeletConfig& kubelet) {
  const auto& [enabled, address, ca_file, insecure_skip_verify] = kubelet;
  json::object all;
  if (!enabled) return all;
  if (address) put(all, "address", to_string(*address));
  put(all, "ca_file", ca_file);
  all["insecure_skip_verify"] = insecure_skip_verify;
  return all;
}

json::object form(const KubernetesConfig& kubernetes) {
  const auto& [node_name, kubeconfig, namespaces, selector, network_namespaces, endpoint_slices,
               kubelet] = kubernetes;
  json::object all;
  put(all, "node_name", node_name);
  put(all, "kubeconfig", kubeconfig);
  put(all, "namespaces", namespaces);
  put(all, "selector", selector);
  all["network_namespaces"] = network_namespaces;
  all["endpoint_slices"] = endpoint_slices;
  if (kubelet.enabled) all["kubelet"] = form(kubelet);
  return all;
}

json::object form(const DiscoveryConfig& discovery) {
  const auto& [kubernetes, files] = discovery;
  json::object all;
  if (!kubernetes.node_name.empty()) all["kubernetes"] = form(kubernetes);
  put(all, "file", files);
  return all;
}

void put_server(json::object& into, const GrpcServer& server) {
  const auto& [address, tls, authority] = server;
  put(into, "address", to_string(address));
  put(into, "authority", authority);
  if (!tls) return;
  const auto& [ca_file, server_name, spiffe_id, certificate, key] = *tls;
  json::object all;
  put(all, "ca_file", ca_file);
  put(all, "server_name", server_name);
  put(all, "spiffe_id", spiffe_id);
  put(all, "client_certificate", certificate);
  put(all, "client_key", key);
  into["tls"] = std::move(all);
}

json::object form(const GrpcProbe& probe) {
  // The last is found out, and never configured.
  const auto& [name, whose, server, services, interval, timeout, watch, if_unreachable] = probe;
  json::object all;
  put(all, "name", name);
  put(all, "namespace", whose.ns);
  put(all, "workload", whose.workload);
  put_server(all, server);
  put(all, "services", services);
  put(all, "interval", interval);
  put(all, "timeout", timeout);
  all["watch"] = watch;
  return all;
}

std::string url_of(const Address& address) {
  return address.is_unix() ? to_string(address) : "http://" + to_string(address);
}

json::object form(const Target& target) {
  // The last two are found out, and never configured.
  const auto& [mesh, ns, pod, workload, admin, metrics, grpc, issuer, rotation_point, inbound,
               cgroup, network_namespace, admin_within_cgroup, mesh_version] = target;
  json::object all;
  put(all, "name", pod);
  put(all, "namespace", ns);
  put(all, "workload", workload);
  put(all, "mesh", mesh);
  if (admin) put(all, "admin", url_of(*admin));
  if (metrics) put(all, "metrics", url_of(metrics->address) + without_secrets(*metrics));
  if (grpc) put_server(all["grpc"].emplace_object(), *grpc);
  put(all, "issuer", issuer);
  put(all, "rotation_point", rotation_point);
  if (inbound) put_port(all["inbound"].emplace_object(), *inbound);
  put(all, "cgroup", cgroup);
  put(all, "network_namespace", network_namespace);
  return all;
}

json::object form(const Config& config) {
  // Warnings are about the file, and stand beside it.
  const auto& [poll, limits, grpc, balance, certificates, discovery, probes, targets, warnings,
               audit, cgroup_root] = config;
  const auto& [grpc_probes] = probes;
  json::object all;
  all["poll"] = form(poll);
  all["limits"] = form(limits);
  all["grpc"] = form(grpc);
  all["balance"] = form(balance);
  all["audit"] = audit;
  put(all, "cgroup_root", cgroup_root);
  all["certificates"] = form(certificates);
  json::object sources = form(discovery);
  if (!sources.empty()) all["discovery"] = std::move(sources);
  if (!grpc_probes.empty()) all["probes"] = json::object{{"grpc", list_of(grpc_probes)}};
  put(all, "targets", list_of(targets));
  return all;
}

}  // namespace

std::string config_yaml(const Config& config) { return yaml_text(form(config)); }

std::string config_json(const Config& config) { return json::serialize(form(config)) + "\n"; }

}  // namespace mesh
