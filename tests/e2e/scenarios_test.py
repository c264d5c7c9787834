#!/usr/bin/env python3
"""Every scenario of the demo mesh, made with real parts: the agent finds what it must within two
windows, and at no look anything else. For the version of Envoy that MESH_ENVOY names. Several
scenarios run side by side, each a mesh and an agent of its own: they wait more than they work."""

import json
import os
import subprocess
import time
import unittest

from harness import BINARY, BIN_DIR, CLIENT, ENVOY, ENVOY_VERSION, SharedPartsTest, wait_until
import api_schema
from demo_mesh import DemoMesh
from envoy_process import Turn
from running_scenario import WINDOW, RunningScenario, in_groups
from scenarios import BY_NAME, SCENARIOS

SLACK = 10  # for a loaded machine
# Where an older Envoy counts, lists or tells something in another way; the rest of the scenarios rests on
# what both do alike, and takes minutes. MESH_ALL_SCENARIOS=yes runs them all, those that other tests make
# as well.
COUNTS_OTHERWISE = {"1.36.2": frozenset((
    "healthy", "pinned", "ejected", "pool_exhausted", "pending_full", "streams_full", "breaker_open",
    "expired", "no_certificate", "web_rejected", "server_killed", "control_plane_lost"))}
LONGEST_RETRY = 30  # of Envoy, which tries to reach a control plane ever more rarely


def found(page):
    """The names of the findings."""
    return {row["finding"] for row, value in page.rows("mesh_finding") if value == 1}


class Running(RunningScenario):
    """A scenario, and what was seen of it."""

    def __init__(self, scenario, directory):
        super().__init__(ENVOY, BIN_DIR, BINARY, directory, scenario)
        self.wanted = set() if scenario.trouble else set(scenario.findings)
        self.verdicts = []  # one a look
        self.is_over = None  # after relief: whether nothing is found any more
        self.extra = {}  # a finding that should not be → the diagnosis that has it
        self.diagnosed = self.told = None  # what `diagnose` said at the height of it
        self.pages = {}  # path → what a browser was shown then
        self.api = None  # what was wrong with the answers of the API then

    def begin(self):
        if self.scenario.trouble:
            self.scenario.trouble(self.mesh)
            self.wanted = set(self.scenario.findings)
        if self.scenario.passing:
            self.watch_closely()

    def watch_closely(self):
        """Until what passes was seen, or would have passed."""
        began = time.monotonic()
        while (self.scenario.passing not in self.verdicts
               and time.monotonic() - began < WINDOW):
            self.look()

    def end(self):
        self.diagnosed = self._diagnose("--output=json")
        self.told = self._diagnose()
        self.pages = {path: self.agent.get(path, accept="text/html")[1] for path in ("/", "/endpoints")}
        self.api = api_schema.complaints(self.agent)
        if self.scenario.relief:
            self.scenario.relief(self.mesh)
            self.is_over = False

    def look(self):
        """Whether all is found, and no more."""
        page = self.agent.page()
        names = found(page)
        for finding in names - self.wanted - set(self.scenario.on_the_way):
            self.extra.setdefault(finding, self.agent.get("/diagnosis")[1])
        self.verdicts += [row["verdict"] for row, value
                          in page.rows("mesh_upstream_balance_verdict", pod=CLIENT,
                                       upstream="users.shop.svc.cluster.local:50051")
                          if value == 1]
        if self.is_over is not None:
            self.is_over = not names
            return self.is_over
        return names == self.wanted

    def _diagnose(self, *flags):
        """The exit code and what it says."""
        done = subprocess.run([BINARY, "diagnose", "--agent=" + self.agent.listens_on, *flags],
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout


class Several(SharedPartsTest):
    """The tests of each scenario are made below."""
    scenarios = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start_shared(Turn())
        cls.running = {scenario.name: cls.start_shared(Running(scenario, cls.shared))
                       for scenario in cls.scenarios}
        everyone = cls.running.values()
        if any(scenario.trouble for scenario in cls.scenarios):
            cls.watch(everyone, WINDOW, WINDOW + SLACK)
        for one in everyone:
            one.begin()
        # Two windows state whatever there is.
        cls.watch(everyone, 2 * WINDOW + 2, 2 * WINDOW + SLACK)
        for one in everyone:
            one.end()
        cls.watch([one for one in everyone if one.scenario.relief], 0, LONGEST_RETRY + WINDOW)

    @classmethod
    def watch(cls, everyone, seconds, longest):
        """So long at least, and until everything is found, or would have to be."""
        began = time.monotonic()

        def is_over():
            complete = [one.look() for one in everyone]
            passed = time.monotonic() - began
            return passed > longest or (passed > seconds and all(complete))
        wait_until(is_over, "the scenarios", longest + 20)

    def hold(self, scenario):
        one = self.running[scenario.name]
        self.assertTrue(one.called())
        for finding, diagnosis in one.extra.items():
            self.fail(f"{finding}, too:\n{diagnosis}")
        self.check_command(one)
        self.check_pages(one)
        if scenario.relief:
            self.assertTrue(one.is_over, one.agent.get("/diagnosis")[1])
        if scenario.verdict:
            self.assertEqual(one.verdicts[-1], scenario.verdict)
        if scenario.passing:
            self.assertIn(scenario.passing, one.verdicts)

    def check_pages(self, one):
        """The same in a browser, and to programs in the form that is documented."""
        self.assertEqual(one.api, [])
        for finding in one.scenario.findings:
            self.assertIn(f"<code>{finding}</code>", one.pages["/"])
        if one.scenario.name == "pinned":
            self.assertIn("traffic is pinned to 1 of 3 pods", one.pages["/endpoints"])

    def check_command(self, one):
        """`diagnose` says the same and ends with the code that scripts rely on."""
        code, said = one.diagnosed
        diagnosis = json.loads(said)
        self.assertEqual({finding["finding"] for finding in diagnosis["findings"]},
                         set(one.scenario.findings), said)
        in_doubt = one.scenario.unseen or diagnosis["pending"]
        self.assertEqual(code, 1 if one.scenario.findings else 2 if in_doubt else 0)
        unseen = [what.replace(one.mesh.directory, "DIRECTORY") for what in diagnosis["unseen"]]
        self.assertEqual(tuple(what for what in unseen if what not in one.scenario.unseen_perhaps),
                         one.scenario.unseen)
        _, text = one.told
        for finding in diagnosis["findings"]:
            self.assertTrue(finding["evidence"] and finding["cause"] and finding["remedy"], finding)
            self.assertIn(finding["remedy"], text)
        self.assertIn("healthy: ", text)


def test_of(scenario):
    def test(self):
        self.hold(scenario)
    test.__doc__ = scenario.summary
    return test


class Judgement(unittest.TestCase):
    """Of ./run at its end."""

    def test_what_comes_in_time_may_be_there_and_must_not(self):
        pinned = BY_NAME["pinned"]
        for seen, missing, too_much in (
                ({"traffic_pinned"}, set(), set()),
                ({"traffic_pinned", "stale_certificate_in_use"}, set(), set()),
                ({"stale_certificate_in_use"}, {"traffic_pinned"}, set()),
                ({"traffic_pinned", "slow_admin"}, set(), {"slow_admin"})):
            self.assertEqual(pinned.wrong_with(seen), (missing, too_much))
        self.assertEqual(BY_NAME["healthy"].wrong_with({"stale_certificate_in_use"}),
                         (set(), {"stale_certificate_in_use"}))

    def test_connections_of_the_demo_do_not_outlive_their_leaves(self):
        mesh = DemoMesh(ENVOY, BIN_DIR, "nowhere", certificate_lifetime=120)
        self.assertLess(mesh.cycle(), 120 / 2)  # the leaf of the newest may be that old
        self.assertGreater(DemoMesh(ENVOY, BIN_DIR, "nowhere").cycle(), 600)


def load_tests(loader, _tests, _pattern):
    """A test case for each group of scenarios."""
    suite = unittest.TestSuite([loader.loadTestsFromTestCase(Judgement)])
    wanted = SCENARIOS
    if not os.environ.get("MESH_ALL_SCENARIOS"):
        here = COUNTS_OTHERWISE.get(ENVOY_VERSION)
        wanted = [one for one in SCENARIOS
                  if not one.left_out and (here is None or one.name in here)]
    for several in in_groups(wanted):
        tests = {"test_" + one.name: test_of(one) for one in several}
        case = type("Scenarios", (Several,), {"scenarios": several, **tests})
        suite.addTests(loader.loadTestsFromTestCase(case))
    return suite


if __name__ == "__main__":
    unittest.main()
