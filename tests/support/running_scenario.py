"""A scenario of the demo mesh with its mesh, its callers and an agent that looks at it."""

import os

from agent import Agent
from demo_mesh import DemoMesh
from envoy_process import AT_ONCE

WINDOW = 6  # seconds; what is a verdict on traffic is stated after two of them
POLL = {"interval": "500ms", "timeout": "500ms", "window": f"{WINDOW}s", "stale_after": "10s"}


def in_groups(scenarios):
    """Lists of scenarios, in their order, that may run side by side."""
    groups, left = [], 0
    for one in scenarios:
        sidecars = one.pods + 1
        if not groups or left < sidecars:
            groups.append([])
            left = AT_ONCE
        groups[-1].append(one)
        left -= sidecars
    return groups


class RunningScenario:
    """start() … stop(). What it needs is in the directory `where`, made below another one."""

    def __init__(self, envoy, bin_dir, binary, directory, scenario):
        self.where = os.path.join(directory, scenario.name)
        os.mkdir(self.where)
        self.mesh = DemoMesh(envoy, bin_dir, os.path.join(self.where, "mesh"), scenario=scenario)
        self.scenario = scenario
        self.loads = []
        self.agent = None
        self._binary = binary

    def start(self):
        self.mesh.start()
        self.loads = self.scenario.start_loads(self.mesh)
        self.agent = Agent(self._binary, self.where, self.mesh.agent_config(**POLL),
                           name=self.scenario.name)
        self.agent.start()
        self.agent.wait_ready()

    def stop(self):
        if self.agent:
            self.agent.stop()
        self.mesh.stop()

    def called(self):
        """Whether every caller still calls."""
        return all(load.running() for load in self.loads)
