#!/usr/bin/env python3
"""Sidecars die and come back; the agent's counters go on. No exported counter is ever seen to
decrease, and the total is that of the caller's ledger, over all lives of the proxies."""

import unittest
from collections import Counter

from harness import BACKENDS, CLIENT, TempDirTest, Watcher, ledger_calls

PATIENT = {"stale_after": "5m", "window": "5m"}


class Restart(TempDirTest):
    def setUp(self):
        super().setUp()
        self.booked = Counter()

    def call(self, mesh, calls, **settings):
        """So many calls more, each answered."""
        ledger = mesh.run_load(calls=calls, first=sum(self.booked.values()), **settings)
        self.assertEqual(ledger["unanswered"], [])
        self.booked += ledger_calls(ledger)

    def test_counters_go_on_when_sidecars_are_killed_between_calls(self):
        mesh = self.start_mesh()
        agent = self.start_agent(mesh.agent_config(**PATIENT))
        agent.wait_ready()
        with Watcher(agent) as watcher:
            self.call(mesh, 1000)
            for victim in (CLIENT, *BACKENDS):  # one after another: the calls go on in between
                agent.page_after_polls()
                mesh.kill(victim)
                agent.wait_for(lambda page, pod=victim: page.value("mesh_target_up", pod=pod) == 0,
                               "the agent to notice")
                mesh.restart(victim)
                agent.wait_for(lambda page, pod=victim: page.value("mesh_target_up", pod=pod) == 1,
                               "the agent to find it again")
                self.call(mesh, 500)
            page = agent.page_after_polls()
        self.assertIsNone(watcher.error)
        self.assertEqual(watcher.fallen, [])
        self.assertGreater(watcher.scrapes, 10)
        self.assert_same_calls(page.calls(direction="outbound"), self.booked)
        self.assert_same_calls(page.calls(direction="inbound"), self.booked)

    def test_a_restart_shows_though_the_proxy_passed_its_former_value_between_two_polls(self):
        mesh = self.start_mesh()
        agent = self.start_agent(mesh.agent_config(interval="6s", timeout="1s", **PATIENT))
        agent.wait_ready()

        def last_poll():
            return agent.page().last_successes()["shop", CLIENT]
        with Watcher(agent) as watcher:
            for _ in range(5):
                self.call(mesh, 50)
                before = last_poll()
                agent.wait_for(lambda page: page.last_successes()["shop", CLIENT] > before, "a poll")
                seen = last_poll()
                mesh.kill(CLIENT)
                mesh.restart(CLIENT)
                self.call(mesh, 400)  # more than the first life had, of each method and status
                if last_poll() == seen:
                    break
                # A slow machine: a poll came in between. The total must be right all the same.
            else:
                self.fail("no restart fitted between two polls")
            page = agent.page_after_polls()
        self.assertIsNone(watcher.error)
        self.assertEqual(watcher.fallen, [])
        self.assertEqual(page.value("mesh_target_up", pod=CLIENT), 1)
        self.assert_same_calls(page.calls(direction="outbound"), self.booked)
        self.assert_same_calls(page.calls(direction="inbound"), self.booked)

    def test_no_counter_falls_when_a_sidecar_is_killed_under_load(self):
        mesh = self.start_mesh()
        agent = self.start_agent(mesh.agent_config(**PATIENT))
        agent.wait_ready()
        with Watcher(agent) as watcher:
            load = mesh.start_load(rate=200)
            agent.wait_for(lambda page: sum(page.calls(direction="inbound").values()) > 300,
                           "calls to be counted")
            for victim in (BACKENDS[0], CLIENT):
                mesh.kill(victim)
                mesh.restart(victim)
                before = sum(agent.page().calls(direction="inbound", pod=BACKENDS[0]).values())
                agent.wait_for(
                    lambda page, floor=before: sum(page.calls(
                        direction="inbound", pod=BACKENDS[0]).values()) > floor + 30,
                    "calls to reach the restarted sidecar")
            ledger = load.stop()
            page = agent.page_after_polls()
        self.assertIsNone(watcher.error)
        self.assertEqual(watcher.fallen, [])
        # What a killed process had counted since its last poll is gone with it: a poll is 500 ms.
        answered = sum(ledger_calls(ledger).values())
        counted = sum(page.calls(direction="outbound").values())
        self.assertLessEqual(counted, answered + sum(row["count"] for row in ledger["unanswered"]))
        self.assertGreater(counted, answered / 2)


if __name__ == "__main__":
    unittest.main()
