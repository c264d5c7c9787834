#!/usr/bin/env python3
"""That what the chart grants for networkNamespaces is enough: an agent as such a pod would run, root with two
capabilities and no others, reads a real Envoy's admin port on the loopback of another network, and its
memory: tests/e2e/run --deploy. As root, where control groups can be made; half a minute."""

import json
import os
import signal
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from real_mesh import ENVOY, SharedPartsTest
from cluster import SPACE, Cluster, PodOf
import own_network
from control_group import ControlGroup, NoControlGroups
from lone_sidecar import LoneSidecar
from recorded_proxy import recorded

NODE = "node-5"
SYS_PTRACE, SYS_ADMIN = 1 << 19, 1 << 21
PODS = "/api/v1/namespaces/shop/pods"


@unittest.skipUnless(os.geteuid() == 0, "only root may make network namespaces")
class Entering(SharedPartsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cluster = cls.start_shared(Cluster(cls.shared))
        cls.run_sidecar()

    @classmethod
    def run_sidecar(cls):
        """A pod of Istio's on the node, and its proxy in a control group that is named after it."""
        sidecar = LoneSidecar(own_network.wrapped(ENVOY, cls.shared), "apart-1", cls.shared, lifetime=3600)
        cls.start_shared(sidecar)
        recording = json.loads(recorded("pods/istio/sidecar.json"))
        variables = next(one for one in recording["spec"]["containers"] if one["name"] == "istio-proxy")["env"]
        next(one for one in variables if one["name"] == "PROXY_CONFIG")["value"] = json.dumps(
            {"proxyAdminPort": int(sidecar.admin.rsplit(":", 1)[1])})
        statuses = recording["status"]["containerStatuses"]
        pod = cls.cluster.api.create(PODS, spec={**recording["spec"], "nodeName": NODE}, metadata={
            "name": "apart-1", "namespace": "shop", "labels": recording["metadata"]["labels"],
            "annotations": recording["metadata"]["annotations"]})
        # Its address is one where nobody has its page.
        cls.cluster.api.set_status("shop", "apart-1", "127.0.0.1", containerStatuses=statuses)
        cls.hold(sidecar.pid, f"mesh_exporter_pod{pod['metadata']['uid']}", next(
            one["containerID"].removeprefix("containerd://") for one in statuses if one["name"] == "istio-proxy"))

    @classmethod
    def hold(cls, pid, pod, container):
        """In a control group as a kubelet names it."""
        for name in (pod, f"{pod}/{container}"):
            group = ControlGroup(name, memory=1 << 30, processors=2)
            try:
                group.make()
            except NoControlGroups as error:
                raise unittest.SkipTest(str(error)) from error
            cls.addClassCleanup(group.remove)
        group.take_in(pid)
        cls.addClassCleanup(os.kill, pid, signal.SIGKILL)  # before its groups go

    def install(self, *values):
        """An agent on the node, as installed with these."""
        self.cluster.install(*values)
        self.addCleanup(self.cluster.helm, "uninstall", SPACE)
        ours = PodOf(self.cluster, "daemonset", SPACE, NODE)
        self.addCleanup(ours.stop)
        ours.start()
        return ours

    def ways(self, ours):
        return {row["method"] for row, _ in ours.agent.page().rows("mesh_target_access")}

    def memory(self, ours):
        return [value for _, value in ours.agent.page().rows("mesh_sidecar_memory_bytes")]

    def test_two_capabilities_and_the_control_groups_are_enough(self):
        ours = self.install("networkNamespaces.enabled=true", "config.poll.interval=1s")
        self.assertEqual(ours.privileges(), (0, SYS_PTRACE | SYS_ADMIN))
        ours.wait_for(lambda: [value for _, value in ours.agent.page().rows("mesh_target_up")] == [1.0],
                      "the sidecar to answer")
        self.assertIn("namespace", self.ways(ours))
        ours.wait_for(lambda: self.memory(ours), "its memory")
        self.assertNotIn("are not asked", ours.agent.log())

    def test_the_control_groups_alone_show_memory_to_an_ordinary_user(self):
        ours = self.install("controlGroups.enabled=true", "config.poll.interval=1s")
        self.assertEqual(ours.privileges(), (65532, 0))
        ours.wait_for(lambda: self.memory(ours), "its memory")
        self.assertNotIn("namespace", self.ways(ours))

    def test_the_base_posture_says_what_is_hidden(self):
        ours = self.install("config.poll.interval=1s")
        ours.wait_for(lambda: ours.report().get("shop/apart-1"), "the pod")
        self.assertIn("network_namespaces shows them", ours.report()["shop/apart-1"]["hidden"])
        self.assertEqual(self.memory(ours), [])


if __name__ == "__main__":
    unittest.main()
