#!/usr/bin/env python3
"""The checks of rules checked themselves: each is shown an offence and must see it, and something
similar that is right and must be let pass."""

import sys
import unittest

sys.dont_write_bytecode = True

import rule_checks  # noqa: E402
import promql  # noqa: E402
from reference import Reference  # noqa: E402

REFERENCE = Reference("""
## Labels

| label | meaning |
|---|---|
| `mesh` | Kind of mesh: `envoy`. |
| `kind` | What is counted. |

## Traffic

Each series has the identity labels.

| metric | type | labels | meaning |
|---|---|---|---|
| `calls_total` | counter | `kind` | Calls, by kind: good or bad. |
| `pods` | gauge | – | Pods. |
| `duration_seconds` | histogram | – | How long. |

## The exporter

No identity labels.

| metric | type | labels | meaning |
|---|---|---|---|
| `age_seconds` | gauge | – | Age. |
""", findings=["pinned"])


def faults(check, text, *more):
    return list(check(promql.parse(text), *more))


class Checks(unittest.TestCase):
    def check(self, check, right, wrong, *more):
        for text in right:
            self.assertEqual(faults(check, text, *more), [], text)
        for text in wrong:
            self.assertEqual(len(faults(check, text, *more)), 1, text)

    def test_series_and_their_labels_exist(self):
        self.check(rule_checks.selector_faults,
                   ['calls_total{kind="bad",job=~"any.*"}',
                    'calls_total{kind=~"good|bad"}', 'pods{mesh="envoy"}', "mesh:known:rate5m",
                    'duration_seconds_bucket{le="1"}', 'pods{pod!=""}', "up"],
                   ["call_total", 'calls_total{sort="bad"}', 'calls_total{kind="ugly"}',
                    'calls_total{kind=~"good|ugly"}', 'age_seconds{pod=""}', "mesh:other:rate5m",
                    'pods{mesh="env"}'],
                   REFERENCE, {"mesh:known:rate5m"})

    def test_counters_stand_in_rates_and_nothing_else_does(self):
        self.check(rule_checks.counter_faults,
                   ["rate(calls_total[5m])", "sum(increase(calls_total[1h]))", "pods > 1",
                    "rate(duration_seconds_count[5m])",
                    "(calls_total unless calls_total offset 1h) > 0"],
                   ["calls_total > 0", "sum(calls_total)", "rate(pods[5m])",
                    "avg_over_time(calls_total[5m])", "duration_seconds_count",
                    "calls_total unless pods offset 1h"], REFERENCE)

    def test_a_divisor_is_never_0(self):
        self.check(rule_checks.division_faults,
                   ["a / (b > 0)", "a / (sum(b) > 0.2) > 0.5", "a / 100", "a / (b >= 1)"],
                   ["a / b", "a / sum(b)", "a / (b >= 0)", "a / (b > -1)", "a / 0",
                    "a / (b > c)", "a / (b < 5)", "sum(a / b) > 0", "a % b"])

    def test_clusters_and_jobs_are_kept_apart(self):
        self.check(rule_checks.grouping_faults,
                   ["sum by (cluster, job, pod) (a)", "sum without (instance) (a)",
                    "a and on (cluster, job, pod) b", "a and b"],
                   ["sum(a)", "sum by (job) (a)", "sum without (cluster) (a)",
                    "a and on (cluster, pod) b", "max by () (a)"])

    def test_what_annotations_ask_names_the_cluster(self):
        self.check(rule_checks.query_faults, ['sum(a{cluster="",pod=""})'], ['sum(a{pod=""})'])

    def test_what_is_counted_is_whole(self):
        self.check(rule_checks.count_faults,
                   ["round(sum(increase(a[5m])))", "sum(a)", "rate(a[5m])"],
                   ["sum(increase(a[5m]))", "round(a) + increase(a[5m])"])

    def test_recording_rules_keep_the_instance(self):
        def found(record, expr):
            return list(rule_checks.record_faults({"record": record, "expr": expr}))
        self.assertEqual(found("mesh:a:rate5m", "sum by (cluster, job, instance) (a)"), [])
        self.assertEqual(found("mesh:a:ratio", "sum by (cluster, job) (a)"), [])
        self.assertEqual(len(found("mesh:a:rate5m", "sum by (cluster, job) (a)")), 1)
        self.assertEqual(len(found("mesh:a:rate5m", "sum without (instance) (a)")), 1)
        self.assertEqual(len(found("a:b:rate5m", "a")), 1)
        self.assertEqual(len(found("mesh:a", "a")), 1)


class Form(unittest.TestCase):
    BASE = "https://example.com/runbook.md"
    DASHBOARDS = {"mesh-pools": {"pod": "pod", "service": "grpc_service", "side": "=near|=far"}}
    GOOD = {
        "alert": "MeshPoolFull", "expr": "pods > 1", "for": "5m", "labels": {"severity": "info"},
        "annotations": {
            "summary": "A pool is full.", "description": "{{ $value | humanize }} of it.",
            "runbook_url": BASE + "#pool_full",
            "dashboard_url": "https://g.example.com/d/mesh-pools?var-pod={{ $labels.pod | urlquery }}"}}

    def faults(self, **changes):
        rule = {**self.GOOD, **changes}
        return list(rule_checks.form_faults(rule, self.BASE, self.DASHBOARDS))

    def annotated(self, **changes):
        return self.faults(annotations={**self.GOOD["annotations"], **changes})

    def test_what_is_right_passes(self):
        self.assertEqual(self.faults(), [])
        self.assertEqual(self.faults(expr='mesh_finding{finding="a"} == 1',
                                     labels={"severity": rule_checks.OWN_SEVERITY}), [])
        self.assertEqual(self.annotated(runbook_url=self.BASE + "#{{ $labels.finding }}"), [])
        self.assertEqual(self.faults(expr="absent(pods)", annotations={
            **self.GOOD["annotations"], "dashboard_url": "https://g.example.com/d/mesh-pools"}), [])
        for query in ("var-side=near", "var-side={{ if $labels.pod }}near{{ else }}far{{ end }}",
                      'var-side=near{{ if eq $labels.mesh "app" }}&var-side=far{{ end }}',
                      "var-side=far{{ if $labels.pod }}&var-pod={{ $labels.pod | urlquery }}{{ end }}"):
            self.assertEqual(self.annotated(dashboard_url="https://g.example.com/d/mesh-pools?" + query), [])

    def test_what_is_not_is_named(self):
        self.assertEqual(len(self.faults(labels={"severity": "page"})), 1)
        self.assertEqual(len(self.faults(labels={"severity": rule_checks.OWN_SEVERITY})), 1)
        self.assertEqual(len(self.faults(labels={})), 1)
        self.assertEqual(len(self.faults(**{"for": ""})), 1)
        self.assertEqual(len(self.faults(annotations={"summary": "Only this."})), 1)
        self.assertEqual(len(self.annotated(summary="{{ $labels.pod }} is full.")), 1)
        self.assertEqual(len(self.annotated(description="{{ $value }} of it.")), 1)
        self.assertEqual(len(self.annotated(description="{{ . | first | value }} of it.")), 1)
        self.assertEqual(len(self.annotated(runbook_url=self.BASE + "#pool_empty")), 1)
        self.assertEqual(len(self.annotated(runbook_url="https://elsewhere.com/#pool_full")), 1)
        base = "https://g.example.com/d/mesh-"
        for url in ("pool?var-pod=x", "pools?var-pod={{ $labels.pod }}", "pools?var-pod=x",
                    "pools?var-service={{ $labels.pod | urlquery }}", "pools?var-side=left",
                    "pools?var-side={{ if $labels.pod }}near{{ else }}left{{ end }}",
                    "pools?var-side={{ if $labels.pod }}left{{ else }}far{{ end }}",
                    "pools?var-node={{ $labels.node | urlquery }}"):
            self.assertEqual(len(self.annotated(dashboard_url=base + url)), 1, url)
        self.assertIn("fills in nothing", *self.annotated(dashboard_url=base + "pools"))


class Section(unittest.TestCase):
    PARTS = ("**What it means.** A limit refuses the calls.", "**Look at** `mesh_exporter diagnose` on the node.",
             "**Fix it** by a higher limit.", "**Safe to ignore** where it is meant so.")

    def faults(self, *parts):
        return list(rule_checks.section_faults("\n\n".join(parts)))

    def test_all_parts_pass(self):
        self.assertEqual(self.faults(*self.PARTS), [])
        self.assertEqual(self.faults(self.PARTS[0], "**How grave.** It is not.", *self.PARTS[1:]), [])

    def test_what_is_missing_empty_or_without_a_command_is_named(self):
        for at, part in enumerate(rule_checks.PARTS_OF_SECTION):
            without = self.PARTS[:at] + self.PARTS[at + 1:]
            self.assertIn(part, *self.faults(*without))
            self.assertIn(part, *self.faults(*self.PARTS[:at], f"**{part}** so.", *self.PARTS[at + 1:]))
        self.assertIn("Fix it", *self.faults(self.PARTS[0], self.PARTS[2], self.PARTS[1], self.PARTS[3]))
        self.assertIn("no command", *self.faults(self.PARTS[0], "**Look at** the pods of the node.",
                                                 *self.PARTS[2:]))


if __name__ == "__main__":
    unittest.main()
