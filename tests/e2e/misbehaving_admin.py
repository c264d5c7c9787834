"""An admin server with bad manners. Each of its habits is one way in which a target goes wrong; which
one it has can be changed while it runs. With the habit "good" it is a small honest Envoy."""

import json
import socketserver
import threading
import time

from harness import wait_until

GRPC = "cluster.outbound|50051||users.shop.svc.cluster.local.grpc.user.v1.UserService."
GOOD_STATS = GRPC + "GetUser.0: 19\n" + GRPC + "GetUser.14: 3\n"

CLUSTERS = json.dumps({"cluster_statuses": [
    {"name": f"outbound|{port}||{service}.shop.svc.cluster.local", "host_statuses": []}
    for service, port in (("users", 50051), ("orders", 50052))]})

# What /stats answers with 200; everything else about these is good.
ODD_STATS = {
    "good": GOOD_STATS,
    "garbage": "\x01\x02 this is no statistic \xff\n" * 3,
    "line without a value": GOOD_STATS + GRPC + "GetUser.5\n",
    "value that is no number": GOOD_STATS + GRPC + "GetUser.5: many\n",
    "1 MiB in one line": GRPC + "x" * (1 << 20) + ".5: 1\n" + GOOD_STATS,
    "NUL bytes": GOOD_STATS + GRPC + "Get\0User.5: \0\n",
}

CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


def _chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def _response(status, body, length=None):
    size = len(body) if length is None else length
    return (f"HTTP/1.1 {status} Whatever\r\ncontent-type: text/plain\r\n"
            f"content-length: {size}\r\n\r\n").encode() + body


class _Handler(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            while self._read_question() and self._answer():
                pass
        except OSError:
            pass  # the agent has hung up, as it should

    def _read_question(self):
        head = b""
        while b"\r\n\r\n" not in head:
            data = self.request.recv(65536)
            if not data:
                return False
            head += data
        self._path = head.split(b" ", 2)[1].decode()
        return True

    def _answer(self):
        """False to hang up."""
        habit = self.server.habit
        self.server.asked += 1
        if habit in ODD_STATS:
            return self._answer_as_envoy(self.server.stats or ODD_STATS[habit])
        if habit.isdigit():
            self.request.sendall(_response(habit, b"no\n"))
        elif habit == "silent":
            self.server.released.wait()
            return self._answer_as_envoy(GOOD_STATS)
        elif habit == "endless":
            return self._drip()
        elif habit == "flood":
            self.request.sendall(CHUNKED)
            while True:
                self.request.sendall(_chunk(GOOD_STATS.encode() * 1000))
        elif habit == "no length":
            self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + GOOD_STATS.encode())
            return False
        elif habit == "half-closed":
            self.request.sendall(_response(200, GOOD_STATS.encode(), length=10 * len(GOOD_STATS)))
            return False
        elif habit == "not HTTP":
            self.request.sendall(b"SSH-2.0-OpenSSH_9.2\r\n" * 3)
            return False
        elif habit == "chunked, cut":
            self.request.sendall(CHUNKED + b"1000\r\n" + GOOD_STATS.encode())
            return False
        return True

    def _answer_as_envoy(self, stats):
        body = stats
        if self._path.startswith("/server_info"):
            uptime = f"{int(time.monotonic() - self.server.began)}s"
            body = json.dumps({
                "version": "0123456789abcdef/1.40.0/Clean/RELEASE/BoringSSL", "state": "LIVE",
                "uptime_current_epoch": uptime, "uptime_all_epochs": uptime,
                "node": {"id": "fake"}})
        elif self._path.startswith("/clusters"):
            body = CLUSTERS
        self.request.sendall(_response(200, body.encode("latin-1")))
        return True

    def _drip(self):
        self.request.sendall(CHUNKED)
        while not self.server.released.wait(0.01):
            self.request.sendall(_chunk(b"a.b: 1\n"))
        return False


class MisbehavingAdmin(socketserver.ThreadingTCPServer):
    """Serves on a free loopback port from start() to stop()."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, habit, stats=None):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.habit = habit
        self.stats = stats  # instead of the habit's own
        self.began = time.monotonic() - 60
        self.asked = 0      # questions so far
        self.released = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self):
        self._thread.start()
        return self

    def stop(self):
        self.released.set()
        self.shutdown()
        self.server_close()
        self._thread.join()

    def handle_error(self, request, client_address):
        pass

    def wait_asked(self, more):
        """Until so many questions more have come."""
        goal = self.asked + more
        wait_until(lambda: self.asked >= goal, f"{more} questions", 60)


def fake_targets(servers, **poll):
    """YAML for the agent: {name: MisbehavingAdmin or URL} as its targets."""
    settings = {"interval": "200ms", "timeout": "200ms", "window": "30s", "stale_after": "1m", **poll}
    lines = ["poll:"] + [f"  {key}: {value}" for key, value in settings.items()] + ["targets:"]
    for name, server in servers.items():
        url = server if isinstance(server, str) else server.url
        lines.append(f'  - {{name: "{name}", admin: "{url}"}}')
    return "\n".join(lines) + "\n"
