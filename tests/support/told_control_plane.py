"""The stand-in for a control plane that has CSDS (csds_control_plane.py), as a part that is started and stopped."""

import json
import os

from processes import Child, announced_address, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = os.path.join(os.path.dirname(os.path.dirname(HERE)), "build", "xds", "bin", "python")
CLUSTER = "type.googleapis.com/envoy.config.cluster.v3.Cluster"


def of_client(node_id, **statuses):
    """How a control plane has it with the cluster of a client."""
    return {"node": {"id": node_id}, "genericXdsConfigs": [{"typeUrl": CLUSTER, "name": "users", **statuses}]}


class ToldControlPlane:
    """It answers what say() told it last. start() … stop(); `address` is known once it serves."""

    def __init__(self, directory, *clients):
        self._said, self._log = (os.path.join(directory, "csds." + what) for what in ("json", "log"))
        self.say(*clients)
        self.address = None

    def say(self, *clients):
        with open(self._said + ".new", "w") as file:
            json.dump({"config": clients}, file)
        os.replace(self._said + ".new", self._said)

    def start(self):
        self.child = Child("control-plane", [PYTHON, os.path.join(HERE, "csds_control_plane.py"), "control-plane",
                                             self._said], self._log)
        wait_until(self._serves, "the control plane to serve", 60, alive=[self.child])

    def _serves(self):
        self.address = announced_address(self._log)
        return self.address

    def stop(self):
        self.child.terminate()
