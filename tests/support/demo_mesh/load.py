"""A running demo_load, and its books."""

import json
import os
import signal

from processes import MeshError, wait_until


class Load:
    """A running demo_load. Its ledger is the truth that exported counters are held against."""

    def __init__(self, child, ledger_file):
        self._child = child
        self._ledger_file = ledger_file

    def running(self):
        return self._child.running()

    def ledger(self):
        """The books so far, written after this was asked."""
        def written():
            state = os.stat(self._ledger_file)
            return state.st_mtime_ns, state.st_ino
        before = written()
        self._child.signal(signal.SIGUSR1)
        wait_until(lambda: not self.running() or written() != before, "the ledger")
        with open(self._ledger_file) as file:
            return json.load(file)

    def finish(self, timeout=600):
        """Waits for its own end (--calls, --duration); gives the final ledger."""
        if self._child.wait(timeout) != 0:
            raise MeshError(f"demo_load failed:\n{self._child.log_tail()}")
        with open(self._ledger_file) as file:
            return json.load(file)

    def stop(self):
        """Lets the calls under way finish; gives the final ledger."""
        self._child.signal(signal.SIGTERM)
        return self.finish(60)
