#!/usr/bin/env python3
"""The committed dashboards are those that their sources make, byte for byte."""

import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))

from dashboards import DIRECTORY  # noqa: E402


def contents(directory):
    """{name: bytes} of the JSON files there."""
    found = {}
    for name in os.listdir(directory):
        if name.endswith(".json"):
            with open(os.path.join(directory, name), "rb") as file:
                found[name] = file.read()
    return found


class Generated(unittest.TestCase):
    def test_the_sources_make_what_is_committed(self):
        with tempfile.TemporaryDirectory(prefix="mesh-dashboards-") as made:
            done = subprocess.run([os.path.join(DIRECTORY, "source", "generate"), made],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            fresh, committed = contents(made), contents(DIRECTORY)
        self.assertEqual(set(fresh), set(committed))
        for name in fresh:
            self.assertTrue(fresh[name] == committed[name],
                            f"{name} is not what its source makes: run dashboards/source/generate")


if __name__ == "__main__":
    unittest.main()
