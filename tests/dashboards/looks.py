"""Rules about what is seen and clicked: thresholds, words for numbers, links. As those in rules.py."""

import re

from dashboards import annotations, panels, variables
from rules import SEEN_BY, outcome

# What numbers of a unit can be, where the panel does not say it.
SCALES = {"percentunit": (0, 1), "percent": (0, 100), "bool_yes_no": (0, 1)}
_DASHBOARD_LINK = re.compile(r"/d/([\w-]+)\?(.*)")
_ROW_FIELD = re.compile(r"\$\{__data\.fields\.(\w+)\}")
_SERIES_LABEL = re.compile(r"\$\{__field\.labels\.(\w+)\}")


def _fields(panel):
    """(name, settings) of the panel as a whole and of each column."""
    defaults = panel["fieldConfig"]["defaults"]
    yield panel["title"], defaults
    for override in panel["fieldConfig"].get("overrides", []):
        settings = {one["id"]: one["value"] for one in override["properties"]}
        yield f"{panel['title']}/{override['matcher']['options']}", settings


def thresholds(dashboard, world):
    """They rise, can be reached and left within the scale of the unit, and are seen. A tile says them itself:
    Grafana's own are red from 80, whatever the unit."""
    for panel in panels(dashboard):
        if panel["type"] == "stat" and "thresholds" not in panel["fieldConfig"]["defaults"]:
            yield f"{panel['title']}: a tile without thresholds of its own"
        for where, field in _fields(panel):
            steps = field.get("thresholds", {}).get("steps", [])
            if len(steps) < 2:
                continue
            values = [step["value"] for step in steps]
            if values[0] is not None or None in values[1:]:
                yield f"{where}: the first threshold, and only that, is for all below"
                continue
            low, high = SCALES.get(field.get("unit"), (None, None))
            low, high = field.get("min", low), field.get("max", high)
            for before, value in zip(values, values[1:]):
                if before is not None and value <= before:
                    yield f"{where}: the threshold {value} does not rise"
                if (low is not None and value <= low) or (high is not None and value > high):
                    yield f"{where}: the threshold {value} is out of the scale {low} to {high}"
            style = field.get("custom", {}).get("thresholdsStyle", {}).get("mode", "off")
            if field.get("color", {}).get("mode") != "thresholds" and style == "off":
                yield f"{where}: its thresholds are not seen"


def words(dashboard, world):
    """Colour is never alone: what is mapped to a colour has a word, and a timeline shows words."""
    for panel in panels(dashboard):
        for where, field in _fields(panel):
            for mapping in field.get("mappings", []):
                for value, shown in mapping["options"].items():
                    if not shown.get("text"):
                        yield f"{where}: {value} is a colour without a word"
        defaults = panel["fieldConfig"]["defaults"]
        if panel["type"] == "state-timeline" and not defaults.get("mappings"):
            yield f"{panel['title']}: a timeline of numbers"


def _links(panel):
    for where, field in _fields(panel):
        for link in field.get("links", []):
            yield where, link
    for link in panel.get("links", []):
        yield panel["title"], link


def links(dashboard, world):
    """They lead to what is there, keep the time and all variables, and take what is clicked from labels
    that are there."""
    for panel in panels(dashboard):
        labels = [outcome(query["expr"]) or set() for query in panel["targets"]]
        common = set.intersection(*labels)
        for where, link in _links(panel):
            url = link["url"]
            for label in _ROW_FIELD.findall(url) + _SERIES_LABEL.findall(url):
                if label not in common:
                    yield f"{where}: {link['title']} needs the label {label}"
            if (_SERIES_LABEL if panel["type"] == "table" else _ROW_FIELD).search(url):
                yield f"{where}: {link['title']} takes what is clicked from another kind of panel"
            if url.startswith("/"):
                yield from _leads_somewhere(where, link, dashboard, world)
            elif not url.startswith(("http://", "https://", "${trace_base_url}", "${runbook_base_url}")):
                yield f"{where}: {link['title']} leads nowhere: {url}"


def _leads_somewhere(where, link, dashboard, world):
    match = _DASHBOARD_LINK.fullmatch(link["url"])
    target = world.dashboards.get(match[1]) if match else None
    if not target:
        yield f"{where}: {link['title']} leads to no dashboard of the set: {link['url']}"
        return
    words_of = match[2].split("&")
    if "${__url_time_range}" not in words_of:
        yield f"{where}: {link['title']} forgets the time"
    kept = {name for name, one in variables(target).items()
            if one["type"] in ("query", "datasource") or name == SEEN_BY}
    given = set(re.findall(r"var-(\w+)=", match[2])) | set(re.findall(r"\$\{(\w+):queryparam\}", match[2]))
    for name in given - set(variables(target)):
        yield f"{where}: {link['title']} sets {name}, which {match[1]} does not have"
    for name in (kept & set(variables(dashboard))) - given:
        yield f"{where}: {link['title']} forgets {name}"


def marks(dashboard, world):
    """Firing alerts and renewed certificates are marked."""
    queries = [one["expr"] for one in annotations(dashboard)]
    for what, metric in (("firing alerts", 'ALERTS{alertstate="firing"'),
                         ("rotations", "mesh_certificate_last_rotation_timestamp_seconds{")):
        if not any(query.startswith(metric) for query in queries):
            yield f"no annotations of {what}"
    for one in annotations(dashboard):
        if one["datasource"] != {"type": "prometheus", "uid": "${datasource}"}:
            yield f"{one['name']}: its data source is not ${{datasource}}"
