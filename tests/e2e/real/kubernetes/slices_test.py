#!/usr/bin/env python3
"""Endpoints named by their pods on other nodes, as the EndpointSlices of a real API server tell them, and
exactly the rights that deploy/kubernetes/rbac_endpoint_slices.yaml says are enough:
tests/e2e/run --kubernetes. Half a minute."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from real_mesh import SharedPartsTest, answers, say, wait_until
from cluster import ADMIN_PORT, NAMESPACE, ON_SLICES, Cluster, WatchedNode

SLICES = f"/apis/discovery.k8s.io/v1/namespaces/{NAMESPACE}/endpointslices"
VERBS = ("list", "watch")
SECONDS = 3  # from a change of a slice to its effect on /metrics: gathered for one
BACK_OFF = 60
FAR, FAR_SIX, NEAR = "10.99.0.7", "fd00:99::7", "127.0.0.61"


def upstream(*ips):
    """A cluster of a sidecar with these endpoints, which nobody needs to reach."""
    return {"clusters": [{"name": "users", "type": "STATIC", "connect_timeout": "1s", "load_assignment": {
        "cluster_name": "users", "endpoints": [{"lb_endpoints": [{"endpoint": {"address": {
            "socket_address": {"address": ip, "port_value": 50051}}}} for ip in ips]}]}}]}


class Slices(SharedPartsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cluster = cls.start_shared(Cluster(cls.shared))
        cls.rbac = cls.cluster.apply("rbac_endpoint_slices.yaml")
        cls.proxy = cls.cluster.spawn_proxy("caller", NEAR, resources=upstream(FAR, FAR_SIX))
        cls.addClassCleanup(cls.proxy.terminate)
        wait_until(lambda: answers(f"http://{NEAR}:{ADMIN_PORT}", "/ready"), "the sidecar",
                   alive=[cls.proxy])
        cls.cluster.run_pod("caller", "envoy/named_admin_port", "node-names", NEAR)

    def setUp(self):
        super().setUp()
        self.made = []
        self.addCleanup(lambda: [self.cluster.api.delete(f"{SLICES}/{name}") for name in self.made])

    def watch(self, **more):
        ours = WatchedNode(self.cluster, "node-names", **more)
        self.addCleanup(ours.stop)
        ours.start()
        return ours

    def slice(self, name, family, pods, kind="Pod"):
        """{ip: name of the pod}; gives the moment before."""
        began = time.monotonic()
        self.made.append(name)
        self.cluster.api.create(
            SLICES, metadata={"name": name, "labels": {"kubernetes.io/service-name": "users"}},
            addressType=family, ports=[{"name": "grpc", "port": 50051}], endpoints=[
                {"addresses": [ip], "conditions": {"ready": True},
                 "targetRef": {"kind": kind, "namespace": NAMESPACE, "name": pod}}
                for ip, pod in pods.items()])
        return began

    def remove(self, name):
        began = time.monotonic()
        self.cluster.api.delete(f"{SLICES}/{name}")
        self.made.remove(name)
        return began

    def names(self, page):
        return {row["endpoint"]: row["endpoint_pod"]
                for row, _ in page.rows("mesh_upstream_endpoint_connections", pod="caller")}

    def wait_for_names(self, ours, far, far_six, began=None):
        wanted = {f"{FAR}:50051": far, f"[{FAR_SIX}]:50051": far_six}
        ours.agent.wait_for(lambda page: self.names(page) == wanted, f"the names {wanted}")
        if began is not None:
            took = time.monotonic() - began
            say(f"the names are {wanted} {took:.2f} s after the slice changed")
            self.assertLess(took, SECONDS)

    def test_endpoints_have_the_names_of_pods_on_other_nodes(self):
        self.slice("users-4", "IPv4", {FAR: "users-0"})
        ours = self.watch(endpoint_slices=True)
        self.wait_for_names(ours, "users-0", "")
        began = self.slice("users-6", "IPv6", {FAR_SIX: "users-0"})
        self.wait_for_names(ours, "users-0", "users-0", began)
        # Another Service has the same pod: what goes with the first is only what no other slice has.
        self.slice("all-4", "IPv4", {FAR: "users-0", "10.99.0.8": "users-1"})
        self.remove("users-4")
        began = self.remove("users-6")
        self.wait_for_names(ours, "users-0", "", began)
        began = self.remove("all-4")
        self.wait_for_names(ours, "", "", began)
        self.assertEqual(ours.told(), [])

    def test_nothing_is_asked_for_without_the_key(self):
        self.slice("users-4", "IPv4", {FAR: "users-0"})
        self.cluster.allow("delete", right=ON_SLICES)
        self.addCleanup(self.cluster.allow, *VERBS, right=ON_SLICES)
        ours = self.watch()
        self.wait_for_names(ours, "", "")
        self.assertEqual(ours.told(), [])

    def test_the_manifest_allows_two_verbs_on_slices_and_nothing_else(self):
        rules = [rule for one in self.rbac for rule in one.get("rules", [])]
        self.assertEqual(rules, [{"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"],
                                  "verbs": list(VERBS)}])

    def test_a_verb_that_is_missing_is_named_and_costs_no_target(self):
        self.addCleanup(self.cluster.allow, *VERBS, right=ON_SLICES)
        self.slice("users-4", "IPv4", {FAR: "users-0"})
        for verb in VERBS:
            with self.subTest(verb):
                self.cluster.allow(*(one for one in VERBS if one != verb), right=ON_SLICES)
                wait_until(lambda one=verb: not self.cluster.may(one, ON_SLICES), "the role to hold")
                ours = self.watch(endpoint_slices=True)
                wait_until(ours.told, "the trouble", alive=[ours.agent.child])
                self.assertIn(f"cannot {verb} endpointslices: HTTP status 403", ours.told()[0])
                self.assertIn(f'grant the verb \\"{verb}\\" on \\"endpointslices\\" in a ClusterRole',
                              ours.told()[0])
                ours.agent.wait_for(lambda page: ours.shown(page) == {"caller"}, "the pod")
                self.cluster.allow(*VERBS, right=ON_SLICES)
                ours.agent.wait_for(lambda page: ours.problems(page) == 0, "all to be well", BACK_OFF)
                self.wait_for_names(ours, "users-0", "")


if __name__ == "__main__":
    unittest.main()
