#!/usr/bin/env python3
"""A control plane that tells by CSDS how its clients stand, read by the agent: which configurations they have, which
they refused, under which versions. The control plane is a stand-in (tests/support/csds_control_plane.py)."""

import unittest

from harness import TempDirTest, wait_until
from proxyless_test import agent_config, target
from told_control_plane import ToldControlPlane, of_client


class ToldByControlPlane(TempDirTest):
    def test_a_control_plane_tells_how_its_clients_stand(self):
        plane = self.start(ToldControlPlane(
            self.directory, of_client("web-0", configStatus="SYNCED", versionInfo="v7"),
            of_client("web-1", configStatus="STALE", versionInfo="v6"),
            {"node": {"id": "web-2"}, "xdsConfig": [{"status": "NOT_SENT", "clusterConfig": {}}]}))
        agent = self.start_agent(agent_config([target("plane", "plane", plane.address)]))

        def clusters():
            rows = agent.page().rows("mesh_control_plane_resources", pod="plane", resource="cds")
            return {labels["status"]: value for labels, value in rows if value}
        wait_until(lambda: clusters() == {"synced": 1, "stale": 1, "not_sent": 1}, "how they stand", 20,
                   alive=[agent.child, plane.child])
        page = agent.page()
        self.assertEqual({labels["version"]: value for labels, value in page.rows(
            "mesh_control_plane_resource_versions", pod="plane", resource="cds")}, {"v6": 1, "v7": 1})
        self.assertEqual(page.rows("mesh_finding", finding="config_rejected"), [])
        plane.say(of_client("web-0", configStatus="SYNCED", versionInfo="v8"),
                  of_client("web-1", configStatus="ERROR", versionInfo="v6",
                            errorState={"versionInfo": "v8", "details": "too new"}))
        wait_until(lambda: clusters() == {"synced": 1, "error": 1}, "the refusal", 20, alive=[agent.child])
        wait_until(lambda: agent.page().rows("mesh_finding", finding="config_rejected", pod="plane"),
                   "the finding", 20, alive=[agent.child])
        page = agent.page()
        self.assertEqual(page.value("mesh_control_plane_updates_total", pod="plane", resource="cds",
                                    result="accepted"), 2)
        self.assertEqual(page.value("mesh_control_plane_updates_total", pod="plane", resource="cds",
                                    result="rejected"), 1)


if __name__ == "__main__":
    unittest.main()
