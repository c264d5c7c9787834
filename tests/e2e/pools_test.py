#!/usr/bin/env python3
"""Everything that may happen to a connection pool, made with real parts for the Envoy version that
MESH_ENVOY names: what the agent exports is what that Envoy says itself, and each upstream has
exactly the findings that it should have. All troubles are made at once, each at an upstream of its
own; how they are made is told in pool_mesh.py."""

import os
import unittest

from harness import BIN_DIR, BINARY, ENVOY, ENVOY_VERSION, Agent, SharedPartsTest
from pool_mesh import CALLEE, CALLER, PoolMesh

WINDOW = 3  # seconds; what is a verdict on traffic is stated after two of them
COUNTS_AS_ONE = ENVOY_VERSION == "1.36.2"  # calls over max_requests with those over max_pending

# What is to be found of each upstream that the client calls.
FINDINGS = {
    "healthy": set(),
    "known": set(),
    "refusing": set(),  # a single burst is over before anybody is told
    "impatient": set(),  # the servers are slow, the pool is well
    "requests": {"pool_exhausted"},
    "pending": {"pool_exhausted"},
    "streams": {"stream_limit"},
    "breaker": {"circuit_breaker_open"},
    "ejected": {"endpoints_ejected"},
    "all_ejected": {"no_healthy_endpoint"},
    "refused": {"connect_failures"},
    "silent": {"connect_failures"},
    "trust": {"tls_handshake_failures"},
    "stranger": {"tls_handshake_failures"},
    "cut": {"connection_resets"},
}

# Counters of the agent, and which of Envoy's they are.
COUNTERS = {
    ("requests_total",): "upstream_rq_total",
    ("connections_opened_total",): "upstream_cx_total",
    ("overflows_total", "resource", "connections"): "upstream_cx_overflow",
    ("overflows_total", "resource", "pending"): "upstream_rq_pending_overflow",
    ("overflows_total", "resource", "requests"): "upstream_rq_active_overflow",
    ("overflows_total", "resource", "retries"): "upstream_rq_retry_overflow",
    ("connect_failures_total", "reason", "timeout"): "upstream_cx_connect_timeout",
    ("tls_failures_total", "reason", "handshake"): "ssl.connection_error",
    ("tls_failures_total", "reason", "verify"): "ssl.fail_verify_error",
    ("tls_failures_total", "reason", "no_certificate"): "ssl.fail_verify_no_cert",
    ("ejections_total", "reason", "consecutive_5xx"):
        "outlier_detection.ejections_enforced_consecutive_5xx",
    ("unhealthy_picks_total", "kind", "panic"): "lb_healthy_panic",
    ("timeouts_total", "kind", "per_try"): "upstream_rq_per_try_timeout",
    ("retries_total", "result", "started"): "upstream_rq_retry",
    ("retries_total", "result", "limit_exceeded"): "upstream_rq_retry_limit_exceeded",
    ("connections_recycled_total", "reason", "max_requests"): "upstream_cx_max_requests",
    ("resets_total", "kind", "remote"): "upstream_rq_rx_reset",
    ("resets_total", "kind", "local"): "upstream_rq_tx_reset",
    ("resets_total", "kind", "connection"): "upstream_cx_destroy_with_active_rq",
    ("resets_total", "kind", "lost"): "upstream_rq_pending_failure_eject",
}


def found(page, pod):
    """The names of the findings by upstream."""
    names = {}
    for row, _ in page.rows("mesh_finding", pod=pod):
        names.setdefault(row["upstream"], set()).add(row["finding"])
    return names


class Pools(SharedPartsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mesh = cls.start_shared(PoolMesh(ENVOY, BIN_DIR, os.path.join(cls.shared, "mesh")))
        cls.agent = cls.start_shared(Agent(BINARY, cls.shared, cls.mesh.agent_config(
            interval="250ms", timeout="200ms", window=f"{WINDOW}s", stale_after="10s")))
        cls.agent.wait_ready()
        loads = cls.mesh.start_troubles()
        # The last page is the one to judge, whatever it says.
        try:
            cls.agent.wait_for(cls.everything_is_found, "all findings", 90)
        finally:
            cls.during = cls.agent.page()
        for load in loads:
            load.end()
        cls.after = cls.agent.page_after_polls()

    @staticmethod
    def everything_is_found(page):
        client = found(page, CALLER)
        return (all(names <= client.get(upstream, set()) for upstream, names in FINDINGS.items())
                and "" in found(page, CALLEE))

    def pool(self, page, name, **labels):
        return page.value("mesh_upstream_" + name, pod=CALLER, **labels)

    def test_each_upstream_has_exactly_its_findings(self):
        client = found(self.during, CALLER)
        self.assertEqual({upstream: client.get(upstream, set()) for upstream in FINDINGS}, FINDINGS)
        self.assertEqual(set(client) - set(FINDINGS), set())

    def test_the_server_sees_callers_that_it_does_not_trust_and_that_do_not_trust_it(self):
        self.assertEqual(found(self.during, CALLEE), {"": {"tls_handshake_failures"}})
        for reason in ("no_certificate", "handshake"):
            self.assertGreater(self.during.value(
                "mesh_upstream_tls_failures_total", pod=CALLEE, direction="inbound", upstream="",
                reason=reason), 0)

    def test_what_is_in_use_and_how_much_may_be(self):
        def use(upstream, what):
            return (self.pool(self.during, what, upstream=upstream),
                    self.pool(self.during, what + "_limit", upstream=upstream))
        self.assertEqual(use("breaker", "requests_active"), (3, 3))
        self.assertEqual(use("streams", "requests_active"), (2, 1024))
        self.assertEqual(use("streams", "connections"), (1, 1))
        self.assertEqual(use("streams", "requests_pending"), (6, 1024))
        self.assertEqual(use("breaker", "retries_active")[0], 0)
        self.assertEqual(self.pool(self.during, "retries_limit", upstream="breaker"), 3)
        self.assertEqual(self.pool(self.during, "requests_pending_limit", upstream="pending"), 2)
        # Only where it is tracked.
        self.assertIsNone(self.pool(self.during, "retries_active", upstream="healthy"))

    def test_breakers_are_open_where_a_limit_is_reached(self):
        def is_open(upstream, resource):
            return self.pool(self.during, "circuit_breaker_open", upstream=upstream,
                             priority="default", resource=resource)
        self.assertEqual(is_open("breaker", "requests"), 1)
        self.assertEqual(is_open("breaker", "pending"), 0)
        self.assertEqual(is_open("streams", "connections"), 1)
        self.assertEqual(is_open("healthy", "requests"), 0)
        self.assertEqual(self.during.rows("mesh_upstream_circuit_breaker_open", priority="high"), [])

    def test_counters_are_what_envoy_says(self):
        for upstream in self.mesh.upstreams:
            for (name, *label), stat in COUNTERS.items():
                labels = {label[0]: label[1]} if label else {}
                with self.subTest(upstream=upstream, metric=name, **labels):
                    self.assertEqual(self.pool(self.after, name, upstream=upstream, **labels) or 0,
                                     self.mesh.stat(upstream, stat))

    def test_connect_failures_that_did_not_time_out_are_the_rest(self):
        for upstream in ("refused", "silent", "trust"):
            self.assertEqual(
                self.pool(self.after, "connect_failures_total", upstream=upstream,
                          reason="refused_or_reset"),
                self.mesh.stat(upstream, "upstream_cx_connect_fail")
                - self.mesh.stat(upstream, "upstream_cx_connect_timeout"))

    def test_every_trouble_was_really_made(self):
        """A comparison of zeros proves nothing."""
        def count(upstream, name, **labels):
            return self.pool(self.after, name, upstream=upstream, **labels) or 0
        over = "pending" if COUNTS_AS_ONE else "requests"
        self.assertGreater(count("requests", "overflows_total", resource=over), 20)
        self.assertGreater(count("pending", "overflows_total", resource="pending"), 20)
        self.assertGreater(count("streams", "overflows_total", resource="connections"), 0)
        self.assertEqual(count("ejected", "ejections_total", reason="consecutive_5xx"), 1)
        self.assertGreater(count("all_ejected", "unhealthy_picks_total", kind="panic"), 10)
        self.assertGreater(count("refused", "connect_failures_total", reason="refused_or_reset"), 10)
        self.assertGreater(count("silent", "connect_failures_total", reason="timeout"), 10)
        self.assertEqual(count("silent", "connect_failures_total", reason="refused_or_reset"), 0)
        self.assertGreater(count("trust", "tls_failures_total", reason="verify"), 10)
        self.assertGreater(count("cut", "resets_total", kind="connection"), 10)

    def test_a_server_refuses_streams_over_its_limit(self):
        """Envoy counts it for the process, at the side that refuses."""
        refused = self.mesh.own_stat(CALLEE, "http2.stream_refused_errors")
        self.assertGreater(refused, 0)
        self.assertEqual(self.after.value("mesh_upstream_stream_limit_refusals_total", pod=CALLEE,
                                          upstream=""), refused)


if __name__ == "__main__":
    unittest.main()
