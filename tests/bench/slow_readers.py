#!/usr/bin/env python3
"""What readers who take nothing of a large page cost those who scrape, and the agent: readers of PATH
begin and stop reading, then Prometheus' question is asked once a second. Each line tells how long
the scrape took and what came, the resident set and its peak. Run by hand; it reports and judges nothing:

    python3 tests/bench/slow_readers.py [SIDECARS [UPSTREAMS [READERS [SECONDS [PATH]]]]]"""

import os
import socket
import sys
import tempfile
import time

BENCH = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(BENCH), "e2e"))

from agent_cost import status  # noqa: E402
from harness import BINARY, Agent  # noqa: E402
from processes import http_get, wait_until  # noqa: E402
from recorded_node import RecordedNode, address_of  # noqa: E402

SETTINGS = "poll: {interval: 5s}\n"


def is_read(agent, pods):
    page = agent.page()
    return sum(value for _, value in page.rows("mesh_target_up")) == pods


class SlowReader:
    """Asks for the page as curl does, uncompressed, and begins anew when it is cut off."""

    def __init__(self, port, path):
        self._port, self._path = port, path
        self._socket = None
        self.cuts = 0
        self.ask()

    def ask(self):
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.connect(("127.0.0.1", self._port))
        self._socket.sendall(f"GET {self._path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        self._socket.settimeout(0.01)

    def drip(self):
        try:
            if self._socket.recv(16):
                return
        except TimeoutError:
            return
        except OSError:
            pass
        self._socket.close()
        self.cuts += 1
        self.ask()


def scrape(agent):
    """(seconds, what came)."""
    began = time.monotonic()
    try:
        code, body = http_get(agent.url, "/metrics", timeout=10, headers={"Accept-Encoding": "gzip"})
        what = f"{code} {len(body)} bytes"
    except OSError as error:
        what = str(error)
    return time.monotonic() - began, what


def main():
    defaults = [18, 40, 3, 20, "/metrics"]
    given = sys.argv[1:] + defaults[len(sys.argv) - 1:]
    sidecars, upstreams, readers, seconds = map(int, given[:4])
    node = RecordedNode(upstreams).start()
    config = SETTINGS + "targets:\n" + "".join(
        f"  - {{name: pod-{i}, admin: \"http://{address_of(i)}:{node.port}\"}}\n" for i in range(sidecars))
    with tempfile.TemporaryDirectory(prefix="mesh-bench-") as directory:
        with Agent(BINARY, directory, config) as agent:
            wait_until(lambda: is_read(agent, sidecars), "the sidecars to be read", 60, alive=[agent.child])
            print(f"{given[4]} has {len(http_get(agent.url, given[4], timeout=60)[1])} bytes; resident "
                  f"{status(agent.child.pid, 'VmRSS')} kB, peak {status(agent.child.pid, 'VmHWM')} kB")
            port = int(agent.url.rpartition(":")[2])
            crowd = [SlowReader(port, given[4]) for _ in range(readers)]
            for second in range(seconds):
                time.sleep(1)
                for reader in crowd:
                    reader.drip()
                took, what = scrape(agent)
                print(f"{second:>3} {took:6.2f} s  {what:<22} resident {status(agent.child.pid, 'VmRSS')} kB, peak "
                      f"{status(agent.child.pid, 'VmHWM')} kB, cut off {sum(one.cuts for one in crowd)}", flush=True)
    node.stop()


if __name__ == "__main__":
    main()
