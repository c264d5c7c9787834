#!/usr/bin/env python3
"""The port at which a target takes calls, looked at by the agent: real Envoys that require client
certificates, strictly and permissively, for the version that MESH_ENVOY names. What is served stands
beside what the admin port reports, under one identity, and the proxy counts no failure. One of the
listeners missed a rotation; the trust bundle is exchanged and taken away."""

import json
import os
import shutil
import unittest

from harness import BINARY, ENVOY, Agent, SharedPartsTest, wait_until
from certificate_history import end_of
from certificates import DAY, Authority, spiffe_name
from tls_listeners import TlsEnvoy, moved, permissive, strict, traces

LOOKS = 8
IDENTITY = spiffe_name("users")
# target → its listener, and what is asked beside the address
TARGETS = {"strict-0": ("tls13", {}), "old-tls-0": ("tls12", {}), "mixed-0": ("mixed", {"alpn": ["istio"]}),
           "missed-0": ("missed", {})}


class InboundPort(SharedPartsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authority = Authority(cls.path("ca")).create()
        cls.other = Authority(cls.path("other", "ca")).create()
        # Of one second, perhaps: then the one that ends later is the newer one.
        cls.authority.issue("users", cls.path("before"), DAY)
        cls.authority.issue("users", cls.path("now"), 2 * DAY)
        now = cls.path("now"), cls.authority.root
        cls.envoy = cls.start_shared(TlsEnvoy(ENVOY, cls.shared, {
            "tls13": [strict("tls13", *now, {"tls_minimum_protocol_version": "TLSv1_3"})],
            "tls12": [strict("tls12", *now, {"tls_maximum_protocol_version": "TLSv1_2"})],
            "mixed": permissive(*now),
            "missed": [strict("missed", cls.path("before"), cls.authority.root)]}, ["mixed"]))
        cls.bundle = cls.path("bundle.pem")
        shutil.copy(cls.authority.root, cls.bundle)
        cls.agent = cls.start_shared(Agent(BINARY, cls.shared, cls.config()))

    @classmethod
    def path(cls, *parts):
        return os.path.join(cls.shared, *parts)

    @classmethod
    def config(cls):
        targets = [{"name": name, "namespace": "shop", "workload": "users", "admin": cls.envoy.admin,
                    "inbound": {"address": f"127.0.0.1:{cls.envoy.port(listener)}", **more}}
                   for name, (listener, more) in TARGETS.items()]
        # Who offers nothing to a permissive port meets a closed door: the short form, too.
        targets.append({"name": "silent-0", "namespace": "shop", "admin": cls.envoy.admin,
                        "inbound": f"127.0.0.1:{cls.envoy.port('mixed')}"})
        return json.dumps({
            "poll": {"interval": "1s"},
            "certificates": {"interval": "1s", "parallel": 2, "trust": [
                {"name": "mesh", "file": cls.bundle, "spiffe_trust_domain": "demo.mesh"}]},
            "targets": targets})

    def wait_for(self, condition, what):
        """The first page that fulfils condition(page)."""
        found = []

        def holds():
            page = self.agent.page()
            if condition(page):
                found.append(page)
            return found
        wait_until(holds, what, 60, alive=[self.agent.child, self.envoy.child])
        return found[0]

    def settled(self):
        """A page on which every target was compared."""
        return self.wait_for(lambda page: len(page.rows("mesh_certificate_served_differs"))
                             == len(TARGETS), "every target to be compared")

    def test_the_proxy_counts_no_failure(self):
        self.settled()
        before = self.envoy.stats()

        def looks(stats):
            return [stats[f"listener.{name}.downstream_cx_destroy"]
                    - before[f"listener.{name}.downstream_cx_destroy"]
                    for name in ("tls13", "tls12", "mixed", "missed")]
        wait_until(lambda: min(looks(self.envoy.stats())) >= LOOKS, "more looks", 60,
                   alive=[self.agent.child, self.envoy.child])
        self.assertEqual(traces(moved(before, self.envoy.stats())), {})

    def test_what_is_served_stands_beside_what_is_reported(self):
        page = self.settled()
        for pod, (listener, _) in TARGETS.items():
            with self.subTest(pod):
                wanted = {"namespace": "shop", "pod": pod, "workload": "users", "mesh": "envoy",
                          "role": "leaf", "certificate": IDENTITY}
                name = "mesh_certificate_not_after_timestamp_seconds"
                served = "before" if listener == "missed" else "now"
                self.assertEqual(page.value(name, source="admin", location="", **wanted),
                                 end_of(self.path("now", "tls.crt")))
                self.assertEqual(
                    page.value(name, source="handshake", location="inbound", **wanted),
                    end_of(self.path(served, "tls.crt")))
                self.assertEqual(page.value("mesh_tls_probe_success", pod=pod), 1)
                self.assertEqual(page.value("mesh_tls_probe_info", pod=pod, endpoint="inbound",
                                            state="held_back", version="TLSv1.2"
                                            if listener == "tls12" else "TLSv1.3"), 1)
        self.assertEqual(page.value("mesh_tls_probe_success", pod="silent-0"), 0)

    def test_a_listener_that_missed_a_rotation_is_found(self):
        page = self.settled()
        for pod in TARGETS:
            self.assertEqual(page.value("mesh_certificate_served_differs", pod=pod, source="admin",
                                        role="leaf", certificate=IDENTITY), pod == "missed-0", pod)
        self.assertEqual([row["pod"] for row, _ in page.rows(
            "mesh_finding", finding="served_chain_differs")], ["missed-0"])
        status, html = self.agent.get("/")
        self.assertEqual(status, 200)
        self.assertIn("is served with serial", html)

    def test_the_bundle_says_which_roots_there_may_be(self):
        def roots(page):
            return {row["pod"]: value for row, value in page.rows(
                "mesh_certificate_root_in_bundle", source="admin", bundle="mesh")}

        def found(page, name):
            return {row["pod"] for row, _ in page.rows("mesh_finding", finding=name)}
        pods = {*TARGETS, "silent-0"}
        page = self.wait_for(lambda page: roots(page) == {pod: 1 for pod in pods}, "the good bundle")
        self.assertEqual(found(page, "root_not_in_bundle"), set())
        self.assertEqual(page.value("mesh_exporter_trust_bundle_readable", bundle="mesh"), 1)

        shutil.copy(self.other.root, self.bundle + ".new")
        os.rename(self.bundle + ".new", self.bundle)
        page = self.wait_for(lambda page: roots(page) == {pod: 0 for pod in pods},
                             "the bundle of another mesh")
        self.assertEqual(found(page, "root_not_in_bundle"), pods)

        os.remove(self.bundle)
        page = self.wait_for(lambda page: page.value(
            "mesh_exporter_trust_bundle_readable", bundle="mesh") == 0, "the bundle to be missed")
        self.assertEqual(found(page, "trust_bundle_unreadable"), {""})
        self.assertEqual(roots(page), {pod: 0 for pod in pods})  # by what was read last


if __name__ == "__main__":
    unittest.main()
