"""What must hold for every rule, beyond what promtool looks at. Each check takes values and gives
complaints in words; rule_checks_test.py shows each an offence."""

import os
import re
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "support"))

import promql  # noqa: E402
from alerting import anchor_of, chosen  # noqa: E402
from promql import Binary, Call, Selector  # noqa: E402
from reference import SCRAPED  # noqa: E402

BEFORE_COUNTERS = frozenset(("rate", "increase", "irate"))
# Prometheus' own, and values that no reference can list.
FREE_LABELS = frozenset((*SCRAPED, "le"))
ANNOTATIONS = ("summary", "description", "runbook_url", "dashboard_url")
PARTS_OF_SECTION = ("What it means", "Look at", "Fix it", "Safe to ignore")
OWN_SEVERITY = "{{ $labels.severity }}"
_QUERY = re.compile(r"`([^`]*)`(?:\s+\$labels\.\w+)+\s*\|\s*query")
_SHOWN_VALUE = re.compile(r"\{\{[^}]*(?:\$value|\| value)\s*([^}]*)\}\}")


def queries_of(rule):
    """The expressions that the annotations of an alert ask for its numbers."""
    return [query.replace("%q", '""') for text in rule.get("annotations", {}).values()
            for query in _QUERY.findall(text)]


def selector_faults(tree, reference, recorded):
    """Series and label matchers that nobody makes."""
    for node, _ in promql.selectors(tree):
        if node.name in recorded:
            continue
        metric = reference.metrics.get(node.name)
        if not metric:
            yield f"no such metric: {node.name}"
            continue
        for label, op, value in node.matchers:
            if label not in metric.labels:
                yield f"{node.name} has no label {label}"
                continue
            values = value.split("|") if op in ("=~", "!~") else [value]
            for one in values if label not in FREE_LABELS else ():
                if not reference.has_value(node.name, label, one):
                    yield f"{node.name} has no {label}={one!r}"


def counter_faults(tree, reference):
    """Counters that are no argument of a rate, and rates of what is no counter."""
    begun = [id(one) for node, _ in promql.walk(tree) if _is_beginning(node) for one in node.children]
    for node, called in promql.selectors(tree):
        if node.name not in reference.metrics or id(node) in begun:
            continue
        counted = reference.metrics[node.name].kind == "counter"
        rated = called in BEFORE_COUNTERS
        if counted and not rated:
            yield f"the counter {node.name} stands outside of a rate"
        elif rated and not counted:
            yield f"a rate of {node.name}, which is no counter"


def _is_beginning(node):
    """`x unless x offset 1h`: of series that were not there before all that they ever counted."""
    left, right = node.children if isinstance(node, Binary) and node.op == "unless" else (None, None)
    return (isinstance(left, Selector) and isinstance(right, Selector) and left.name == right.name
            and not left.offset and bool(right.offset))


def division_faults(tree):
    """Divisors that may be 0."""
    for _ in promql.unguarded_divisors(tree):
        yield "a divisor is not held against a floor"


def grouping_faults(tree):
    """Sums that add up clusters or jobs."""
    for node, _ in promql.walk(tree):
        if isinstance(node, Call) and node.name in promql.AGGREGATIONS:
            how, labels = node.grouping or ("by", [])
            kept = {"cluster", "job"} <= set(labels) if how == "by" else not {
                "cluster", "job"} & set(labels)
            if not kept:
                yield f"{node.name} adds up clusters or jobs"
        elif isinstance(node, Binary) and node.matching:
            if not {"cluster", "job"} <= set(node.matching):
                yield f"{node.op} on ({', '.join(node.matching)}) mixes clusters or jobs"


def query_faults(tree):
    """What an annotation asks is about the alert's own cluster."""
    for node, _ in promql.selectors(tree):
        if "cluster" not in {label for label, *_ in node.matchers}:
            yield f"an annotation asks for {node.name} of any cluster"


def count_faults(tree):
    """Increases that are shown with a fraction: Prometheus makes one of every count, and nobody refuses
    half a call."""
    for node, above in promql.walk(tree):
        if isinstance(node, Call) and node.name == "increase" and "round" not in {
                one.name for one in above if isinstance(one, Call)}:
            yield "an increase is shown that is not rounded"


def record_faults(rule):
    """Recording rules keep job and instance; a ratio over nodes cannot keep the instance."""
    level, _, operation = rule["record"].partition(":")[2].partition(":")
    if not rule["record"].startswith("mesh:") or not level or not operation:
        yield "is not called mesh:…:…"
    if operation == "ratio":
        return
    for node, _ in promql.walk(promql.parse(rule["expr"])):
        if isinstance(node, Call) and node.grouping:
            how, labels = node.grouping
            if ("instance" in labels) != (how == "by"):
                yield "does not keep the label instance"


def section_faults(text):
    """What a section of the runbook lacks: who is awake at night looks for its parts by eye."""
    at = 0
    for part in PARTS_OF_SECTION:
        begin = text.find(f"**{part}", at)
        if begin < 0:
            yield f"no “{part}” where it should be"
            continue
        end = text.find("**", begin + 2) + 2
        said = re.split(r"\*\*(?:" + "|".join(PARTS_OF_SECTION) + ")", text[end:], maxsplit=1)[0]
        if len(re.findall(r"\w+", said)) < 4:
            yield f"“{part}” says nothing"
        elif part == "Look at" and "`" not in said:
            yield "it names no command and no series to look at"
        at = end


def form_faults(rule, runbook_base, dashboards):
    """What a page must say. `dashboards`: {uid: {variable: the label that fills it, and
    values that may stand there, as "label|=value"}}."""
    severity = rule["labels"].get("severity")
    if severity not in ("critical", "warning", "info", OWN_SEVERITY):
        yield f"severity {severity}"
    if severity == OWN_SEVERITY and not rule["expr"].startswith("mesh_finding{"):
        yield "has no severity of its own to take over"
    if not re.fullmatch(r"\d+[smh]", rule.get("for", "")):
        yield "has no for"
    annotations = rule["annotations"]
    if tuple(annotations) != ANNOTATIONS:
        yield f"has the annotations {', '.join(annotations)}"
        return
    if "{{" in annotations["summary"]:
        yield "its summary is not static"
    for shown in _SHOWN_VALUE.findall(annotations["description"]):
        if not re.match(r"\| (humanize|printf)", shown):
            yield "shows a value that is not humanised"
    anchor = annotations["runbook_url"].removeprefix(runbook_base + "#")
    if anchor not in (anchor_of(rule["alert"]), "{{ $labels.finding }}"):
        yield f"its runbook_url ends with {anchor}"
    yield from link_faults(annotations["dashboard_url"], dashboards)
    if "?" not in annotations["dashboard_url"] and not rule["expr"].startswith("absent("):
        yield "its link fills in nothing of what the alert is about"


def link_faults(url, dashboards):
    """Of a link in every form that the labels of an alert give it."""
    forms = [chosen(url, lambda *_, met=met: met) for met in (True, False)]
    return sorted({fault for form in forms for fault in _one_link_faults(form, dashboards)})


def _one_link_faults(url, dashboards):
    match = re.fullmatch(r"https://[^/]+/d/([\w-]+)(?:\?(.*))?", url)
    if not match or match[1] not in dashboards:
        yield f"no dashboard at {url}"
        return
    for pair in (match[2] or "").split("&") if match[2] else ():
        variable = re.fullmatch(r"var-(\w+)=(?:\{\{ \$labels\.(\w+) \| urlquery \}\}|(\w+))", pair)
        filled = dashboards[match[1]].get(variable[1], "").split("|") if variable else ()
        if not variable or (variable[2] or f"={variable[3]}") not in filled:
            yield f"{match[1]} has no variable for {pair}"
