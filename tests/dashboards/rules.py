"""The rules of the dashboards, one function each: it is given a dashboard and what there is beside it, and
gives what is wrong in words. They are those of Grafana's dashboard-linter, without exceptions, and what it
lacks: the same for all kinds of panels, thresholds that can be reached, links that lead somewhere."""

import re
from dataclasses import dataclass

import promql
from dashboards import annotations, panels, strings, targets, used_variables, variables

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
# Panels that Grafana has (10 to 13) and draws from queries; graph, singlestat and table-old are gone.
PANEL_TYPES = {"timeseries", "stat", "table", "state-timeline", "heatmap", "bargauge"}
CHAIN = ["cluster", "job", "instance", "namespace", "workload", "pod", "upstream", "service", "method"]
SEEN_BY = "seen_by"
COUNTS_CALLS = re.compile(r"mesh_grpc_(?!health_|methods_|server_)\w+|mesh_pod_grpc_requests_total")
MAY_BE_EMPTY = set(CHAIN) - {"job", "instance"}
NARROWED_LABEL = {"service": "grpc_service", "method": "grpc_method"}
BUILT_IN = {"__all", "__rate_interval", "__interval", "__range", "__from", "__to", "__url_time_range"}
GROWTH = {"rate", "irate", "increase"}
COLUMNS = 24


@dataclass
class World:
    """What there is beside the dashboard."""
    dashboards: dict  # all of the set, by uid
    metrics: dict  # name → reference.Metric
    units: set  # Grafana's ids


def frame(dashboard, world):
    """What the reader of any dashboard may count on."""
    for name in ("title", "description", "uid"):
        if not dashboard.get(name):
            yield f"it has no {name}"
    if dashboard.get("editable") is not False:
        yield "editable is not false"
    if dashboard.get("id") is not None:
        yield "it has the id of some server"
    if not 39 <= dashboard.get("schemaVersion", 0) <= 42:
        yield f"schemaVersion {dashboard.get('schemaVersion')} is not 39 to 42"
    menus = [link for link in dashboard.get("links", []) if link["type"] == "dashboards"]
    if not any(set(link["tags"]) & set(dashboard.get("tags", [])) and link["asDropdown"]
               and link["keepTime"] and link["includeVars"] for link in menus):
        yield "it has no dropdown of the dashboards with its tag that keeps time and variables"


def datasource_variable(dashboard, world):
    first = dashboard["templating"]["list"][0]
    for field, wanted in (("name", "datasource"), ("type", "datasource"), ("label", "Data source"),
                          ("query", "prometheus")):
        if first.get(field) != wanted:
            yield f"the {field} of the first variable is {first.get(field)!r} and not {wanted!r}"


def query_variables(dashboard, world):
    """The chain: each narrowed by those before it, all of them multiple, reloaded with the time."""
    known = variables(dashboard)
    for name in ("job", "instance"):
        if name not in known:
            yield f"there is no variable {name}"
    before = []
    for name in (name for name in CHAIN if name in known):
        one = known[name]
        wanted = {"type": "query", "datasource": DATASOURCE, "multi": True, "includeAll": True,
                  "refresh": 2, "allValue": ".*" if name in MAY_BE_EMPTY else ".+"}
        for field, value in wanted.items():
            if one.get(field) != value:
                yield f"{field} of the variable {name} is {one.get(field)!r} and not {value!r}"
        if not one.get("label") or not one.get("description"):
            yield f"the variable {name} has no label or no description"
        missing = [other for other in before if other not in used_variables(one["query"])]
        if missing:
            yield f"the variable {name} is not narrowed by {', '.join(missing)}"
        yield from _label_values(name, one["query"], world)
        before.append(name)
    order = [name for name in known if name in CHAIN]
    if order != before:
        yield f"the variables stand in the order {', '.join(order)}"


def _label_values(name, query, world):
    match = re.fullmatch(r"label_values\((.*), (\w+)\)", query)
    if not match or match[2] != NARROWED_LABEL.get(name, name):
        yield f"the variable {name} does not ask for its label: {query}"
    else:
        yield from _names_exist(f"variable {name}", promql.parse(match[1]), world)


def panel_form(dashboard, world):
    """Title, description, data source, targets, and a kind that Grafana still has."""
    for name, all_of_them in (("id", dashboard["panels"]), ("title", panels(dashboard))):
        given = [panel.get(name) for panel in all_of_them]
        for value in {value for value in given if given.count(value) > 1}:
            yield f"two panels have the same {name}: {value}"
    for panel in panels(dashboard):
        title = panel.get("title") or f"panel {panel.get('id')}"
        for name in ("title", "description"):
            if not panel.get(name):
                yield f"{title}: has no {name}"
        if panel.get("type") not in PANEL_TYPES:
            yield f"{title}: Grafana has no panel {panel.get('type')}"
        if not panel.get("targets"):
            yield f"{title}: has no targets"
        for one in (panel, *panel.get("targets", [])):
            if one.get("datasource") != DATASOURCE:
                yield f"{title}: its data source is not ${{datasource}}"
        refs = [query.get("refId") for query in panel.get("targets", [])]
        if len(set(refs)) != len(refs):
            yield f"{title}: two targets have the same refId"


def places(dashboard, world):
    """No panel lies over another or beyond the edge."""
    taken = {}
    for panel in dashboard["panels"]:
        place, title = panel["gridPos"], panel.get("title")
        if place["x"] + place["w"] > COLUMNS:
            yield f"{title}: reaches over the right edge"
        for cell in ((x, y) for x in range(place["x"], place["x"] + place["w"])
                     for y in range(place["y"], place["y"] + place["h"])):
            if taken.setdefault(cell, title) != title:
                yield f"{title}: lies over {taken[cell]}"
                break


def units(dashboard, world):
    for panel in panels(dashboard):
        said = [panel["fieldConfig"]["defaults"].get("unit")]
        said += [one["value"] for override in panel["fieldConfig"].get("overrides", [])
                 for one in override["properties"] if one["id"] == "unit"]
        for unit in said:
            if unit not in world.units:
                yield f"{panel['title']}: Grafana has no unit {unit}"


def _queries(dashboard, world):
    """(where, its tree) of all targets and annotations."""
    for target in targets(dashboard):
        yield target.name, promql.parse(target.expr)
    for one in annotations(dashboard):
        yield one["name"], promql.parse(one["expr"])


def _names_exist(where, tree, world):
    for selector, _ in promql.selectors(tree):
        known = world.metrics.get(selector.name)
        if not known:
            yield f"{where}: there is no metric {selector.name}"
            continue
        for label, _, _ in selector.matchers:
            if label not in known.labels:
                yield f"{where}: {selector.name} has no label {label}"


def names(dashboard, world):
    """Every metric and every label exists."""
    for where, tree in _queries(dashboard, world):
        yield from _names_exist(where, tree, world)
        there = set().union(*(world.metrics[one.name].labels for one, _ in promql.selectors(tree)
                              if one.name in world.metrics))
        for label in set().union(promql.other_labels(tree), *promql.groupings(tree)) - there:
            yield f"{where}: nothing in it has a label {label}"


def narrowing(dashboard, world):
    """Every selector heeds all variables of the chain that its metric has a label for."""
    chain = [name for name in CHAIN if name in variables(dashboard)]
    for where, tree in _queries(dashboard, world):
        for one, _ in promql.selectors(tree):
            labels = world.metrics[one.name].labels if one.name in world.metrics else set()
            for name in chain if one.name != "ALERTS" else ():
                label = NARROWED_LABEL.get(name, name)
                if label in labels and (label, "=~", "$" + name) not in one.matchers:
                    yield f'{where}: {one.name} is not selected by {label}=~"${name}"'


def one_view(dashboard, world):
    """Calls are shown as sidecars or as applications count them: the same calls, never added up."""
    known = variables(dashboard).get(SEEN_BY)
    if known and (known["type"] != "custom" or known.get("multi") or known.get("includeAll")):
        yield f"the variable {SEEN_BY} may have several values"
    asked = [(f"variable {name}", promql.parse(re.sub(r"^label_values\((.*), \w+\)$", r"\1", one["query"])))
             for name, one in variables(dashboard).items() if one["type"] == "query"
             and name not in ("namespace", "workload", "pod", "upstream")]
    for where, tree in (*asked, *_queries(dashboard, world)):
        for one, _ in promql.selectors(tree):
            if COUNTS_CALLS.fullmatch(one.name) and ("mesh", "=~", f"${SEEN_BY}") not in one.matchers:
                yield f'{where}: {one.name} is not selected by mesh=~"${SEEN_BY}"'


def growth(dashboard, world):
    """Counters are looked at by how they grow, gauges are not; over what the zoom asks for."""
    for where, tree in _queries(dashboard, world):
        for one, called in promql.selectors(tree):
            known = world.metrics.get(one.name)
            if known and (known.kind == "counter") != (called in GROWTH):
                yield f"{where}: {one.name}, a {known.kind}, is within {called or 'nothing'}"
            if one.span not in ("", "$__rate_interval"):
                yield f"{where}: [{one.span}] is not [$__rate_interval]"


def divisions(dashboard, world):
    """Nothing is divided by what may be 0: the result would be NaN, which no threshold sees."""
    for where, tree in _queries(dashboard, world):
        for _ in promql.unguarded_divisors(tree):
            yield f"{where}: a divisor may be 0; it needs ( … > 0)"


def variables_exist(dashboard, world):
    known = set(variables(dashboard)) | BUILT_IN
    for text in strings({name: value for name, value in dashboard.items() if name != "uid"}):
        for name in used_variables(text) - known:
            yield f"there is no variable {name}: {text[:60]}"


def outcome(expr):
    """The labels that the series of an expression can have; None if that is not told by `by`."""
    outermost = promql.groupings(promql.parse(expr))
    return set(outermost[0]) if outermost else None


def legends(dashboard, world):
    """A legend names labels that are there. Several series without a legend cannot be told apart."""
    for target in targets(dashboard):
        labels = outcome(target.expr)
        legend = target.query.get("legendFormat", "")
        for label in re.findall(r"\{\{(\w+)\}\}", legend):
            if labels is not None and label not in labels:
                yield f"{target.name}: its series have no label {label}"
        if labels and not legend and target.panel["type"] not in ("table", "stat"):
            yield f"{target.name}: several series and no legend"
