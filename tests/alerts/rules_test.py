#!/usr/bin/env python3
"""alerts/ as a whole: the rules are what promtool takes, do what alerts/tests say, read what the
exporter makes, and are complete with the findings and the runbook, both ways."""

import glob
import os
import re
import subprocess
import sys
import unittest

import yaml

sys.dont_write_bytecode = True

import rule_checks  # noqa: E402
import promql  # noqa: E402
from alerting import RULES, alert_of, alert_rules, anchor_of, audited  # noqa: E402
from reference import ROOT, Reference, read, sections  # noqa: E402
from scenarios import ALERTS_MADE_ELSEWHERE, ALERTS_NOT_MADE, SCENARIOS  # noqa: E402

ALERTS = os.path.join(ROOT, "alerts")
RENDER = os.path.join(ALERTS, "render.py")
ALERTMANAGER = os.path.join(ALERTS, "alertmanager.example.yaml")
UNIT_TESTS = sorted(glob.glob(os.path.join(ALERTS, "tests", "*.yaml")))
RUNBOOK_BASE = "https://github.com/mesh-exporter/mesh_exporter/blob/main/docs/runbook.md"

# {uid: {variable of the dashboard: label of an alert that fills it, and values for a rule to write}}
_EXPORTERS = {"cluster": "cluster", "job": "job", "instance": "instance"}
_POD = {**_EXPORTERS, "namespace": "namespace", "workload": "workload", "pod": "pod"}
_UPSTREAM = {**_POD, "upstream": "upstream"}
DASHBOARDS = {
    "mesh-overview": _POD, "mesh-certificates": _POD, "mesh-control-plane": _POD,
    "mesh-sidecars": _POD, "mesh-exporter": _POD, "mesh-grpc-servers": _POD,
    "mesh-balance": _UPSTREAM, "mesh-pools": _UPSTREAM,
    "mesh-methods": {**_UPSTREAM, "service": "grpc_service", "method": "grpc_method",
                     "seen_by": "seen_by|=app", "direction": "=outbound|=inbound"}}


def load(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file)


def run(*command, **options):
    """(exit code, all output)."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **options)
    return done.returncode, done.stdout


def rendered(*flags):
    return subprocess.run([sys.executable, "-B", RENDER, *flags], stdout=subprocess.PIPE, text=True,
                          check=True).stdout


def all_rules(groups):
    return [rule for group in groups["groups"] for rule in group["rules"]]


def findings():
    """The names in the one list of the program."""
    names = re.findall(r"^ +&(\w+),$", read("src/compute/findings/all.h"), re.M)
    assert len(names) > 20, names
    return set(names)


def anchors():
    """Sections of the runbook about one thing; headings in words stand above several."""
    return {title for title, _ in sections(read("docs/runbook.md")) if " " not in title}


class Tools(unittest.TestCase):
    """What Prometheus' and Alertmanager's own tools say."""

    def test_prometheus_takes_the_rules(self):
        code, said = run("promtool", "check", "rules", "--lint=all", "--lint-fatal", RULES)
        self.assertEqual(code, 0, said)

    def test_the_unit_tests_of_the_rules_pass(self):
        self.assertGreater(len(UNIT_TESTS), 5)
        code, said = run("promtool", "test", "rules", *UNIT_TESTS)
        self.assertEqual(code, 0, said)

    def test_alertmanager_takes_the_example(self):
        code, said = run("amtool", "check-config", ALERTMANAGER)
        self.assertEqual(code, 0, said)

    def test_each_severity_has_its_receiver(self):
        for severity, receiver in (("critical", "page"), ("warning", "ticket"), ("info", "note"),
                                   ("mistyped", "ticket")):
            code, said = run("amtool", "config", "routes", "test", "--config.file=" + ALERTMANAGER,
                             "--verify.receivers=" + receiver, "alertname=MeshPoolExhausted",
                             "severity=" + severity)
            self.assertEqual(code, 0, said)


class Generated(unittest.TestCase):
    def test_the_resource_for_operators_is_up_to_date(self):
        self.assertTrue(rendered("--prometheus-rule") == read("alerts/prometheus_rule.yaml"),
                        "run alerts/render.py --prometheus-rule > alerts/prometheus_rule.yaml")

    def test_it_has_the_same_rules(self):
        resource = load(os.path.join(ALERTS, "prometheus_rule.yaml"))
        self.assertEqual(resource["kind"], "PrometheusRule")
        self.assertEqual(resource["spec"], load(RULES))

    def test_all_addresses_can_be_replaced(self):
        text = rendered("--grafana=https://g.test/x/", "--runbook=https://r.test/book")
        self.assertEqual(yaml.safe_load(text).keys(), {"groups"})
        for rule in all_rules(yaml.safe_load(text)):
            for annotation, base in (("dashboard_url", "https://g.test/x/d/mesh-"),
                                     ("runbook_url", "https://r.test/book#")):
                if "alert" in rule:
                    self.assertTrue(rule["annotations"][annotation].startswith(base), rule)


class Rules(unittest.TestCase):
    """What must hold for each rule; rule_checks has the reasons."""

    @classmethod
    def setUpClass(cls):
        cls.rules = all_rules(load(RULES))
        cls.alerts = alert_rules()
        cls.recorded = {rule["record"] for rule in cls.rules if "record" in rule}
        cls.reference = Reference(read("docs/metrics.md"), findings())

    def assert_no_faults(self, rule, found):
        self.assertEqual(list(found), [], rule.get("alert") or rule["record"])

    def test_series_exist_and_counters_are_rated(self):
        for rule in self.rules:
            for text in (rule["expr"], *rule_checks.queries_of(rule)):
                tree = promql.parse(text)
                self.assert_no_faults(
                    rule, rule_checks.selector_faults(tree, self.reference, self.recorded))
                self.assert_no_faults(rule, rule_checks.counter_faults(tree, self.reference))
                self.assert_no_faults(rule, rule_checks.division_faults(tree))

    def test_clusters_are_kept_apart(self):
        for rule in self.rules:
            self.assert_no_faults(rule, rule_checks.grouping_faults(promql.parse(rule["expr"])))
            for query in rule_checks.queries_of(rule):
                self.assert_no_faults(rule, rule_checks.query_faults(promql.parse(query)))

    def test_what_is_counted_on_a_page_is_whole(self):
        for rule in self.alerts:
            shown = [rule["expr"]] if "$value" in rule["annotations"]["description"] else []
            for text in (*shown, *rule_checks.queries_of(rule)):
                self.assert_no_faults(rule, rule_checks.count_faults(promql.parse(text)))

    def test_recording_rules(self):
        self.assertGreater(len(self.recorded), 10)
        for rule in self.rules:
            if "record" in rule:
                self.assert_no_faults(rule, rule_checks.record_faults(rule))

    def test_alerts_say_what_a_page_must_say(self):
        self.assertGreater(len(self.alerts), 30)
        for rule in self.alerts:
            self.assert_no_faults(rule, rule_checks.form_faults(rule, RUNBOOK_BASE, DASHBOARDS))

    def test_every_query_of_an_annotation_is_seen(self):
        """Or the checks above would pass by it."""
        for rule in self.alerts:
            asked = rule["annotations"]["description"].count("| query")
            self.assertEqual(len(rule_checks.queries_of(rule)), asked, rule["alert"])

    def test_failures_are_those_that_the_exporter_counts_by_default(self):
        rule, = [rule for rule in self.rules if rule.get("record") == "mesh:upstream_errors:rate5m"]
        pattern, = re.findall(r'grpc_code=~"([^"]*)"', rule["expr"])
        codes = yaml.safe_load(read("config.example.yaml"))["grpc"]["failure_codes"]
        self.assertEqual(set(pattern.split("|")), set(codes))


class Completeness(unittest.TestCase):
    """Alerts, findings and runbook name each other completely."""

    @classmethod
    def setUpClass(cls):
        cls.alerts = alert_rules()
        cls.named = {anchor_of(rule["alert"]) for rule in cls.alerts}

    def test_every_alert_and_finding_has_a_section_and_every_section_has_one(self):
        self.assertEqual(anchors(), self.named | findings())

    def test_every_section_says_all_that_is_asked_for_at_night(self):
        lacking = {title: faults for title, text in sections(read("docs/runbook.md"))
                   if " " not in title and (faults := list(rule_checks.section_faults(text)))}
        self.assertEqual(lacking, {})

    def test_every_finding_has_an_alert_of_its_own_or_is_audited(self):
        noted = audited(self.alerts)
        self.assertEqual(len(noted), len(set(noted)))
        self.assertEqual(set(noted) & self.named, set())
        self.assertEqual(findings() - self.named, set(noted))

    def test_an_alert_on_one_finding_is_called_like_it(self):
        for rule in self.alerts:
            match = re.fullmatch(r'mesh_finding\{finding="(\w+)"\} == 1', rule["expr"])
            if match:
                self.assertEqual(anchor_of(rule["alert"]), match[1])

    def test_every_alert_is_made_by_a_scenario_or_there_is_a_reason(self):
        made = set(ALERTS_MADE_ELSEWHERE)
        for one in SCENARIOS:
            made.update(one.alerts, one.quiet, (alert_of(name, self.alerts) for name in one.findings))
        names = {rule["alert"] for rule in self.alerts}
        self.assertEqual(made | set(ALERTS_NOT_MADE), names)
        self.assertEqual(made & set(ALERTS_NOT_MADE), set())

    def test_inhibitions_are_about_alerts_that_exist(self):
        names = {rule["alert"] for rule in self.alerts}
        for rule in load(ALERTMANAGER)["inhibit_rules"]:
            for matcher in (*rule["source_matchers"], *rule["target_matchers"]):
                label, op, pattern = re.fullmatch(r'(\w+) (=~|!=|=) "?(.*?)"?', matcher).groups()
                for name in pattern.split("|") if label == "alertname" and op != "!=" else ():
                    self.assertTrue(any(re.fullmatch(name, one) for one in names), matcher)


class UnitTests(unittest.TestCase):
    """alerts/tests: of each alert there is one that fires ("bad"), one that nearly does ("near"),
    and one of which something is missing ("gone"); an alert without data of its own shows them in
    several tests."""

    @classmethod
    def setUpClass(cls):
        cls.fired, cls.shown = set(), {}
        for path in UNIT_TESTS:
            for test in load(path)["tests"]:
                for case in test.get("alert_rule_test", ()):
                    series = " ".join(row["series"] for row in test["input_series"])
                    cls.shown[case["alertname"]] = cls.shown.get(case["alertname"], "") + series
                    for alert in case["exp_alerts"]:
                        cls.fired.add((case["alertname"], alert["exp_labels"]["severity"]))
                        assert "near" not in str(alert["exp_labels"]), alert
                        assert alert["exp_annotations"].keys() == set(rule_checks.ANNOTATIONS)

    def test_every_alert_fires_in_each_severity_that_a_rule_gives_it(self):
        for rule in all_rules(load(RULES)):
            severity = rule.get("labels", {}).get("severity")
            if severity == rule_checks.OWN_SEVERITY:
                self.assertIn(rule["alert"], {name for name, _ in self.fired})
            elif severity:
                self.assertIn((rule["alert"], severity), self.fired)

    def test_every_alert_is_shown_what_is_just_below_and_what_is_missing(self):
        for name, series in self.shown.items():
            for who in ("near", "gone"):
                self.assertRegex(series, rf'="{who}', f"{name} without {who}")


if __name__ == "__main__":
    unittest.main()
