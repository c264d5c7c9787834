// What each label means, once for all metrics; docs/metrics.md shows this list.
#include <array>

#include "expose/catalogue.h"

namespace mesh {
namespace {

constexpr std::array label_list{
    LabelMeaning{
        "mesh",
        "The mesh the target speaks for: `istio` (its ztunnels, too), `linkerd`, "
        "`consul`, `appmesh`, or `envoy` for a proxy of no mesh. `app` for what an "
        "application counts of itself (docs/applications.md): the same calls that the "
        "pod's sidecar counts, so never add the two up. Of a TLS probe as configured, "
        "also `spire` or `cert-manager`. `proxyless` for gRPC applications without a proxy, "
        "which balance themselves or speak xDS. Empty where nobody told, as of files."},
    LabelMeaning{"namespace", "Kubernetes namespace of the pod; empty outside Kubernetes."},
    LabelMeaning{"pod",
                 "Name of the pod; outside Kubernetes the configured name of the target. Empty of "
                 "what is about a workload as a whole, as all that a ztunnel counts for the "
                 "workloads of its node."},
    LabelMeaning{"workload", "What the pod belongs to; empty where nobody told."},
    LabelMeaning{"direction",
                 "`inbound` (calls the pod receives) or `outbound` (calls the pod makes)."},
    LabelMeaning{"upstream",
                 "The destination's service name as the mesh names it, normalised, or as the "
                 "application dialled it; empty on inbound and where an application does not tell; "
                 "of a ztunnel's connections the Service without a port, else the workload and its "
                 "namespace (`users.shop`), empty for addresses outside of the mesh; "
                 "`other` for what is over `limits.upstreams_per_target`."},
    LabelMeaning{"subset", "Subset of the upstream; the label is absent where there is none."},
    LabelMeaning{
        "grpc_service",
        "Full dotted name of the gRPC service; empty where the source cannot tell; "
        "`other` for what is over `limits.methods_per_upstream` (inbound, methods that the "
        "server declares have their places first), and for methods that an "
        "application does not know. Of a probe the service that was asked for, empty for "
        "the server as a whole."},
    LabelMeaning{"grpc_method",
                 "Bare name of the method; empty and `other` as with `grpc_service`."},
    LabelMeaning{"grpc_code",
                 "Canonical status name (`OK`, `DEADLINE_EXCEEDED`); `other` for one outside the "
                 "canon, or not told."},
    LabelMeaning{"kind", "What exactly is counted; each metric lists its own."},
    LabelMeaning{"endpoint",
                 "Address of the endpoint; `other` for what is over "
                 "`limits.endpoints_per_upstream`. Of a probe the configured name, or `inbound` of "
                 "a target."},
    LabelMeaning{"status",
                 "What a probe of a gRPC server found, or how a configuration stands; each metric "
                 "lists its own."},
    LabelMeaning{"resource",
                 "Kind of configuration, or the connection it comes by: `cds` (clusters), `lds` "
                 "(listeners), `rds` (routes), `eds` (endpoints), `sds` (secrets); `ads` is one "
                 "connection for all; of what istiod pushes also `nds`, `ecds`, `pcds`, `bds`, "
                 "`wds`, `wads` and `other`. Of a connection pool what is limited: `connections`, "
                 "`pools`, `pending`, `requests` or `retries`."},
    LabelMeaning{"result",
                 "What became of an update of the configuration or of a request for a certificate, "
                 "or how retries or connections ended; each metric lists its own."},
    LabelMeaning{"bundle", "Configured name of a trust bundle."},
    LabelMeaning{"finding", "What was found: a section of docs/runbook.md."},
    LabelMeaning{"severity", "`info`, `warning` or `critical`."},
    LabelMeaning{"cipher", "Cipher suite as OpenSSL names it."},
    LabelMeaning{"alpn", "Protocol that was negotiated; empty if none was."},
    LabelMeaning{
        "endpoint_pod",
        "Name of the pod behind the endpoint; empty where it is not known: not that of a target, "
        "of a discovered pod, or of an EndpointSlice where those are followed, or an address that "
        "several pods share."},
    LabelMeaning{
        "source",
        "Who showed the certificate: `admin` (the proxy's admin port), `handshake` (a TLS "
        "handshake), `proxy` (the mesh agent's metrics), `file` or `secret`. Of targets: who told "
        "of them, `file` or `kubernetes`; `all`: of what is wrong with all of them together. Of "
        "problems also `secret`, the API server that is asked for Secrets, and `kubelet`, which is "
        "asked for the memory of sidecars."},
    LabelMeaning{"security", "How a connection is secured; each metric lists its own."},
    LabelMeaning{"ztunnel",
                 "Pod of the ztunnel that counted it for an ambient workload; empty of others."},
    LabelMeaning{"mode",
                 "Of a policy: `enforced`, or `shadow` for one on trial, which refuses nobody."},
    LabelMeaning{
        "location",
        "Where: the file's path, the endpoint's name, the Secret's namespace and name, `inbound` "
        "for "
        "the port at which a target takes calls; empty for `admin` and `proxy`, where the target "
        "says it all."},
    LabelMeaning{"role",
                 "`leaf`, `intermediate` or `root`, by position and CA flag. Of a trusted CA in "
                 "Envoy's memory only that it is trusted is known: it is called `root`."},
    LabelMeaning{"certificate",
                 "The name that survives rotation: SPIFFE ID, else first DNS name, else common "
                 "name of the subject, else path."},
    LabelMeaning{"key_algorithm",
                 "`rsa`, `ecdsa` or `ed25519`; empty where the source does not tell (`admin`, "
                 "`proxy`)."},
    LabelMeaning{"serial", "Serial number in lower-case hexadecimal, whole bytes."},
    LabelMeaning{"issuer", "Issuer as in RFC 2253; empty where the source does not tell."},
    LabelMeaning{"subject", "Subject as in RFC 2253; empty where the source does not tell."},
    LabelMeaning{"san", "Subject alternative names, the first ten, separated by commas."},
    LabelMeaning{"fingerprint_sha256",
                 "Lower-case hexadecimal SHA-256 of the certificate; empty where the source does "
                 "not tell."},
    LabelMeaning{"key", "Algorithm and bits of the key: `rsa-2048`; empty where not told."},
    LabelMeaning{"secret",
                 "Name of the secret at the proxy; empty where the source does not "
                 "tell."},
    LabelMeaning{"state", "State of the thing counted; each metric lists its own."},
    LabelMeaning{"reason", "Why it failed; each metric lists its own."},
    LabelMeaning{"verdict", "What the spread of load amounts to; each metric lists its own."},
    LabelMeaning{"priority", "Priority that a route gives to its traffic: `default` or `high`."},
    LabelMeaning{"method", "Way by which a target is reached; the metric lists them."},
    LabelMeaning{"stage", "Part of a pass: `scrape` or `total`."},
    LabelMeaning{"family", "Name of the metric that was folded."},
    LabelMeaning{"version",
                 "Version of the proxy, of a control plane or of the proxies that it knows (the "
                 "mesh's then; `other` beyond twenty of them), of a configuration (`other` beyond "
                 "five of a kind), or of this exporter."},
    LabelMeaning{"mesh_version",
                 "Version of the mesh that a proxy came with, as its control plane counts them; "
                 "empty where neither the proxy nor its pod tells."},
    LabelMeaning{"build",
                 "Build of the proxy (commit and flavour) or of a control plane, or of this "
                 "exporter."},
    LabelMeaning{"node_id", "Name of the proxy in its mesh, as it says itself."},
    LabelMeaning{"revision", "Commit this exporter was built from; empty where not known."},
    LabelMeaning{"compiler", "What this exporter was compiled with."},
    LabelMeaning{"platform", "Operating system and processor this exporter was built for."},
};

}  // namespace

std::span<const LabelMeaning> label_meanings() { return label_list; }

}  // namespace mesh
