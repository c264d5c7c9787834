#!/usr/bin/env python3
"""The chart on the demo mesh, from `helm install` to the counts: what Helm installed is read back from a real API
server and run as that says, the agent finds the mesh's sidecars as pods of its node, and its page equals the
caller's books. A stand-in plays the kubelet (kubelet.py says what it leaves out). tests/e2e/run --deploy has the
program that was built run on the files of an image, --image that of the image itself. As root; half a minute."""

import concurrent.futures
import glob
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from real_mesh import BINARY, BIN_DIR, ENVOY, ROOT, SharedPartsTest, ledger_calls, wait_until
from cluster import SPACE, Cluster, make
from kubelet import ADDRESS, AT, Container, bind, place, pod_path
from agent import ServingAgent
from as_container import child_of
from built_image import BuiltImage
from demo_mesh import CLIENT, NAMESPACE, DemoMesh, workload_of

NODE = "node-6"
CALLS = 1000
PROGRAM = "/usr/bin/mesh_exporter"
SBOM = "/usr/share/doc/mesh-exporter/sbom.cdx.json"
IS_IMAGE = os.environ.get("MESH_FROM_IMAGE") == "yes"


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def packed_program():
    """That of the Debian package that was built last."""
    package = max(glob.glob(os.path.join(os.path.dirname(BINARY), "mesh-exporter_*.deb")), key=os.path.getmtime)
    files = subprocess.run(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE, check=True).stdout
    return subprocess.run(["tar", "--extract", "--to-stdout", "." + PROGRAM], input=files, stdout=subprocess.PIPE,
                          check=True).stdout


def built_with_others(root):
    """What of the image's bill of materials is another version, or none, on this machine."""
    with open(root + SBOM, encoding="utf-8") as file:
        parts = {part["name"]: part["version"] for part in json.load(file)["components"]}
    shown = subprocess.run(["dpkg-query", "--show", "--showformat=${Package} ${Version}\n"], stdout=subprocess.PIPE,
                           text=True, check=True).stdout
    here = dict(line.split() for line in shown.splitlines() if " " in line.strip())
    return sorted(f"{name} {version} ({here.get(name, 'none')} here)" for name, version in parts.items()
                  if here.get(name) != version)


class PodMesh(DemoMesh):
    """One in which each sidecar has its admin interface at a port, for a pod's address leads to no socket."""

    def admin(self, name):
        return f"http://{ADDRESS}:{self.port(name, 'admin')}"


class AgentInPod(ServingAgent):
    """That of a container of the chart, which has to listen on our port."""

    @property
    def port(self):
        return self.listens_on.rpartition(":")[2]

    def follow(self, container):
        self.child, self._log_file = container.child, container.log_file


def image_files(folder):
    """(root, entry point, end) of an image with the program that was built, made as the image is."""
    root = os.path.join(folder, "root")
    triplet = platform.machine() + "-linux-gnu"
    subprocess.run([sys.executable, "-B", os.path.join(ROOT, "deploy", "image", "root.py"), "--triplet=" + triplet,
                    "--build=" + os.path.dirname(BINARY), "--root=" + root], check=True)
    with open(os.path.join(ROOT, "deploy", "image", "Containerfile"), encoding="utf-8") as file:
        return root, re.findall(r'(?m)^ENTRYPOINT \["(.*)"\]$', file.read())


@unittest.skipUnless(os.geteuid() == 0, "only root can run a program as a pod's container")
class Demo(SharedPartsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cluster = cls.start_shared(Cluster(cls.shared))
        cls.mesh = cls.start_shared(PodMesh(ENVOY, BIN_DIR, os.path.join(cls.shared, "mesh")))
        cls.choose_image()
        for number, target in enumerate(cls.mesh.targets()):
            cls.place_sidecar(target["name"], number)
        cls.agent = AgentInPod()
        cls.addClassCleanup(cls.agent.stop)
        cls.cluster.install("port=" + cls.agent.port, "config.poll.interval=500ms", "config.poll.timeout=400ms",
                            "config.poll.window=5m")
        cls.workload = cls.cluster.get("daemonset", make.NAME)
        cls.container = cls.as_container(place(cls.cluster.api, cls.workload, NODE))
        cls.addClassCleanup(cls.container.stop)
        cls.start_agent()

    @classmethod
    def choose_image(cls):
        if not IS_IMAGE:
            cls.root, cls.entry = image_files(cls.shared)
            return
        image = BuiltImage("amd64", "chart")
        cls.addClassCleanup(image.remove)
        image.make()
        cls.root, cls.entry = image.root, image.config["config"]["Entrypoint"]

    @classmethod
    def place_sidecar(cls, name, number):
        """A pod of the node with an Envoy whose admin port is the mesh's."""
        owner = {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": workload_of(name), "uid": f"uid-{number}",
                 "controller": True}
        port = cls.mesh.admin(name).rpartition(":")[2]
        cls.cluster.api.create(pod_path(NAMESPACE), metadata={
            "name": name, "ownerReferences": [owner], "annotations": {"mesh-exporter.io/admin-port": port}},
            spec={"nodeName": NODE, "containers": [{"name": one, "image": one} for one in ("app", "envoy")]})
        cls.cluster.api.set_status(NAMESPACE, name, ADDRESS, **AT)

    @classmethod
    def as_container(cls, pod):
        return Container(cls.cluster, pod, cls.root, cls.entry, cls.shared)

    @classmethod
    def start_agent(cls):
        cls.container.start()
        cls.agent.follow(cls.container)
        cls.container.wait_ready()

    def wait_for_the_mesh(self):
        """Until every sidecar answers."""
        wanted = {target["name"] for target in self.mesh.targets()}
        self.agent.wait_for(lambda page: {row["pod"] for row, value in page.rows("mesh_target_up") if value == 1}
                            == wanted, "the sidecars of the node")

    def of_process(self, what):
        return f"/proc/{child_of(self.container.child.pid)}/{what}"

    # ---- what it shows ----

    def test_it_finds_the_mesh_and_counts_as_the_caller_does(self):
        self.wait_for_the_mesh()
        before = self.agent.page_after_polls()
        booked = ledger_calls(self.mesh.run_load(calls=CALLS))
        after = self.agent.page_after_polls()
        self.assertEqual(sum(booked.values()), CALLS)
        for direction in ("outbound", "inbound"):
            self.assertEqual(after.calls(direction=direction) - before.calls(direction=direction), booked)
        callers = {row["pod"] for row, _ in after.rows("mesh_grpc_requests_total", direction="outbound")}
        self.assertEqual(callers, {CLIENT})
        self.assertEqual({row["workload"] for row, _ in after.rows("mesh_target_up")}, {"storefront", "backend"})
        self.assertEqual(after.value("mesh_exporter_discovery_problems", source="kubernetes"), 0)

    def test_both_probes_are_answered(self):
        for probe in ("livenessProbe", "readinessProbe"):
            self.assertTrue(self.container.probe(probe))
        status = self.cluster.api.get(self.container.path)["status"]
        self.assertIn(("Ready", "True"), {(one["type"], one["status"]) for one in status["conditions"]})

    # ---- what it is and may ----

    def test_it_is_the_program_of_the_image(self):
        running = digest(self.of_process("exe"))
        self.assertEqual(running, digest(self.root + PROGRAM))
        if not IS_IMAGE:
            self.assertEqual(running, digest(BINARY))

    @unittest.skipUnless(IS_IMAGE, "the files of an image have the program as it was built, which is not stripped")
    def test_it_is_the_program_of_the_package(self):
        if digest(self.root + PROGRAM) == hashlib.sha256(packed_program()).hexdigest():
            return
        other = built_with_others(self.root)
        self.assertTrue(other, "other programs, made of the same Debian packages")
        self.skipTest(f"the package was made with other Debian packages than the image: {', '.join(other)}")

    def test_it_runs_as_the_api_server_has_it(self):
        with open(self.of_process("cmdline"), encoding="utf-8") as file:
            words = file.read().rstrip("\0").split("\0")
        self.assertEqual(words, [PROGRAM, *self.workload["spec"]["template"]["spec"]["containers"][0]["args"]])
        with open(self.of_process("status"), encoding="utf-8") as file:
            status = file.read()
        for line in (r"Uid:(\t65532){4}", r"Gid:(\t65532){4}", r"CapEff:\t0+", r"CapBnd:\t0+", r"NoNewPrivs:\t1",
                     r"NSpid:\t\d+\t1"):
            self.assertRegex(status, f"(?m)^{line}$")
        with open(self.of_process("mountinfo"), encoding="utf-8") as file:
            mounts = {line.split()[4]: line.split()[5].split(",")[0] for line in file}
        self.assertEqual({place: mounts[place] for place in ("/", "/etc/mesh_exporter")},
                         {"/": "ro", "/etc/mesh_exporter": "ro"})

    # ---- `helm test` ----

    def helm_test(self):
        """(whether Helm says that it succeeded, what it says, the hook's exit code)"""
        def hooks():
            return [one for one in self.cluster.api.get(pod_path(SPACE))["items"]
                    if one["metadata"]["name"] == make.NAME + "-test" and one["status"]["phase"] == "Pending"]
        with concurrent.futures.ThreadPoolExecutor() as pool:
            helm = pool.submit(self.cluster.helm, "test", make.NAME, "--timeout=60s")
            wait_until(lambda: hooks() or helm.done(), "Helm to make the hook's pod", 60)
            self.assertFalse(helm.done())
            pod, = hooks()
            container = self.as_container(bind(self.cluster.api, pod, NODE))
            code = container.run(30)
            try:
                return True, helm.result(), code
            except ValueError as error:
                return False, str(error), code

    def test_helm_test_says_whether_an_agent_answers(self):
        self.wait_for_the_mesh()
        succeeded, said, code = self.helm_test()
        self.assertEqual((succeeded, code), (True, 0), said)
        self.assertRegex(said, r"Phase: +Succeeded")
        self.assertEqual(self.container.stop(), 0)  # at the first SIGTERM, and as process 1
        try:
            succeeded, said, code = self.helm_test()
            self.assertEqual((succeeded, code), (False, 2), said)
        finally:
            self.start_agent()


if __name__ == "__main__":
    unittest.main()
