"""Child processes that never outlive this one, free ports that stay ours, and waiting by condition.

A child is killed by the kernel when the thread that started it ends, however that comes about, kill
-9 included. So start children from a thread that lives as long as they should: the main thread.
"""

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import time

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class MeshError(Exception):
    """The mesh could not be started, or a part of it did not do what it should in time."""


class Child:
    """One process with its output in a log file, in a process group of its own so that a Ctrl-C in
    the terminal reaches only the orchestrator, which then ends everything in the right order."""

    def __init__(self, name, command, log_file, errors=None):
        """`errors`: a file that takes its stderr instead of the log."""
        self.name = name
        self.log_file = log_file
        self._command = command
        self._errors = errors
        self.spawn()

    def spawn(self):
        """The process; once more, if it has ended."""
        parent = os.getpid()

        def die_with_parent():
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:  # it ended before prctl took hold
                os._exit(1)

        try:
            with open(self.log_file, "ab") as log:
                self._process = subprocess.Popen(
                    self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=self._errors or log,
                    process_group=0, preexec_fn=die_with_parent)
        except OSError as error:
            raise MeshError(f"cannot start {self.name}: {error}") from error
        self.pid = self._process.pid

    def running(self):
        return self._process.poll() is None

    def signal(self, number):
        if self.running():
            self._process.send_signal(number)

    def kill(self):
        """As kill -9; returns once the process is gone."""
        self.signal(signal.SIGKILL)
        self._process.wait()

    def wait(self, timeout):
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise MeshError(f"{self.name} did not end within {timeout} s") from None

    def terminate(self, timeout=5):
        """Asks it to end; kills it if it does not."""
        self.signal(signal.SIGTERM)
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()

    def log_tail(self, lines=15):
        with open(self.log_file, errors="replace") as log:
            return "".join(log.readlines()[-lines:])


class ReservedPort:
    """A loopback TCP port that no other process can be given as long as this object lives.

    The socket is bound but does not listen: connections are refused, and a server that sets
    SO_REUSEADDR or SO_REUSEPORT (Envoy and gRPC do) can listen on the port, die, and come back.
    """

    def __init__(self):
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._socket.bind(("127.0.0.1", 0))
        self.number = self._socket.getsockname()[1]

    def release(self):
        self._socket.close()


class Served:
    """What is served by one child process on a port of its own; a subclass starts `child`."""

    def __init__(self):
        self._port = ReservedPort()
        self.child = None

    def stop(self):
        if self.child:
            self.child.terminate()
        self._port.release()

    @property
    def listens_on(self):
        return f"127.0.0.1:{self._port.number}"

    @property
    def url(self):
        return "http://" + self.listens_on


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def http_get(where, path, timeout=10, headers=None):
    """GET from "http://host:port" or "unix:/path"; gives (status, body as bytes). OSError or
    http.client.HTTPException if there is no answer."""
    if where.startswith("unix:"):
        connection = _UnixConnection(where.removeprefix("unix:"), timeout)
    else:
        host, port = where.removeprefix("http://").rsplit(":", 1)
        connection = http.client.HTTPConnection(host, int(port), timeout=timeout)
    try:
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def announced_address(log):
    """What a program says first when it serves, "NAME ADDRESS"; None while it has not."""
    with open(log) as file:
        words = file.readline().split()
    return words[1] if len(words) == 2 else None


def wait_until(condition, what, timeout=20, alive=()):
    """Asks `condition` until it is true. MeshError when the time is over or one of the children
    `alive` has ended; it names `what` was awaited and shows the end of the child's log."""
    deadline = time.monotonic() + timeout
    while not condition():
        for child in alive:
            if not child.running():
                raise MeshError(f"{child.name} ended while waiting for {what}:\n{child.log_tail()}")
        if time.monotonic() > deadline:
            logs = "".join(f"\n{child.name}:\n{child.log_tail()}" for child in alive)
            raise MeshError(f"waited {timeout} s in vain for {what}{logs}")
        time.sleep(0.02)
