"""Istio on loopback: istiod, which issues from a signing certificate of ours, Kubernetes behind it,
and two of Istio's own agents, each with a stock Envoy and leaves of two minutes that it renews
every minute. orders shows all of its statistics, payments those that Istio shows by default.

    caller ─▶ orders-1 ═mTLS═▶ payments-1 ─▶ demo_server
"""

import json
import os

from bare_kubernetes import Kubernetes
from real_mesh import ENVOY, RealMesh, answers, tool

APPLICATION, INBOUND, OUTBOUND = 50071, 21200, 9391
SERVICE = "payments.shop.svc.cluster.local"
LEAF_LIFE = "2m"
NODE, PODS = "node-1", "pods"  # a node, and the namespace of its pods
ISTIOD = "http://127.0.0.1:15014"  # where it shows its own metrics

# Names and ports of one sidecar; `stats`: what it shows besides Istio's own choice.
_SIDECARS = {
    "payments": {"address": "127.0.0.11", "admin": 15000, "status": 15020, "ready": 15021,
                 "prometheus": 15090, "stats": None},
    "orders": {"address": "127.0.0.12", "admin": 15100, "status": 15120, "ready": 15121,
               "prometheus": 15190, "stats": ".*"},
}

_MESH = {
    "rootNamespace": "istio-system",
    "trustDomain": "cluster.local",
    "enablePrometheusMerge": True,
    "enableAutoMtls": True,
    "defaultConfig": {"discoveryAddress": "localhost:15012"},
}


def _object(kind, name, namespace, group="networking", **spec):
    return {"apiVersion": f"{group}.istio.io/v1", "kind": kind,
            "metadata": {"name": name, "namespace": namespace}, "spec": spec}


_OBJECTS = [
    _object("PeerAuthentication", "default", "istio-system", "security", mtls={"mode": "STRICT"}),
    _object("ServiceEntry", "payments", "shop", hosts=[SERVICE], location="MESH_INTERNAL",
            resolution="STATIC", workloadSelector={"labels": {"app": "payments"}},
            ports=[{"number": OUTBOUND, "name": "grpc", "protocol": "GRPC",
                    "targetPort": INBOUND}]),
    # Istio itself lets connections live for ever, under certificates that have long expired.
    _object("DestinationRule", "payments", "shop", host=SERVICE,
            trafficPolicy={"connectionPool": {"tcp": {"maxConnectionDuration": "15s"}}}),
    _object("WorkloadEntry", "payments-1", "shop", address="127.0.0.11", serviceAccount="payments",
            labels={"app": "payments", "version": "v1", "security.istio.io/tlsMode": "istio"}),
    _object("Sidecar", "payments", "shop", workloadSelector={"labels": {"app": "payments"}},
            ingress=[{"port": {"number": INBOUND, "name": "grpc", "protocol": "GRPC"},
                      "bind": "127.0.0.11", "defaultEndpoint": f"127.0.0.1:{APPLICATION}"}],
            egress=[{"hosts": ["~/*"]}]),
    _object("Sidecar", "orders", "shop", workloadSelector={"labels": {"app": "orders"}},
            egress=[{"port": {"number": OUTBOUND, "name": "grpc", "protocol": "GRPC"},
                     "bind": "127.0.0.1", "captureMode": "NONE", "hosts": ["shop/*"]}]),
]


class IstioMesh(RealMesh):
    """start() … stop()."""

    sidecars = {name + "-1": f"http://127.0.0.1:{one['admin']}"
                for name, one in _SIDECARS.items()}
    call_at = f"127.0.0.1:{OUTBOUND}"
    call_as = f"{SERVICE}:{OUTBOUND}"
    inbound = f"127.0.0.11:{INBOUND}"

    def target(self, pod):
        """With the page on which Istio's agent shows its own metrics beside Envoy's."""
        status = _SIDECARS[pod.removesuffix("-1")]["status"]
        return {**super().target(pod), "mesh": "istio",
                "metrics": f"http://127.0.0.1:{status}/stats/prometheus"}

    def start(self):
        """Returns once a call gets through."""
        self.kubernetes = Kubernetes(self)
        self.kubernetes.start()
        for namespace in ("istio-system", "shop"):
            self.kubernetes.create("/api/v1/namespaces", metadata={"name": namespace})
        for account in _SIDECARS:
            self.kubernetes.create("/api/v1/namespaces/shop/serviceaccounts",
                                    metadata={"name": account})
        self._write_signing_certificate()
        self.start_istiod()
        self.spawn_application(f"127.0.0.1:{APPLICATION}")
        for account, sidecar in _SIDECARS.items():
            self._start_sidecar(account, sidecar)
        self.wait_until_called("istiod", *self.sidecars)

    def tell_of_pods(self):
        """Has Kubernetes tell of the sidecars as pods of a node, whose addresses they answer at. In a
        namespace of their own, where istiod does not take them for workloads beside those it knows."""
        self.kubernetes.create("/api/v1/namespaces", metadata={"name": PODS})
        for account, sidecar in _SIDECARS.items():
            self.kubernetes.schedule(PODS, account + "-1", "istio/sidecar", NODE, annotations={
                "status.sidecar.istio.io/port": str(sidecar["status"])})
            self.kubernetes.set_status(PODS, account + "-1", sidecar["address"])

    def show_all_statistics(self, account):
        """Starts that sidecar anew, with all of Envoy's statistics let in."""
        self.children[account + "-1"].terminate()
        self._start_sidecar(account, {**_SIDECARS[account], "stats": ".*"})
        self.wait_until_called("istiod", *self.sidecars)

    def _write_signing_certificate(self):
        """As an operator plugs it in: a root, and what it issued to istiod."""
        extensions = self.write("basicConstraints=critical,CA:true,pathlen:0\n"
                                "keyUsage=critical,digitalSignature,keyCertSign,cRLSign\n"
                                "subjectAltName=URI:spiffe://cluster.local\n", "istiod", "ca.ext")

        def path(name):
            return self.path("istiod", name)
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj",
                     "/O=mesh test/CN=Root CA", "-keyout", path("root-key.pem"), "-out",
                     path("root-cert.pem"), "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj",
                     "/O=mesh test/CN=Istio signing CA", "-keyout", path("ca-key.pem"), "-out",
                     path("ca.csr"))
        self.openssl("x509", "-req", "-in", path("ca.csr"), "-CA", path("root-cert.pem"),
                     "-CAkey", path("root-key.pem"), "-CAcreateserial", "-days", "10", "-extfile",
                     extensions, "-out", path("ca-cert.pem"))
        chain = ""
        for name in ("ca-cert.pem", "root-cert.pem"):
            with open(path(name)) as file:
                chain += file.read()
        self.write(chain, "istiod", "cert-chain.pem")

    def kill_istiod(self):
        self.children["istiod"].kill()

    def start_istiod(self):
        # JSON is YAML, one document a file.
        for number, one in enumerate(_OBJECTS):
            self.write(json.dumps(one), "objects", f"{number}.yaml")
        self.spawn(
            "istiod", tool("pilot-discovery"), "discovery", "--registries=Kubernetes",
            "--kubeconfig", self.kubernetes.kubeconfig, "--configDir", self.path("objects"),
            "--meshConfig", self.write(json.dumps(_MESH), "mesh.yaml"),
            "--namespace", "istio-system", "--httpAddr", "127.0.0.1:15880",
            "--httpsAddr", "127.0.0.1:15017", "--grpcAddr", "127.0.0.1:15010",
            "--secureGRPCAddr", "127.0.0.1:15012", "--monitoringAddr", ISTIOD.removeprefix("http://"),
            "--ctrlz_port", "15876", where=self.path("istiod"),
            ISTIOD_CUSTOM_HOST="localhost", ROOT_CA_DIR=self.path("istiod"),
            POD_NAME="istiod-1", POD_NAMESPACE="istio-system", CLUSTER_ID="Kubernetes",
            REVISION="default", MAX_WORKLOAD_CERT_TTL="2160h",
            # What only Istio's own build of Envoy understands.
            PILOT_ENABLE_METADATA_EXCHANGE="false", PILOT_ENABLE_ALPN_FILTER="false",
            PILOT_ENABLE_GATEWAY_API="false", INJECTION_WEBHOOK_CONFIG_NAME="",
            VALIDATION_WEBHOOK_CONFIG_NAME="")
        self.wait_for(lambda: answers("http://127.0.0.1:15880", "/ready"), "istiod", "istiod")

    def _start_sidecar(self, account, sidecar):
        """Istio's agent, which starts Envoy; returns once that is ready."""
        where = self.path(account)
        self.write(self.kubernetes.token_of("shop", account, "istio-ca"),
                   account, "var/run/secrets/tokens/istio-token")
        with open(self.path("istiod", "root-cert.pem")) as root:
            self.write(root.read(), account, "var/run/secrets/istio/root-cert.pem")
        self.write(f'app="{account}"\nversion="v1"\n', account, "etc/istio/pod/labels")
        settings = os.path.join(where, "etc/istio/proxy")
        for folder in (settings, os.path.join(where, "var/lib/istio/data")):
            os.makedirs(folder, exist_ok=True)
        proxy = {"discoveryAddress": "localhost:15012", "binaryPath": ENVOY,
                 "configPath": settings, "proxyAdminPort": sidecar["admin"],
                 "statusPort": sidecar["status"], "serviceCluster": account + ".shop",
                 "concurrency": 1, "terminationDrainDuration": "1s",
                 "proxyBootstrapTemplatePath": tool("istio_envoy_bootstrap.json")}
        if sidecar["stats"]:
            proxy["proxyStatsMatcher"] = {"inclusionRegexps": [sidecar["stats"]]}
        self.spawn(
            account + "-1", tool("pilot-agent"), "proxy", "sidecar", "--domain",
            "shop.svc.cluster.local", "--proxyLogLevel=warning", "--log_output_level=default:info",
            where=where, INSTANCE_IP=sidecar["address"], POD_NAME=account + "-1",
            POD_NAMESPACE="shop", SERVICE_ACCOUNT=account, ISTIO_META_WORKLOAD_NAME=account,
            ISTIO_META_CLUSTER_ID="Kubernetes", ISTIO_META_MESH_ID="cluster.local",
            TRUST_DOMAIN="cluster.local", ISTIO_META_INTERCEPTION_MODE="NONE",
            PILOT_CERT_PROVIDER="istiod", CA_ADDR="localhost:15012", SECRET_TTL=LEAF_LIFE,
            ISTIO_METAJSON_LABELS=json.dumps({
                "app": account, "version": "v1", "service.istio.io/canonical-name": account,
                "service.istio.io/canonical-revision": "v1"}),
            ENVOY_STATUS_PORT=sidecar["ready"], ENVOY_PROMETHEUS_PORT=sidecar["prometheus"],
            GRPC_XDS_BOOTSTRAP="", PROXY_CONFIG=json.dumps(proxy))
        self.wait_for(
            lambda: answers(f"http://127.0.0.1:{sidecar['ready']}", "/healthz/ready"),
            f"the sidecar of {account}", account + "-1")
