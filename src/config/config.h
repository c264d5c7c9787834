// The configuration as the program uses it: plain values, defaults on the member line, units in
// the names. config/load reads it from YAML; config.example.yaml documents each key for users.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "model/grpc_probe.h"
#include "model/target.h"

namespace mesh {

struct PollConfig {
  std::chrono::milliseconds interval{15'000};     // from the start of one pass to the next
  std::chrono::milliseconds timeout{5'000};       // for all questions of one poll of one target
  std::chrono::milliseconds window{300'000};      // rates and ratios look back this far
  std::chrono::milliseconds stale_after{60'000};  // what was not seen for this long disappears
  int parallel = 16;                              // targets asked at once; one question each

  bool operator==(const PollConfig&) const = default;
};

struct LimitsConfig {
  std::size_t methods_per_upstream = 200;
  std::size_t upstreams_per_target = 500;
  std::size_t endpoints_per_upstream = 500;
  std::size_t body_bytes = 16u << 20;  // one answer of one target

  bool operator==(const LimitsConfig&) const = default;
};

// A TLS server whose certificate is read by a handshake.
struct CertificateEndpoint {
  std::string name;          // label `location`; unique among endpoints
  std::string mesh;          // label; "" where it belongs to none
  std::string ns, workload;  // labels
  TlsPort port;
  std::string client_certificate_file;  // PEM; "": the handshake is left unfinished
  std::string client_key_file;
  std::string issuer;                    // whose habits renew a leaf; "": the mesh's
  std::optional<double> rotation_point;  // share of a leaf's life at which it is renewed

  bool operator==(const CertificateEndpoint&) const = default;
};

// Files with certificates.
struct CertificateFilesConfig {
  std::vector<std::string> paths;  // glob(7)
  std::string password_file;       // of PKCS#12 files; "": they have none
  std::string issuer;              // "": as the certificates give away
  std::optional<double> rotation_point;

  bool operator==(const CertificateFilesConfig&) const = default;
};

// Roots by which the chains of endpoints are verified.
struct TrustConfig {
  std::string name;
  std::string file;                 // PEM
  std::string spiffe_trust_domain;  // "mesh.test": for its identities only; "": for all names

  bool operator==(const TrustConfig&) const = default;
};

// Kubernetes Secrets.
struct SecretsConfig {
  bool enabled = false;
  std::string kubeconfig;               // a file; "": as of discovery.kubernetes
  std::vector<std::string> namespaces;  // empty: all
  std::string selector;                 // by labels, of whatever type; "": all of kubernetes.io/tls
  std::string issuer;                   // "": as the certificates give away
  std::optional<double> rotation_point;

  bool operator==(const SecretsConfig&) const = default;
};

struct CertificatesConfig {
  std::chrono::milliseconds interval{60'000};      // from one look to the next, of every source
  std::chrono::milliseconds stale_after{300'000};  // what was not looked at so long disappears
  int parallel = 8;                                // handshakes at once
  std::chrono::milliseconds timeout{5'000};        // of a handshake
  std::vector<CertificateEndpoint> endpoints;
  std::vector<CertificateFilesConfig> files;
  std::vector<TrustConfig> trust;
  SecretsConfig secrets;

  bool operator==(const CertificatesConfig&) const = default;
};

// The kubelet of the node, asked for the memory of sidecars whose control groups are not found.
struct KubeletConfig {
  bool enabled = false;
  std::optional<Address> address;  // none: the node's, as its pods tell it, and port 10250
  std::string ca_file;             // PEM; "": the roots by which the API server is known
  bool insecure_skip_verify = false;

  bool operator==(const KubeletConfig&) const = default;
};

// The pods of one node of a Kubernetes cluster.
struct KubernetesConfig {
  std::string node_name;                // "": this source is not used
  std::string kubeconfig;               // a file; "": the service account of the agent's own pod
  std::vector<std::string> namespaces;  // empty: all
  std::string selector;                 // by labels; "": all
  bool network_namespaces = false;      // whether ports on the loopback of pods are asked
  bool endpoint_slices = false;         // whether pods of other nodes are named
  KubeletConfig kubelet;

  bool operator==(const KubernetesConfig&) const = default;
};

// Where targets are looked for, beside those of the configuration.
struct DiscoveryConfig {
  KubernetesConfig kubernetes;
  std::vector<std::string> files;  // glob(7); each lists targets (read_target_file.h)

  bool operator==(const DiscoveryConfig&) const = default;
};

// When a skew of load matters (compute/balance.h).
struct BalanceConfig {
  double imbalance_ratio = 1.5;      // the busiest endpoint has so many times its share
  double effective_share = 2.0 / 3;  // all together do the work of less than this share of them

  bool operator==(const BalanceConfig&) const = default;
};

struct GrpcConfig {
  // Statuses that mesh_grpc_error_ratio counts as failure; the others are answers.
  std::vector<std::string> failure_codes{"UNKNOWN",           "DEADLINE_EXCEEDED", "UNIMPLEMENTED",
                                         "INTERNAL",          "UNAVAILABLE",       "DATA_LOSS",
                                         "RESOURCE_EXHAUSTED"};

  bool operator==(const GrpcConfig&) const = default;
};

// What the agent itself calls.
struct ProbesConfig {
  std::vector<GrpcProbe> grpc;

  bool operator==(const ProbesConfig&) const = default;
};

struct Config {
  PollConfig poll;
  LimitsConfig limits;
  GrpcConfig grpc;
  BalanceConfig balance;
  CertificatesConfig certificates;
  DiscoveryConfig discovery;
  ProbesConfig probes;
  std::vector<Target> targets;
  // What the file says that is allowed and hardly meant: a line each, with its place.
  std::vector<std::string> warnings;
  bool audit = true;  // whether proxies are asked for their own configuration
  std::string cgroup_root = "/sys/fs/cgroup";  // where control groups are mounted
};

}  // namespace mesh
