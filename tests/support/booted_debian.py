"""A Debian with a systemd of its own, for what only a service manager shows: what its sandbox lets a
service do, and what it is told. Takes root and control groups of version 2 that can be written."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "demo_mesh"))

from processes import Child, wait_until  # noqa: E402


class CannotBoot(Exception):
    """This machine lets nobody do so; says why."""


def _groups():
    """Where this machine has control groups of version 2."""
    with open("/proc/self/mounts", encoding="utf-8") as file:
        for line in file:
            _, place, kind, options, *_ = line.split()
            if kind == "cgroup2" and "rw" in options.split(","):
                return place
    raise CannotBoot("no control groups of version 2 that can be written")


class BootedDebian:
    """start() … stop(): the root in that folder, booted."""

    def __init__(self, root, log_file):
        self.root = root
        self._log_file = log_file
        self._manager = None
        if os.geteuid() != 0:
            raise CannotBoot("it takes root")
        self._group = os.path.join(_groups(), f"mesh_exporter_{os.getpid()}_debian")

    def start(self):
        os.mkdir(self._group)
        self._manager = Child("systemd", [os.path.join(HERE, "boot_debian.sh"), self.root, self._group],
                              self._log_file)
        wait_until(self._is_up, "systemd to have started everything", 120, [self._manager])

    def _first(self):
        """The number of the first process in it; None while there is none that is systemd."""
        with open(f"/proc/{self._manager.pid}/task/{self._manager.pid}/children", encoding="utf-8") as file:
            children = file.read().split()
        if not children:
            return None
        with open(f"/proc/{children[0]}/comm", encoding="utf-8") as file:
            return children[0] if file.read() == "systemd\n" else None

    def _is_up(self):
        if not self._first():
            return False
        # Something that this root has no use for may have failed: what is wanted has ended or begun.
        return self.run("systemctl", "is-system-running")[1].strip() in ("running", "degraded")

    def run(self, *command, timeout=60):
        """(exit code, all output) of a command in it."""
        done = subprocess.run(
            ["nsenter", f"--target={self._first()}", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup",
             "--root", "env", "--chdir=/", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive",
             *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False, timeout=timeout)
        return done.returncode, done.stdout

    def stop(self):
        if self._manager:
            self._manager.kill()
        wait_until(self._is_removed, f"{self._group} to be empty", 30)

    def _is_removed(self):
        for folder, _, _ in os.walk(self._group, topdown=False):
            try:
                os.rmdir(folder)
            except OSError:  # its processes are ending
                return False
        return True
