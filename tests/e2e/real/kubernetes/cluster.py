"""A cluster without nodes: the API server of a real Kubernetes, whose pods are the injected ones of
tests/fixtures/pods, put wherever a test likes, and real Envoys at loopback addresses where one must
answer. And the agent as deploy/kubernetes lets it in."""

import json
import os
import time

import yaml

from bare_kubernetes import PORT, Kubernetes
from forwarder import Forwarder
from real_mesh import BINARY, ROOT, Agent, RealMesh

ACCOUNT = "mesh-exporter"  # and its namespace
ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
NAMESPACE = "shop"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"
ADMIN_PORT = 9901

_KINDS = {"ServiceAccount": f"/api/v1/namespaces/{ACCOUNT}/serviceaccounts",
          "ClusterRole": ROLES,
          "ClusterRoleBinding": "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"}


class Right:
    """To do something to one kind of object, as a manifest of deploy/kubernetes grants it to an account."""

    def __init__(self, resource, group="", role=ACCOUNT, account=ACCOUNT):
        self.resource, self.group, self.role, self.account = resource, group, role, account


ON_PODS = Right("pods")
ON_SLICES = Right("endpointslices", "discovery.k8s.io", ACCOUNT + "-endpoint-slices")
ON_SECRETS = Right("secrets", "", ACCOUNT + "-secrets", ACCOUNT + "-secrets")


class Cluster(RealMesh):
    """start() … stop()."""

    def __init__(self, directory):
        super().__init__(directory)
        self.api = Kubernetes(self)
        self.token_file = self.path("token")

    def start(self):
        self.api.start()
        for name in (ACCOUNT, NAMESPACE):
            self.api.create("/api/v1/namespaces", metadata={"name": name})
        self.rbac = self.apply("rbac.yaml")
        self.renew_token()

    def apply(self, manifest):
        """A file of deploy/kubernetes; gives its objects."""
        with open(os.path.join(ROOT, "deploy", "kubernetes", manifest)) as file:
            objects = list(yaml.safe_load_all(file))
        for one in objects:
            self.api.create(_KINDS[one["kind"]], **one)
        return objects

    def renew_token(self, account=ACCOUNT):
        """As the kubelet does within the hour; gives the file of an account's token."""
        file = self.token_file if account == ACCOUNT else self.token_file + "-of-" + account
        self.write(self.api.token_of(ACCOUNT, account), os.path.basename(file) + ".new")
        os.rename(file + ".new", file)
        return file

    def allow(self, *verbs, right=ON_PODS):
        """These, and nothing else."""
        self.api.change(f"{ROLES}/{right.role}", rules=[
            {"apiGroups": [right.group], "resources": [right.resource], "verbs": list(verbs)}])

    def may(self, verb, right=ON_PODS):
        """Whether the agent may do this, as the API server itself says."""
        review = self.api.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", spec={
            "user": f"system:serviceaccount:{ACCOUNT}:{right.account}",
            "resourceAttributes": {"verb": verb, "group": right.group, "resource": right.resource}})
        return review["status"]["allowed"]

    def is_accepted(self, token):
        review = self.api.create("/apis/authentication.k8s.io/v1/tokenreviews",
                                 spec={"token": token})
        return review["status"].get("authenticated", False)

    def version(self):
        """Of the list of pods, at this moment."""
        return self.api.get(PODS)["metadata"]["resourceVersion"]

    def is_forgotten(self, version):
        """Whether the API server refuses to tell what happened to pods since then."""
        event = self.api.get(f"{PODS}?watch=1&resourceVersion={version}&timeoutSeconds=1")
        return (event.get("type"), event["object"].get("code")) == ("ERROR", 410)

    # ---- pods ----

    def schedule(self, name, *words, **more):
        """A pod that does not run yet; see Kubernetes.schedule."""
        self.api.schedule(NAMESPACE, name, *words, **more)

    def set_status(self, name, ip, *words, **more):
        """Gives the moment before."""
        before = time.monotonic()
        self.api.set_status(NAMESPACE, name, ip, *words, **more)
        return before

    def run_pod(self, name, like, node, ip, **more):
        """A pod that runs; gives the moment before it did."""
        self.schedule(name, like, node, **more)
        return self.set_status(name, ip)

    def label(self, name, **labels):
        """None takes one away; gives the moment before."""
        before = time.monotonic()
        self.api.change(f"{PODS}/{name}", metadata={"labels": labels})
        return before

    def delete(self, name):
        """Gives the moment before."""
        before = time.monotonic()
        self.api.delete(f"{PODS}/{name}")
        return before

    def spawn_proxy(self, name, ip, port=ADMIN_PORT, resources=None):
        """A real Envoy whose admin port is at this address."""
        bootstrap = self.write(json.dumps({
            "node": {"id": name, "cluster": name}, "static_resources": resources or {},
            "admin": {"address": {"socket_address": {"address": ip, "port_value": port}}}}),
            name + ".json")
        return self.spawn_envoy(name, bootstrap)

    # ---- the agent ----

    def kubeconfig(self, port, token_file=None):
        """By the token of its service account, through a forwarder at this port."""
        return self.write(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "agent",
            "clusters": [{"name": "one", "cluster": {
                "server": f"https://127.0.0.1:{port}",
                "certificate-authority": self.api.authority}}],
            "users": [{"name": "agent", "user": {"tokenFile": token_file or self.token_file}}],
            "contexts": [{"name": "agent", "context": {"cluster": "one", "user": "agent"}}],
        }), f"kubeconfig-{port}")


class WatchedNode:
    """An agent for one node of the cluster, and the way between them: `forwarder`. start() … stop()."""

    def __init__(self, cluster, node, selector="", cgroup_root="/nowhere", **more):
        """`more`: of discovery.kubernetes."""
        self.forwarder = Forwarder(PORT)
        self.agent = Agent(BINARY, cluster.directory, json.dumps({
            "poll": {"interval": "1s", "timeout": "800ms", "window": "10s", "stale_after": "10s"},
            "cgroup_root": cgroup_root,
            "discovery": {"kubernetes": {
                "node_name": node, "kubeconfig": cluster.kubeconfig(self.forwarder.number),
                "selector": selector, **more}}}), 
            name=f"agent-of-{node}-{self.forwarder.number}")

    def start(self):
        self.agent.start()

    def stop(self):
        self.agent.stop()
        self.forwarder.stop()

    def shown(self, page=None):
        """The pods whose sidecars are targets."""
        page = page or self.agent.page()
        return {row["pod"] for row, _ in page.rows("mesh_target_up")}

    def problems(self, page=None):
        page = page or self.agent.page()
        return page.value("mesh_exporter_discovery_problems", source="kubernetes")

    def told(self):
        """What the log says that cannot be found or is passed over, line by line."""
        return [line for line in self.agent.log().splitlines()
                if "not all targets can be found" in line or "annotation is passed over" in line]

    def report(self):
        """{pod without its namespace: row of the report of targets}"""
        return {row["pod"].removeprefix(NAMESPACE + "/"): row
                for row in json.loads(self.agent.get("/api/v1/targets")[1])}
