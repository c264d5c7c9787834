#!/usr/bin/env python3
"""gRPC servers of pods, asked for their health because the pods opt in, as the API server of a real Kubernetes
tells of them: tests/e2e/run --kubernetes. Half a minute."""

import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(HERE))), "support"))

from real_mesh import SharedPartsTest
from told_health import HealthServer
from cluster import NAMESPACE, PODS, Cluster, WatchedNode

OPT_IN = "mesh-exporter.io/grpc-probe"
PORT_KEY = OPT_IN + "-port"


class Health(SharedPartsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cluster = cls.start_shared(Cluster(cls.shared))
        cls.server = cls.start_shared(HealthServer(host="0.0.0.0"))

    def watch(self, node):
        watched = WatchedNode(self.cluster, node)
        self.addCleanup(watched.stop)
        watched.start()
        return watched

    def run_pod(self, name, node, ip, **annotations):
        return self.cluster.run_pod(name, "app/nothing", node, ip, annotations=annotations)

    def found(self, page):
        """{endpoint: status} of what is asked."""
        return {row["endpoint"]: row["status"]
                for row, value in page.rows("mesh_grpc_health_status") if value == 1}

    def probes(self, page, endpoint):
        ((_, value),) = page.rows("mesh_grpc_health_probes_total", endpoint=endpoint)
        return value

    def test_they_come_and_go_with_their_pods(self):
        node, port = "node-health", str(self.server.port)
        ours = self.watch(node)
        self.run_pod("asked", node, "127.4.0.1", **{OPT_IN: "true", PORT_KEY: port})
        self.run_pod("by-name", node, "127.4.0.2", **{OPT_IN: "true"})  # at 50051, where nobody is
        self.run_pod("silent", node, "127.4.0.3")
        self.run_pod("odd", node, "127.4.0.4", **{OPT_IN: "yes"})
        expected = {f"asked:{port}": "serving", "by-name:50051": "unreachable"}
        page = ours.agent.wait_for(lambda page: self.found(page) == expected and "odd" in ours.report(),
                                   "both to be asked")
        ((row, _),) = page.rows("mesh_grpc_health_probe_duration_seconds", endpoint=f"asked:{port}")
        self.assertEqual((row["namespace"], row["pod"], row["workload"]), (NAMESPACE, "asked", "users"))
        told = {name: row["trouble"] for name, row in ours.report().items()}
        self.assertIn(f"asked for its gRPC health at 127.4.0.1:{port}", told["asked"])
        self.assertIn(f'{OPT_IN}: "yes"; expected true or false', told["odd"])
        self.assertNotIn("gRPC health", told["silent"])
        self.assertEqual(ours.agent.get(f"/probe?target={NAMESPACE}/asked:{port}")[0], 200)
        self.assertEqual(ours.agent.get(f"/probe?target={NAMESPACE}/silent:{port}")[0], 403)

        # Who opts in later is asked from then on; who stays keeps its count.
        before = self.probes(ours.agent.page(), f"asked:{port}")
        self.cluster.api.change(f"{PODS}/silent", metadata={"annotations": {OPT_IN: "true", PORT_KEY: port}})
        expected[f"silent:{port}"] = "serving"
        page = ours.agent.wait_for(lambda page: self.found(page) == expected, "the third")
        self.assertGreaterEqual(self.probes(page, f"asked:{port}"), before)
        self.cluster.set_status("silent", "127.4.0.3", "Succeeded")
        self.cluster.delete("asked")
        del expected[f"silent:{port}"], expected[f"asked:{port}"]
        ours.agent.wait_for(lambda page: self.found(page) == expected, "both to be gone")
        self.assertEqual(ours.agent.get(f"/probe?target={NAMESPACE}/asked:{port}")[0], 403)

    def test_they_are_asked_where_and_for_what_the_kubelet_asks(self):
        """As the API server itself writes a probe, its defaults filled in."""
        self.server.say("users.v1.Users", "NOT_SERVING")
        pod = {"metadata": {"name": "by-kubelet", "namespace": NAMESPACE, "annotations": {OPT_IN: "true"}},
               "spec": {"nodeName": "node-kubelet", "containers": [{
                   "name": "users", "image": "users",
                   "livenessProbe": {"grpc": {"port": self.server.port}},
                   "readinessProbe": {"grpc": {"port": self.server.port, "service": "users.v1.Users"}}}]}}
        ours = self.watch("node-kubelet")
        self.cluster.api.create(PODS, **pod)
        self.cluster.set_status("by-kubelet", "127.4.1.1")
        name = f"by-kubelet:{self.server.port}"
        page = ours.agent.wait_for(lambda page: len(page.rows("mesh_grpc_health_probes_total")) == 2,
                                   "both services to be asked")
        statuses = {row["grpc_service"]: row["status"]
                    for row, value in page.rows("mesh_grpc_health_status", endpoint=name) if value == 1}
        self.assertEqual(statuses, {"": "serving", "users.v1.Users": "not_serving"})

    def test_an_application_without_a_proxy_is_asked_by_calls_where_it_names_its_port(self):
        ours = self.watch("node-proxyless")
        self.run_pod("names-it", "node-proxyless", "127.4.2.1", **{
            "mesh-exporter.io/mesh": "proxyless", "mesh-exporter.io/admin-port": str(self.server.port)})
        self.cluster.run_pod("does-not", "app/proxyless_elsewhere", "node-proxyless", "127.4.2.2")
        ours.agent.wait_for(lambda page: page.rows("mesh_target_up", pod="names-it", mesh="proxyless") and
                            "does-not" in ours.report(), "both to be seen")
        told = ours.report()
        self.assertEqual(told["names-it"]["address"], f"127.4.2.1:{self.server.port}")
        self.assertIn("mesh-exporter.io/admin-port names the port", told["does-not"]["trouble"])


if __name__ == "__main__":
    unittest.main()
