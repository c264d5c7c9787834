#!/usr/bin/env python3
"""The dashboards obey every rule; and every rule is shown something small that offends against it, and must
see it, beside the same without the offence, which it must let pass."""

import copy
import glob
import os
import re
import unittest

import lint
import promql
import rules
from dashboards import DIRECTORY, load, targets, variables
from reference import Metric, Reference, read

CHAIN = ("cluster", "job", "instance", "pod")
SELECTED = ", ".join(f'{name}=~"${name}"' for name in CHAIN)
KEPT = "${__url_time_range}&" + "&".join(f"${{{name}:queryparam}}" for name in ("datasource", *CHAIN))
LABELS = set(CHAIN) | {"upstream"}


def variable(name):
    before = CHAIN[:CHAIN.index(name)]
    selected = ", ".join(f'{one}=~"${one}"' for one in before)
    return {"name": name, "type": "query", "label": name.title(), "description": "It narrows.",
            "datasource": rules.DATASOURCE, "multi": True, "includeAll": True, "refresh": 2,
            "allValue": ".+" if name in ("job", "instance") else ".*", "current": {"value": ["$__all"]},
            "query": f"label_values(up_gauge{{{selected}}}, {name})"}


def panel(number, kind, expr, **defaults):
    return {
        "id": number, "type": kind, "title": kind, "description": "It shows.",
        "datasource": rules.DATASOURCE, "gridPos": {"x": 0, "y": number * 8, "w": 24, "h": 8},
        "fieldConfig": {"defaults": {"unit": "percentunit", **defaults}, "overrides": []},
        "targets": [{"refId": "A", "datasource": rules.DATASOURCE, "expr": expr,
                     "legendFormat": "" if kind == "table" else "{{pod}}"}]}


def steps(*values):
    return {"steps": [{"value": value, "color": "red"} for value in values]}


def good():
    """A dashboard that no rule complains about: a graph of a ratio, a table with links, a timeline."""
    calls = f"rate(calls_total{{{SELECTED}}}[$__rate_interval])"
    graph = panel(1, "timeseries", f"sum by (pod) ({calls}) / (sum by (pod) ({calls}) > 0)", links=[
        {"title": "pod", "url": f"/d/other?{KEPT.replace('${pod:queryparam}', '')}"
                                "var-pod=${__field.labels.pod}"}])
    table = panel(2, "table", f"max by (pod) (up_gauge{{{SELECTED}}})", color={"mode": "thresholds"},
                  thresholds=steps(None, 0.5))
    table["fieldConfig"]["overrides"] = [{"matcher": {"id": "byName", "options": "pod"}, "properties": [
        {"id": "unit", "value": "string"},
        {"id": "links", "value": [{"title": "traces", "url": "http://x/${__data.fields.pod}"}]}]}]
    timeline = panel(3, "state-timeline", f"max by (pod) (up_gauge{{{SELECTED}}})", mappings=[
        {"options": {"0": {"text": "no", "color": "red"}}}])
    marked = [{"name": name, "datasource": rules.DATASOURCE, "expr": expr} for name, expr in (
        ("alerts", 'ALERTS{alertstate="firing"}'),
        ("rotations", f"mesh_certificate_last_rotation_timestamp_seconds{{{SELECTED}}} * 1000"))]
    source = {"name": "datasource", "type": "datasource", "label": "Data source", "query": "prometheus"}
    return {
        "uid": "one", "title": "One", "description": "For the rules.", "editable": False,
        "schemaVersion": 39, "tags": ["set"],
        "links": [{"type": "dashboards", "tags": ["set"], "asDropdown": True, "keepTime": True,
                   "includeVars": True}],
        "templating": {"list": [source, *map(variable, CHAIN)]},
        "annotations": {"list": marked}, "panels": [graph, table, timeline]}


WORLD = rules.World(
    {"other": {"templating": {"list": good()["templating"]["list"]}},
     "bare": {"templating": {"list": good()["templating"]["list"][:4]}}},
    {"calls_total": Metric("counter", LABELS), "up_gauge": Metric("gauge", LABELS),
     "mesh_certificate_last_rotation_timestamp_seconds": Metric("gauge", LABELS),
     "ALERTS": Metric("gauge", {"alertstate"})}, {"percentunit", "string"})


def put(value, *path):
    """A change: that value at that place."""
    def change(dashboard):
        *way, last = path
        for step in way:
            dashboard = dashboard[step]
        dashboard[last] = value
    return change


def last_variable_first(dashboard):
    chain = dashboard["templating"]["list"]
    chain.insert(1, chain.pop())


def expression(number, expr):
    return put(expr, "panels", number, "targets", 0, "expr")


def link(number, url):
    if number == 1:
        return put(url, "panels", 1, "fieldConfig", "overrides", 0, "properties", 1, "value", 0, "url")
    return put(url, "panels", number, "fieldConfig", "defaults", "links", 0, "url")


DEFAULTS = ("fieldConfig", "defaults")
# (rule, change, what is complained about)
OFFENCES = (
    ("frame", put("", "title"), "it has no title"),
    ("frame", put(True, "editable"), "editable is not false"),
    ("frame", put(7, "id"), "it has the id of some server"),
    ("frame", put(38, "schemaVersion"), "schemaVersion 38"),
    ("frame", put(False, "links", 0, "keepTime"), "no dropdown"),
    ("datasource_variable", put("source", "templating", "list", 0, "label"), "'source' and not 'Data"),
    ("query_variables", put("jobs", "templating", "list", 2, "name"), "no variable job"),
    ("query_variables", put(".*", "templating", "list", 2, "allValue"), "'.*' and not '.+'"),
    ("query_variables", put(1, "templating", "list", 3, "refresh"), "refresh of the variable instance"),
    ("query_variables", put(False, "templating", "list", 4, "multi"), "multi of the variable pod"),
    ("query_variables", put("label_values(up_gauge, pod)", "templating", "list", 4, "query"),
     "pod is not narrowed by cluster, job, instance"),
    ("query_variables", put("label_values(job)", "templating", "list", 2, "query"), "ask for its label"),
    ("query_variables", last_variable_first, "in the order pod, cluster, job, instance"),
    ("panel_form", put("", "panels", 0, "description"), "has no description"),
    ("panel_form", put([], "panels", 0, "targets"), "has no targets"),
    ("panel_form", put("graph", "panels", 0, "type"), "no panel graph"),
    ("panel_form", put({"uid": "mine"}, "panels", 0, "targets", 0, "datasource"), "its data source"),
    ("panel_form", put(2, "panels", 0, "id"), "the same id: 2"),
    ("panel_form", put("table", "panels", 0, "title"), "the same title: table"),
    ("places", put(8, "panels", 1, "gridPos", "y"), "lies over"),
    ("places", put(1, "panels", 1, "gridPos", "x"), "right edge"),
    ("units", put("parsecs", "panels", 0, *DEFAULTS, "unit"), "no unit parsecs"),
    ("units", put(None, "panels", 2, *DEFAULTS, "unit"), "no unit None"),
    ("units", put("words", "panels", 1, "fieldConfig", "overrides", 0, "properties", 0, "value"),
     "no unit words"),
    ("expressions_parse", expression(0, "sum by (pod) (up_gauge"), "unclosed left parenthesis"),
    ("expressions_parse", expression(2, "rate(up_gauge)"), "expected type range vector"),
    ("names", expression(2, "max by (pod) (down_gauge)"), "no metric down_gauge"),
    ("names", expression(2, 'max by (pod) (up_gauge{nod="a"})'), "up_gauge has no label nod"),
    ("names", expression(2, "max by (nod) (up_gauge)"), "nothing in it has a label nod"),
    ("names", expression(2, "up_gauge + on (nod) up_gauge"), "nothing in it has a label nod"),
    ("narrowing", expression(2, f"up_gauge{{{SELECTED}}} + up_gauge"), 'selected by job=~"$job"'),
    ("narrowing", expression(2, f"up_gauge{{{SELECTED.replace('=~', '=')}}}"), "instance"),
    ("one_view", expression(2, "mesh_grpc_messages_total"), "not selected by mesh"),
    ("one_view", expression(2, 'mesh_pod_grpc_requests_total{mesh=~".*"}'), "not selected by mesh"),
    ("one_view", put({"name": "seen_by", "type": "custom", "multi": True}, "templating", "list", 4),
     "may have several values"),
    ("growth", expression(0, "sum by (pod) (calls_total)"), "calls_total, a counter, is within sum"),
    ("growth", expression(0, "rate(up_gauge[$__rate_interval])"), "up_gauge, a gauge, is within rate"),
    ("growth", expression(0, "rate(calls_total[5m])"), "[5m] is not [$__rate_interval]"),
    ("divisions", expression(0, "up_gauge / up_gauge"), "may be 0"),
    ("divisions", expression(0, "up_gauge / on (pod) group_left () sum by (pod) (up_gauge)"), "may be 0"),
    ("divisions", expression(0, "up_gauge / (up_gauge > 0 or up_gauge)"), "may be 0"),
    ("variables_exist", expression(0, 'up_gauge{pod="$pot"}'), "no variable pot"),
    ("variables_exist", link(0, "/d/other?${pot:queryparam}"), "no variable pot"),
    ("legends", put("{{node}}", "panels", 0, "targets", 0, "legendFormat"), "no label node"),
    ("legends", put("", "panels", 0, "targets", 0, "legendFormat"), "no legend"),
    ("thresholds", put(steps(None, 90), "panels", 1, *DEFAULTS, "thresholds"), "out of the scale 0 to 1"),
    ("thresholds", put(steps(None, 0), "panels", 1, *DEFAULTS, "thresholds"), "out of the scale 0 to 1"),
    ("thresholds", put(steps(None, 0.5, 0.4), "panels", 1, *DEFAULTS, "thresholds"), "does not rise"),
    ("thresholds", put(steps(0, 0.5), "panels", 1, *DEFAULTS, "thresholds"), "the first threshold"),
    ("thresholds", put("stat", "panels", 0, "type"), "without thresholds of its own"),
    ("thresholds", put({"mode": "fixed"}, "panels", 1, *DEFAULTS, "color"), "not seen"),
    ("words", put({"color": "red"}, "panels", 2, *DEFAULTS, "mappings", 0, "options", "0"),
     "a colour without a word"),
    ("words", put([], "panels", 2, *DEFAULTS, "mappings"), "a timeline of numbers"),
    ("links", link(0, f"/d/third?{KEPT}"), "no dashboard of the set"),
    ("links", link(0, f"/d/other?{KEPT.replace('${__url_time_range}&', '')}"), "forgets the time"),
    ("links", link(0, f"/d/other?{KEPT.replace('&${job:queryparam}', '')}"), "forgets job"),
    ("links", link(0, f"/d/bare?{KEPT}"), "sets pod, which bare does not have"),
    ("links", link(0, f"/d/other?{KEPT}&x=${{__field.labels.node}}"), "needs the label node"),
    ("links", link(0, f"/d/other?{KEPT}&x=${{__data.fields.pod}}"), "another kind of panel"),
    ("links", link(1, "http://x/${__field.labels.pod}"), "another kind of panel"),
    ("links", link(1, "traces"), "leads nowhere"),
    ("marks", put([], "annotations", "list"), "no annotations of firing alerts"),
    ("marks", put({"uid": "mine"}, "annotations", "list", 1, "datasource"), "its data source"),
)


# Metrics that no dashboard shows, and why.
NOT_SHOWN = {
    **dict.fromkeys(("mesh_grpc_request_rate", "mesh_grpc_error_ratio", "mesh_upstream_effective_endpoints"),
                    "drawn from the counters, over what the zoom asks for and all callers together"),
    **dict.fromkeys(("mesh_upstream_balance_" + part for part in (
        "requests", "requests_squared", "requests_max", "endpoints", "connections")),
                    "for rules that merge nodes; the endpoints' counters tell the same and which it is"),
    **dict.fromkeys(("mesh_grpc_request_duration_seconds_sum", "mesh_grpc_request_duration_seconds_count"),
                    "NaN and incomplete at Envoy's admin port; the buckets are shown"),
    **dict.fromkeys(("mesh_control_plane_convergence_seconds_sum", "mesh_control_plane_convergence_seconds_count"),
                    "the buckets are shown"),
    "mesh_sidecar_version_skew": "of the sidecars of one node; mesh_control_plane_proxies shows all of a mesh",
    "mesh_certificate_not_before_timestamp_seconds": "the share of life that is left says it",
    "process_virtual_memory_bytes": "address space costs nothing",
    "process_virtual_memory_max_bytes": "address space costs nothing",
    "ALERTS": "marked on all of them",
    "up": "Prometheus' own; MeshExporterDown tells it",
}


class Linter(unittest.TestCase):
    def test_calls_are_seen_by_all_sidecars_or_by_applications(self):
        labels = re.findall(r'^    \{"\w+", "(\w+)", open_', read("src/dialect/dialects.cc"), re.M)
        sidecars, applications = (
            set(option["value"].split("|")) for option in
            variables(lint.world().dashboards["mesh-overview"])["seen_by"]["options"])
        self.assertEqual(sidecars | applications, set(labels))
        self.assertEqual(applications, {"app"})

    def test_the_dashboards_obey_every_rule(self):
        world = lint.world()
        self.assertEqual(len(world.dashboards), 9)
        for uid, dashboard in world.dashboards.items():
            self.assertEqual(lint.complaints(dashboard, world), [], uid)

    def test_every_metric_is_shown_or_there_is_a_reason(self):
        shown = {selector.name for dashboard in load().values()
                 for target in targets(dashboard)
                 for selector, _ in promql.selectors(promql.parse(target.expr))}
        self.assertEqual(set(Reference(read("docs/metrics.md")).metrics) - shown, set(NOT_SHOWN))

    def test_what_is_right_is_let_pass(self):
        self.assertEqual(lint.complaints(good(), WORLD), [])

    def test_every_rule_sees_what_offends_against_it(self):
        by_name = {rule.__name__: rule for rule in lint.RULES}
        for name, change, complaint in OFFENCES:
            with self.subTest(name, complaint=complaint):
                dashboard = copy.deepcopy(good())
                change(dashboard)
                self.assertTrue(any(complaint in wrong for wrong in by_name[name](dashboard, WORLD)),
                                list(by_name[name](dashboard, WORLD)))

    def test_no_rule_is_left_untested(self):
        self.assertEqual({name for name, _, _ in OFFENCES}, {rule.__name__ for rule in lint.RULES})

    def test_every_uid_is_the_name_of_its_file(self):
        files = {os.path.basename(path) for path in glob.glob(os.path.join(DIRECTORY, "*.json"))}
        self.assertEqual({uid + ".json" for uid in load()}, files)


if __name__ == "__main__":
    unittest.main()
