#!/usr/bin/env python3
"""What the tests with a real Alertmanager demand of a page, itself shown a good one and bad ones."""

import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "support"))

from alerting import alert_rules  # noqa: E402
from pages import Pages  # noqa: E402

RULE = next(rule for rule in alert_rules() if rule["alert"] == "MeshCallsUnavailable")
LABELS = {"alertname": "MeshCallsUnavailable", "severity": "warning", "job": "mesh_exporter",
          "upstream": "users.shop:50051", "grpc_service": "user.v1.UserService"}
SAID = {
    "summary": RULE["annotations"]["summary"],
    "description": "33.33% of the calls to user.v1.UserService at users.shop:50051 end as UNAVAILABLE.",
    "runbook_url": RULE["annotations"]["runbook_url"],
    "dashboard_url": "https://grafana.example.com/d/mesh-methods?var-upstream=users.shop%3A50051"
                     "&var-service=user.v1.UserService"}


class PagesTest(unittest.TestCase):
    def faults(self, receiver="ticket", labels=LABELS, **said):
        return list(Pages().faults(receiver, {"labels": labels, "annotations": {**SAID, **said}}))

    def test_what_is_right_passes(self):
        self.assertEqual(self.faults(), [])
        self.assertEqual(self.faults(labels={**LABELS, "seen_by": "app"},
                                     dashboard_url=SAID["dashboard_url"] + "&var-seen_by=app"), [])

    def test_what_is_wrong_is_named(self):
        self.assertIn("went to page", *self.faults(receiver="page"))
        self.assertIn("no rule", *self.faults(labels={**LABELS, "severity": "critical"}))
        self.assertIn("no rule", *self.faults(labels={**LABELS, "alertname": "MeshOther"}))
        self.assertIn("summary", *self.faults(summary="Other."))
        self.assertIn("runbook_url", self.faults(runbook_url="https://example.com/#nothing")[0])
        self.assertIn("no section", self.faults(runbook_url="https://example.com/#nothing")[1])
        self.assertIn("dashboard_url", *self.faults(dashboard_url=SAID["dashboard_url"] + "2"))
        self.assertIn("dashboard_url", *self.faults(labels={**LABELS, "seen_by": "app"}))

    def test_a_description_that_nobody_reads_at_night_is_named(self):
        for wrong in ("{{ $value }} 3", "0.33333 of them", "123456 calls", "NaN of 3", "<no value> of 3",
                      "2  calls", "users.shop:50051 fails", "%!d(string=) 1"):
            self.assertEqual(len(self.faults(description=wrong)), 1, wrong)


if __name__ == "__main__":
    unittest.main()
