#!/usr/bin/env python3
"""Every scenario of the demo mesh, all the way to whoever is told: real Envoys, the agent, a real
Prometheus with the rules of alerts/ (quicker, their expressions as they are), a real Alertmanager with
the example configuration. Of each scenario exactly those are told that scenarios.py names, and what is
kept quiet is kept quiet by what is told. Part of tests/e2e/run --all; by hand also with -k NAME."""

import json
import os
import time
import unittest
from dataclasses import replace

from harness import BINARY, BIN_DIR, ENVOY, Agent, SharedPartsTest, TempDirTest, wait_until
from alerting import LONGEST, alert_of, alert_rules
from control_group import NoControlGroups
from envoy_process import Turn
from held_sidecar import HeldSidecar
from lone_sidecar import LoneSidecar
from pages import Pages
from paging import Paging
from running_scenario import POLL, WINDOW, RunningScenario, in_groups
from scenarios import BY_NAME, ONE_UPSTREAM, SCENARIOS

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


def watch(is_complete, seconds, alive=()):
    """So long at least, and until all are told who should be, or would have been."""
    began = time.monotonic()

    def is_over():
        passed = time.monotonic() - began
        return passed > seconds and (passed > seconds + SLACK or is_complete())
    wait_until(is_over, "what is told", seconds + SLACK + 20, alive)


class Several(SharedPartsTest):
    """The tests of each scenario are made below."""
    scenarios = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start_shared(Turn())
        cls.running = {scenario.name: cls.start_shared(Paged(cls.shared, scenario))
                       for scenario in cls.scenarios}
        everyone = cls.running.values()
        if any(scenario.trouble for scenario in cls.scenarios):
            watch(lambda: True, WINDOW)
        for one in everyone:
            one.begin()
        watch(lambda: all(one.complete() for one in everyone), LONG_ENOUGH)

    def hold(self, scenario):
        one = self.running[scenario.name]
        one.check_alive()
        diagnosis = one.agent.get("/diagnosis")[1]
        perhaps = set(scenario.perhaps)
        if scenario.trouble:
            self.assertEqual({name for _, name in one.before} - perhaps, set())
        self.assertEqual({name for _, name in one.paging.told()} - perhaps, one.wanted, diagnosis)
        self.assertEqual(one.paging.quiet() - perhaps, one.quiet, diagnosis)
        self.assertEqual(one.paging.fired() - perhaps, one.wanted | one.quiet)
        # What is told may be on its way to be told in another form: of a budget there are four windows.
        self.assertEqual(one.paging.pending() - perhaps - one.wanted - one.quiet, set())
        for receiver, alert in one.paging.receiver.pages:
            self.assertEqual(list(PAGES.faults(receiver, alert)), [], alert)
            if alert["labels"]["alertname"] not in perhaps:
                self.assertEqual(alert["status"], "firing", "it comes and goes")


class Held(SharedPartsTest):
    """Sidecars in control groups with limits, each of which comes to want of something else."""
    ROOMY = 320 << 20  # bytes; under 256 MiB it is a low limit
    SIDECARS = {  # memory, processors
        "full-1": (ROOMY, 2), "killed-1": (ROOMY, 2), "slow-1": (ROOMY, 0.2), "small-1": (192 << 20, 2)}
    TOLD = {("ticket", "MeshSidecarMemoryPressure", "full-1"), ("ticket", "MeshSidecarOomKilled", "killed-1"),
            ("ticket", "MeshSidecarCpuThrottled", "slow-1"), ("note", "MeshReadinessAudit", "small")}
    # Who was killed at the limit and is near it again.
    QUIET = {("MeshSidecarMemoryPressure", "killed-1")}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        try:
            held = {name: cls.start_shared(HeldSidecar(ENVOY, name, cls.shared, *limits))
                    for name, limits in cls.SIDECARS.items()}
        except NoControlGroups as reason:
            print(f"SKIPPED: the alerts on memory and processor time: {reason}")
            raise unittest.SkipTest(str(reason)) from reason
        cls.agent = cls.start_shared(Agent(BINARY, cls.shared, json.dumps({
            "poll": POLL, "targets": [one.target() for one in held.values()]})))
        cls.paging = cls.start_shared(Paging(cls.shared, cls.agent.listens_on))
        cls.alive = [cls.agent.child, *cls.paging.children]
        cls.agent.wait_for(lambda page: page.rows("mesh_finding", finding="sidecar_memory_limit_low"),
                       "what is found of sidecars that are well")
        cls.before = cls.paging.fired()
        held["slow-1"].spin()
        held["full-1"].fill(0.95)
        held["killed-1"].eat().wait(60)
        held["killed-1"].fill(0.95)

    def told(self):
        """(receiver, name, pod or workload) of all that arrived."""
        return [(receiver, alert["labels"]["alertname"],
                 alert["labels"].get("pod") or alert["labels"]["workload"])
                for receiver, alert in list(self.paging.receiver.pages)]

    def quiet(self):
        return {(one["labels"]["alertname"], one["labels"].get("pod"))
                for one in self.paging.alertmanager.alerts() if one["status"]["inhibitedBy"]}

    def test_who_wants_memory_or_time_is_told_of_once(self):
        self.assertEqual(self.before, set())
        watch(lambda: self.TOLD <= set(self.told()) and self.QUIET <= self.quiet(), LONG_ENOUGH, self.alive)
        diagnosis = self.agent.get("/diagnosis")[1]
        self.assertEqual(sorted(self.told()), sorted(self.TOLD), diagnosis)
        self.assertEqual(self.quiet(), self.QUIET, diagnosis)
        self.assertEqual(self.paging.fired(), {name for _, name, _ in self.TOLD})
        for page in self.paging.receiver.pages:
            self.assertEqual(list(PAGES.faults(*page)), [], page)


class Unlooked(SharedPartsTest):
    """Nobody looks at a mesh: Prometheus never heard of the agent, or the agent is ended, and what is known of its
    node is old."""
    KNOWN = "MeshSeriesFolded"  # looks an hour back, and so goes on firing
    FOLDED = "mesh_exporter_series_folded_total"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        scenario = replace(BY_NAME["folded"], load=ONE_UPSTREAM)
        cls.seen = cls.start_shared(RunningScenario(ENVOY, BIN_DIR, BINARY, cls.shared, scenario))
        cls.call("user.v1.UserService/ListUsers")
        cls.seen.agent.wait_for(lambda page: page.rows(cls.FOLDED), "a second method to be folded")

    @classmethod
    def call(cls, method):
        """One more method is called."""
        cls.seen.mesh.start_load(only=method, rate=20, all_ok="yes")

    def watch_it_fold(self, name, method):
        """Somebody who is told of what grows under his eyes."""
        paging = self.paging(name)
        self.wait_for(lambda: paging.prometheus.query(self.FOLDED), "a first look", paging)
        self.call(method)
        self.wait_for(lambda: paging.prometheus.query(f"increase({self.FOLDED}[1h]) > 0"), method, paging)
        return paging

    def paging(self, name, job="mesh_exporter"):
        directory = os.path.join(self.directory, name)
        os.mkdir(directory)
        return self.start(Paging(directory, {job: [self.seen.agent.listens_on]}))

    def wait_for(self, condition, what, paging):
        wait_until(condition, what, 60, alive=paging.children)

    def assert_told(self, paging, *told):
        """These in this order, and each once."""
        self.assertEqual([(receiver, alert["labels"]["alertname"])
                          for receiver, alert in paging.receiver.pages], list(told))
        for page in paging.receiver.pages:
            self.assertEqual(list(PAGES.faults(*page)), [], page)

    def test_an_agent_that_nobody_scrapes_is_told_of(self):
        absent = self.paging("absent", job="some_job")
        self.wait_for(absent.told, "whatever is told", absent)
        self.assert_told(absent, ("page", "MeshExporterAbsent"))

    def test_an_agent_that_ended_keeps_quiet_what_is_known_of_its_node(self):
        """One receiver was told of it before, to the other it would be news; both are told of the agent only."""
        before = self.watch_it_fold("before", "user.v1.UserService/Chat")
        self.wait_for(lambda: before.all_told() and not before.pending(), f"{self.KNOWN} to be told", before)
        after = self.watch_it_fold("after", "Greeter/SayHello")
        self.wait_for(lambda: after.pending() == {self.KNOWN}, f"{self.KNOWN} to be near", after)
        self.wait_for(before.all_told, f"{self.KNOWN} to be told", before)
        self.assertEqual(before.told(), {("note", self.KNOWN)})
        before.receiver.pages.clear()
        self.seen.agent.child.kill()
        both = {"MeshExporterDown", self.KNOWN}
        for paging in (before, after):
            self.wait_for(lambda paging=paging: paging.inhibited() == {self.KNOWN} and paging.fired() == both,
                          f"{self.KNOWN} to be kept quiet", paging)
        began = time.monotonic()
        # A message leaves a second after its alert has come.
        self.wait_for(lambda: time.monotonic() - began > 5, "what else might come", after)
        for paging in (before, after):
            self.assert_told(paging, ("ticket", "MeshExporterDown"))


class Reloaded(TempDirTest):
    """An agent that is to read its configuration again, and cannot."""

    def test_a_configuration_that_was_not_taken_is_told_of_until_it_is_mended(self):
        sidecar = self.start(LoneSidecar(ENVOY, "users-1", self.directory, 3600))
        sidecar.wait_ready()
        config = json.dumps({"poll": POLL, "targets": [sidecar.target()]})
        agent = self.start_agent(config)
        agent.wait_ready()
        paging = self.start(Paging(self.directory, agent.listens_on))
        alive = [agent.child, *paging.children]

        def wait_for(*states):
            pages = paging.receiver.pages
            wait_until(lambda: len(pages) >= len(states), f"{states} to be told", 60, alive=alive)
            self.assertEqual([(receiver, alert["labels"]["alertname"], alert["status"])
                              for receiver, alert in pages],
                             [("ticket", "MeshExporterReloadFailed", state) for state in states])
        agent.reload("poll: {interval: soon}\n")
        wait_for("firing")
        self.assertEqual(list(PAGES.faults(*paging.receiver.pages[0])), [])
        agent.reload(config)
        wait_for("firing", "resolved")


def test_of(scenario):
    def test(self):
        self.hold(scenario)
    test.__doc__ = scenario.summary
    return test


def load_tests(loader, _tests, _pattern):
    """A test case for each group of scenarios; of those that -k names, if it does."""
    suite = unittest.TestSuite()
    patterns = loader.testNamePatterns or ["*"]
    names = {one.name for one in SCENARIOS
             if any(pattern.strip("*") in "test_" + one.name for pattern in patterns)}
    wanted = [one for one in SCENARIOS if one.name in names]
    for several in in_groups(wanted):
        tests = {"test_" + one.name: test_of(one) for one in several}
        case = type("Matrix", (Several,), {"scenarios": several, **tests})
        suite.addTests(loader.loadTestsFromTestCase(case))
    for case in (Held, Unlooked, Reloaded):
        suite.addTests(loader.loadTestsFromTestCase(case))
    return suite


if __name__ == "__main__":
    unittest.main()
