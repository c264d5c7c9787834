#!/usr/bin/env python3
"""Pages, all the way: real Envoys, the agent, a real Prometheus with the rules of alerts/ (their
expressions as they are, only quicker), a real Alertmanager with the example configuration, and who
is told in the end. A healthy mesh pages nobody, a pinned one exactly once.

Each mesh is seen twice: by one agent that sees all, and, as another job, by one agent per server,
of whom none sees two pods of the workload. What they see adds up to the same.

The two meshes run side by side, for what takes time is to see that nothing more comes."""

import json
import os
import time
import unittest

import yaml

from harness import (BACKENDS, BINARY, BIN_DIR, CLIENT, ENVOY, Agent, DemoMesh, SharedPartsTest,
                     wait_until)
import dashboards
from alerting import LONGEST, RULES, quick_rules
from pages import Pages
from paging import Paging
from scenarios import BY_NAME

POLL = {"interval": "500ms", "window": "4s", "stale_after": "10s"}
QUICK_FIELDS = {"for", "keep_firing_for", "interval"}
LONG_ENOUGH = LONGEST + 3
WHOLE, PARTS = "mesh_exporter", "parts/mesh_exporter"


def part_of(config, pods):
    """The agent's configuration with the targets of these pods only."""
    config = yaml.safe_load(config)
    config["targets"] = [one for one in config["targets"] if one["name"] in pods]
    return json.dumps(config)


class Paged:
    """A mesh, the agents that look at it, and the way from there to a receiver."""

    def __init__(self, start, directory, scenario):
        os.mkdir(directory)
        self.mesh = start(DemoMesh(ENVOY, BIN_DIR, os.path.join(directory, "mesh"),
                                   scenario=BY_NAME[scenario]))
        self.load, = BY_NAME[scenario].start_loads(self.mesh)
        config = self.mesh.agent_config(**POLL)
        self.agents = [start(Agent(BINARY, directory, one, name=f"agent-{number}"))
                       for number, one in enumerate((
                           config, part_of(config, [CLIENT]),
                           *(part_of(config, [pod]) for pod in BACKENDS)))]
        whole, *parts = (agent.listens_on for agent in self.agents)
        self.paging = start(Paging(directory, {WHOLE: [whole], PARTS: parts}))
        self.pages, self.prometheus = self.paging.receiver.pages, self.paging.prometheus

    def check_alive(self):
        for child in (*(agent.child for agent in self.agents), *self.paging.children):
            assert child.running(), child.log_tail()
        assert self.load.running()

    def told(self):
        """{(receiver, alertname, job)…} of all that arrived."""
        return {(receiver, alert["labels"]["alertname"], alert["labels"]["job"])
                for receiver, alert in list(self.pages)}


class Alerts(SharedPartsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()

        def paged(scenario):
            return Paged(cls.start_shared, os.path.join(cls.shared, scenario), scenario)
        cls.healthy, cls.pinned = paged("healthy"), paged("pinned")
        cls.began = time.monotonic()
        wait_until(lambda: {job for *_, job in cls.pinned.told()} == {WHOLE, PARTS},
                   "both jobs to tell of the pinned mesh", 90, alive=cls.pinned.paging.children)
        wait_until(lambda: time.monotonic() - cls.began > LONG_ENOUGH,
                   "whatever else there might be", LONG_ENOUGH + 5)

    def test_the_quick_rules_differ_in_time_only(self):
        def timeless(text):
            return [[{key: value for key, value in rule.items() if key not in QUICK_FIELDS}
                     for rule in group["rules"]] for group in yaml.safe_load(text)["groups"]]
        with open(RULES) as file:
            original = file.read()
        self.assertEqual(timeless(quick_rules()), timeless(original))
        self.assertNotEqual(quick_rules(), original)

    def test_a_healthy_mesh_pages_nobody(self):
        self.healthy.check_alive()
        self.assertEqual(self.healthy.pages, [])
        self.assertEqual(self.healthy.prometheus.query('ALERTS{alertstate="firing"}'), [])
        (_, calls), = self.healthy.prometheus.query("sum(mesh:upstream_calls:rate5m)")
        self.assertGreater(calls, 1, "the rules saw no calls")

    def test_a_pinned_mesh_is_told_of_once(self):
        """By its cause where an agent sees all pods; where none sees two, by what they add up to."""
        self.pinned.check_alive()
        self.assertEqual(self.pinned.told(), {("ticket", "MeshTrafficPinned", WHOLE),
                                              ("ticket", "MeshLoadImbalance", PARTS)})

    def test_the_page_has_all_that_it_needs(self):
        page, *more = [alert for _, alert in self.pinned.pages
                       if alert["labels"]["alertname"] == "MeshTrafficPinned"]
        self.assertEqual(more, [])
        self.assertEqual(page["status"], "firing")
        self.assertEqual(page["labels"], {
            "alertname": "MeshTrafficPinned", "severity": "warning", "job": WHOLE,
            "instance": self.pinned.agents[0].listens_on, "finding": "traffic_pinned",
            "mesh": "envoy", "namespace": "shop", "workload": "users"})
        self.assertRegex(page["annotations"]["description"],
                         r"^Something on the way to shop/users .* gets 3 times its share\.$")
        self.assertTrue(page["annotations"]["runbook_url"].endswith("#traffic_pinned"))
        self.assertTrue(page["annotations"]["dashboard_url"].endswith(
            "/d/mesh-balance?var-namespace=shop&var-workload=users&var-upstream="))
        for one in self.pinned.pages:
            self.assertEqual(list(Pages().faults(*one)), [], one)

    def test_the_dashboards_mark_what_fires(self):
        for uid, dashboard in dashboards.load().items():
            mark, = [one["expr"] for one in dashboards.annotations(dashboard)
                     if one["expr"].startswith("ALERTS")]
            expr = dashboards.filled_in(dashboard, mark, 1)
            self.assertEqual({row["alertname"] for row, _ in self.pinned.prometheus.query(expr)},
                             {"MeshTrafficPinned", "MeshLoadImbalance"}, uid)
            self.assertEqual(self.healthy.prometheus.query(expr), [], uid)

    def test_parts_of_a_mesh_add_up_to_the_whole(self):
        for mesh, name, wanted in (
                (self.pinned, "mesh:workload_imbalance:ratio", 3),
                (self.healthy, "mesh:workload_imbalance:ratio", 1),
                (self.healthy, 'mesh:upstream_imbalance:ratio{upstream=~"users.+"}', 1),
                (self.healthy, 'mesh:upstream_effective_endpoints:ratio{upstream=~"users.+"}', 3)):
            with self.subTest(name, wanted=wanted):
                by_job = {row["job"]: value for row, value in mesh.prometheus.query(name)}
                self.assertEqual(by_job.keys(), {WHOLE, PARTS})
                for value in by_job.values():  # each agent looks at a moment of its own
                    self.assertAlmostEqual(value, wanted, delta=0.05)


if __name__ == "__main__":
    unittest.main()
