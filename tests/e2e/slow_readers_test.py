#!/usr/bin/env python3
"""Readers who ask the agent for its largest page and take nothing of it: whoever scrapes meanwhile is
answered, and a slow reader is cut off for him."""

import socket
import time
import unittest

from harness import TempDirTest, wait_until
from misbehaving_admin import GRPC, MisbehavingAdmin, fake_targets
from processes import http_get

METHODS = 11_400  # a page of 5 MB
IN_HAND = 16 << 20  # bytes, of what is not taken yet: beyond it others wait; so four such pages
YIELD = 2  # seconds in which nobody is cut off
CUT_OFF = "who takes an answer slowly is cut off"


class SlowReader:
    """Asks as curl does, without compression, and reads no byte until it is asked how it ended."""

    def __init__(self, agent, path):
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        host, port = agent.listens_on.rsplit(":", 1)
        self._socket.connect((host, int(port)))
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n".encode())

    def begun(self):
        """Whether an answer is on its way."""
        return bool(self._socket.recv(1, socket.MSG_PEEK))

    def taken(self):
        """The bytes that come until the end: of who was cut off few."""
        self._socket.settimeout(10)
        size = 0
        try:
            while data := self._socket.recv(1 << 20):
                size += len(data)
        except ConnectionResetError:
            pass
        self._socket.close()
        return size


class SlowReaders(TempDirTest):
    def setUp(self):
        super().setUp()
        stats = "".join(f"{GRPC}Method{number}.{code}: 7\n" for number in range(METHODS) for code in (0, 14))
        server = self.start(MisbehavingAdmin("good", stats))
        self.agent = self.start_agent(f"limits: {{methods_per_upstream: {METHODS}}}\n" + fake_targets(
            {"one": server}, interval="10s", timeout="5s"))
        wait_until(lambda: self.agent.page().value("mesh_target_up", pod="one") == 1, "the target to be read", 20,
                   alive=[self.agent.child])
        self.size = len(self.page()[1])

    def page(self):
        return http_get(self.agent.url, "/metrics", timeout=20)

    def test_a_scrape_goes_on_and_a_slow_reader_gives_way(self):
        self.assertTrue(0.28 < self.size / IN_HAND < 0.33, self.size)
        crowd = [SlowReader(self.agent, "/metrics") for _ in range(4)]
        for one in crowd:
            self.assertTrue(one.begun())
        self.assertNotIn(CUT_OFF, self.agent.log())

        began = time.monotonic()
        code, body = self.page()
        self.assertEqual((code, len(body) > self.size // 2), (200, True))
        self.assertLess(time.monotonic() - began, YIELD + 8)  # for a loaded machine
        self.assertIn(CUT_OFF, self.agent.log())

        taken = [one.taken() for one in crowd]
        cut = [size for size in taken if size < self.size // 2]
        self.assertEqual(len(cut), 1, f"no more than need be: {taken}")


if __name__ == "__main__":
    unittest.main()
