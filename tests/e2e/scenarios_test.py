#!/usr/bin/env python3
"""Every scenario of the demo mesh, made with real parts: the agent finds what it must within two
windows, names nothing else, and withdraws nothing while it lasts. For each version of Envoy that
MESH_ENVOY names."""

import json
import os
import subprocess
import time
import unittest

from harness import BINARY, BIN_DIR, CLIENT, ENVOY, DemoMesh, TempDirTest, wait_until
from scenarios import SCENARIOS

WINDOW = 6
POLL = {"interval": "500ms", "window": f"{WINDOW}s", "stale_after": "10s"}
SLACK = 10  # for a loaded machine


def found(agent):
    """Names of the findings that are told, by the metric."""
    return {row["finding"] for row, value in agent.page().rows("mesh_finding") if value == 1}


class Scenarios(TempDirTest):
    def hold(self, scenario):
        mesh = self.start(DemoMesh(ENVOY, BIN_DIR, os.path.join(self.directory, "mesh"),
                                   scenario=scenario))
        mesh.start_load(**scenario.load)
        agent = self.start_agent(mesh.agent_config(**POLL))
        agent.wait_ready()
        began = time.monotonic()
        if scenario.findings:
            wait_until(lambda: scenario.findings <= found(agent), f"{scenario.name} to be found",
                       2 * WINDOW + SLACK, alive=[agent.child])
            print(f"{scenario.name}: found after {time.monotonic() - began:.1f} s")
        # As long as it takes to state whatever else there might be.
        wait_until(lambda: time.monotonic() - began > 2 * WINDOW + 2, "two windows to pass", 60)
        self.assertEqual(found(agent), scenario.findings, agent.get("/diagnosis")[1])
        self.check_verdict(agent, scenario)
        self.check_command(agent, scenario)

    def check_verdict(self, agent, scenario):
        if not scenario.verdict:
            return
        verdicts = {row["verdict"] for row, value
                    in agent.page().rows("mesh_upstream_balance_verdict", pod=CLIENT,
                                         upstream="users.shop.svc.cluster.local:50051")
                    if value == 1}
        self.assertEqual(verdicts, {scenario.verdict})

    def check_command(self, agent, scenario):
        """`diagnose` says the same and ends with the code that scripts rely on."""
        command = [BINARY, "diagnose", "--agent=" + agent.listens_on]
        done = subprocess.run([*command, "--output=json"], capture_output=True, text=True,
                              check=False)
        diagnosis = json.loads(done.stdout)
        self.assertEqual({one["finding"] for one in diagnosis["findings"]}, scenario.findings)
        self.assertEqual(done.returncode, 1 if scenario.findings else 0)
        self.assertEqual(diagnosis["unseen"], [])
        text = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        for one in diagnosis["findings"]:
            self.assertTrue(one["evidence"] and one["cause"] and one["remedy"], one)
            self.assertIn(one["remedy"], text)
        self.assertIn("healthy: ", text)


def test_of(scenario):
    def test(self):
        self.hold(scenario)
    test.__doc__ = scenario.summary
    return test


for one_scenario in SCENARIOS:
    setattr(Scenarios, "test_" + one_scenario.name, test_of(one_scenario))


if __name__ == "__main__":
    unittest.main()
