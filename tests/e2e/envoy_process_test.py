#!/usr/bin/env python3
"""How the tests start an Envoy where inotify instances are scarce: it is started again for want of them, which is
told, and for nothing else."""

import contextlib
import io
import os
import threading
import unittest

from harness import ENVOY, TempDirTest, wait_until
from envoy_process import Turn, inotify_instances, inotify_instances_of
from lone_sidecar import LoneSidecar
from processes import MeshError

# What Envoy 1.40.0 says where there is none, and what it says of its stack.
WANT = ("[critical][assert] [source/common/filesystem/inotify/watcher_impl.cc:25] assert failure: inotify_fd_ >= 0. "
        "Details: Consider increasing value of fs.inotify.max_user_instances via sysctl")
TRACE = "[critical][backtrace] [./source/server/backtrace.h:167] #0: [0x7f5869028050]"


class EnvoyProcess(TempDirTest):
    def sidecar_that_aborts_once(self, reason):
        """The second time it is an Envoy."""
        script = os.path.join(self.directory, "envoy")
        with open(script, "w") as file:
            file.write(f"#!/bin/sh\n[ ! -e {script}.called ] || exec {ENVOY} \"$@\"\ntouch {script}.called\n"
                       f"echo '{reason}'\nfor line in $(seq 40); do echo '{TRACE}'; done\nkill -ABRT $$\n")
        os.chmod(script, 0o755)
        return self.start(LoneSidecar(script, "users-1", self.directory, 3600))

    def test_an_envoy_that_finds_no_instance_is_started_again_and_that_is_told(self):
        with contextlib.redirect_stderr(io.StringIO()) as told:
            self.sidecar_that_aborts_once(WANT).wait_ready()
        self.assertRegex(told.getvalue(), r"^users-1 could not start: \d+ of this user's \d+ inotify instances are in "
                                          r"use; it is started again once there is room\n$")

    def test_an_envoy_that_ends_for_another_reason_is_not(self):
        sidecar = self.sidecar_that_aborts_once("assert failure: something_else")
        with contextlib.redirect_stderr(io.StringIO()) as told:
            with self.assertRaisesRegex(MeshError, "users-1 ended .*\n(.*\n)?assert failure: something_else\n$"):
                sidecar.wait_ready()
        self.assertEqual(told.getvalue(), "")

    def test_a_sidecar_with_its_certificates_in_files_takes_four(self):
        sidecar = self.start(LoneSidecar(ENVOY, "users-1", self.directory, 3600))
        sidecar.wait_ready()
        self.assertEqual(inotify_instances_of(sidecar.pid), 4)
        self.assertGreaterEqual(inotify_instances(), 4)

    def test_who_wants_as_many_as_there_may_be_waits_for_the_turn_and_says_so(self):
        first, second = self.start(Turn()), Turn()
        self.addCleanup(second.stop)
        with contextlib.redirect_stderr(io.StringIO()) as told:
            waiting = threading.Thread(target=second.start)
            waiting.start()
            wait_until(lambda: "waiting for its end" in told.getvalue(), "it to wait")
            self.assertTrue(waiting.is_alive())
            first.stop()
            waiting.join(60)
        self.assertFalse(waiting.is_alive())


if __name__ == "__main__":
    unittest.main()
