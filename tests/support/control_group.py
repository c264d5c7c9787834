"""Real control groups of the kernel with limits, for processes of tests: version 1, version 2 or both side by
side, whichever this machine has. Making them takes root and hierarchies that can be written."""

import errno
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "demo_mesh"))

from processes import wait_until  # noqa: E402

ROOT = "/sys/fs/cgroup"
VERSION_1 = ("memory", "cpu", "cpuacct", "unified")  # what a group of version 1 stands in
PERIOD = 100_000  # microseconds, of a quota


class NoControlGroups(Exception):
    """This machine lets nobody make them; says why."""


def has_pressure():
    """Whether this kernel measures how long tasks wait."""
    return os.path.exists("/proc/pressure/memory")


class ControlGroup:
    """One group of that name, in every hierarchy. make() … remove(); both may be done again."""

    def __init__(self, name, memory, processors):
        """`memory` in bytes, `processors` as a number of them: the limits."""
        self.path = "/" + name
        self._memory = memory
        self._processors = processors
        self._is_version_2 = os.path.exists(os.path.join(ROOT, "cgroup.controllers"))

    def make(self):
        try:
            for directory in self._directories():
                os.mkdir(directory)
            self._limit()
        except OSError as error:
            self.remove()
            raise NoControlGroups(f"a control group cannot be made here: {error}") from error
        return self

    def runs(self, program, directory):
        """A program that enters the group and becomes the other: all its memory is counted there."""
        script = os.path.join(directory, os.path.basename(program) + "_in" + self.path.replace("/", "_"))
        with open(script, "w") as file:
            file.write("#!/bin/sh\nset -e\n")
            for group in self._directories():
                file.write(f"echo $$ > {group}/cgroup.procs\n")
            file.write(f'exec {program} "$@"\n')
        os.chmod(script, 0o755)
        return script

    def take_in(self, pid):
        """A process that runs; what it takes from now on is counted here."""
        for group in self._directories():
            _write(os.path.join(group, "cgroup.procs"), pid)

    def remove(self):
        """Once its processes have ended, which the caller sees to."""
        for directory in self._directories():
            if os.path.exists(directory):
                wait_until(lambda directory=directory: _is_removed(directory),
                           f"{directory} to be empty", 30)

    # ---- what the kernel says of it ----

    def working_set(self):
        current, inactive = (("memory.current", "inactive_file") if self._is_version_2 else
                             ("memory.usage_in_bytes", "total_inactive_file"))
        lines = dict(line.split() for line in self._read("memory.stat").splitlines())
        return int(self._read(current)) - int(lines[inactive])

    def kills(self):
        text = self._read("memory.events" if self._is_version_2 else "memory.oom_control")
        return int(dict(line.split() for line in text.splitlines())["oom_kill"])

    # ---- where ----

    def _directories(self):
        if self._is_version_2:
            return [ROOT + self.path]
        return [os.path.join(ROOT, one) + self.path for one in VERSION_1
                if os.path.exists(os.path.join(ROOT, one))]

    def _file(self, name, hierarchy="memory"):
        return os.path.join(ROOT + ("" if self._is_version_2 else "/" + hierarchy) + self.path, name)

    def _read(self, name):
        with open(self._file(name)) as file:
            return file.read()

    def _limit(self):
        """A hundred times the usual share of time: what its limit allows it gets, however busy the machine is."""
        quota = int(self._processors * PERIOD)
        if self._is_version_2:
            _write(self._file("memory.max"), self._memory)
            _write(self._file("memory.swap.max"), 0, if_there=True)
            _write(self._file("cpu.max"), f"{quota} {PERIOD}")
            _write(self._file("cpu.weight"), 100 * 100)
        else:
            _write(self._file("memory.limit_in_bytes"), self._memory)
            _write(self._file("memory.memsw.limit_in_bytes"), self._memory, if_there=True)
            _write(self._file("cpu.cfs_period_us", "cpu"), PERIOD)
            _write(self._file("cpu.cfs_quota_us", "cpu"), quota)
            _write(self._file("cpu.shares", "cpu"), 100 * 1024)


def _is_removed(directory):
    try:
        os.rmdir(directory)
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        return False
    return True


def _write(path, value, if_there=False):
    if if_there and not os.path.exists(path):
        return
    with open(path, "w") as file:
        file.write(str(value))
