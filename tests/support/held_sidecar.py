"""A real Envoy in a control group of its own with limits, and whoever else is put into it: somebody who eats its
memory, somebody who uses up its processor time."""

import os
import sys

from control_group import ControlGroup
from lone_sidecar import LoneSidecar
from processes import Child

MIB = 1 << 20
_EATER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "memory_eater.py")
_PYTHON = 8 * MIB  # what an eater has beside what it eats


class HeldSidecar:
    """start() … stop(); start() raises NoControlGroups where this machine lets nobody make them. Once it is ready
    `group` and `sidecar` are there."""

    def __init__(self, envoy, name, directory, memory, processors):
        """`memory` in bytes, `processors` as a number of them: the limits."""
        self.group = ControlGroup(f"mesh_exporter_{os.getpid()}_{name}", memory, processors)
        self.sidecar = None
        self._envoy = envoy
        self._name = name
        self._directory = directory
        self._memory = memory
        self._guests = []

    def start(self):
        self.group.make()
        self.sidecar = LoneSidecar(self.group.runs(self._envoy, self._directory), self._name,
                                   self._directory, lifetime=3600).start()
        self.sidecar.wait_ready()
        return self

    def stop(self):
        for guest in self._guests:
            guest.kill()
        if self.sidecar:
            self.sidecar.stop()
        self.group.remove()

    def target(self):
        """As the agent's configuration lists it."""
        return {**self.sidecar.target(), "namespace": "held", "cgroup": self.group.path}

    def eat(self, *most):
        """So many MiB, which are kept until the guest is ended; without a number, all there is, until the kernel
        ends the guest. Gives the guest, a Child."""
        return self._take_in("eater", _EATER, *map(str, most))

    def fill(self, share):
        """Eats until this share of the limit is in use."""
        return self.eat(int(share * self._memory - self.group.working_set() - _PYTHON) // MIB)

    def spin(self):
        """Uses up the processor time."""
        return self._take_in("spinner", "-c", "while True: pass")

    def _take_in(self, what, *words):
        log = os.path.join(self._directory, f"{self._name}.{what}.log")
        guest = Child(what, [self.group.runs(sys.executable, self._directory), *words], log)
        self._guests.append(guest)
        return guest
