#!/usr/bin/env python3
"""The demo mesh's issuer ends in silence, however often it is told to, and leaves no certificate half made."""

import os
import signal
import subprocess
import sys
import unittest

from harness import ROOT, TempDirTest, wait_until
from certificates import Authority

ISSUER = os.path.join(ROOT, "tests", "support", "demo_mesh", "issuer.py")


class Issuer(TempDirTest):
    def launch(self, number):
        """One that renews the leaf of a workload of its own all the time."""
        command = [sys.executable, "-B", ISSUER, self.authority, "1", f"users={self.leaf_of(number)}"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def leaf_of(self, number):
        return os.path.join(self.directory, f"users-{number}")

    def test_it_ends_in_silence_however_often_it_is_told_to(self):
        self.authority = os.path.join(self.directory, "ca")
        Authority(self.authority).create()
        issuers = {number: self.launch(number) for number in range(6)}
        for number, issuer in issuers.items():
            leaf = os.path.join(self.leaf_of(number), "tls.crt")
            wait_until(lambda: os.path.exists(leaf), "the first renewal")

            def ended():
                issuer.send_signal(signal.SIGTERM)
                return issuer.poll() is not None
            wait_until(ended, "its end")
            self.assertEqual((issuer.stdout.read(), issuer.returncode), ("", 0))
            self.assertEqual(sorted(os.listdir(self.leaf_of(number))), ["tls.crt", "tls.key"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
