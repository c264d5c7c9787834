"""The API server of a real Kubernetes that knows the kinds of Prometheus' operator, kubectl and Helm at it,
and an agent run as one of its pods would be: by that pod's arguments, its configuration and its
account's token, as its user and with its capabilities."""

import base64
import json
import os
import shlex
import subprocess
import sys
import tempfile

import yaml

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from bare_kubernetes import PORT, Kubernetes
from real_mesh import BINARY, ROOT, Agent, RealMesh, tool, wait_until

sys.path.insert(0, os.path.join(ROOT, "tests", "deploy"))

from manifests import make  # noqa: E402

SPACE = make.NAME  # the namespace of the release
OTHERS = ("shop", "bank", "monitoring")
LEVEL = "pod-security.kubernetes.io/enforce"
_AS_POD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "as_pod.sh")


class Cluster(RealMesh):
    """start() … stop()."""

    def __init__(self, directory):
        super().__init__(directory)
        os.chmod(directory, 0o755)  # the pods' users read in it
        self.api = Kubernetes(self)

    def start(self):
        self.api.start()
        for name in OTHERS:
            self.api.create("/api/v1/namespaces", metadata={"name": name})
        # By the same hand as what is applied later, or that would be told to be a second owner.
        self.kubectl("apply", "--server-side", "-f", "-", text=json.dumps({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": SPACE, "labels": {LEVEL: "restricted"}}}))
        self.kubectl("apply", "--server-side", "-f", tool("monitoring_crds.yaml"))
        self.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")

    def kubectl(self, *words, text=None):
        """What it prints; ValueError with its complaint if it fails."""
        return self._by_hand(make.KUBECTL, *words, text=text)

    def helm(self, *words):
        return self._by_hand(make.HELM, *words, "--namespace", SPACE)

    def _by_hand(self, program, *words, text=None):
        homes = {f"HELM_{name}_HOME": self.path("helm", name) for name in ("CACHE", "CONFIG", "DATA")}
        done = subprocess.run([program, *words, "--kubeconfig", self.api.kubeconfig], input=text,
                              capture_output=True, text=True, check=False, env={**os.environ, **homes})
        if done.returncode != 0:
            raise ValueError(done.stderr)
        return done.stdout

    def dry_run(self, text):
        """Has the API server judge a manifest by itself, without keeping it; gives its words on each."""
        return self.kubectl("apply", "--server-side", "--dry-run=server", "-f", "-", text=text).splitlines()

    def install(self, *values):
        """The chart, in place of what was installed."""
        words = [word for one in values for word in ("--set", one)]
        self.helm("upgrade", "--install", make.NAME, make.CHART, *words)

    def get(self, kind, name):
        return json.loads(self.kubectl("get", kind, name, "-n", SPACE, "-o", "json"))

    def may(self, account, verb, resource, group="", namespace=None):
        """Whether an account of ours may do this, as the API server itself says."""
        review = self.api.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", spec={
            "user": f"system:serviceaccount:{SPACE}:{account}", "resourceAttributes": {
                "verb": verb, "group": group, "namespace": namespace,
                **dict(zip(("resource", "subresource"), resource.split("/")))}})
        return review["status"]["allowed"]

    def pod_of(self, workload, namespace, name):
        """The pod that a controller would make of it, on node `name`."""
        template = workload["spec"]["template"]
        return {"apiVersion": "v1", "kind": "Pod",
                "metadata": {**template["metadata"], "name": name, "namespace": namespace},
                "spec": {**template["spec"], "nodeName": name}}

    def try_pod(self, pod):
        """Has the API server judge a pod, without keeping it."""
        self.api.create(f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods"
                        "?dryRun=All&fieldValidation=Strict", **pod)

    def put_secret(self, namespace, name):
        """One with a certificate."""
        paths = [self.path(name + end) for end in (".crt", ".key")]
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                     "/CN=users", "-days", "30", "-out", paths[0], "-keyout", paths[1])
        data = {}
        for key, path in zip(("tls.crt", "tls.key"), paths):
            with open(path, "rb") as file:
                data[key] = base64.b64encode(file.read()).decode()
        self.api.create(f"/api/v1/namespaces/{namespace}/secrets", metadata={"name": name},
                        type="kubernetes.io/tls", data=data)


class PodOf:
    """The agent of a workload that is installed, on a node. start() … stop(). As root."""

    def __init__(self, cluster, kind, name, node):
        workload = cluster.get(kind, name)
        pod = workload["spec"]["template"]["spec"]
        container = pod["containers"][0]
        words = [word for word in container["args"]
                 if not word.startswith(("--config.file", "--web.listen-address"))]
        config = next(volume["configMap"]["name"] for volume in pod["volumes"] if volume["name"] == "config")
        folder = tempfile.mkdtemp(prefix=f"{name}-on-{node}-", dir=cluster.directory)
        os.chmod(folder, 0o755)  # the pod's user reads in it
        account = os.path.join(folder, "account")
        cluster.write(cluster.api.token_of(SPACE, pod["serviceAccountName"]), account, "token")
        with open(cluster.api.authority) as file:
            cluster.write(file.read(), account, "ca.crt")
        os.mkdir(os.path.join(folder, "root"))
        groups = [mount["mountPath"] for mount in container["volumeMounts"] if mount["name"] == "control-groups"]
        added = container["securityContext"]["capabilities"].get("add", [])
        command = [_AS_POD, os.path.join(folder, "root"), account, *(groups or ["-"]),
                   str(pod["securityContext"]["runAsUser"]),
                   ",".join(["-all", *("+" + one.lower() for one in added)]),
                   "env", "KUBERNETES_SERVICE_HOST=127.0.0.1", f"KUBERNETES_SERVICE_PORT={PORT}",
                   "NODE_NAME=" + node, BINARY, *words]
        script = cluster.write(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', folder, "run")
        os.chmod(script, 0o755)
        self.agent = Agent(script, folder, cluster.get("configmap", config)["data"]["mesh_exporter.yaml"])

    def start(self):
        self.agent.start()

    def stop(self):
        self.agent.stop()

    def privileges(self):
        """(user, capabilities as a mask) that the kernel says the process has."""
        with open(f"/proc/{self.agent.child.pid}/status") as file:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
        return int(status["Uid"].split()[1]), int(status["CapEff"], 16)

    def shown(self):
        return {row["pod"] for row, _ in self.agent.page().rows("mesh_target_up")}

    def problems(self, source="kubernetes"):
        return self.agent.page().value("mesh_exporter_discovery_problems", source=source)

    def report(self):
        """{pod: row of the report of targets}"""
        return {row["pod"]: row for row in json.loads(self.agent.get("/api/v1/targets")[1])}

    def wait_for(self, condition, what):
        wait_until(condition, what, 60, alive=[self.agent.child])


def all_objects(text):
    return [one for one in yaml.safe_load_all(text) if one]
