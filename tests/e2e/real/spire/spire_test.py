#!/usr/bin/env python3
"""The agent beside a real SPIRE whose certificates live a minute or two: some minutes of health,
then the issuer is killed until everything has expired, and comes back: tests/e2e/run --spire. Some
seven minutes."""

import os
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from real_mesh import MeshError, RealMeshTest, findings, leaf, say, wait_until
from certificate_history import end_of, held
from spire_mesh import INBOUND, SpireMesh

CLIENT, SERVER = "orders-1", "payments-1"
HEALTHY = {CLIENT: 5, SERVER: 3}  # rotations to see, one every half a minute and every minute
LONG = "payments_for_long"  # the upstream whose one connection is kept


class Spire(RealMeshTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start_mesh_and_agent(SpireMesh(cls.shared))
        cls.load = cls.mesh.start_load(rate=20)
        cls.wait_until_agreed()
        cls.began = time.time()
        cls.wait_for_rotations(HEALTHY, 300)
        cls.healthy_until = time.time()
        cls.kill_the_issuer()
        cls.bring_it_back()

    @classmethod
    def ask_others(cls):
        """What SPIRE's tool and openssl say of the leaves at a moment when none was replaced."""
        for _ in range(5):
            before = [cls.watch.serials(pod) for pod in (CLIENT, SERVER)]
            cls.fetched = {end_of(file) for file in cls.mesh.fetch()}
            cls.served = cls.served_end()
            page = cls.agent.page()
            cls.shown = {pod: leaf(page, "not_after_timestamp_seconds", pod)
                         for pod in (CLIENT, SERVER)}
            if before == [cls.watch.serials(pod) for pod in (CLIENT, SERVER)]:
                return
        raise MeshError("a leaf was replaced at every look at them")

    @classmethod
    def served_end(cls):
        """When the certificate ends that the server's port shows, by openssl."""
        shown = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{INBOUND}"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout
        return end_of(cls.mesh.write(shown, "served.pem"))

    @classmethod
    def kill_the_issuer(cls):
        """Just after a renewal, with a connection that nothing but its end will close."""
        cls.wait_for_rotations({CLIENT: 1}, 60)
        cls.kept = cls.mesh.start_load(cls.mesh.call_for_long_at, rate=5)
        wait_until(lambda: cls.mesh.stat(CLIENT, f"cluster.{LONG}.upstream_cx_active") == 1,
                   "the connection that is kept")
        refused = cls.refusals()
        cls.killed = time.time()
        cls.mesh.kill_issuer()
        cls.ends = {pod: cls.watch.leaf(pod).not_after for pod in (CLIENT, SERVER)}
        cls.wait_for_findings({(name, pod) for pod in (CLIENT, SERVER)
                               for name in ("certificate_expired", "stale_certificate_in_use")},
                              180)
        cls.calls_before = cls.kept.ledger()
        cls.history.wait_for(lambda page: leaf(page, "remaining_seconds", SERVER) < -5,
                             "some seconds more")
        wait_until(lambda: cls.refusals() > refused, "a new connection to be refused", 40)
        cls.calls_after = cls.kept.ledger()
        cls.kept_connections = cls.mesh.stat(CLIENT, f"cluster.{LONG}.upstream_cx_total")
        cls.refused = cls.refusals() - refused
        cls.outage_until = time.time()

    @classmethod
    def refusals(cls):
        """Handshakes that failed, as each side tells it."""
        return sum(cls.mesh.stat(pod, f"{scope}.ssl.{count}")
                   for pod, scope in ((CLIENT, "cluster.payments"),
                                      (SERVER, f"listener.127.0.0.1_{INBOUND}"))
                   for count in ("fail_verify_error", "connection_error"))

    @classmethod
    def bring_it_back(cls):
        cls.restarted = time.time()
        cls.mesh.start_issuer()
        cls.history.wait_for(
            lambda page: not {name for name, _ in findings(page, "warning", "critical")}
            - {"stale_certificate_in_use", "tls_handshake_failures"},
            "what was found of the issuer to go away", 120)
        cls.renewed = time.time()
        cls.after_renewal = cls.history.wait_for_polls(CLIENT)
        cls.kept.stop()
        # What is told of traffic comes and goes a window of 30 s late.
        cls.well_again = cls.wait_until_well(35, 180)
        cls.wait_for_rotations({CLIENT: 1}, 60)
        cls.load.stop()
        cls.well_until = time.time()
        # Last, for the sidecar counts openssl among the connections that may be plain and alive.
        cls.ask_others()

    # ---- health ----

    def test_every_rotation_is_counted_once(self):
        for pod in (CLIENT, SERVER):
            count = self.check_each_rotation_was_counted_once(pod)
            say(f"{pod}: {count} rotations")
            self.assertGreaterEqual(count, HEALTHY[pod] + 1)

    def test_rotations_are_seen_at_once(self):
        late = []
        for pod in (CLIENT, SERVER):
            for listed, one in self.watch.newest[pod][1:]:
                seen = self.first(lambda page, pod=pod, one=one: leaf(
                    page, "not_after_timestamp_seconds", pod) == one.not_after)
                late.append(seen - listed)
        say(f"seen {max(late):.1f} s after /certs listed them, at most")
        self.assertLess(max(late), 4)

    def test_a_healthy_mesh_has_no_finding(self):
        self.check_no_finding(self.began, self.healthy_until)
        self.check_never("rotation_overdue", self.healthy_until)
        self.check_never("rotation_failures_total")

    def test_the_countdown_is_right_to_the_second(self):
        say(f"{self.check_the_countdown()} countdowns")
        self.check_the_table()

    def test_spires_own_tool_and_openssl_say_the_same(self):
        self.assertEqual(self.fetched, set(self.shown.values()))
        self.assertEqual(self.served, self.shown[SERVER])

    # ---- the issuer is dead ----

    def found_after(self, name, pod):
        """Seconds from the kill to that finding."""
        found = self.first_finding(name, pod, self.killed)
        self.assertIsNotNone(found, (name, pod))
        return found - self.killed

    def test_overdue_comes_before_the_end_and_expired_after_it(self):
        for pod in (CLIENT, SERVER):
            end = self.ends[pod] - self.killed
            overdue = self.found_after("rotation_overdue", pod)
            expired = self.found_after("certificate_expired", pod)
            say(f"{pod} after the kill: overdue {overdue:.0f} s, its end {end:.0f} s, "
                f"expired {expired:.0f} s")
            self.assertLess(overdue, end)
            self.assertTrue(end - 1 <= expired <= end + 3, (end, expired))
            for after, before, page in self.history.pages:
                if self.ends[pod] + 1 < after and before < self.outage_until:
                    self.assertLess(leaf(page, "remaining_seconds", pod), 0)
                    self.assertEqual(leaf(page, "remaining_ratio", pod), 0)

    def test_the_cut_link_is_found_first_and_tells_the_time_that_is_left(self):
        def connected(page, pod):
            return page.value("mesh_control_plane_connected", pod=pod, resource="sds")
        for pod in (CLIENT, SERVER):
            cut = self.first(lambda page, pod=pod: connected(page, pod) == 0, self.killed)
            found = self.found_after("control_plane_unreachable", pod)
            overdue = self.found_after("rotation_overdue", pod)
            say(f"{pod} after the kill: cut {cut - self.killed:.1f} s, unreachable {found:.1f} s")
            self.assertLess(found, 10)
            self.assertLess(found, overdue)
            for after, before, page in self.history.pages:
                cascade = page.value("mesh_control_plane_cascade_timestamp_seconds", pod=pod)
                if before < self.killed or after > self.well_again:
                    self.assertEqual(connected(page, pod), 1)
                    self.assertIsNone(cascade)
                elif self.killed + found < after and before < self.outage_until:
                    self.assertEqual(cascade, self.ends[pod])

    def test_the_connection_that_works_on_an_expired_certificate_is_found(self):
        answered = [sum(row["count"] for row in ledger["calls"] if row["code"] == "OK")
                    for ledger in (self.calls_before, self.calls_after)]
        self.assertGreater(answered[1], answered[0])
        self.assertEqual(self.kept_connections, 1)
        self.assertGreater(self.refused, 0)  # of the connections that were to be made anew
        for pod, upstream in ((CLIENT, LONG), (SERVER, "")):
            found = self.found_after("stale_certificate_in_use", pod)
            say(f"{pod} after the kill: expired and in use {found:.0f} s")
            self.assertTrue(any(
                page.value("mesh_certificate_expired_connections", pod=pod, upstream=upstream)
                for after, _, page in self.history.pages if after > self.killed), pod)

    # ---- and comes back ----

    def test_findings_go_away_with_their_causes(self):
        say(f"renewed {self.renewed - self.restarted:.0f} s after the issuer came back, "
            f"well {self.well_again - self.restarted:.0f} s after it")
        # The connection is as old as it was.
        self.assertIn(("stale_certificate_in_use", CLIENT), findings(self.after_renewal))
        self.assertGreaterEqual(held(self.after_renewal, "expired", CLIENT), 1)
        self.check_no_finding(self.well_again, self.well_until)


if __name__ == "__main__":
    unittest.main()
