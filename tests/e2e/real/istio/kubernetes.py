"""A bare Kubernetes on loopback: etcd and an API server, without which Istio's control plane does
not start. No node, no pod; service accounts have real tokens."""

import json

from real_mesh import ask, tool

API = "https://127.0.0.1:16543"
_ETCD, _ETCD_PEER = "http://127.0.0.1:12479", "http://127.0.0.1:12480"
_ADMIN_TOKEN = "admin-token"
_EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Kubernetes:
    """Two processes of a RealMesh, their files in its folder kubernetes/."""

    def __init__(self, mesh):
        self._mesh = mesh
        self.kubeconfig = self._path("kubeconfig")

    def start(self):
        """Returns once it is ready."""
        self._write_credentials()
        self._mesh.spawn(
            "etcd", tool("etcd"), "--name", "one", "--data-dir", self._path("etcd"),
            "--listen-client-urls", _ETCD, "--advertise-client-urls", _ETCD,
            "--listen-peer-urls", _ETCD_PEER, "--initial-advertise-peer-urls", _ETCD_PEER,
            "--initial-cluster", "one=" + _ETCD_PEER)
        issuer = "https://kubernetes.default.svc"
        self._mesh.spawn(
            "kube-apiserver", tool("kube-apiserver"), "--etcd-servers=" + _ETCD,
            "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
            "--secure-port=" + API.rsplit(":", 1)[1], "--cert-dir=" + self._path(),
            "--tls-cert-file=" + self._path("api.crt"),
            "--tls-private-key-file=" + self._path("api.key"),
            "--client-ca-file=" + self._path("ca.crt"),
            "--token-auth-file=" + self._path("tokens.csv"),
            "--service-account-issuer=" + issuer,
            "--service-account-key-file=" + self._path("accounts.pub"),
            "--service-account-signing-key-file=" + self._path("accounts.key"),
            f"--api-audiences={issuer},istio-ca", "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.0.0.0/24", "--endpoint-reconciler-type=none",
            "--disable-admission-plugins=ServiceAccount")
        self._mesh.wait_for(self._is_ready, "Kubernetes to be ready", "etcd", "kube-apiserver",
                            timeout=120)

    def create(self, path, **thing):
        """POST; gives the answer."""
        status, text = self._ask("POST", path, thing)
        assert status == 201, (path, status, text)
        return json.loads(text)

    def token_of(self, namespace, account, audience):
        """A token of that service account, which lives for twelve hours."""
        path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token"
        answer = self.create(path, spec={"audiences": [audience], "expirationSeconds": 43200})
        return answer["status"]["token"]

    def _is_ready(self):
        try:
            return self._ask("GET", "/readyz")[1] == "ok"
        except OSError:
            return False

    def _ask(self, method, path, body=None):
        return ask(method, API + path, body,
                   {"Authorization": "Bearer " + _ADMIN_TOKEN, "Content-Type": "application/json"},
                   self._path("ca.crt"))

    def _write_credentials(self):
        self._mesh.write(f"{_ADMIN_TOKEN},admin,1,system:masters\n", "kubernetes", "tokens.csv")
        extensions = self._mesh.write(
            "subjectAltName=DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1\n"
            "extendedKeyUsage=serverAuth\n", "kubernetes", "api.ext")
        run, path = self._mesh.openssl, self._path
        run("req", "-x509", *_EC, "-days", "30", "-subj", "/CN=kubernetes", "-keyout",
            path("ca.key"), "-out", path("ca.crt"), "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        run("req", *_EC, "-subj", "/CN=kube-apiserver", "-keyout", path("api.key"), "-out",
            path("api.csr"))
        run("x509", "-req", "-in", path("api.csr"), "-CA", path("ca.crt"), "-CAkey",
            path("ca.key"), "-CAcreateserial", "-days", "30", "-extfile", extensions, "-out",
            path("api.crt"))
        run("genrsa", "-out", path("accounts.key"), "2048")
        run("rsa", "-in", path("accounts.key"), "-pubout", "-out", path("accounts.pub"))
        self._mesh.write(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "admin",
            "clusters": [{"name": "one", "cluster": {
                "server": API, "certificate-authority": path("ca.crt")}}],
            "users": [{"name": "admin", "user": {"token": _ADMIN_TOKEN}}],
            "contexts": [{"name": "admin", "context": {"cluster": "one", "user": "admin"}}],
        }), "kubernetes", "kubeconfig")

    def _path(self, *parts):
        return self._mesh.path("kubernetes", *parts)
