#!/usr/bin/env python3
"""The agent beside a real Consul whose leaves live ten minutes and whose root is replaced under
load: tests/e2e/run --consul. Some nine minutes."""

import os
import sys
import time
import unittest
from collections import Counter

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from real_mesh import findings, leaf, ledger_calls, say, wait_until
from consul_mesh import ConsulMesh
from rotated_consul import CLIENT, SERVER, RotatedConsulTest

RATE = 50  # calls a second
ROOTS = (("ec", 384), ("rsa", 2048), ("ec", 256))  # Consul's own first one is ec, 256


class Consul(RotatedConsulTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start_mesh_and_agent(ConsulMesh(cls.shared))
        replaced = cls.replacements()
        cls.load = cls.mesh.start_load(rate=RATE)
        cls.wait_until_agreed()
        began = time.time()
        for kind in ROOTS:
            cls.replace_root(*kind)
        natural = {pod: len(seen) + 1 for pod, seen in cls.watch.newest.items()}
        # Listeners drain for ten minutes, and so long the old leaves are listed.
        wait_until(lambda: len(cls.watch.expired_beside) == 2,
                   "the first leaves to expire while they are listed beside new ones", 620,
                   alive=[cls.agent.child])
        say(f"after {time.time() - began:.0f} s the first leaves have ended and are listed still")
        cls.wait_for_rotations({pod: renewed - len(cls.watch.newest[pod])
                                for pod, renewed in natural.items()}, 300)
        cls.ledger = cls.load.stop()
        cls.last = cls.agent.page_after_polls()
        cls.replaced = cls.replacements() - replaced

    def test_every_rotation_is_counted_once(self):
        for pod in (CLIENT, SERVER):
            count = self.check_each_rotation_was_counted_once(pod)
            say(f"{pod}: {count} rotations")
            self.assertGreaterEqual(count, len(ROOTS) + 1)

    def test_the_leaf_in_use_is_told_from_those_that_are_listed_beside_it(self):
        self.assertEqual(self.watch.expired_beside, {CLIENT, SERVER})
        for _, _, page in self.history.pages:
            for pod in (CLIENT, SERVER):
                left = leaf(page, "remaining_seconds", pod)
                self.assertTrue(left is None or left > 0, (pod, left))
        self.check_the_table()

    def test_the_countdown_is_right_to_the_second(self):
        say(f"{self.check_the_countdown()} countdowns")

    def test_a_healthy_mesh_has_no_finding(self):
        self.check_no_finding()
        for _, _, page in self.history.pages:
            self.assertEqual(findings(page), set())
        self.check_never("rotation_overdue")
        self.check_never("rotation_failures_total")

    def counted(self, pod, direction):
        """What the agent counted of the calls that the caller made."""
        services = {row["service"] for row in self.ledger["calls"]}
        return Counter({call: count for call, count
                        in self.last.calls(pod=pod, direction=direction).items()
                        if call[0] in services})

    def test_no_call_is_lost_where_it_arrives(self):
        self.assertEqual(self.ledger["unanswered"], [])
        self.assert_same_calls(self.counted(SERVER, "inbound"), ledger_calls(self.ledger))

    def test_a_replaced_cluster_loses_what_no_poll_saw_and_counts_nothing_twice(self):
        booked, counted = ledger_calls(self.ledger), self.counted(CLIENT, "outbound")
        self.assertEqual(counted - booked, Counter())
        lost = sum((booked - counted).values())
        say(f"{sum(booked.values())} calls; {self.replaced} times the upstream's cluster was "
            f"replaced, which lost {lost} of them at the client's side")
        # Its counters go with the old one: what was called since the last poll.
        self.assertGreaterEqual(self.replaced, len(ROOTS) + 1)
        self.assertLessEqual(lost, self.replaced * RATE * 2)


if __name__ == "__main__":
    unittest.main()
