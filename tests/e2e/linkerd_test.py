#!/usr/bin/env python3
"""Linkerd's pages through the built binary: what a real linkerd2-proxy answered, moment by moment
(tests/fixtures/linkerd), served by a stand-in, for there is no Linkerd here. The calls are those of
the clients' ledgers. Of two moments that were not recorded one line or another is as the proxy
would have it, and the test says which."""

import re
import unittest
from collections import Counter

from harness import TempDirTest
from recorded_proxy import RecordedProxy, recorded

POLL = "poll: {interval: 1s, timeout: 1s, window: 1m}\n"
SHOP = ".shop.svc.cluster.local:8080"

BY_ROUTE = {"OK": 33, "NOT_FOUND": 5, "UNAVAILABLE": 3, "DEADLINE_EXCEEDED": 4, "INTERNAL": 4,
            "INVALID_ARGUMENT": 2, "UNAUTHENTICATED": 1, "RESOURCE_EXHAUSTED": 1,
            "UNIMPLEMENTED": 1}
PLAIN = {**BY_ROUTE, "OK": 28, "DEADLINE_EXCEEDED": 2}
PROFILED = {("test.Greeter", "Ok", "OK"): 10, ("test.Greeter", "NotFound", "NOT_FOUND"): 2,
            ("test.Greeter", "Unavailable", "UNAVAILABLE"): 2, ("", "", "INTERNAL"): 1}


def moment(name):
    return recorded(f"linkerd/2.366-dev/{name}.txt")


def idle_evicted(page):
    """Without the series that ten idle minutes take away: those of the older text."""
    return re.sub(r"(?m)^(request|response|route)_\w+\{.*\n", "", page)


class LinkerdTest(TempDirTest):
    def setUp(self):
        super().setUp()
        self.pages = {"/metrics": moment("idle")}
        self.proxy = self.start(RecordedProxy(self.pages))
        self.agent = self.start_agent(
            POLL + f'targets: [{{name: a, mesh: linkerd, metrics: "{self.proxy.url}/metrics"}}]\n')
        self.agent.wait_ready()

    def at(self, page):
        self.pages["/metrics"] = page
        return self.agent.page_after_polls()

    def calls(self, page, upstream):
        return page.calls(direction="outbound", upstream=upstream + SHOP)

    def assert_nameless(self, page, upstream, wanted):
        self.assertEqual(self.calls(page, upstream),
                         Counter({("", "", code): count for code, count in wanted.items()}))

    def test_shows_the_calls_of_the_ledger(self):
        page = self.agent.page_after_polls()
        self.assertEqual(page.calls(), Counter())
        self.assertEqual(page.value("mesh_sidecar_info", version="2.366.0-dev.7"), 1)
        page = self.at(moment("after_traffic_client"))
        self.assert_nameless(page, "greeter", BY_ROUTE)
        self.assert_nameless(page, "greeter-plain", PLAIN)
        self.assertEqual(self.calls(page, "greeter-profile"), Counter(PROFILED))
        self.assertEqual(self.calls(page, "empty"), Counter())
        self.assertEqual(page.value("mesh_upstream_unhealthy_picks_total", upstream="empty" + SHOP,
                                    kind="none"), 2)
        self.assertEqual(page.value("mesh_upstream_retries_total", result="started"), 3)
        self.assertEqual(page.value("mesh_upstream_requests_total", upstream="greeter" + SHOP), 60)
        self.assertEqual(page.value("mesh_upstream_endpoint_requests_total",
                                    upstream="greeter-plain" + SHOP, endpoint="127.20.0.5:9091"),
                         50)
        self.assertEqual(page.value("mesh_grpc_request_duration_seconds_count",
                                    grpc_method="Ok"), 10)
        self.assertEqual({labels["resource"]: value for labels, value
                          in page.rows("mesh_control_plane_connected")}, {"eds": 1, "rds": 1})
        # What is not told is not made up, and said to be so.
        self.assertIn("Linkerd tells methods by ServiceProfiles only",
                      self.agent.get("/targets", accept="text/html")[1])
        self.assertEqual(page.rows("mesh_upstream_requests_active"), [])
        self.assertEqual(page.rows("mesh_upstream_circuit_breaker_open"), [])
        # And seven more.
        page = self.at(moment("open_stream_client"))
        self.assert_nameless(page, "greeter", {**BY_ROUTE, "OK": 40})
        self.assert_nameless(page, "greeter-plain", PLAIN)

    def test_shows_what_callers_sent(self):
        page = self.at(moment("after_traffic_server"))
        received = page.calls(direction="inbound")
        self.assertEqual(received["", "", "OK"], 80)
        self.assertEqual(received["", "", "UNAVAILABLE"], 12)
        self.assertEqual(sum(received.values()), 130)
        # Calls and requests of HTTP/1.1: 60 + 50 + 15 attempts through the client's proxy, 20
        # directly. 4 more are questions for this page at the port that it was recorded at: only
        # those at Linkerd's own port, and at the one that is asked, are known to be such.
        self.assertEqual({labels["security"]: value for labels, value in page.rows(
            "mesh_requests_by_security_total", direction="inbound")},
                         {"mutual_tls": 125, "none": 24})

    def test_idle_series_vanish_and_return_without_losing_or_doubling(self):
        after = moment("after_traffic_client")
        self.at(after)
        page = self.at(idle_evicted(after))
        self.assert_nameless(page, "greeter", BY_ROUTE)
        self.assert_nameless(page, "greeter-plain", PLAIN)
        # Three more calls by no route: the proxy counts them from zero.
        again = "".join(
            re.sub(r" \d+$", " 3", line) + "\n" for line in after.splitlines()
            if line.startswith("response_total{") and 'authority="greeter-plain.' in line
            and 'grpc_status="0"' in line)
        self.assertEqual(again.count("\n"), 1)
        page = self.at(again + idle_evicted(after))
        self.assert_nameless(page, "greeter", BY_ROUTE)
        self.assert_nameless(page, "greeter-plain", {**PLAIN, "OK": 31})

    def test_a_restart_goes_on_counting(self):
        after = moment("after_traffic_client")
        self.at(after)
        start = re.compile(r"(?m)^process_start_time_seconds .*$")
        page = self.at(start.sub("process_start_time_seconds 1795470000.5", after))
        self.assert_nameless(page, "greeter", {code: 2 * n for code, n in BY_ROUTE.items()})

    def test_a_policy_that_forbids_the_page_is_said_in_words(self):
        del self.pages["/metrics"]
        page = self.agent.wait_for(lambda page: page.value("mesh_target_up") == 0, "the refusal")
        self.assertGreater(page.value("mesh_target_scrape_errors_total", reason="forbidden"), 0)
        status, text = self.agent.get("/targets", accept="text/html")
        self.assertEqual(status, 200)
        self.assertIn("by a Server and an AuthorizationPolicy", text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
