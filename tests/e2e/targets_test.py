#!/usr/bin/env python3
"""What can be asked of a target, and what can go wrong with one. A bad target never hurts a good one:
it is down with the right reason, or its unreadable lines are counted, the log says so once, and every
other target's data is whole."""

import unittest
from collections import Counter

from harness import BACKENDS, CLIENT, TempDirTest, ledger_calls
from misbehaving_admin import MisbehavingAdmin, fake_targets
from processes import ReservedPort

# habit → the reason in mesh_target_scrape_errors_total
DOWN = {"silent": "timeout", "endless": "timeout", "flood": "too_large", "403": "forbidden",
        "503": "http_status", "half-closed": "connect", "garbage": "parse", "not HTTP": "parse",
        "no length": "parse", "chunked, cut": "connect"}
# habits of which all but the odd line is read
ODD_LINES = ["line without a value", "value that is no number", "1 MiB in one line", "NUL bytes"]


def log_lines(agent, message, target):
    quoted = (f"target={target} ", f'target="{target}" ', f"target={target}\n")
    return [line for line in agent.log().splitlines(keepends=True)
            if message in line and any(word in line for word in quoted)]


class BadTargets(TempDirTest):
    def test_bad_targets_never_hurt_good_ones(self):
        mesh = self.start_mesh()
        servers = {habit: self.start(MisbehavingAdmin(habit)) for habit in (*DOWN, *ODD_LINES)}
        refused = ReservedPort()
        self.addCleanup(refused.release)
        urls = {habit: server.url for habit, server in servers.items()}
        urls["refused"] = f"http://127.0.0.1:{refused.number}"
        extra = "".join(f'  - {{name: "{name}", admin: "{url}"}}\n' for name, url in urls.items())
        agent = self.start_agent(
            mesh.agent_config(extra=extra + "limits: {body_bytes: 2MiB}\n", stale_after="1m"))
        agent.wait_ready()

        load = mesh.start_load(rate=200)
        for habit in (*DOWN, *ODD_LINES):
            servers[habit].wait_asked(3)
        booked = ledger_calls(load.stop())
        page = agent.page_after_polls()

        for direction in ("outbound", "inbound"):
            for name in (CLIENT, *BACKENDS):
                self.assertEqual(page.value("mesh_target_up", pod=name), 1, name)
            good = [row for row in page.rows("mesh_grpc_requests_total", direction=direction)
                    if row[0]["namespace"] == "shop"]
            counted = Counter()
            for row, value in good:
                counted[row["grpc_service"], row["grpc_method"], row["grpc_code"]] += int(value)
            self.assert_same_calls(counted, booked)

        for habit, reason in {**DOWN, "refused": "connect"}.items():
            with self.subTest(habit):
                self.assertEqual(page.value("mesh_target_up", pod=habit), 0)
                reasons = {row["reason"] for row, value in page.rows(
                    "mesh_target_scrape_errors_total", pod=habit) if value > 0}
                self.assertEqual(reasons, {reason})
                self.assertEqual(page.rows("mesh_grpc_requests_total", pod=habit), [])
                self.assertEqual(len(log_lines(agent, "target is down", habit)), 1)

        for habit in ODD_LINES:
            with self.subTest(habit):
                self.assertEqual(page.value("mesh_target_up", pod=habit), 1)
                self.assertGreater(page.value("mesh_target_parse_errors_total", pod=habit), 0)
                self.assertEqual(
                    page.value("mesh_grpc_requests_total", pod=habit, grpc_code="OK"), 19)
                self.assertEqual(
                    page.value("mesh_grpc_requests_total", pod=habit, grpc_code="UNAVAILABLE"), 3)
                self.assertEqual(len(log_lines(agent, "cannot be read", habit)), 1)

    def test_the_log_tells_each_change_once(self):
        server = self.start(MisbehavingAdmin("good"))
        agent = self.start_agent(fake_targets({"moody": server}))
        for state in (1, 0, 1, 0, 1):
            server.habit = "good" if state else "503"
            agent.wait_for(lambda page, up=state: page.value("mesh_target_up", pod="moody") == up,
                           "the change to show")
            server.wait_asked(4)
        self.assertEqual(len(log_lines(agent, "target is up", "moody")), 3)
        self.assertEqual(len(log_lines(agent, "target is down", "moody")), 2)


class OtherDoors(TempDirTest):
    def test_a_metrics_only_target_gives_what_can_be_told(self):
        mesh = self.start_mesh()
        targets = "".join(
            f"  - {{name: {name}, mesh: auto, metrics: \"{mesh.admin(name)}/stats/prometheus\"}}\n"
            for name in (CLIENT, BACKENDS[0]))
        agent = self.start_agent("poll: {interval: 500ms, timeout: 400ms}\ntargets:\n" + targets)
        agent.wait_ready()
        booked = ledger_calls(mesh.run_load(calls=800))
        page = agent.page_after_polls()

        for name in (CLIENT, BACKENDS[0]):
            # It was not said what they are; they are known by the names on their pages.
            self.assertEqual(page.value("mesh_target_up", pod=name, mesh="envoy"), 1)
            self.assertGreater(page.value("mesh_target_ambiguous_series", pod=name), 0)
        # The cluster's name has dots, so of each call only its status and side are left.
        by_code, told = Counter(), Counter()
        for (service, method, code), count in page.calls(pod=CLIENT, direction="outbound").items():
            by_code[code] += count
            told[service, method] += count
        booked_by_code = Counter()
        for (_, _, code), count in booked.items():
            booked_by_code[code] += count
        self.assertEqual(by_code, booked_by_code)
        self.assertEqual(set(told), {("", "")})
        # On the server's side the cluster's name has none: a service without dots comes out whole.
        greeter = page.calls(pod=BACKENDS[0], direction="inbound", grpc_service="Greeter")
        self.assertEqual({method for _, method, _ in greeter}, {"SayHello"})
        self.assertGreater(sum(greeter.values()), 0)

    def test_a_unix_socket_is_asked_like_a_port(self):
        mesh = self.start_mesh()
        name = BACKENDS[2]
        self.assertTrue(mesh.admin(name).startswith("unix:"))
        agent = self.start_agent(
            "poll: {interval: 500ms, timeout: 400ms}\n"
            f"targets: [{{name: {name}, admin: \"{mesh.admin(name)}\"}}]\n")
        agent.wait_ready()
        mesh.run_load(calls=300)
        raw = sum(int(line.rsplit(" ", 1)[1]) for line in
                  mesh.get(name, r"/stats?filter=^cluster.*\.grpc\..*\.[0-9]%2B$").splitlines())
        page = agent.page_after_polls()
        self.assertEqual(page.value("mesh_target_up", pod=name), 1)
        self.assertGreater(raw, 0)
        self.assertEqual(sum(page.calls(pod=name).values()), raw)


if __name__ == "__main__":
    unittest.main()
