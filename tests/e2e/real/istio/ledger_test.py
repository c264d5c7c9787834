#!/usr/bin/env python3
"""What is told of Istio's sidecars, held against the books of who called through them: of one as Istio makes
it, by the page that its pod shows and by its admin port; of one that shows all of Envoy's statistics; and of
the first again, once the switch was set that is named for what it hides. And istiod's own page.
tests/e2e/run --istio; a minute."""

import json
import os
import subprocess
import sys
import unittest
from collections import Counter

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from real_mesh import BINARY, Agent, RealMeshTest, leaf, say
from books import Books, by_status
from certificate_history import end_of
from istio_mesh import APPLICATION, ISTIOD, NODE, PODS, IstioMesh

CLIENT, SERVER = "orders-1", "payments-1"  # all of Envoy's statistics, and Istio's choice
BURST = 400  # calls, in which each method meets each status
UPSTREAM = "payments.shop.svc.cluster.local:9391"
# What is not told by the page of a sidecar as Istio makes it.
OF_CALLS = ("mesh_grpc_", "mesh_pod_", "mesh_upstream_endpoint", "mesh_upstream_balance",
            "mesh_upstream_effective", "mesh_upstream_imbalance", "mesh_upstream_circuit",
            "mesh_upstream_resets")
# The page has this one cluster, by which Envoy gets its configuration.
CONTROL_PLANE = {"xds-grpc"}


class LedgerMesh(IstioMesh):
    def targets(self):
        return super().targets() + [{"name": "istiod-1", "namespace": "istio-system", "mesh": "istiod",
                                     "metrics": ISTIOD + "/metrics"}]


class IstioLedger(RealMeshTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start_mesh_and_agent(LedgerMesh(cls.shared))
        cls.mesh.tell_of_pods()
        cls.outside = cls.start_shared(Agent(BINARY, cls.shared, json.dumps({
            "poll": {"interval": "1s", "timeout": "900ms", "window": "30s", "stale_after": "10s"},
            "discovery": {"kubernetes": {
                "node_name": NODE, "kubeconfig": cls.mesh.kubernetes.kubeconfig}}}), name="outside"))
        cls.outside.wait_for(lambda page: sum(up for _, up in page.rows("mesh_target_up")) == 2,
                             "the pods of the node")
        cls.wait_until_agreed()
        cls.books = Books(cls.agent, cls.outside)
        cls.books.keep("default", cls.call)
        cls.report = cls.report_of_targets()
        cls.ends = [leaf(cls.outside.page(), "not_after_timestamp_seconds", SERVER, "proxy"),
                    cls.watch.leaf(SERVER).not_after]
        cls.mesh.show_all_statistics(SERVER.removesuffix("-1"))
        for agent in (cls.agent, cls.outside):
            agent.page_after_polls()
        cls.books.keep("opened", cls.call)

    @classmethod
    def call(cls):
        yield cls.mesh.start_load(calls=BURST, rate=200).finish()

    @classmethod
    def report_of_targets(cls):
        """{pod: row} of the command `targets`."""
        said = subprocess.run([BINARY, "targets", "--agent=" + cls.outside.listens_on, "--output=json"],
                              capture_output=True, text=True, check=True).stdout
        return {row["pod"].removeprefix(PODS + "/"): row for row in json.loads(said)}

    def families(self, part, agent, pod):
        return {name for name, rows in self.books.page(part, agent).families.items()
                if any(("pod", pod) in labels for labels in rows)}

    def assert_told_by_status(self, counted, booked):
        """As many calls of each status, and no method of any."""
        self.assertEqual({call[:2] for call in counted}, {("", "")})
        self.assert_same_calls(by_status(counted), by_status(booked))

    def test_by_default_a_page_tells_of_certificate_and_control_plane_and_invents_no_call(self):
        families = self.families("default", self.outside, SERVER)
        for told in ("mesh_certificate_not_after_timestamp_seconds", "mesh_control_plane_connected",
                     "mesh_sidecar_uptime_seconds", "mesh_sidecar_heap_bytes"):
            self.assertIn(told, families)
        self.assertEqual({name for name in families if name.startswith(OF_CALLS)}, set())
        upstreams = {dict(labels)["upstream"] for name, rows
                     in self.books.page("default", self.outside).families.items()
                     for labels in rows if ("pod", SERVER) in labels and "upstream" in dict(labels)}
        self.assertLessEqual(upstreams, CONTROL_PLANE)

    def test_the_end_of_the_certificate_is_right_without_the_admin_port(self):
        told, listed = self.ends
        self.assertLessEqual(abs(told - listed), 2)

    def test_what_is_hidden_is_named_with_the_switch(self):
        self.assertEqual(set(self.report), {CLIENT, SERVER})
        for pod, row in self.report.items():
            self.assertEqual(row["state"], "up", pod)
            for words in ("endpoints", "15000", "loopback", "proxyStatsMatcher", "network_namespaces"):
                self.assertIn(words, row["hidden"], pod)

    def test_the_admin_port_tells_endpoints_and_still_no_call_by_default(self):
        page = self.books.page("default", self.agent)
        self.assertEqual(self.books.counted("default", SERVER, "inbound"), Counter())
        received = sum(value for row, value in page.rows("mesh_upstream_endpoint_requests_total", pod=SERVER)
                       if row["endpoint"] == f"127.0.0.1:{APPLICATION}")
        self.assertGreaterEqual(received, sum(self.books.booked("default").values()))
        self.assertEqual(page.value("mesh_control_plane_connected", pod=SERVER, resource="ads"), 1)

    def test_with_all_statistics_each_call_is_told_by_its_status(self):
        for part in ("default", "opened"):
            booked = self.books.booked(part)
            self.assertEqual(self.books.unanswered(part), 0)
            for agent in (self.agent, self.outside):
                self.assert_told_by_status(self.books.counted(part, CLIENT, "outbound", agent), booked)
        for agent in (self.agent, self.outside):
            rows = self.books.page("opened", agent).rows("mesh_grpc_requests_total", pod=CLIENT,
                                                         direction="outbound")
            self.assertEqual({row["upstream"] for row, _ in rows}, {UPSTREAM})
        say(f"{sum(booked.values())} calls by status, equal by admin port and by page")

    def test_the_switch_shows_what_was_hidden_and_each_try_of_a_call(self):
        """Istio has the caller's sidecar try UNAVAILABLE again, which the one that is called sees as calls."""
        booked = by_status(self.books.booked("opened"))
        retries = self.books.grown("opened", "mesh_upstream_retries_total", pod=CLIENT, result="started")
        self.assertGreater(retries, 0)
        for agent in (self.agent, self.outside):
            counted = self.books.counted("opened", SERVER, "inbound", agent)
            self.assert_told_by_status(counted, Counter(
                {("", "", code): count for code, count in booked.items()}) + Counter(
                    {("", "", "UNAVAILABLE"): int(retries)}))
        say(f"{sum(booked.values())} calls arrived, and {retries:.0f} tried again")

    def test_istiods_page_tells_the_ends_of_its_certificates(self):
        for role, file in (("root", "root-cert.pem"), ("intermediate", "ca-cert.pem")):
            told = self.books.page("default").value(
                "mesh_certificate_not_after_timestamp_seconds", pod="istiod-1", source="proxy", role=role)
            self.assertLessEqual(abs(told - end_of(self.mesh.path("istiod", file))), 1, role)

    def test_istiods_page_tells_of_its_proxies_its_pushes_and_what_it_issued(self):
        def told(part, metric, **labels):
            rows = self.books.page(part).rows(metric, pod="istiod-1", **labels)
            return sum(value for _, value in rows)
        for part in ("default", "opened"):
            self.assertEqual(told(part, "mesh_control_plane_proxies"), 2, part)
        for resource in ("cds", "lds"):
            self.assertGreater(told("default", "mesh_control_plane_pushes_total", resource=resource,
                                    result="pushed"), 0, resource)
        self.assertEqual(told("opened", "mesh_control_plane_pushes_total", result="rejected"), 0)
        before, after = (told(part, "mesh_ca_issuances_total", result="issued")
                         for part in ("default", "opened"))
        say(f"istiod issued {before:.0f} certificates, and {after:.0f} once a sidecar was started anew")
        self.assertGreaterEqual(before, 2)
        self.assertGreater(after, before)


if __name__ == "__main__":
    unittest.main()
