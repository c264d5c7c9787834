#!/usr/bin/env python3
"""Real control planes that come, push, are refused, are killed and return, and real Envoys of the
version that MESH_ENVOY names; what the agent says of each moment, and that it says nothing more."""

import json
import os
import socket
import unittest

from harness import BINARY, ENVOY, Agent, SharedPartsTest
import certificates
from certificate_history import end_of
from controlled_sidecar import (ADS, BAD, GOOD, ControlledSidecar, ControlPlane, cluster, listener,
                                own_connection, secret_from, secrets)
from lone_sidecar import LoneSidecar
from processes import ReservedPort

CLUSTER = "outbound|50051||users.shop.svc.cluster.local"
PLANE = "mesh_control_plane_"
# Where the leaf comes from: a connection of its own, the connection for all, or within the cluster.
KINDS = {"separate-1": "own", "together-1": "ads", "inline-1": "inline"}


class Silent:
    """Accepts connections and says nothing."""

    def __init__(self):
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._socket.getsockname()[1]

    def stop(self):
        self._socket.close()


class ControlPlaneTest(SharedPartsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authority = certificates.Authority(os.path.join(cls.shared, "ca")).create()
        cls.issuer = ControlPlane(cls.shared, "issuer")
        cls.planes, cls.sidecars, cls.ends, cls.listeners = {}, {}, {}, {}
        for days, name in enumerate(KINDS, 2):
            cls.listeners[name] = ReservedPort()
            cls.addClassCleanup(cls.listeners[name].release)
            certificate_dir = cls.directory_of(name)
            cls.authority.issue("users", certificate_dir, days * certificates.DAY)
            cls.ends[name] = end_of(os.path.join(certificate_dir, "tls.crt"))
            cls.planes[name] = ControlPlane(cls.shared, "plane-" + name)
            cls.configure(name)
        cls.issuer.say(secrets=secrets(cls.directory_of("separate-1")))
        for plane in (cls.issuer, *cls.planes.values()):
            cls.start_shared(plane)
        for name, plane in cls.planes.items():
            cls.sidecars[name] = cls.start_shared(ControlledSidecar(
                ENVOY, name, cls.shared, plane.port, cls.issuer.port))
        cls.files = cls.start_shared(LoneSidecar(ENVOY, "files-1", cls.shared, certificates.DAY))
        for name, sidecar in cls.sidecars.items():
            sidecar.wait_for("listener_manager.lds.update_success", 1)
            if KINDS[name] != "inline":
                sidecar.wait_for("sds.default.update_success", 1)
        cls.files.wait_ready()
        cls.agent = cls.start_agent_for(cls.files, *cls.sidecars.values())

    @classmethod
    def start_agent_for(cls, *sidecars, name="mesh_exporter"):
        targets = "".join(f"  - {json.dumps(sidecar.target())}\n" for sidecar in sidecars)
        agent = cls.start_shared(Agent(BINARY, cls.shared, (
            "poll: {interval: 1s, timeout: 900ms, window: 5s, stale_after: 30s}\n"
            "certificates: {interval: 1s}\naudit: false\ntargets:\n" + targets), name=name))
        agent.wait_ready()
        return agent

    @classmethod
    def directory_of(cls, name):
        return os.path.join(cls.shared, "certs-" + name)

    @classmethod
    def configure(cls, name, timeout=GOOD):
        """The control plane of that sidecar says clusters with this timeout from now on; the rest
        once."""
        source = {"own": secret_from(own_connection("issuer")), "ads": secret_from(ADS),
                  "inline": secrets(cls.directory_of(name))[0]}[KINDS[name]]
        kinds = {"clusters": [cluster(CLUSTER, source, timeout)]}
        if timeout == GOOD and name not in cls.sidecars:
            kinds["listeners"] = [listener(cls.listeners[name].number, CLUSTER)]
            kinds["secrets"] = secrets(cls.directory_of(name))
        cls.planes[name].say(**kinds)

    # ---- what the page says ----

    def links(self, page, pod):
        return {row["resource"]: value
                for row, value in page.rows(PLANE + "connected", pod=pod)}

    def updates(self, page, pod, result):
        return {row["resource"]: value for row, value
                in page.rows(PLANE + "updates_total", pod=pod, result=result)}

    def cascades(self, page):
        return {row["pod"]: value
                for row, value in page.rows(PLANE + "cascade_timestamp_seconds")}

    def found(self, page):
        """Without what is said of settings."""
        return {(row["pod"], row["finding"], row["severity"])
                for row, _ in page.rows("mesh_finding") if row["severity"] != "info"}

    def wait_for_findings(self, *findings):
        """A page with these and no others."""
        return self.agent.wait_for(lambda page: self.found(page) == set(findings),
                                   f"the findings {findings}")

    # ---- the moments; in the order of their names, each leaves everything connected ----

    def test_1_all_is_connected_and_nothing_is_found(self):
        page = self.agent.page_after_polls()
        self.assertEqual(self.links(page, "separate-1"), {"ads": 1, "sds": 1})
        self.assertEqual(self.links(page, "together-1"), {"ads": 1})
        self.assertEqual(self.links(page, "inline-1"), {"ads": 1})
        self.assertEqual(self.links(page, "files-1"), {})
        self.assertEqual(self.updates(page, "separate-1", "accepted"),
                         {"cds": 1, "lds": 1, "sds": 1})
        self.assertEqual(self.updates(page, "inline-1", "rejected"), {"cds": 0, "lds": 0})
        self.assertEqual(self.cascades(page), {})
        self.assertEqual(self.found(page), set())
        self.assertIsNone(page.value(PLANE + "reconnects_total", pod="files-1"))

    def test_2_a_push_is_counted_when_it_was_accepted(self):
        before = self.agent.page_after_polls()
        self.configure("inline-1", "6s")
        self.sidecars["inline-1"].wait_for("cluster_manager.cds.update_success", 2)
        page = self.agent.page_after_polls()
        self.assertEqual(self.updates(page, "inline-1", "accepted"), {"cds": 2, "lds": 1})
        times = [p.value(PLANE + "last_update_timestamp_seconds", pod="inline-1", resource="cds")
                 for p in (before, page)]
        self.assertGreater(times[1], times[0])
        said = self.sidecars["inline-1"].statistic("cluster_manager.cds.update_time")
        self.assertAlmostEqual(times[1], said / 1000, places=2)

    def test_3_a_rejected_update_is_found_until_a_good_one(self):
        self.configure("inline-1", BAD)
        page = self.wait_for_findings(("inline-1", "config_rejected", "warning"))
        self.assertEqual(self.updates(page, "inline-1", "rejected"), {"cds": 1, "lds": 0})
        self.assertEqual(self.links(page, "inline-1"), {"ads": 1})
        self.configure("inline-1", "7s")
        self.wait_for_findings()

    def test_4_a_killed_issuer_starts_the_countdown_of_its_leaves(self):
        self.issuer.kill()
        self.sidecars["separate-1"].wait_for("sds.default.control_plane.connected_state", 0)
        page = self.agent.page_after_polls()
        self.assertEqual(self.links(page, "separate-1"), {"ads": 1, "sds": 0})
        self.assertEqual(self.cascades(page), {"separate-1": self.ends["separate-1"]})
        self.wait_for_findings(("separate-1", "control_plane_unreachable", "warning"))
        status, table = self.agent.get("/certificates")
        self.assertEqual(status, 200)
        self.assertIn("1 sidecar cannot renew its certificates", table.splitlines()[0])
        self.assertIn("1 sidecar cannot renew its certificates", self.agent.get("/")[1])
        self.issuer.start()
        page = self.wait_for_findings()
        self.assertEqual(self.links(page, "separate-1"), {"ads": 1, "sds": 1})
        self.assertEqual(self.cascades(page), {})
        self.assertEqual(page.value(PLANE + "reconnects_total", pod="separate-1", resource="sds"),
                         1)
        self.assertEqual(page.value(PLANE + "reconnects_total", pod="separate-1", resource="ads"),
                         0)
        self.assertNotIn("cannot renew", self.agent.get("/certificates")[1])

    def test_5_a_killed_control_plane_hurts_whose_leaves_come_from_it(self):
        for plane in self.planes.values():
            plane.kill()
        for sidecar in self.sidecars.values():
            sidecar.wait_for("control_plane.connected_state", 0)
        page = self.agent.page_after_polls()
        self.assertEqual([self.links(page, name)["ads"] for name in KINDS], [0, 0, 0])
        self.assertEqual(self.links(page, "separate-1")["sds"], 1)
        self.assertEqual(self.cascades(page), {name: self.ends[name]
                                               for name in ("together-1", "inline-1")})
        unreachable = [(name, "control_plane_unreachable", "warning") for name in KINDS]
        page = self.wait_for_findings(*unreachable)
        self.assertGreater(self.updates(page, "inline-1", "failed")["cds"], 0)
        for plane in self.planes.values():
            plane.start()
        page = self.wait_for_findings()
        self.assertEqual(self.cascades(page), {})
        for name in KINDS:
            self.assertEqual(
                page.value(PLANE + "reconnects_total", pod=name, resource="ads"), 1, name)

    def test_6_one_that_never_answered_is_cut_whatever_the_gauge_says(self):
        nobody, silent = ReservedPort(), Silent()
        self.addCleanup(nobody.release)
        self.addCleanup(silent.stop)
        refused = self.start(ControlledSidecar(ENVOY, "refused-1", self.directory, nobody.number))
        hushed = self.start(ControlledSidecar(ENVOY, "silent-1", self.directory, silent.port))
        refused.wait_for("control_plane.connected_state", 0)
        hushed.wait_for("control_plane.connected_state", 1)
        agent = self.start_agent_for(refused, hushed, name="of-the-cut-off")
        page = agent.wait_for(lambda page: len(self.found(page)) == 2, "both findings")
        self.assertEqual(self.found(page), {
            ("refused-1", "control_plane_unreachable", "warning"),
            ("silent-1", "control_plane_unreachable", "warning")})
        self.assertEqual(self.links(page, "silent-1"), {"ads": 0})
        self.assertEqual(hushed.statistic("control_plane.connected_state"), 1)
        self.assertEqual(page.rows(PLANE + "reconnects_total", pod="silent-1")[0][1], 0)


if __name__ == "__main__":
    unittest.main()
