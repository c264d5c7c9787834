#!/usr/bin/env python3
"""The dashboards with real data: every trouble is made at once (troubled_mesh.py), a real Prometheus scrapes
the agent, and every query of every panel must show something, its variables filled in as Grafana does. What
this machine cannot tell is left out, and said."""

import json
import math
import os
import re
import time
import unittest
import urllib.parse

from harness import BINARY, BIN_DIR, ENVOY, SharedPartsTest, wait_until
import dashboards
import promql
from processes import MeshError
from troubled_mesh import TroubledMesh

SCRAPED_EVERY = 1  # seconds
PATIENCE = 150  # seconds, for a loaded machine
OPTIONAL = {"cluster"}  # a label that this Prometheus does not add


class Dashboards(SharedPartsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.began = time.time()
        cls.dashboards = dashboards.load()
        cls.mesh = cls.start_shared(TroubledMesh(ENVOY, BIN_DIR, BINARY,
                                                 os.path.join(cls.shared, "mesh")))
        cls.prometheus = cls.mesh.prometheus
        cls.shown = {}  # (uid, target's name) → rows
        cls.pending = [(uid, target, cls.filled_in(dashboard, target.expr))
                       for uid, dashboard in cls.dashboards.items()
                       for target in dashboards.targets(dashboard)]
        for begin, reason in cls.mesh.untold.items():
            print(f"SKIPPED: queries of {begin}…: {reason}")
        cls.pending = [one for one in cls.pending if not cls.is_untold(one[2])]
        cls.asked = len(cls.pending)

        def all_shown():
            cls.pending = [one for one in cls.pending if not cls.shows(*one)]
            return not cls.pending
        try:
            wait_until(all_shown, "every panel to show something", PATIENCE,
                       alive=[cls.mesh.agent.child, cls.prometheus.child])
        except MeshError as error:
            missing = ", ".join(f"{uid} {target.name}" for uid, target, _ in cls.pending)
            raise MeshError(f"{len(cls.pending)} of {cls.asked} queries show nothing: "
                            f"{missing}") from error
        print(f"{cls.asked} queries showed something after {time.time() - cls.began:.0f} s")

    @classmethod
    def filled_in(cls, dashboard, text):
        return dashboards.filled_in(dashboard, text, SCRAPED_EVERY)

    @classmethod
    def is_untold(cls, expr):
        """Whether it is about what this machine cannot tell: by the metric, or the finding made of it."""
        begins = tuple(cls.mesh.untold)
        return any(one.name.startswith(begins) or ("mesh_" + value).startswith(begins)
                   for one, _ in promql.selectors(promql.parse(expr)) for _, _, value in one.matchers)

    @classmethod
    def shows(cls, uid, target, expr):
        """Whether it has a number to show; what NaN says is nothing."""
        rows = dashboards.answer(cls.prometheus, target.query, expr, cls.began, time.time())
        numbers = [float(value) for row in rows for _, value in row.get("values") or [row["value"]]]
        if any(map(math.isfinite, numbers)):
            cls.shown[uid, target.name] = rows
        return (uid, target.name) in cls.shown

    def test_every_query_of_every_panel_shows_something(self):
        self.assertGreater(self.asked, 150)
        self.assertEqual(len(self.shown), self.asked)

    def test_every_selector_in_them_selects_something(self):
        """A sum shows something also where one of its terms never does."""
        for uid, dashboard in self.dashboards.items():
            for target in dashboards.targets(dashboard):
                filled_in = self.filled_in(dashboard, target.expr)
                tree = promql.parse(filled_in)
                for one, _ in () if self.is_untold(filled_in) else promql.selectors(tree):
                    matchers = ", ".join(f'{label}{sign}"{value}"' for label, sign, value in one.matchers)
                    found = self.prometheus.ask("series", start=self.began, **{
                        "match[]": f"{one.name}{{{matchers}}}"})
                    with self.subTest(uid, panel=target.name, metric=one.name):
                        self.assertTrue(found, matchers)

    def test_every_column_of_every_table_is_there(self):
        for uid, dashboard in self.dashboards.items():
            for panel in dashboards.panels(dashboard):
                if panel["type"] != "table":
                    continue
                queries = [query["refId"] for query in panel["targets"]]
                if any(self.is_untold(query["expr"]) for query in panel["targets"]):
                    continue
                there = {"Value"} if len(queries) == 1 else {f"Value #{ref}" for ref in queries}
                for ref in queries:
                    for row in self.shown[uid, f"{panel['title']}/{ref}"]:
                        there |= set(row["metric"])
                columns = {override["matcher"]["options"]
                           for override in panel["fieldConfig"]["overrides"]}
                with self.subTest(uid, panel=panel["title"]):
                    self.assertEqual(columns, there)

    def test_every_variable_offers_values_narrowed_by_those_before(self):
        for uid, dashboard in self.dashboards.items():
            chosen = dashboards.values_of_all(dashboard)
            for name, one in dashboards.variables(dashboard).items():
                if one["type"] != "query":
                    continue
                selector, label = re.fullmatch(r"label_values\((.*), (\w+)\)", one["query"]).groups()
                values = self.prometheus.ask(f"label/{label}/values", **{
                    "match[]": dashboards.substitute(selector, chosen)})
                with self.subTest(uid, variable=name):
                    self.assertEqual(bool(values), name not in OPTIONAL, selector)
                if values:
                    chosen[name] = values[-1]

    def test_renewed_certificates_are_marked_when_they_were(self):
        for uid, dashboard in self.dashboards.items():
            mark, = [one for one in dashboards.annotations(dashboard) if one.get("useValueForTime")]
            times = {value / 1000 for _, value
                     in self.prometheus.query(self.filled_in(dashboard, mark["expr"]))}
            renewed = [moment for moment in times if self.began < moment < time.time()]
            self.assertGreaterEqual(len(renewed), 2, uid)

    def test_the_links_to_traces_are_searches_of_jaeger(self):
        dashboard = self.dashboards["mesh-methods"]
        panel, = [one for one in dashboards.panels(dashboard) if one["title"] == "Methods"]
        row = next(row["metric"] for row in self.shown["mesh-methods", "Methods/A"]
                   if row["metric"]["grpc_method"] == "GetUser" and row["metric"]["namespace"] == "shop")
        values = {**dashboards.values_of_all(dashboard), "__from": "1700000000000",
                  "__to": "1700000060000"}
        urls = [dashboards.substitute(re.sub(r"\$\{__data\.fields\.(\w+)\}",
                                             lambda found: row[found[1]], text), values)
                for text in dashboards.strings(panel) if text.startswith("${trace_base_url}")]
        searches = []
        for url in urls:
            parts = urllib.parse.urlsplit(url)
            self.assertEqual((parts.scheme, parts.path), ("http", "/search"))
            asked = {name: value for name, (value,) in urllib.parse.parse_qs(parts.query).items()}
            self.assertEqual((asked["start"], asked["end"]), ("1700000000000000", "1700000060000000"))
            searches.append((asked["service"], asked.get("operation"), json.loads(asked.get("tags", "null"))))
        self.assertEqual(searches, [
            ("storefront", "user.v1.UserService/GetUser", None),
            ("storefront.shop", None, {"grpc.path": "/user.v1.UserService/GetUser"})])


if __name__ == "__main__":
    unittest.main()
