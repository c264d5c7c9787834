#!/usr/bin/env python3
"""Every scenario of the demo mesh, all the way to whoever is told: real Envoys, the agent, a real
Prometheus with the rules of alerts/ (quicker, their expressions as they are), a real Alertmanager with
the example configuration. Of each scenario exactly those are told that scenarios.py names, and what is
kept quiet is kept quiet by what is told. Part of tests/e2e/run --all; by hand also with -k NAME."""

import os
import time
import unittest

from harness import BINARY, BIN_DIR, ENVOY, SharedPartsTest, wait_until
from alerting import LONGEST, alert_of, alert_rules
from pages import Pages
from paging import Paging
from running_scenario import AT_ONCE, WINDOW, RunningScenario
from scenarios import BY_NAME, SCENARIOS

SLACK = 25  # for a loaded machine
# Two windows state whatever there is; then the longest `for`, and the way to the receiver.
LONG_ENOUGH = 2 * WINDOW + LONGEST + 6
RULES, PAGES = alert_rules(), Pages()


class Paged(RunningScenario):
    """A scenario, and who is told of it. start() … stop()."""

    def __init__(self, directory, scenario):
        super().__init__(ENVOY, BIN_DIR, BINARY, directory, scenario)
        self.paging = None
        self.before = None  # who was told before the trouble
        self.quiet = set(scenario.quiet)
        self.wanted = set(scenario.alerts) | (
            {alert_of(finding, RULES) for finding in scenario.findings} - self.quiet)

    def start(self):
        super().start()
        self.paging = Paging(self.where, self.agent.listens_on)
        self.paging.start()

    def stop(self):
        if self.paging:
            self.paging.stop()
        super().stop()

    def begin(self):
        self.before = self.paging.told()
        if self.scenario.trouble:
            self.scenario.trouble(self.mesh)

    def complete(self):
        names = {name for _, name in self.paging.told()}
        return self.wanted <= names and self.quiet <= self.paging.quiet()

    def check_alive(self):
        for child in (self.agent.child, *self.paging.children):
            assert child.running(), child.log_tail()
        assert self.called()


class Several(SharedPartsTest):
    """The tests of each scenario are made below."""
    scenarios = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.running = {scenario.name: cls.start_shared(Paged(cls.shared, scenario))
                       for scenario in cls.scenarios}
        everyone = cls.running.values()
        if any(scenario.trouble for scenario in cls.scenarios):
            cls.watch([], WINDOW)
        for one in everyone:
            one.begin()
        cls.watch(everyone, LONG_ENOUGH)

    @classmethod
    def watch(cls, everyone, seconds):
        """So long at least, and until all are told who should be, or would have been."""
        began = time.monotonic()

        def is_over():
            passed = time.monotonic() - began
            return passed > seconds and (passed > seconds + SLACK
                                         or all(one.complete() for one in everyone))
        wait_until(is_over, "the scenarios", seconds + SLACK + 20)

    def hold(self, scenario):
        one = self.running[scenario.name]
        one.check_alive()
        diagnosis = one.agent.get("/diagnosis")[1]
        if scenario.trouble:
            self.assertEqual(one.before, set())
        perhaps = set(scenario.perhaps)
        self.assertEqual({name for _, name in one.paging.told()} - perhaps, one.wanted, diagnosis)
        self.assertEqual(one.paging.quiet() - perhaps, one.quiet, diagnosis)
        self.assertEqual(one.paging.fired() - perhaps, one.wanted | one.quiet)
        # What is told may be on its way to be told in another form: of a budget there are four windows.
        self.assertEqual(one.paging.pending() - perhaps - one.wanted - one.quiet, set())
        for receiver, alert in one.paging.receiver.pages:
            self.assertEqual(list(PAGES.faults(receiver, alert)), [], alert)
            if alert["labels"]["alertname"] not in perhaps:
                self.assertEqual(alert["status"], "firing", "it comes and goes")


class Unlooked(SharedPartsTest):
    """Nobody looks at a mesh that is well: the agent is ended, or Prometheus never heard of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seen = cls.start_shared(RunningScenario(ENVOY, BIN_DIR, BINARY, cls.shared,
                                                    BY_NAME["healthy"]))
        jobs = {"down": "mesh_exporter", "absent": "some_job"}
        cls.paging = {}
        for name, job in jobs.items():
            directory = os.path.join(cls.shared, name)
            os.mkdir(directory)
            cls.paging[name] = cls.start_shared(Paging(directory, {job: [cls.seen.agent.listens_on]}))

    def wait_for(self, name, *told):
        paging = self.paging[name]
        wait_until(lambda: paging.told() >= {told}, f"{told}", 60, alive=paging.children)
        self.assertEqual(paging.told(), {told})
        for page in paging.receiver.pages:
            self.assertEqual(list(PAGES.faults(*page)), [], page)

    def test_an_agent_that_nobody_scrapes_and_then_one_that_ended(self):
        self.wait_for("absent", "page", "MeshExporterAbsent")
        self.assertEqual(self.paging["down"].told(), set())
        self.seen.agent.child.kill()
        self.wait_for("down", "ticket", "MeshExporterDown")


def test_of(scenario):
    def test(self):
        self.hold(scenario)
    test.__doc__ = scenario.summary
    return test


def load_tests(loader, _tests, _pattern):
    """A test case for each AT_ONCE scenarios; of those that -k names, if it does."""
    suite = unittest.TestSuite()
    patterns = loader.testNamePatterns or ["*"]
    names = {one.name for one in SCENARIOS
             if any(pattern.strip("*") in "test_" + one.name for pattern in patterns)}
    wanted = [one for one in SCENARIOS if one.name in names]
    for first in range(0, len(wanted), AT_ONCE):
        several = wanted[first:first + AT_ONCE]
        tests = {"test_" + one.name: test_of(one) for one in several}
        case = type("Matrix", (Several,), {"scenarios": several, **tests})
        suite.addTests(loader.loadTestsFromTestCase(case))
    suite.addTests(loader.loadTestsFromTestCase(Unlooked))
    return suite


if __name__ == "__main__":
    unittest.main()
