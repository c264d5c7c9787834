#!/usr/bin/env python3
"""The agent beside a real Istio whose leaves live two minutes and are renewed every minute; one
sidecar shows all of its statistics, the other those that Istio shows by default. Then istiod is
killed until everything has expired, and comes back: tests/e2e/run --istio. Some ten minutes."""

import os
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from real_mesh import MeshError, RealMeshTest, findings, leaf, say
from certificate_history import end_of
from istio_mesh import IstioMesh

ALL_STATS, DEFAULT_STATS = "orders-1", "payments-1"
ROTATIONS = 3


class Istio(RealMeshTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start_mesh_and_agent(IstioMesh(cls.shared))
        cls.load = cls.mesh.start_load(rate=20, only="user.v1.UserService/GetUser")
        cls.wait_until_agreed()
        cls.began = time.time()
        cls.wait_for_rotations({ALL_STATS: ROTATIONS, DEFAULT_STATS: ROTATIONS}, 300)
        cls.ask_openssl()
        cls.ledger = cls.load.stop()
        cls.last = cls.agent.page_after_polls()
        cls.healthy_until = time.time()
        cls.kill_istiod()
        cls.bring_it_back()

    @classmethod
    def kill_istiod(cls):
        """Just after a renewal, so that the cut link comes long before the end."""
        cls.wait_for_rotations({ALL_STATS: 1, DEFAULT_STATS: 1}, 150)
        cls.killed = time.time()
        cls.mesh.kill_istiod()
        cls.ends = {pod: cls.watch.leaf(pod).not_after for pod in (ALL_STATS, DEFAULT_STATS)}
        cls.wait_for_findings({("certificate_expired", pod) for pod in cls.ends}, 200)
        cls.outage_until = time.time()

    @classmethod
    def bring_it_back(cls):
        cls.restarted = time.time()
        cls.mesh.start_istiod()
        cls.well_again = cls.wait_until_well(10, 240)

    @classmethod
    def ask_openssl(cls):
        """When the leaf ends that the server's port shows, at a moment when none was replaced."""
        for _ in range(5):
            before = cls.watch.serials(DEFAULT_STATS)
            shown = subprocess.run(["openssl", "s_client", "-connect", cls.mesh.inbound],
                                   stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                   check=False).stdout
            cls.served = end_of(cls.mesh.write(shown, "served.pem"))
            cls.shown = leaf(cls.agent.page(), "not_after_timestamp_seconds", DEFAULT_STATS)
            if before == cls.watch.serials(DEFAULT_STATS):
                return
        raise MeshError("a leaf was replaced at every look at it")

    def test_every_rotation_is_counted_once(self):
        for pod in (ALL_STATS, DEFAULT_STATS):
            count = self.check_each_rotation_was_counted_once(pod)
            lives = [later[0] - earlier[0] for earlier, later
                     in zip(self.watch.newest[pod], self.watch.newest[pod][1:])]
            say(f"{pod}: {count} rotations, {min(lives[1:]):.0f} to {max(lives[1:]):.0f} s apart")
            self.assertGreaterEqual(count, ROTATIONS)

    def test_a_rotation_is_seen_by_the_statistics_at_once_and_without_them_in_turn(self):
        for pod, bound in ((ALL_STATS, 4), (DEFAULT_STATS, 9)):
            late = []
            for listed, one in self.watch.newest[pod][1:]:
                seen = self.first(lambda page, one=one: leaf(
                    page, "not_after_timestamp_seconds", pod) == one.not_after)
                late.append(seen - listed)
            say(f"{pod}: seen {max(late):.1f} s after /certs listed them, at most")
            self.assertLess(max(late), bound)

    def test_what_istios_agent_tells_is_what_the_sidecar_lists(self):
        for pod in (ALL_STATS, DEFAULT_STATS):
            looked, apart, since, longest = 0, 0.0, None, 0.0
            for after, _, page in self.history.pages:
                ends = [leaf(page, "not_after_timestamp_seconds", pod, source)
                        for source in ("admin", "proxy")]
                if None in ends:
                    continue
                if abs(ends[0] - ends[1]) <= 2:
                    looked, since = looked + 1, None
                    apart = max(apart, abs(ends[0] - ends[1]))
                else:  # one of the two has not been asked since the rotation
                    since = since or after
                    longest = max(longest, after - since)
            say(f"{pod}: its agent's end is the sidecar's within {apart:.1f} s; after a rotation "
                f"one of them is behind for {longest:.1f} s at most")
            self.assertGreater(looked, 100)
            self.assertLess(longest, 10)
            self.assertEqual(leaf(self.last, "rotations_total", pod, "proxy"),
                             leaf(self.last, "rotations_total", pod, "admin"))

    def test_a_healthy_mesh_has_no_finding(self):
        self.check_no_finding(until=self.healthy_until)
        for _, before, page in self.history.pages:
            if before < self.healthy_until:
                self.assertEqual(findings(page), set())
        self.check_never("rotation_overdue", self.healthy_until)

    def test_the_countdown_is_right_to_the_second(self):
        say(f"{self.check_the_countdown()} countdowns")
        self.check_the_table()

    def test_openssl_says_the_same(self):
        self.assertEqual(self.served, self.shown)

    def test_the_cut_link_is_found_before_the_end_by_the_sidecar_or_by_istios_agent(self):
        for pod, end in self.ends.items():
            cut = self.first_finding("control_plane_unreachable", pod, self.killed)
            failing = self.first_finding("rotation_failing", pod, self.killed)
            expired = self.first_finding("certificate_expired", pod, self.killed)
            self.assertTrue(cut and failing and expired, (pod, cut, failing, expired))
            say(f"{pod} after the kill: cut link {cut - self.killed:.0f} s, rotation failing "
                f"{failing - self.killed:.0f} s, its end {end - self.killed:.0f} s, expired "
                f"{expired - self.killed:.0f} s")
            self.assertLess(cut, end)
            self.assertLess(failing, end)
            self.assertTrue(end - 1 <= expired <= end + 3, (end, expired))
            for after, before, page in self.history.pages:
                if cut + 2 < after and before < self.outage_until:
                    self.assertEqual(page.value("mesh_control_plane_cascade_timestamp_seconds",
                                                pod=pod), end)

    def test_overdue_comes_before_the_end(self):
        for pod, end in self.ends.items():
            overdue = self.first(lambda page, pod=pod: leaf(page, "rotation_overdue", pod) == 1,
                                 self.killed)
            self.assertTrue(overdue and overdue < end, (pod, overdue, end))

    def test_findings_go_away_with_their_causes(self):
        say(f"well {self.well_again - self.restarted:.0f} s after istiod came back")
        self.check_no_finding(self.well_again)

    def test_calls_are_counted_where_the_statistics_are_shown(self):
        booked = sum(row["count"] for row in self.ledger["calls"])
        counted = sum(self.last.calls(pod=ALL_STATS, direction="outbound").values())
        say(f"{booked} calls made")
        self.assertGreater(booked, 0)
        self.assertGreaterEqual(counted, booked)
        self.assertEqual(sum(self.last.calls(pod=DEFAULT_STATS).values()), 0)


if __name__ == "__main__":
    unittest.main()
