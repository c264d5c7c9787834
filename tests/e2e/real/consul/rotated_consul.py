"""What the tests beside Consul share: its root replaced, upon which all leaves are issued anew at once, and
what the client's sidecar says of the clusters that it was told to replace because of it."""

import time

from real_mesh import RealMeshTest, say, wait_until

CLIENT, SERVER = "orders-1", "payments-1"


class RotatedConsulTest(RealMeshTest):
    @classmethod
    def replacements(cls):
        """How often the client's sidecar was told to replace a cluster."""
        return cls.mesh.stat(CLIENT, "cluster_manager.cluster_modified")

    @classmethod
    def replace_root(cls, key_type, key_bits):
        old, began = cls.mesh.root(), time.time()
        seen = {pod: len(cls.watch.newest[pod]) for pod in cls.mesh.sidecars}
        assert cls.mesh.replace_root(key_type, key_bits) != old
        wait_until(lambda: all(len(cls.watch.newest[pod]) > seen[pod] for pod in seen),
                   "new leaves from the new root", 60, alive=[cls.agent.child])
        took = [f"{pod} {cls.watch.newest[pod][-1][0] - began:.1f} s" for pod in seen]
        cls.wait_until_agreed()
        say(f"root replaced ({key_type} {key_bits}); new leaves after {', '.join(took)}")
