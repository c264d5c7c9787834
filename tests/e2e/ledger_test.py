#!/usr/bin/env python3
"""The agent's counters are the truth: after N calls they equal what the caller saw, per method and
status, on the client's side, as a sum over the servers, and in a real Prometheus. For each version
of Envoy that MESH_ENVOY names."""

import json
import os
import subprocess
import unittest
from collections import Counter

from harness import (BACKENDS, BIN_DIR, BINARY, CLIENT, ENVOY, ENVOY_VERSION, Agent, DemoMesh,
                     Prometheus, SharedPartsTest, ledger_calls, wait_until)

CALLS = 2000
UPSTREAMS = {"user.v1.UserService": "users.shop.svc.cluster.local:50051",
             "Greeter": "users.shop.svc.cluster.local:50051",
             "order.v1.OrderService": "orders.shop.svc.cluster.local:50052"}


class Ledger(SharedPartsTest):
    """One mesh for all: the calls are made half before and half after the agent's start."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mesh = cls.start_shared(DemoMesh(ENVOY, BIN_DIR, os.path.join(cls.shared, "mesh")))
        first = cls.mesh.run_load(calls=CALLS // 2)
        cls.agent = cls.start_shared(Agent(BINARY, cls.shared, cls.mesh.agent_config(window="5m")))
        cls.prometheus = cls.start_shared(Prometheus(cls.shared, cls.agent.listens_on))
        cls.agent.wait_ready()
        second = cls.mesh.run_load(calls=CALLS // 2, first=CALLS // 2)
        cls.calls = ledger_calls(first) + ledger_calls(second)
        cls.messages = Counter()
        for row in first["messages"] + second["messages"]:
            cls.messages[row["service"], row["method"], row["kind"]] += row["count"]
        cls.page = cls.agent.page_after_polls()

    def messages_counted(self, direction):
        sums = Counter()
        for row, value in self.page.rows("mesh_grpc_messages_total", direction=direction):
            sums[row["grpc_service"], row["grpc_method"], row["kind"]] += int(value)
        return sums

    def test_the_caller_made_all_calls_with_every_status(self):
        self.assertEqual(sum(self.calls.values()), CALLS)
        self.assertEqual({code for _, _, code in self.calls},
                         {"OK", "NOT_FOUND", "UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL"})

    def test_the_clients_side_equals_the_ledger(self):
        self.assert_same_calls(self.page.calls(direction="outbound", pod=CLIENT), self.calls)
        self.assert_same_calls(self.page.calls(direction="outbound"), self.calls)

    def test_each_upstream_has_its_own_methods(self):
        for service, upstream in UPSTREAMS.items():
            booked = Counter({key: n for key, n in self.calls.items() if key[0] == service})
            self.assert_same_calls(
                self.page.calls(direction="outbound", grpc_service=service, upstream=upstream),
                booked)

    def test_the_servers_together_equal_the_ledger(self):
        self.assert_same_calls(self.page.calls(direction="inbound"), self.calls)
        for pod in BACKENDS:
            self.assertGreater(sum(self.page.calls(direction="inbound", pod=pod).values()), 0)

    def test_messages_equal_the_ledger_on_both_sides(self):
        self.assertGreater(sum(self.messages.values()), CALLS)
        self.assertEqual(self.messages_counted("outbound"), self.messages)
        self.assertEqual(self.messages_counted("inbound"), self.messages)

    def test_endpoints_together_got_all_calls(self):
        # Endpoints are asked at longer intervals than counters where the proxy cannot filter them.
        def calls_of_endpoints(page):
            return sum(value for _, value in
                       page.rows("mesh_upstream_endpoint_requests_total", pod=CLIENT))
        page = self.agent.wait_for(lambda page: calls_of_endpoints(page) >= CALLS,
                                   "the endpoints to be asked")
        self.assertEqual(calls_of_endpoints(page), CALLS)
        for upstream in set(UPSTREAMS.values()):
            self.assertEqual(
                page.value("mesh_upstream_endpoints", pod=CLIENT, upstream=upstream,
                           state="ready"), len(BACKENDS))

    def test_rates_are_the_calls_of_the_window_over_its_time(self):
        rates = self.page.rows("mesh_grpc_request_rate", direction="outbound")
        self.assertEqual(len(rates), len(self.calls))
        for row, rate in rates:
            self.assertGreater(rate, 0, row)

    def test_the_error_ratio_leaves_out_what_is_an_answer(self):
        ratio = self.page.value("mesh_grpc_error_ratio", direction="outbound",
                                grpc_service="user.v1.UserService", grpc_method="GetUser")
        # Of 25 calls of each method one is UNAVAILABLE, one DEADLINE_EXCEEDED, one INTERNAL; one is
        # NOT_FOUND, an answer.
        self.assertAlmostEqual(ratio, 3 / 25, delta=0.02)

    def test_the_sidecars_are_told_apart(self):
        for pod in (CLIENT, *BACKENDS):
            self.assertEqual(self.page.value("mesh_target_up", pod=pod, namespace="shop"), 1)
            (labels, _), = self.page.rows("mesh_sidecar_info", pod=pod)
            self.assertEqual(labels["version"], ENVOY_VERSION)
            self.assertEqual(self.page.value("mesh_sidecar_state", pod=pod, state="live"), 1)
            self.assertGreater(self.page.value("mesh_sidecar_uptime_seconds", pod=pod), 0)

    def test_nothing_was_unreadable_or_ambiguous(self):
        for name in ("mesh_target_parse_errors_total", "mesh_target_ambiguous_series"):
            for row, value in self.page.rows(name):
                self.assertEqual(value, 0, (name, row))
        self.assertEqual({value for _, value in self.page.rows("mesh_target_scrape_errors_total")}
                         - {0}, set())

    def test_prometheus_answers_with_the_ledger(self):
        query = ("sum by (grpc_service, grpc_method, grpc_code) "
                 '(mesh_grpc_requests_total{direction="%s"})')

        def answer(direction):
            return {(row["grpc_service"], row["grpc_method"], row["grpc_code"]): int(value)
                    for row, value in self.prometheus.query(query % direction)}
        for direction in ("outbound", "inbound"):
            wait_until(lambda side=direction: sum(answer(side).values()) >= CALLS,
                       "Prometheus to scrape the last call", 60)
            self.assert_same_calls(answer(direction), self.calls)

    def test_prometheus_keeps_our_identity_labels(self):
        wait_until(lambda: self.prometheus.query("mesh_target_up"), "Prometheus to scrape", 60)
        pods = {row["pod"]: row for row, _ in self.prometheus.query("mesh_target_up == 1")}
        self.assertEqual(set(pods), {CLIENT, *BACKENDS})
        self.assertEqual(pods[CLIENT]["namespace"], "shop")
        self.assertEqual(pods[CLIENT]["workload"], "storefront")
        self.assertNotIn("exported_pod", pods[CLIENT])

    def test_promtool_has_no_complaint(self):
        done = subprocess.run(["promtool", "check", "metrics"], input=self.page.text, text=True,
                              capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_the_ledger_is_what_the_proxy_itself_says(self):
        # Read once more without the agent: the raw names of one proxy.
        raw = json.loads(self.mesh.get(CLIENT, "/stats?format=json&usedonly&filter="
                                       r"^cluster.*\.grpc\..*\.[0-9]%2B$"))["stats"]
        self.assertEqual(sum(stat["value"] for stat in raw), CALLS)


if __name__ == "__main__":
    unittest.main()
