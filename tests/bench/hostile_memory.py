#!/usr/bin/env python3
"""What proxies cost the agent whose clients invent method names: its resident set and processor time
while every answer to /stats has 300 000 statistics (18 MB), of names that stay, of names that are new
at every poll, and of new names beside lines that cannot be read. Run by hand; it reports and judges
nothing:

    python3 tests/bench/hostile_memory.py [POLLS [TARGETS]]"""

import os
import sys
import tempfile

BENCH = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(BENCH), "e2e"))

from agent_cost import report  # noqa: E402
from harness import BINARY, Agent  # noqa: E402
from misbehaving_admin import MisbehavingAdmin, fake_targets  # noqa: E402

METHODS = 300_000


def answer(first, tail=""):
    """One cluster that names itself, and its methods from number `first` on."""
    lines = [f"cluster.shop.grpc.shop.v1.InventoryService.Method{n:07}.0: 19\n"
             for n in range(first, first + METHODS)]
    return "cluster.shop.membership_total: 1\n" + "".join(lines) + tail


class Fake(MisbehavingAdmin):
    """Its answer is made anew whenever it is asked for, by make(how many were made before)."""

    def __init__(self, make):
        self._make = make
        self._made = 0
        super().__init__("good")

    @property
    def stats(self):
        self._made += 1
        return self._make(self._made - 1)

    @stats.setter
    def stats(self, unused):
        pass


SAME = answer(0)
CASES = {
    "the same names": lambda made: SAME,
    "new names every time": lambda made: answer(made % 30 * METHODS),
    "new names and unreadable lines": lambda made: answer(made % 30 * METHODS, "no statistic\n"),
}


def main():
    polls = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    targets = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for name, make in CASES.items():
        print(f"{name}: {targets} targets, interval {targets}s")
        fakes = {f"fake-{i}": Fake(make).start() for i in range(targets)}
        try:
            with tempfile.TemporaryDirectory(prefix="mesh-bench-") as directory:
                config = fake_targets(fakes, interval=f"{targets}s", timeout=f"{targets}s",
                                      window="5m", stale_after="10m")
                with Agent(BINARY, directory, config) as agent:
                    report(agent, polls, "fake-0", 6, "series",
                           lambda page: len(page.rows("mesh_grpc_requests_total")))
        finally:
            for fake in fakes.values():
                fake.stop()


if __name__ == "__main__":
    main()
