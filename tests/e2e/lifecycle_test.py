#!/usr/bin/env python3
"""The agent as a program: readiness, what its pages negotiate, what it forgets, how it ends, and what
it says of a configuration."""

import contextlib
import gzip
import http.client
import os
import resource
import signal
import socket
import subprocess
import time
import unittest
import unittest.mock

from harness import BINARY, Page, TempDirTest, wait_until
from misbehaving_admin import GOOD_STATS, GRPC, MisbehavingAdmin, fake_targets

OPENMETRICS = "application/openmetrics-text; version=1.0.0"


def ask(agent, path, **headers):
    """(status, headers with lower-case names, body as bytes)."""
    connection = http.client.HTTPConnection(agent.listens_on, timeout=20)
    try:
        connection.request("GET", path, headers={
            name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        fields = {name.lower(): value for name, value in response.getheaders()}
        return response.status, fields, response.read()
    finally:
        connection.close()


class Pages(TempDirTest):
    def setUp(self):
        super().setUp()
        self.server = self.start(MisbehavingAdmin("good"))
        self.agent = self.start_agent(fake_targets({"one": self.server}))
        self.agent.wait_ready()

    def test_plain_text_is_what_is_served_unasked(self):
        status, fields, body = ask(self.agent, "/metrics")
        self.assertEqual(status, 200)
        self.assertTrue(fields["content-type"].startswith("text/plain; version=0.0.4"))
        self.assertNotIn("content-encoding", fields)
        self.assertEqual(Page(body.decode()).value(
            "mesh_grpc_requests_total", grpc_method="GetUser", grpc_code="OK"), 19)

    def test_who_shuts_his_side_after_his_request_is_answered(self):
        host, port = self.agent.listens_on.rsplit(":", 1)
        for path in ("/metrics", "/", "/api/v1/targets"):
            with socket.create_connection((host, int(port)), timeout=20) as client:
                client.sendall(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
                client.shutdown(socket.SHUT_WR)
                answer = b"".join(iter(lambda: client.recv(65536), b""))
            self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), (path, answer[:200]))

    def test_openmetrics_is_served_by_accept(self):
        status, fields, body = ask(self.agent, "/metrics",
                                   Accept=OPENMETRICS + ";q=0.8,text/plain;version=0.0.4;q=0.3")
        self.assertEqual(status, 200)
        self.assertTrue(fields["content-type"].startswith(OPENMETRICS))
        text = body.decode()
        self.assertTrue(text.endswith("# EOF\n"))
        self.assertIn("# TYPE mesh_grpc_requests counter\n", text)
        self.assertEqual(Page(text).value("mesh_grpc_requests_total", grpc_method="GetUser",
                                          grpc_code="OK"), 19)

    def test_gzip_is_served_by_accept_encoding(self):
        status, fields, body = ask(self.agent, "/metrics", Accept_Encoding="deflate, gzip;q=0.5")
        self.assertEqual((status, fields["content-encoding"]), (200, "gzip"))
        self.assertEqual(int(fields["content-length"]), len(body))
        self.assertGreater(Page(gzip.decompress(body).decode()).value(
            "mesh_grpc_requests_total", grpc_method="GetUser", grpc_code="OK"), 0)
        _, fields, _ = ask(self.agent, "/metrics", Accept_Encoding="gzip;q=0")
        self.assertNotIn("content-encoding", fields)

    def test_the_landing_page_leads_to_the_metrics(self):
        status, fields, body = ask(self.agent, "/")
        self.assertEqual(status, 200)
        self.assertTrue(fields["content-type"].startswith("text/html"))
        self.assertIn('href="/metrics"', body.decode())

    def test_other_paths_are_not_found(self):
        self.assertEqual(ask(self.agent, "/metric")[0], 404)


class Life(TempDirTest):
    def test_ready_after_the_first_pass_with_a_count_of_answers(self):
        slow = self.start(MisbehavingAdmin("silent"))
        good = self.start(MisbehavingAdmin("good"))
        agent = self.start_agent(fake_targets({"slow": slow, "good": good},
                                              interval="30s", timeout="25s", stale_after="1m"))
        agent.wait_for(lambda page: page.value("mesh_target_up", pod="good") == 1, "good data")
        status, words = agent.get("/-/ready")
        self.assertEqual(status, 503, words)
        self.assertEqual(agent.get("/-/healthy")[0], 200)
        slow.released.set()
        agent.wait_ready()
        self.assertIn("2 of 2", agent.get("/-/ready")[1])

    def test_a_target_that_is_down_does_not_hold_up_readiness(self):
        agent = self.start_agent(fake_targets({
            "down": self.start(MisbehavingAdmin("503")),
            "good": self.start(MisbehavingAdmin("good"))}))
        agent.wait_ready()
        self.assertIn("1 of 2", agent.get("/-/ready")[1])

    def test_a_vanished_cluster_disappears_and_counts_on_when_it_returns(self):
        with_order = ("cluster.outbound|50052||orders.shop.svc.cluster.local.grpc."
                      "order.v1.OrderService.Order.0: 5\n" + GOOD_STATS)
        server = self.start(MisbehavingAdmin("good", with_order))
        agent = self.start_agent(fake_targets({"one": server}, stale_after="2s", window="2s"))
        agent.wait_ready()

        def orders(page):
            return page.value("mesh_grpc_requests_total", grpc_method="Order")

        def users(page):
            return page.value("mesh_grpc_requests_total", grpc_method="GetUser", grpc_code="OK")
        self.assertEqual(orders(agent.page()), 5)
        server.stats = GOOD_STATS
        server.wait_asked(2)
        self.assertEqual(orders(agent.page()), 5)  # stale_after is not over
        page = agent.wait_for(lambda page: orders(page) is None, "it to disappear")
        self.assertEqual(users(page), 19)
        server.stats = with_order  # absent before, so it began again from nothing
        page = agent.wait_for(lambda page: orders(page) is not None, "it to return")
        self.assertEqual(orders(page), 10)

    def start_with_a_large_page(self, **poll):
        """(agent, its target, an open response of which little has been read)."""
        methods = "".join(f"{GRPC}Method{number}.0: 1\n" for number in range(40_000))
        server = self.start(MisbehavingAdmin("good", methods))
        agent = self.start_agent(
            fake_targets({"one": server}, stale_after="5m", window="5m", **poll) +
            "limits: {methods_per_upstream: 50000}\n")
        agent.wait_ready()
        connection = http.client.HTTPConnection(agent.listens_on, timeout=20)
        self.addCleanup(connection.close)
        connection.request("GET", "/metrics")
        response = connection.getresponse()
        self.assertGreater(int(response.getheader("content-length")), 4_000_000)
        self.addCleanup(response.close)
        return agent, server, response

    def signal_and_see_it_heard(self, agent):
        """When that was."""
        signalled = time.monotonic()
        agent.child.signal(signal.SIGTERM)
        wait_until(lambda: "shutting down" in agent.log(), "the agent to hear the signal")
        self.assertTrue(agent.child.running())
        return signalled

    def test_sigterm_finishes_open_responses_and_exits_0(self):
        agent, _, response = self.start_with_a_large_page(interval="60s", timeout="20s")
        begun = response.read(1000)
        signalled = self.signal_and_see_it_heard(agent)
        self.assertEqual(len(begun) + len(response.read()),
                         int(response.getheader("content-length")))
        self.assertEqual(agent.child.wait(10), 0)
        self.assertLess(time.monotonic() - signalled, 5)

    def test_a_broken_pipe_ends_nothing(self):
        server = self.start(MisbehavingAdmin("good"))
        agent = self.start_agent(fake_targets({"one": server}))
        agent.wait_ready()
        agent.child.signal(signal.SIGPIPE)
        self.assertEqual(ask(agent, "/-/healthy")[0], 200)
        self.assertTrue(agent.child.running())

    def test_after_sigterm_nobody_is_asked_any_more(self):
        agent, server, _ = self.start_with_a_large_page(interval="1s", timeout="1s")
        server.wait_asked(1)
        self.signal_and_see_it_heard(agent)
        asked = server.asked
        self.assertEqual(agent.child.wait(10), 0)  # as it gives up the response
        self.assertLessEqual(server.asked, asked + 2)  # what one poll may have had left to ask

    def test_a_second_signal_ends_it_at_once(self):
        agent, _, _ = self.start_with_a_large_page(interval="60s", timeout="20s")
        signalled = self.signal_and_see_it_heard(agent)
        agent.child.signal(signal.SIGINT)
        self.assertEqual(agent.child.wait(10), 1)
        self.assertLess(time.monotonic() - signalled, 3)
        self.assertIn('msg="ended at once by a second signal, open responses are cut off" '
                      'signal=SIGINT', agent.log())

    def test_sigterm_waits_for_no_half_request(self):
        agent = self.start_agent(fake_targets({"one": self.start(MisbehavingAdmin("good"))}))
        half = socket.create_connection(agent.listens_on.split(":"))
        self.addCleanup(half.close)
        half.sendall(b"GET /metrics HTTP/1.1\r\nHost: he")
        self.assertEqual(agent.get("/-/healthy")[0], 200)  # so it has read that much
        signalled = time.monotonic()
        agent.child.signal(signal.SIGTERM)
        self.assertEqual(agent.child.wait(10), 0)
        self.assertLess(time.monotonic() - signalled, 3)

    def test_thousands_of_idle_connections_keep_nobody_from_an_answer(self):
        agent = self.start_agent(fake_targets({"one": self.start(MisbehavingAdmin("good"))}))
        agent.wait_ready()
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        with contextlib.ExitStack() as crowd:
            for number in range(3000):
                idle = crowd.enter_context(socket.create_connection(agent.listens_on.split(":")))
                if number % 2:
                    idle.sendall(b"GET /metrics HTTP/1.1\r\n")
                if number % 500 == 499:
                    for path in ("/-/healthy", "/-/ready", "/metrics"):
                        self.assertEqual(agent.get(path)[0], 200, (path, number))
        self.assertEqual(agent.log().count("crowded"), 1)

    def test_sigterm_waits_neither_for_an_idle_client_nor_for_a_silent_target(self):
        agent = self.start_agent(fake_targets({"one": self.start(MisbehavingAdmin("silent"))},
                                              interval="60s", timeout="30s", stale_after="2m",
                                              window="2m"))
        idle = http.client.HTTPConnection(agent.listens_on, timeout=20)
        idle.connect()
        self.addCleanup(idle.close)
        signalled = time.monotonic()
        agent.child.signal(signal.SIGTERM)
        self.assertEqual(agent.child.wait(10), 0)
        self.assertLess(time.monotonic() - signalled, 5)


class Configuration(TempDirTest):
    def check(self, yaml):
        path = os.path.join(self.directory, "agent.yaml")
        with open(path, "w") as file:
            file.write(yaml)
        return subprocess.run([BINARY, "--config.check", "--config.file=" + path], text=True,
                              capture_output=True, check=False, timeout=60)

    def test_a_good_one_is_described(self):
        done = self.check("targets: [{name: a, namespace: shop, admin: 'http://127.0.0.1:9901'}]\n")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("shop/a", done.stdout)

    def test_a_bad_one_is_told_all_its_errors_at_once(self):
        done = self.check("poll:\n  interval: 1s\n  timeout: 2s\n  intervall: 3s\n"
                          "targets:\n  - {name: a, admin: 'ftp://x'}\n  - {name: a}\n")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        path = os.path.join(self.directory, "agent.yaml")
        lines = done.stderr.splitlines()
        for line, word in ((3, "timeout"), (4, "intervall"), (6, "ftp://x"), (7, '"a"')):
            self.assertTrue(any(text.startswith(f"{path}:{line}:") and word in text
                                for text in lines), (line, word, done.stderr))

    def test_the_same_errors_keep_the_agent_from_starting(self):
        path = os.path.join(self.directory, "agent.yaml")
        with open(path, "w") as file:
            file.write("targets: 7\n")
        done = subprocess.run([BINARY, "--config.file=" + path], text=True, capture_output=True,
                              check=False, timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertIn(f"{path}:1:", done.stderr)

    def test_an_address_in_use_is_exit_1(self):
        server = self.start(MisbehavingAdmin("good"))
        path = os.path.join(self.directory, "agent.yaml")
        with open(path, "w") as file:
            file.write(fake_targets({"one": server}))
        where = server.url.removeprefix("http://")
        done = subprocess.run(
            [BINARY, "--config.file=" + path, "--web.listen-address=" + where], text=True,
            capture_output=True, check=False, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn(where, done.stderr)


class UnderSystemd(TempDirTest):
    """What a service manager hears, by the socket that systemd gives a service of Type=notify."""

    def setUp(self):
        super().setUp()
        self.good = self.start(MisbehavingAdmin("good"))
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.socket.close)
        self.socket.settimeout(20)
        self.socket.bind(os.path.join(self.directory, "notify"))

    def heard(self):
        return self.socket.recv(4096).decode().splitlines()

    def begin(self, **more):
        environment = {"NOTIFY_SOCKET": self.socket.getsockname(), **more}
        with unittest.mock.patch.dict(os.environ, environment):
            return self.start_agent(fake_targets({"one": self.good}), "--web.enable-lifecycle")

    def test_it_hears_of_start_reload_and_end(self):
        agent = self.begin()
        self.assertEqual(self.heard(), ["READY=1"])
        before = time.clock_gettime(time.CLOCK_MONOTONIC)
        self.assertEqual(agent.post("/-/reload")[0], 200)
        words, when = self.heard()
        self.assertEqual(words, "RELOADING=1")
        self.assertGreaterEqual(int(when.removeprefix("MONOTONIC_USEC=")), int(before * 1e6))
        self.assertEqual(self.heard(), ["READY=1"])
        agent.child.signal(signal.SIGTERM)
        self.assertEqual(self.heard(), ["STOPPING=1"])

    def test_it_hears_that_the_program_runs_as_often_as_it_wants(self):
        self.begin(WATCHDOG_USEC="200000")
        heard = [self.heard() for _ in range(6)]
        self.assertGreaterEqual(heard.count(["WATCHDOG=1"]), 5)

    def test_the_watchdog_of_another_process_is_not_ours(self):
        agent = self.begin(WATCHDOG_USEC="1000", WATCHDOG_PID="1")
        self.assertEqual(self.heard(), ["READY=1"])
        self.assertEqual(agent.post("/-/quit")[0], 200)
        self.assertEqual(self.heard(), ["STOPPING=1"])


if __name__ == "__main__":
    unittest.main()
