#!/usr/bin/env python3
"""An application that counts its own calls, with real libraries: py-grpc-prometheus and gRPC's OpenTelemetry
on one page. The agent's numbers are those of the ledger, through a restart, whichever of the two it
believes; beside a sidecar of the same name they are series of their own."""

import json
import os
import re
import time
import unittest
from collections import Counter

from harness import BINARY, ROOT, Agent, TempDirTest, wait_until
from misbehaving_admin import MisbehavingAdmin
from processes import Child, Served, http_get

PYTHON = os.path.join(ROOT, "build", "grpc_apps", "bin", "python")
APP = os.path.join(ROOT, "tests", "support", "counted_app.py")
SERVICE = "user.v1.UserService"
LEDGER = {("GetUser", "OK"): 20, ("GetUser", "NOT_FOUND"): 5, ("GetUser", "UNAVAILABLE"): 3}


class CountedApp(Served):
    """start() … stop(); start() again after kill() is a restart at the same address."""

    def __init__(self, directory):
        self._log = os.path.join(directory, "app.log")
        super().__init__()

    def start(self):
        self.began = time.monotonic()
        self.child = Child("app", [PYTHON, APP, self.listens_on.rsplit(":", 1)[1]], self._log)
        wait_until(self._serves, "the application to serve", 30, alive=[self.child])

    def _serves(self):
        try:
            return http_get(self.url, "/metrics")[0] == 200
        except OSError:
            return False

    def page(self):
        return http_get(self.url, "/metrics")[1].decode()

    def wait_for_other_count(self, calls):
        """Until OpenTelemetry, which counts in a thread of its own, has so many in both directions."""
        def counts():
            return all(calls == sum(map(float, re.findall(rf"^{family}{{.*}} (\S+)$", self.page(), re.M)))
                       for family in ("grpc_server_call_duration_seconds_count",
                                      "grpc_client_attempt_duration_seconds_count"))
        wait_until(counts, "the other library to count", 15, alive=[self.child])

    def call(self, ledger):
        for (method, code), count in ledger.items():
            status, _ = http_get(self.url, f"/call/{method}/{code}/{count}", 30)
            assert status == 200, (method, code, status)


def booked(ledger, times=1):
    return Counter({(SERVICE, method, code): count * times for (method, code), count in ledger.items()})


class Applications(TempDirTest):
    def setUp(self):
        super().setUp()
        self.app = CountedApp(self.directory)
        self.start(self.app)
        self.app.call(LEDGER)
        # The sidecar of the same pod; that it has nothing to say does not matter here.
        sidecar = self.start(MisbehavingAdmin("503"))
        self.agent = self.start(Agent(BINARY, self.directory, json.dumps({
            "poll": {"interval": "300ms", "window": "2s", "stale_after": "20s"},
            "targets": [
                {"name": "users-0", "namespace": "shop", "workload": "users", "mesh": "app",
                 "metrics": self.app.url + "/metrics"},
                {"name": "users-0", "namespace": "shop", "workload": "users", "admin": sidecar.url}]})))
        self.agent.wait_ready()

    def wait_for_calls(self, wanted):
        """The page on which both directions show that."""
        def shows(page):
            return all(page.calls(mesh="app", pod="users-0", direction=direction) == wanted
                       for direction in ("inbound", "outbound"))
        return self.agent.wait_for(shows, f"both directions to show {dict(wanted)}", 15)

    def test_calls_are_those_of_the_ledger_once_and_through_a_restart(self):
        page = self.wait_for_calls(booked(LEDGER))
        # The other library has counted the same calls by now, or will in a moment, and adds nothing.
        self.app.wait_for_other_count(sum(LEDGER.values()))
        self.agent.page_after_polls()
        page = self.wait_for_calls(booked(LEDGER))
        for direction in ("inbound", "outbound"):
            self.assertEqual(28, sum(value for labels, value in page.rows(
                "mesh_grpc_request_duration_seconds_bucket", direction=direction, mesh="app")
                if labels["le"] == "+Inf"))
        self.assertEqual(page.value("mesh_target_up", mesh="app", pod="users-0"), 1)
        self.assertEqual(page.value("mesh_target_up", mesh="envoy", pod="users-0"), 0)
        self.assertEqual(page.value("mesh_pod_grpc_requests_total", mesh="app", pod="users-0"), 28)
        _, told = self.agent.get("/targets")
        self.assertRegex(told, r"shop/users-0 \(app\) +app +users +\S+/metrics +up +grpc-prometheus")

        # Two starts less than two seconds apart are taken for one that a clock has moved.
        wait_until(lambda: time.monotonic() - self.app.began > 3, "the application to be some seconds old")
        self.app.child.kill()
        self.app.start()
        # More than before, so that no counter is seen to fall: the start of the process tells.
        self.app.call({what: 2 * count for what, count in LEDGER.items()})
        self.wait_for_calls(booked(LEDGER, 3))

    def test_what_the_library_does_not_count_is_not_made_up(self):
        self.app.call({("ListUsers", "OK"): 4, ("GetUser", "OK"): 1})
        self.assertRegex(self.app.page(), r'grpc_server_started_total\{.*"ListUsers".*\} 4')
        wanted = booked({**LEDGER, ("GetUser", "OK"): 21})
        self.wait_for_calls(wanted)


if __name__ == "__main__":
    unittest.main()
