"""Stands in for what a bare API server lacks to run a pod: the controller that makes a pod of a DaemonSet's
template, the scheduler, and the kubelet with its runtime. It goes by the pod as the API server has it (image,
arguments, variables, user, rights, volumes, probes) and refuses what it does not know, so that no field of a
template is passed over in silence.

Otherwise than on a node: every image is one root file system that it is given; the pod has the machine's
network, so its address is 127.0.0.1; names of Services stand in /etc/hosts; no filter of system calls, no limits
of memory and processor time."""

import base64
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from bare_kubernetes import PORT
from real_mesh import MeshError, http_get, wait_until
import as_container
from processes import Child

ADDRESS = "127.0.0.1"
# Where a pod is, and its node.
AT = {"hostIP": ADDRESS, "hostIPs": [{"ip": ADDRESS}], "podIP": ADDRESS, "podIPs": [{"ip": ADDRESS}]}
ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
# What a pod and its container may say. Of those marked "" the stand-in makes nothing.
_POD = {"containers", "volumes", "nodeName", "serviceAccountName", "automountServiceAccountToken", "securityContext",
        "hostPID", "restartPolicy", "enableServiceLinks",
        "serviceAccount", "dnsPolicy", "nodeSelector", "preemptionPolicy", "priority", "schedulerName",
        "terminationGracePeriodSeconds", "tolerations"}
_CONTAINER = {"name", "image", "command", "args", "env", "ports", "readinessProbe", "livenessProbe", "securityContext",
              "volumeMounts", "imagePullPolicy", "resources", "terminationMessagePath", "terminationMessagePolicy"}
_SECURITY = {"runAsUser", "runAsGroup", "runAsNonRoot", "capabilities", "readOnlyRootFilesystem",
             "allowPrivilegeEscalation", "seccompProfile"}


def _known(thing, known, where):
    more = thing.keys() - known
    if more:
        raise MeshError(f"the stand-in for a kubelet does not know {where}.{sorted(more)[0]}")


def pod_path(namespace, name=""):
    return f"/api/v1/namespaces/{namespace}/pods/{name}".rstrip("/")


def place(api, workload, node):
    """The pod that the controller of a DaemonSet would make for that node, as the API server has it then."""
    metadata, template = workload["metadata"], workload["spec"]["template"]
    owner = {"apiVersion": workload["apiVersion"], "kind": workload["kind"], "name": metadata["name"],
             "uid": metadata["uid"], "controller": True}
    name = f"{metadata['name']}-{node}"
    api.create(pod_path(metadata["namespace"]), spec={**template["spec"], "nodeName": node}, metadata={
        **template["metadata"], "name": name, "namespace": metadata["namespace"], "ownerReferences": [owner]})
    return api.get(pod_path(metadata["namespace"], name))


def bind(api, pod, node):
    """As the scheduler does it; gives the pod as it is then."""
    path = pod_path(pod["metadata"]["namespace"], pod["metadata"]["name"])
    api.create(path + "/binding", apiVersion="v1", kind="Binding", metadata={"name": pod["metadata"]["name"]},
               target={"apiVersion": "v1", "kind": "Node", "name": node})
    return api.get(path)


class Container:
    """The one container of a pod. start() … stop(). `entry` is the entry point of its image, `root` its files, in
    which places for mounts are made, `folder` one of ours. As root."""

    def __init__(self, cluster, pod, root, entry, folder):
        self._cluster, self._root, self._entry = cluster, root, entry
        self.pod, self.spec = pod, pod["spec"]
        self.path = pod_path(pod["metadata"]["namespace"], pod["metadata"]["name"])
        self._given, self._folder, self.log_file, self.child = folder, None, None, None
        self.container, = self.spec["containers"]
        self.security = {**self.spec.get("securityContext", {}), **self.container.get("securityContext", {})}
        _known(self.spec, _POD, "spec")
        _known(self.container, _CONTAINER, "spec.containers[0]")
        _known(self.security, _SECURITY, "securityContext")

    def start(self):
        """Once more after stop() as well, as after a crash."""
        self._folder = tempfile.mkdtemp(prefix=self.pod["metadata"]["name"] + "-", dir=self._given)
        os.chmod(self._folder, 0o755)  # the pod's user reads in it
        self.log_file = os.path.join(self._folder, "log")
        words = [*self.container.get("command", self._entry), *self.container.get("args", [])]
        security, capabilities = self.security, self.security.get("capabilities", {})
        if security.get("runAsNonRoot") and security["runAsUser"] == 0:
            raise MeshError("container has runAsNonRoot and image will run as root")
        if capabilities.get("drop") != ["ALL"] or security.get("allowPrivilegeEscalation") is not False:
            raise MeshError("the stand-in for a kubelet knows pods only that have no right of their own")
        self.child = Child(self.container["name"], as_container.command(self._folder, as_container.specification(
            self._root, words, (security["runAsUser"], security["runAsGroup"]), self._mounts(),
            capabilities=capabilities.get("add", []), environment=self._environment(),
            hostname=self.pod["metadata"]["name"], sees_all_processes=self.spec.get("hostPID", False),
            may_write_root=not security.get("readOnlyRootFilesystem", False))), self.log_file)
        self.report("Running", running={})
        return self

    def stop(self):
        """As at the end of the pod; gives the program's exit code, or None where it does not run."""
        if not self.child:
            return None
        self.child.terminate(self.spec["terminationGracePeriodSeconds"])
        return self.child.wait(1)

    def run(self, timeout):
        """To its end, of which the API server is told; gives the exit code."""
        self.start()
        code = self.child.wait(timeout)
        self.report("Failed" if code else "Succeeded", terminated={"exitCode": code})
        return code

    def wait_ready(self):
        """Until the readiness probe succeeds, of which the API server is told."""
        wait_until(lambda: self.probe("readinessProbe"), f"{self.path} to be ready", 60, alive=[self.child])
        self.report("Running", is_ready=True, running={})

    def probe(self, name):
        """Whether it is answered as the template wants it."""
        asked = self.container[name]
        _known(asked, {"httpGet", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"}, name)
        question = asked["httpGet"]
        _known(question, {"path", "port", "scheme"}, name + ".httpGet")
        if question["scheme"] != "HTTP":
            raise MeshError(f"{name}: the stand-in for a kubelet asks by HTTP only")
        port = next((one["containerPort"] for one in self.container["ports"] if one["name"] == question["port"]),
                    question["port"])
        try:
            return 200 <= http_get(f"http://{ADDRESS}:{port}", question["path"], asked["timeoutSeconds"])[0] < 400
        except OSError:
            return False

    def report(self, phase, is_ready=False, **state):
        """Tells the API server."""
        self._cluster.api.change(self.path + "/status", status={
            "phase": phase, **AT,
            "conditions": [{"type": kind, "status": str(is_ready)} for kind in ("Ready", "ContainersReady")],
            "containerStatuses": [{"name": self.container["name"], "image": self.container["image"], "imageID": "",
                                   "restartCount": 0, "ready": is_ready, "state": state}]})

    # ---- what it sees ----

    def _environment(self):
        given = {"PATH": "/usr/bin:/bin", "HOSTNAME": self.pod["metadata"]["name"],
                 "KUBERNETES_SERVICE_HOST": ADDRESS, "KUBERNETES_SERVICE_PORT": str(PORT)}
        for one in self.container.get("env", []):
            given[one["name"]] = one["value"] if "value" in one else self._field(one["valueFrom"]["fieldRef"])
        return given

    def _field(self, reference):
        found = self.pod
        for part in reference["fieldPath"].split("."):
            found = found[part]
        return found

    def _mounts(self):
        folders = {one["name"]: self._volume(one) for one in self.spec.get("volumes", [])}
        made = [(folders[one["name"]], one["mountPath"], not one.get("readOnly", False))
                for one in self.container.get("volumeMounts", [])]
        if self.spec.get("automountServiceAccountToken"):
            made.append((self._account(), ACCOUNT, False))
        return [*made, (self._hosts(), "/etc/hosts", True)]

    def _volume(self, volume):
        (kind, source), = ((kind, source) for kind, source in volume.items() if kind != "name")
        namespace = self.pod["metadata"]["namespace"]
        if kind == "configMap":
            data = self._cluster.api.get(f"/api/v1/namespaces/{namespace}/configmaps/{source['name']}")["data"]
            return self._files(volume["name"], {key: text.encode() for key, text in data.items()}, source)
        if kind == "secret":
            data = self._cluster.api.get(f"/api/v1/namespaces/{namespace}/secrets/{source['secretName']}")["data"]
            return self._files(volume["name"], {key: base64.b64decode(one) for key, one in data.items()}, source)
        if kind == "hostPath":
            return source["path"]
        raise MeshError(f"the stand-in for a kubelet knows no volume {kind}")

    def _files(self, name, data, source=None):
        """A folder with these, as the kubelet lays it out: the files are links through one that can be replaced
        with all of them at once."""
        folder = os.path.join(self._folder, "volumes", name)
        os.makedirs(os.path.join(folder, "..version"))
        os.symlink("..version", os.path.join(folder, "..data"))
        for key, content in data.items():
            with open(os.path.join(folder, "..version", key), "wb") as file:
                file.write(content)
            os.chmod(os.path.join(folder, "..version", key), (source or {}).get("defaultMode", 0o644))
            os.symlink("..data/" + key, os.path.join(folder, key))
        return folder

    def _account(self):
        """What the admission of service accounts would have the kubelet mount."""
        with open(self._cluster.api.authority, "rb") as file:
            authority = file.read()
        namespace = self.pod["metadata"]["namespace"]
        token = self._cluster.api.token_of(namespace, self.spec["serviceAccountName"])
        return self._files("account", {"token": token.encode(), "ca.crt": authority, "namespace": namespace.encode()})

    def _hosts(self):
        """The names that the cluster's DNS would know."""
        services = self._cluster.api.get("/api/v1/services")["items"]
        names = [f"{one['metadata']['name']}.{one['metadata']['namespace']}" for one in services]
        path = os.path.join(self._folder, "hosts")
        with open(path, "w", encoding="ascii") as file:
            file.write(f"{ADDRESS} {' '.join(['localhost', *names])}\n")
        return path
