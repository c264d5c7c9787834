"""The dashboards as their readers meet them: their panels, queries, variables and links as plain values, and
what Grafana puts into a query before it sends it."""

import glob
import json
import os
import re
from dataclasses import dataclass

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DIRECTORY = os.path.join(ROOT, "dashboards")

# $name, ${name} and ${name:format}; not ${__data.fields.name}, which a row or series fills in.
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::(\w+))?\}|(\w+))")


@dataclass
class Target:
    """A query of a panel."""
    panel: dict
    query: dict

    @property
    def expr(self):
        return self.query["expr"]

    @property
    def name(self):
        return f"{self.panel.get('title')}/{self.query.get('refId')}"


def load(directory=DIRECTORY):
    """{uid: dashboard} of all files there."""
    found = {}
    for path in sorted(glob.glob(os.path.join(directory, "*.json"))):
        with open(path) as file:
            dashboard = json.load(file)
        found[dashboard["uid"]] = dashboard
    return found


def panels(dashboard):
    """All but rows; those of collapsed rows, too."""
    for panel in dashboard.get("panels", []):
        if panel.get("type") != "row":
            yield panel
        yield from panels(panel)


def targets(dashboard):
    for panel in panels(dashboard):
        for query in panel.get("targets", []):
            yield Target(panel, query)


def variables(dashboard):
    """{name: variable}."""
    return {one["name"]: one for one in dashboard["templating"]["list"]}


def annotations(dashboard):
    return dashboard.get("annotations", {}).get("list", [])


def values_of_all(dashboard):
    """{variable: what stands for it in a query} when the dashboard was just opened."""
    values = {}
    for name, one in variables(dashboard).items():
        values[name] = one["allValue"] if one.get("allValue") else one.get("current", {}).get("value", "")
    return values


def substitute(text, values):
    """What Grafana sends. KeyError for a variable that there is not."""
    return _VARIABLE.sub(lambda found: str(values[found[1] or found[3]]), text)


def filled_in(dashboard, text, scraped_every):
    """The same when the dashboard was just opened, for a data source scraped every so many seconds and a
    graph of an hour or less."""
    return substitute(text, {**values_of_all(dashboard), "__interval": f"{scraped_every}s",
                             "__rate_interval": f"{4 * scraped_every}s"})


def answer(prometheus, query, expr, began, ended):
    """What Prometheus says to a target's query, filled in: one row of labels and values per series."""
    if query.get("instant"):
        return prometheus.ask("query", query=expr, time=ended)["result"]
    return prometheus.ask("query_range", query=expr, start=began, end=ended, step=1)["result"]


def used_variables(text):
    return {found[1] or found[3] for found in _VARIABLE.finditer(text)}


def strings(value):
    """All strings in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)
