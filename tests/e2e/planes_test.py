#!/usr/bin/env python3
"""Control planes' own pages through the built binary: what a real istiod and a real Consul server
answered (tests/fixtures), served by a stand-in. What changes from look to look is set by the test."""

import unittest

from harness import TempDirTest
from recorded_proxy import RecordedProxy, recorded

POLL = "poll: {interval: 200ms, timeout: 200ms, window: 1s}\n"
ISTIOD = "istio/1.31-dev/istiod_metrics.txt"
CONSUL = "consul/1.20.6/server_metrics.txt"


class PlanesTest(TempDirTest):
    def watch(self, mesh, path, page):
        self.pages = {path: page}
        proxy = self.start(RecordedProxy(self.pages))
        agent = self.start_agent(
            POLL + f'targets: [{{name: p, namespace: ns, mesh: {mesh}, metrics: "{proxy.url}{path}"}}]\n')
        agent.wait_ready()
        return agent

    def results(self, page):
        return {labels["result"]: value for labels, value in page.rows("mesh_ca_issuances_total")}

    def test_istiod(self):
        agent = self.watch("istiod", "/metrics", recorded(ISTIOD))
        page = agent.page_after_polls()
        labels, _ = page.rows("mesh_control_plane_info")[0]
        self.assertEqual((labels["mesh"], labels["pod"], labels["version"], labels["build"]),
                         ("istio", "p", "1.31-dev", "1.31-dev-eed52ebb66ad-Clean"))
        self.assertEqual(page.value("mesh_control_plane_proxies", version="1.31-dev"), 2)
        self.assertEqual(page.value("mesh_control_plane_memory_bytes"), 113389568)
        self.assertEqual(page.value("mesh_ca_root_not_after_timestamp_seconds"), 1798055309)
        self.assertEqual(page.value("mesh_certificate_not_after_timestamp_seconds",
                                    role="intermediate"), 1796327309)
        self.assertEqual(self.results(page), {"issued": 2, "refused": 0, "failed": 0})
        self.assertEqual(page.value("mesh_control_plane_pushes_total", resource="lds",
                                    result="pushed"), 2)
        self.assertEqual(page.rows("mesh_sidecar_info"), [])
        self.assertRegex(agent.get("/targets")[1], r"\bup +1\.31-dev\b")

    def test_a_restarted_istiod_counts_on(self):
        text = recorded(ISTIOD)
        agent = self.watch("istiod", "/metrics", text)
        self.assertEqual(self.results(agent.page_after_polls())["issued"], 2)
        self.pages["/metrics"] = text.replace(
            "process_start_time_seconds 1.79546330904e+09", "process_start_time_seconds 1.79546340904e+09")
        self.assertEqual(self.results(agent.page_after_polls())["issued"], 4)

    def test_a_ca_that_fails_and_a_fleet_that_is_behind_are_found(self):
        text = recorded(ISTIOD)
        agent = self.watch("istiod", "/metrics", text.replace('pilot_xds{version="1.31-dev"}',
                                                              'pilot_xds{version="1.28.1"}'))
        page = agent.page_after_polls()
        self.assertEqual(page.value("mesh_finding", finding="version_skew"), 1)
        failed = iter(range(1, 10000))
        self.pages["/metrics"] = lambda: text + (
            f'citadel_server_csr_sign_err_count{{error="CA_NOT_READY"}} {next(failed)}\n')
        page = agent.wait_for(
            lambda page: any(labels["finding"] == "ca_issuance_failing"
                             for labels, _ in page.rows("mesh_finding")), "the CA to be found failing")
        self.assertEqual(page.value("mesh_finding", finding="ca_issuance_failing",
                                    severity="critical"), 1)

    def test_a_server_of_consul(self):
        path = "/v1/agent/metrics"
        agent = self.watch("consul-server", path, recorded(CONSUL))
        page = agent.page_after_polls()
        self.assertEqual(page.value("mesh_control_plane_info", mesh="consul", version="1.20.6"), 1)
        self.assertEqual(page.value("mesh_control_plane_proxies"), 1)
        self.assertEqual(self.results(page), {"issued": 5, "refused": 0, "failed": 1})
        # Two ends, seconds left when the page was recorded.
        self.assertEqual(len(page.rows("mesh_certificate_not_after_timestamp_seconds")), 2)
        del self.pages[path]
        agent.wait_for(lambda page: page.value("mesh_target_up") == 0, "the refusal to be seen")
        self.assertIn("agent:read", agent.get("/targets")[1])


if __name__ == "__main__":
    unittest.main()
