"""Envoy as a child process, which must share the user's inotify instances: Linux gives a user 128 of them, and
Envoy takes one for each file and directory that it follows, four for a sidecar with its certificates in files. With
none left it aborts. It is started again for that reason only, which is told, once there is room."""

import contextlib
import fcntl
import os
import sys
import tempfile

from processes import Child, MeshError, wait_until

AT_ONCE = 24  # sidecars of one test: three quarters of the instances
_ABORTED = "inotify_fd_ >= 0"  # the assertion, as Envoy's log has it
_TRACE = ("[envoy_bug]", "[backtrace]")  # lines that only Envoy's makers can read
_ROOM = 8  # instances; two sidecars
_PATIENCE = 120  # seconds, for room
_STARTS = 5  # until somebody should look into it
_TURN = 20 * 60  # seconds, for others who start as many Envoys as there may be


class Envoy(Child):
    """One Envoy with one worker. Who waits for it does so by wait_for()."""

    def __init__(self, envoy, name, config, log_file):
        self._log_begins = 0
        # Hot restart would leave a file in /dev/shm behind for each Envoy that is killed.
        super().__init__(name, [envoy, "-c", config, "--disable-hot-restart", "--concurrency", "1",
                                "--log-level", "warning"], log_file)

    def spawn(self):
        self._log_begins = os.path.getsize(self.log_file) if os.path.exists(self.log_file) else 0
        super().spawn()

    def wait_for(self, condition, what, timeout=20):
        """Until the condition holds. MeshError if it does not within so many seconds, or if the Envoy ends, unless
        for want of inotify instances: then it is started again, and that is told."""
        for _ in range(_STARTS):
            if self._holds(condition, what, timeout):
                return
            self._wait_for_room()
            self.spawn()
        raise MeshError(f"{self.name} was started {_STARTS} times and found no inotify instance left")

    def _holds(self, condition, what, timeout):
        """True once the condition holds, False once there was no inotify instance for the Envoy."""
        try:
            wait_until(lambda: not self.running() or condition(), what, timeout)
        except MeshError as error:
            raise MeshError(f"{error}\n{self.name}:\n{self.log_tail()}") from error
        if self.running():
            return True
        if not self._has_aborted():
            raise MeshError(f"{self.name} ended while waiting for {what}:\n{self.log_tail()}")
        return False

    def log_tail(self, lines=15):
        """Without the trace of the stack, before which stands the reason."""
        with open(self.log_file, errors="replace") as log:
            return "".join([line for line in log if not any(word in line for word in _TRACE)][-lines:])

    def _has_aborted(self):
        with open(self.log_file, errors="replace") as log:
            log.seek(self._log_begins)
            return _ABORTED in log.read()

    def _wait_for_room(self):
        most = most_inotify_instances()
        used = inotify_instances()
        print(f"{self.name} could not start: {used} of this user's {most} inotify instances are in use; it is "
              "started again once there is room", file=sys.stderr, flush=True)
        wait_until(lambda: inotify_instances() + _ROOM <= most,
                   f"inotify instances, of which {self.name} found none left; there are {most} for this user "
                   "(fs.inotify.max_user_instances)", _PATIENCE)


def most_inotify_instances():
    with open("/proc/sys/fs/inotify/max_user_instances") as file:
        return int(file.read())


def inotify_instances():
    """So many does this user have, as far as can be seen from here."""
    found = 0
    for process in os.listdir("/proc"):
        with contextlib.suppress(OSError):  # it has ended meanwhile, or is another user's
            if process.isdigit() and os.stat("/proc/" + process).st_uid == os.getuid():
                found += inotify_instances_of(process)
    return found


def inotify_instances_of(pid):
    """OSError if there is no such process any more."""
    found = 0
    for file in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):  # it is closed by now
            found += os.readlink(f"/proc/{pid}/fd/{file}") == "anon_inode:inotify"
    return found


class Turn:
    """Of all tests of this user those that start as many Envoys as there may be do so one after the other, in
    whatever checkout. start() waits for it … stop()."""

    def __init__(self):
        self._file = None

    def start(self):
        path = os.path.join(tempfile.gettempdir(), f"mesh-exporter-many-envoys-{os.getuid()}")
        self._file = open(path, "w")
        if not self._is_ours():
            print("another test has as many Envoys as there may be: waiting for its end", file=sys.stderr, flush=True)
            wait_until(self._is_ours, f"the end of another test, which holds {path}", _TURN)
        return self

    def stop(self):
        if self._file:
            self._file.close()

    def _is_ours(self):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False
