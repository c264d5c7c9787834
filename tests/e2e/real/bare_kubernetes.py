"""A bare Kubernetes on loopback: etcd and an API server, without which Istio's control plane does not
start and no pod can be told of. No kubelet: a pod is what it is said to be. Service accounts have
real tokens."""

import http.client
import json
import ssl
import time

from real_mesh import tool
from recorded_proxy import recorded

PORT = 16543
API = f"https://127.0.0.1:{PORT}"
ISSUER = "https://kubernetes.default.svc"
_ETCD, _ETCD_PEER = "http://127.0.0.1:12479", "http://127.0.0.1:12480"
_REST = 20  # seconds
_ADMIN_TOKEN = "admin-token"
_EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Kubernetes:
    """Two processes of a RealMesh, their files in its folder kubernetes/. One thread asks it."""

    def __init__(self, mesh):
        self._mesh = mesh
        self._connection, self._asked = None, 0
        self.kubeconfig = self._path("kubeconfig")
        self.authority = self._path("ca.crt")

    def start(self):
        """Returns once it is ready."""
        self._write_credentials()
        self._mesh.spawn(
            "etcd", tool("etcd"), "--name", "one", "--data-dir", self._path("etcd"),
            "--listen-client-urls", _ETCD, "--advertise-client-urls", _ETCD,
            "--listen-peer-urls", _ETCD_PEER, "--initial-advertise-peer-urls", _ETCD_PEER,
            "--initial-cluster", "one=" + _ETCD_PEER)
        self.start_api()

    def start_api(self):
        """The API server, once more after kill_api(). Returns once it is ready."""
        self._mesh.spawn(
            "kube-apiserver", tool("kube-apiserver"), "--etcd-servers=" + _ETCD,
            "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
            f"--secure-port={PORT}", "--cert-dir=" + self._path(),
            "--tls-cert-file=" + self._path("api.crt"),
            "--tls-private-key-file=" + self._path("api.key"),
            "--client-ca-file=" + self.authority,
            "--token-auth-file=" + self._path("tokens.csv"),
            "--service-account-issuer=" + ISSUER,
            "--service-account-key-file=" + self._path("accounts.pub"),
            "--service-account-signing-key-file=" + self._path("accounts.key"),
            f"--api-audiences={ISSUER},istio-ca", "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.0.0.0/24", "--endpoint-reconciler-type=none",
            "--disable-admission-plugins=ServiceAccount")
        self._mesh.wait_for(self._is_ready, "Kubernetes to be ready", "etcd", "kube-apiserver",
                            timeout=120)

    def kill_api(self):
        self._mesh.children["kube-apiserver"].kill()

    def create(self, path, **thing):
        """POST; gives the answer."""
        return self._do("POST", path, thing, 201)

    def change(self, path, **fields):
        """PATCH of these fields, lists as a whole; gives the answer."""
        return self._do("PATCH", path, fields, 200, "application/merge-patch+json")

    def delete(self, path):
        """At once, without a time of grace."""
        return self._do("DELETE", path + "?gracePeriodSeconds=0", None, 200)

    def get(self, path):
        return self._do("GET", path, None, 200)

    def token_of(self, namespace, account, audience=ISSUER):
        """A token of that service account, which lives for twelve hours."""
        path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token"
        answer = self.create(path, spec={"audiences": [audience], "expirationSeconds": 43200})
        return answer["status"]["token"]

    # ---- pods ----

    def schedule(self, namespace, name, like, node, labels=None, annotations=None):
        """A pod that does not run yet, of the specification of tests/fixtures/pods/`like`.json."""
        pod = json.loads(recorded(f"pods/{like}.json"))
        del pod["status"]
        metadata = pod["metadata"]
        pod["metadata"] = {"name": name, "namespace": namespace,
                           "ownerReferences": metadata.get("ownerReferences", []),
                           "labels": {**metadata.get("labels", {}), **(labels or {})},
                           "annotations": {**metadata.get("annotations", {}),
                                           **(annotations or {})}}
        pod["spec"]["nodeName"] = node
        self.create(f"/api/v1/namespaces/{namespace}/pods", **pod)

    def set_status(self, namespace, name, ip, phase="Running", **more):
        """As its kubelet would."""
        self.change(f"/api/v1/namespaces/{namespace}/pods/{name}/status", status={
            "phase": phase, "podIP": ip, "podIPs": [{"ip": ip}], **more})

    def _is_ready(self):
        try:
            return self._ask("GET", "/readyz") == (200, "ok")
        except OSError:
            return False

    def _do(self, method, path, thing, wanted, form="application/json"):
        status, text = self._ask(method, path, thing, form)
        assert status == wanted, (method, path, status, text)
        return json.loads(text)

    def _ask(self, method, path, thing=None, form="application/json"):
        """(status, text), over one connection as long as it lasts; the server ends one that rests."""
        body = None if thing is None else json.dumps(thing)
        headers = {"Authorization": "Bearer " + _ADMIN_TOKEN, "Content-Type": form}
        rested, self._asked = time.monotonic() - self._asked, time.monotonic()
        if not self._connection or rested > _REST:
            self._connection = http.client.HTTPSConnection(
                "127.0.0.1", PORT, timeout=10,
                context=ssl.create_default_context(cafile=self.authority))
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            self._connection = None
            raise OSError(f"{method} {path}: {error}") from error

    def _write_credentials(self):
        self._mesh.write(f"{_ADMIN_TOKEN},admin,1,system:masters\n", "kubernetes", "tokens.csv")
        extensions = self._mesh.write(
            "subjectAltName=DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1\n"
            "extendedKeyUsage=serverAuth\n", "kubernetes", "api.ext")
        run, path = self._mesh.openssl, self._path
        run("req", "-x509", *_EC, "-days", "30", "-subj", "/CN=kubernetes", "-keyout",
            path("ca.key"), "-out", self.authority, "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        run("req", *_EC, "-subj", "/CN=kube-apiserver", "-keyout", path("api.key"), "-out",
            path("api.csr"))
        run("x509", "-req", "-in", path("api.csr"), "-CA", self.authority, "-CAkey",
            path("ca.key"), "-CAcreateserial", "-days", "30", "-extfile", extensions, "-out",
            path("api.crt"))
        run("genrsa", "-out", path("accounts.key"), "2048")
        run("rsa", "-in", path("accounts.key"), "-pubout", "-out", path("accounts.pub"))
        self._mesh.write(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "admin",
            "clusters": [{"name": "one", "cluster": {
                "server": API, "certificate-authority": self.authority}}],
            "users": [{"name": "admin", "user": {"token": _ADMIN_TOKEN}}],
            "contexts": [{"name": "admin", "context": {"cluster": "one", "user": "admin"}}],
        }), "kubernetes", "kubeconfig")

    def _path(self, *parts):
        return self._mesh.path("kubernetes", *parts)
