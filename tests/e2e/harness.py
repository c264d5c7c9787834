"""What the end-to-end tests share: where the programs are, a directory that goes away, the demo mesh
with an agent beside it, and a watcher that sees every scrape.

By hand: python3 tests/e2e/ledger_test.py, with the release build and the Envoys of ./test in place."""

import ctypes
import os
import signal
import sys
import tempfile
import threading
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(ROOT, "tests", "support"),
                os.path.join(ROOT, "tests", "support", "demo_mesh")]

from agent import Agent, Page, Prometheus, ledger_calls  # noqa: E402
from demo_mesh import BACKENDS, CLIENT, DemoMesh  # noqa: E402
from processes import wait_until  # noqa: E402

BUILD = os.environ.get("MESH_BUILD_DIR", os.path.join(ROOT, "build", "release"))
BINARY = os.path.join(BUILD, "mesh_exporter")
BIN_DIR = os.path.join(BUILD, "tests", "support", "demo_mesh")
ENVOY_VERSION = os.environ.get("MESH_ENVOY", "1.40.0")
ENVOY = os.path.join(ROOT, "build", "envoy-" + ENVOY_VERSION, "bin", "envoy")

# If the test runner kills this process, nothing that it started lives on.
ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class TempDirTest(unittest.TestCase):
    """A test case with a directory of its own: self.directory."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="mesh-e2e-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def start(self, part):
        """start() now, stop() at the end of the test; gives the part."""
        self.addCleanup(part.stop)
        part.start()
        return part

    def start_mesh(self):
        return self.start(DemoMesh(ENVOY, BIN_DIR, os.path.join(self.directory, "mesh")))

    def start_agent(self, config, *flags, name="mesh_exporter"):
        return self.start(Agent(BINARY, self.directory, config, *flags, name=name))

    def assert_same_calls(self, counted, booked):
        """Equal, and not because both are empty."""
        self.assertGreater(sum(booked.values()), 0)
        self.assertEqual(dict(counted), dict(booked))


class SharedPartsTest(TempDirTest):
    """A test case whose parts are started once for all of its tests: cls.shared, a directory."""

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory(prefix="mesh-e2e-")
        cls.addClassCleanup(directory.cleanup)
        cls.shared = directory.name

    @classmethod
    def start_shared(cls, part):
        """start() now, stop() after the last test; gives the part."""
        cls.addClassCleanup(part.stop)
        part.start()
        return part


class Watcher:
    """Scrapes an agent without pause and remembers each counter's last value: `fallen` lists every
    counter that was ever seen to decrease, `scrapes` counts the pages."""

    def __init__(self, agent):
        self._agent = agent
        self._last = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.fallen = []
        self.scrapes = 0
        self.error = None

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *unused):
        self._over.set()
        self._thread.join()

    def _run(self):
        try:
            while not self._over.is_set():
                self._look(self._agent.page())
                time.sleep(0.02)
        except Exception as error:  # pylint: disable=broad-except
            self.error = error

    def _look(self, page):
        counters = {line.split()[2] for line in page.text.splitlines()
                    if line.startswith("# TYPE ") and line.endswith(" counter")}
        for name in counters:
            for labels, value in page.families.get(name, {}).items():
                before = self._last.get((name, labels), 0)
                if value < before:
                    self.fallen.append(f"{name}{dict(labels)}: {before} → {value}")
                self._last[name, labels] = value
        self.scrapes += 1


__all__ = ["Agent", "BACKENDS", "BINARY", "BIN_DIR", "BUILD", "CLIENT", "DemoMesh", "ENVOY",
           "ENVOY_VERSION", "Page", "Prometheus", "ROOT", "SharedPartsTest", "TempDirTest",
           "Watcher", "ledger_calls", "wait_until"]
