#!/usr/bin/env python3
"""Which alerts the chart can give another threshold: each that compares with a number of ours, and its number is
found. That Helm puts another in its place is tested by tests/e2e/run --deploy."""

import re
import sys
import unittest

sys.dont_write_bytecode = True

from manifests import read  # noqa: E402
from thresholds import alerts, changed, rules, thresholds  # noqa: E402

ALERTS = alerts(rules())
_COMPARED = re.compile(r"(?:[<>]=?|==)\s*(?:on \([\w, ]+\) )?(?:group_left \(\) )?([0-9.]+)")


class Thresholds(unittest.TestCase):
    def test_each_is_in_a_rule_of_its_alert(self):
        for name, one in thresholds().items():
            expressions = [rule["expr"] for rule in ALERTS if rule["alert"] == name]
            found = [expr for expr in expressions if changed(one, expr, "7.5") != expr]
            self.assertTrue(found, name)
            # A number that stands beside another rule's is a mistake of the pattern.
            self.assertEqual(len(found), 1 if name == "MeshCaIssuanceFailing" else len(expressions), name)
            self.assertLess(one["number"], one["most"], name)

    def test_other_alerts_compare_with_nothing_but_none_and_one(self):
        others = [rule for rule in ALERTS if rule["alert"] not in thresholds()]
        self.assertGreater(len(others), 30)
        for rule in others:
            self.assertLessEqual(set(_COMPARED.findall(rule["expr"])), {"0", "1"}, rule["alert"])
        # What is seen of those that have one.
        budget = next(rule for rule in ALERTS if rule["alert"] == "MeshErrorBudgetBurn")
        self.assertIn("14.4", _COMPARED.findall(budget["expr"]))

    def test_the_values_explain_each(self):
        comment = re.search(r"`threshold` is, of\n(.*?)\n  # Other alerts",
                            read("deploy", "helm", "mesh-exporter", "values.yaml"), re.S)[1]
        self.assertEqual(set(re.findall(r"\bMesh\w+", comment)), thresholds().keys())


if __name__ == "__main__":
    unittest.main()
