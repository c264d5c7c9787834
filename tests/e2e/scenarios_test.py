#!/usr/bin/env python3
"""Every scenario of the demo mesh, made with real parts: the agent finds what it must within two
windows, and at no look anything else. For the version of Envoy that MESH_ENVOY names. Several
scenarios run side by side, each a mesh and an agent of its own: they wait more than they work."""

import json
import os
import subprocess
import time
import unittest

from harness import BINARY, BIN_DIR, CLIENT, ENVOY, Agent, DemoMesh, SharedPartsTest, wait_until
from scenarios import SCENARIOS

AT_ONCE = 7
WINDOW = 6
POLL = {"interval": "500ms", "window": f"{WINDOW}s", "stale_after": "10s"}
SLACK = 10  # for a loaded machine


class Running:
    """A scenario with its mesh and its agent, and what was seen of it. start() … stop()."""

    def __init__(self, scenario, directory):
        where = os.path.join(directory, scenario.name)
        os.mkdir(where)
        self.scenario = scenario
        self.wanted = set(scenario.findings)
        self.found = set()  # at the last look
        self.found_after = None  # seconds until all was
        self.extra = {}  # finding that should not be → the diagnosis that has it
        self.verdict = None  # at the last look
        self._mesh = DemoMesh(ENVOY, BIN_DIR, os.path.join(where, "mesh"), scenario=scenario)
        self.agent = None
        self.loads = []
        self._where = where
        self._began = None

    def start(self):
        self._mesh.start()
        self.loads = self.scenario.start_loads(self._mesh)
        self.agent = Agent(BINARY, self._where, self._mesh.agent_config(**POLL),
                           name=self.scenario.name)
        self.agent.start()

    def stop(self):
        if self.agent:
            self.agent.stop()
        self._mesh.stop()

    def begin(self):
        self.agent.wait_ready()
        self._began = time.monotonic()

    def look(self):
        page = self.agent.page()
        self.found = {row["finding"] for row, value in page.rows("mesh_finding") if value == 1}
        if self.found_after is None and self.found >= self.wanted:
            self.found_after = time.monotonic() - self._began
        for finding in self.found - self.wanted:
            self.extra.setdefault(finding, self.agent.get("/diagnosis")[1])
        verdicts = [row["verdict"] for row, value
                    in page.rows("mesh_upstream_balance_verdict", pod=CLIENT,
                                 upstream="users.shop.svc.cluster.local:50051") if value == 1]
        self.verdict = verdicts[0] if verdicts else None

    def diagnose(self, *flags):
        """The command: its exit code and what it says."""
        done = subprocess.run([BINARY, "diagnose", "--agent=" + self.agent.listens_on, *flags],
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout


class Several(SharedPartsTest):
    """The tests of each scenario are made below."""
    scenarios = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.running = {scenario.name: cls.start_shared(Running(scenario, cls.shared))
                       for scenario in cls.scenarios}
        for one in cls.running.values():
            one.begin()
        cls.watch(2 * WINDOW + 2)

    @classmethod
    def watch(cls, seconds):
        """So long, which is what it takes to state whatever there is, and until all is found."""
        began = time.monotonic()

        def is_over():
            for one in cls.running.values():
                one.look()
            passed = time.monotonic() - began
            return passed > 2 * WINDOW + SLACK or (passed > seconds and all(
                one.found == one.wanted for one in cls.running.values()))
        wait_until(is_over, "two windows to pass", 60)

    def hold(self, scenario):
        one = self.running[scenario.name]
        self.assertTrue(all(load.running() for load in one.loads))
        for finding, diagnosis in one.extra.items():
            self.fail(f"{finding}, too:\n{diagnosis}")
        self.assertEqual(one.found, one.wanted, one.agent.get("/diagnosis")[1])
        if one.wanted:
            print(f"{scenario.name}: found after {one.found_after:.1f} s")
        if scenario.verdict:
            self.assertEqual(one.verdict, scenario.verdict)
        self.check_command(one)

    def check_command(self, one):
        """`diagnose` says the same and ends with the code that scripts rely on."""
        code, said = one.diagnose("--output=json")
        diagnosis = json.loads(said)
        self.assertEqual({finding["finding"] for finding in diagnosis["findings"]}, one.wanted)
        self.assertEqual(code, 1 if one.wanted else 0)
        self.assertEqual(diagnosis["unseen"], [])
        _, text = one.diagnose()
        for finding in diagnosis["findings"]:
            self.assertTrue(finding["evidence"] and finding["cause"] and finding["remedy"], finding)
            self.assertIn(finding["remedy"], text)
        self.assertIn("healthy: ", text)


def test_of(scenario):
    def test(self):
        self.hold(scenario)
    test.__doc__ = scenario.summary
    return test


def load_tests(loader, _tests, _pattern):
    """A test case for each AT_ONCE scenarios."""
    suite = unittest.TestSuite()
    for first in range(0, len(SCENARIOS), AT_ONCE):
        several = SCENARIOS[first:first + AT_ONCE]
        tests = {"test_" + one.name: test_of(one) for one in several}
        case = type("Scenarios", (Several,), {"scenarios": several, **tests})
        suite.addTests(loader.loadTestsFromTestCase(case))
    return suite


if __name__ == "__main__":
    unittest.main()
