"""A scenario of the demo mesh with its mesh, its callers and an agent that looks at it."""

import os

from agent import Agent
from demo_mesh import DemoMesh

AT_ONCE = 6  # each Envoy takes two of the 128 inotify instances that Linux gives a user
WINDOW = 6  # seconds; what is a verdict on traffic is stated after two of them
POLL = {"interval": "500ms", "timeout": "500ms", "window": f"{WINDOW}s", "stale_after": "10s"}


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
