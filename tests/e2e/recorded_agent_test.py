#!/usr/bin/env python3
"""What the meshes' own agents tell of certificates, through the built binary: recorded pages of real
proxies (tests/fixtures), served by a stand-in. Of Istio's page one number is not as recorded: the
seconds left are counted down towards an end that the test sets, as the real agent does."""

import math
import re
import time
import unittest

from harness import TempDirTest
from recorded_proxy import RecordedProxy, recorded

LEFT = re.compile(r'(?m)^(istio_agent_cert_expiry_seconds\{resource_name="default"\}) .*$')
POLL = "poll: {interval: 200ms, timeout: 200ms, window: 1m}\ncertificates: {interval: 1s}\n"


class IstioAgent:
    """The recorded page of a sidecar, counting down to `end` (a whole second, as certificates have)."""

    def __init__(self):
        self._text = recorded("istio/1.31-dev/metrics_15020.txt")
        self.end = 0
        self.failed = 0

    def page(self):
        failed = f'istio_agent_num_failed_outgoing_requests{{request_type="csr"}} {self.failed}\n'
        return LEFT.sub(rf"\1 {self.end - time.time()}", self._text) + failed


class RecordedAgents(TempDirTest):
    def not_after(self, page):
        return page.value("mesh_certificate_not_after_timestamp_seconds", source="proxy")

    def test_a_leaf_of_istios_agent_through_rotation_failure_and_expiry(self):
        istio = IstioAgent()
        istio.end = math.floor(time.time()) + 60
        proxy = self.start(RecordedProxy({"/stats/prometheus": istio.page}))
        agent = self.start_agent(
            POLL + f'targets: [{{name: a, mesh: istio, metrics: "{proxy.url}/stats/prometheus"}}]\n')
        agent.wait_ready()
        page = agent.page_after_polls()
        labels, _ = page.rows("mesh_certificate_not_after_timestamp_seconds")[0]
        self.assertEqual((labels["mesh"], labels["source"], labels["role"], labels["certificate"]),
                         ("istio", "proxy", "leaf", "default"))
        # Its end is the same second in every look, and none of them is a rotation.
        for _ in range(5):
            page = agent.page_after_polls()
            self.assertEqual(self.not_after(page), istio.end)
        self.assertEqual(page.value("mesh_certificate_rotations_total", source="proxy"), 0)
        # Envoy's part of the same answer is read as well.
        self.assertEqual(page.value("mesh_sidecar_state", state="live"), 1)

        istio.failed = 2
        page = agent.page_after_polls()
        self.assertEqual(page.value("mesh_certificate_rotation_failures_total", source="proxy",
                                    reason="request_failed"), 2)
        self.assertEqual(page.value("mesh_finding", finding="rotation_failing"), 1)

        istio.end += 30
        page = agent.page_after_polls()
        self.assertEqual(self.not_after(page), istio.end)
        self.assertEqual(page.value("mesh_certificate_rotations_total", source="proxy"), 1)
        self.assertIsNone(page.value("mesh_finding", finding="rotation_failing"))

        istio.end = math.floor(time.time()) - 100
        page = agent.page_after_polls()
        self.assertLess(page.value("mesh_certificate_remaining_seconds", source="proxy"), -99)
        self.assertEqual(page.value("mesh_certificate_rotation_overdue", source="proxy"), 1)
        self.assertEqual(page.value("mesh_finding", finding="certificate_expired"), 1)

    def test_linkerds_page_and_ztunnels_dump_of_targets_that_nobody_named(self):
        pages = {"/metrics": recorded("linkerd/2.366-dev/idle.txt"), "/": "dump the current Ztunnel configuration",
                 "/config_dump": recorded("ztunnel/2026-08-20/config_dump.json")}
        proxy = self.start(RecordedProxy(pages))
        agent = self.start_agent(
            POLL + "targets:\n"
            f'  - {{name: l, mesh: auto, metrics: "{proxy.url}/metrics"}}\n'
            f'  - {{name: z, mesh: auto, admin: "{proxy.url}"}}\n')
        agent.wait_ready()
        page = agent.page_after_polls()
        for target in "lz":
            self.assertEqual(page.value("mesh_target_up", pod=target), 1)
        self.assertEqual(self.not_after(page), 1795554371)
        self.assertEqual(page.value("mesh_certificate_not_before_timestamp_seconds", pod="l"),
                         1795467971)
        self.assertEqual(page.value("mesh_sidecar_info", pod="l", version="2.366.0-dev.7"), 1)
        leaf = page.rows("mesh_certificate_not_after_timestamp_seconds", pod="z", role="leaf")
        self.assertEqual([(row["mesh"], row["source"], row["certificate"], value)
                          for row, value in leaf],
                         [("istio", "admin", "spiffe://cluster.local/ns/shop/sa/shop-sa",
                           1795554443)])
        # The dump is asked for once an interval, and between that a sign of life.
        self.assertLess(proxy.asked.count("/config_dump"), proxy.asked.count("/"))

    def test_a_ztunnel_by_both_doors_through_a_restart(self):
        pages = {"/metrics": recorded("ztunnel/2026-08-20/shared_open.txt"),
                 "/": "dump the current Ztunnel configuration",
                 "/config_dump": recorded("ztunnel/2026-08-20/config_dump.json")}
        proxy = self.start(RecordedProxy(pages))
        agent = self.start_agent(
            POLL + "targets:\n"
            f'  - {{name: z, mesh: auto, admin: "{proxy.url}", metrics: "{proxy.url}/metrics"}}\n')
        agent.wait_ready()
        page = agent.page_after_polls()
        web = {"namespace": "shop", "workload": "web", "pod": ""}
        to_service = {**web, "direction": "outbound",
                      "upstream": "user-service.shop.svc.cluster.local"}
        self.assertEqual(page.value("mesh_tcp_connections_opened_total", **to_service,
                                    security="mutual_tls"), 8)
        self.assertEqual(page.value("mesh_tcp_connections", **to_service), 1)
        self.assertEqual(page.value("mesh_tcp_connections_closed_total", **web,
                                    direction="inbound", result="denied"), 3)
        self.assertEqual(page.value("mesh_policy_denials_total", **web, mode="enforced"), 3)
        # The ztunnel itself is a target like any other, and the other door tells its certificates.
        self.assertEqual(page.value("mesh_ambient_proxies", pod="z", state="active"), 1)
        self.assertEqual(page.value("mesh_certificate_not_after_timestamp_seconds", pod="z",
                                    role="leaf"), 1795554443)
        self.assertEqual({labels["method"] for labels, _ in page.rows("mesh_target_access")},
                         {"admin", "metrics"})

        for traffic in range(2, 4):
            pages["/metrics"] = recorded("ztunnel/2026-08-20/shared_idle.txt")
            agent.page_after_polls()
            pages["/metrics"] = recorded("ztunnel/2026-08-20/shared_open.txt")
            page = agent.page_after_polls()
            self.assertEqual(page.value("mesh_tcp_connections_opened_total", **to_service),
                             8 * traffic)
            self.assertEqual(page.value("mesh_tcp_connections", **to_service), 1)
        self.assertLess(proxy.asked.count("/config_dump"), proxy.asked.count("/metrics"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
