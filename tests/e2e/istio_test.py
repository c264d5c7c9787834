#!/usr/bin/env python3
"""Istio's page through the built binary. Nobody here has Istio's own build of Envoy, so the pages are
those that were written after its sources and its tests' templates (tests/fixtures/istio/documented),
served by a stand-in; the changes from moment to moment are made here, and said. The admin port of an
Istio sidecar is a real Envoy's, which has none of Istio's families."""

import re
import unittest
from collections import Counter

from harness import TempDirTest, ledger_calls
from recorded_proxy import RecordedProxy, recorded

POLL = "poll: {interval: 1s, timeout: 1s, window: 1m}\n"
PATH = "/stats/prometheus"
PAYMENTS = "payments.shop.svc.cluster.local"
SENT = {"OK": 40, "UNAVAILABLE": 3, "NOT_FOUND": 2, "UNKNOWN": 1}


def documented(name):
    return recorded(f"istio/documented/{name}.txt")


def nameless(calls):
    return Counter({("", "", code): count for code, count in calls.items()})


def answered(page, more):
    """The page after so many more calls to payments that were answered OK."""
    line = re.compile(r'(?m)^(istio_requests_total\{reporter="source",.*destination_workload="payments",.*'
                      r'grpc_response_status="0",.*\}) (\d+)$')
    text, found = line.subn(lambda match: f"{match[1]} {int(match[2]) + more}", page)
    assert found == 1
    return text


def evicted(page):
    """Without the series that statsEvictionInterval takes away when they are idle."""
    return re.sub(r"(?m)^istio_re\w+\{.*\n", "", page)


def agents_part(page, failures):
    """The answer of an agent that could not get Envoy's part."""
    lines = [line for line in page.splitlines() if line.startswith("istio_agent_")]
    return "\n".join(lines) + f'\nistio_agent_scrape_failures_total{{type="envoy"}} {failures}\n'


class IstioPages(TempDirTest):
    def setUp(self):
        super().setUp()
        self.pages = {PATH: documented("default_15020")}
        self.proxy = self.start(RecordedProxy(self.pages))
        self.agent = self.start_agent(
            POLL + f'targets: [{{name: a, mesh: istio, metrics: "{self.proxy.url}{PATH}"}}]\n')
        self.agent.wait_ready()

    def at(self, page):
        self.pages[PATH] = page
        return self.agent.page_after_polls()

    def assert_sent(self, page, wanted, upstream=PAYMENTS):
        self.assertEqual(page.calls(direction="outbound", upstream=upstream), nameless(wanted))

    def test_the_default_page(self):
        page = self.agent.page_after_polls()
        self.assert_sent(page, SENT)
        self.assert_sent(page, {"OK": 2}, "PassthroughCluster")
        self.assert_sent(page, {"UNIMPLEMENTED": 1}, "")
        self.assertEqual(page.calls(direction="inbound"),
                         nameless({"OK": 25, "DEADLINE_EXCEEDED": 1}))
        self.assertEqual({labels["kind"]: value for labels, value in
                          page.rows("mesh_upstream_resets_total", upstream=PAYMENTS)},
                         {"remote": 2, "lost": 5, "local": 1})
        self.assertEqual({(labels["direction"], labels["security"]): value for labels, value
                          in page.rows("mesh_requests_by_security_total")},
                         {("inbound", "mutual_tls"): 36, ("inbound", "none"): 4})
        self.assertEqual(page.value("mesh_grpc_messages_total", upstream=PAYMENTS, kind="request"), 54)
        self.assertEqual(page.value("mesh_grpc_request_duration_seconds_count", upstream=PAYMENTS), 46)
        self.assertAlmostEqual(
            page.value("mesh_grpc_request_duration_seconds_sum", upstream=PAYMENTS), 0.391)
        self.assertEqual(page.value("mesh_sidecar_info", version="1.31.0"), 1)
        self.assertEqual(page.value("mesh_control_plane_connected"), 1)
        self.assertIn("by a label of a Telemetry resource only",
                      self.agent.get("/targets", accept="text/html")[1])
        # The filter that keeps everything else away is asked with.
        self.assertIn("istio_%28build%7Crequests_total", self.proxy.asked[-1])

    def test_methods_by_a_label_of_the_users(self):
        page = self.at(documented("methods_15090"))
        calls = page.calls(direction="outbound", upstream=PAYMENTS)
        self.assertEqual(calls["pay.v1.Payments", "Charge", "OK"], 30)
        self.assertEqual(calls["pay.v1.Payments", "Refund", "OK"], 10)
        self.assertEqual(page.calls(direction="inbound")["orders.v1.Orders", "Place", "OK"], 25)

    def test_clusters_that_are_let_in_say_nothing_twice(self):
        both = documented("default_15020") + documented("clusters_let_in")
        page = self.at(both)
        # The port is known at once; they are believed from the second answer on that has them.
        counted = page.calls(direction="outbound")
        self.assertEqual(sum(counted.values()), sum(SENT.values()) + 2 + 1)
        page = self.at(answered(both, 5).replace(
            f'grpc_0{{cluster_name="outbound|50051||{PAYMENTS}"}} 40',
            f'grpc_0{{cluster_name="outbound|50051||{PAYMENTS}"}} 45'))
        self.assertEqual(sum(page.calls(direction="outbound").values()),
                         sum(SENT.values()) + 2 + 1 + 5)
        self.assert_sent(page, {"OK": 5}, PAYMENTS + ":50051")

    def test_evicted_series_return_without_losing_or_doubling(self):
        page = self.at(evicted(documented("default_15020")))
        self.assert_sent(page, SENT)
        page = self.at(answered(evicted(documented("default_15020")) + re.sub(
            r"\} \d+\n", "} 0\n", "".join(re.findall(
                r'(?m)^istio_requests_total\{.*destination_workload="payments".*grpc_response_status="0".*\n',
                documented("default_15020")))), 3))
        self.assert_sent(page, {**SENT, "OK": 43})

    def test_a_part_that_the_agent_could_not_get_is_told_and_loses_nothing(self):
        page = self.at(agents_part(documented("default_15020"), 1))
        self.assert_sent(page, SENT)
        self.assertEqual(page.value("mesh_target_up"), 1)
        self.assertIn("Envoy&#39;s part of the page", self.agent.get("/targets", accept="text/html")[1])
        page = self.at(answered(documented("default_15020"), 4))
        self.assert_sent(page, {**SENT, "OK": 44})

    def test_a_restart_goes_on_counting(self):
        page = self.at(documented("default_15020").replace("envoy_server_uptime{} 3600",
                                                           "envoy_server_uptime{} 9"))
        self.assert_sent(page, {code: 2 * count for code, count in SENT.items()})

    def test_a_waypoint_and_a_gateway_send_on(self):
        page = self.at(documented("waypoint_15090"))
        self.assertEqual(page.calls(direction="inbound"), nameless({"OK": 25, "DEADLINE_EXCEEDED": 1}))
        self.assert_sent(page, {**SENT, "OK": 40 + 31, "UNAVAILABLE": 3 + 2})
        page = self.at(documented("gateway_15090"))
        self.assert_sent(page, {"OK": 12, "RESOURCE_EXHAUSTED": 2}, "storefront.shop.svc.cluster.local")


class RealAdminPorts(TempDirTest):
    def test_are_asked_for_istios_families_and_tell_all_of_theirs(self):
        mesh = self.start_mesh()
        agent = self.start_agent(mesh.agent_config().replace('mesh: "envoy"', 'mesh: "istio"'))
        agent.wait_ready()
        booked = ledger_calls(mesh.run_load(calls=300))
        page = agent.page_after_polls()
        self.assert_same_calls(page.calls(direction="outbound", mesh="istio"), booked)
        self.assert_same_calls(page.calls(direction="inbound", mesh="istio"), booked)
        self.assertEqual({value for _, value in page.rows("mesh_target_scrape_errors_total")}, {0})
        self.assertEqual({value for _, value in page.rows("mesh_target_parse_errors_total")}, {0})


if __name__ == "__main__":
    unittest.main(verbosity=2)
