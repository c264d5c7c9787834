#!/usr/bin/env python3
"""Every panel of every dashboard, drawn in a browser by the component code of Grafana (@grafana/ui, which is
not a Grafana server) from what a real Prometheus answered: each must show something, and none may fail. The
pictures are left in build/drawn, to be looked at. Run by ../draw, which installs what it needs."""

import html.parser
import json
import math
import os
import re
import subprocess
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "e2e"))

from harness import BINARY, BIN_DIR, ENVOY, ROOT, SharedPartsTest, wait_until  # noqa: E402
from troubled_mesh import TroubledMesh  # noqa: E402

import dashboards  # noqa: E402

OUT = os.path.join(ROOT, "build", "drawn")
SCRAPED_EVERY = 5  # seconds, as if: Envoy's histograms move every five seconds
BEFORE = 4 * SCRAPED_EVERY  # until rates are there
SHOWN = 70  # seconds
LINE = 38  # as page.tsx has it
BROWSER = ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
           "--allow-file-access-from-files", "--virtual-time-budget=10000"]
PAGE = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="page.css">
<style>body {{ margin: 0; padding: 8px }}</style><div id="page"></div>
<script>const RECORDED = {recorded};</script><script src="page.js"></script>
"""
# What must be found in a panel of each kind.
SIGNS = {"timeseries": r"<canvas", "stat": r">[^<]*\d[^<]*<|>in |ago<", "table": r'(role="row".*){2}',
         "state-timeline": r'data-boxes="[1-9]', "heatmap": r'data-boxes="[1-9]'}


class Panels(html.parser.HTMLParser):
    """{title: the tags and texts within} of a page's panels."""

    def __init__(self, page):
        super().__init__()
        self.found = {}
        self._title, self._depth = None, 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        title = dict(attrs).get("data-title")
        if title:
            self._title, self._depth = title, 0
            self.found[title] = ""
        if self._title:
            self._depth += tag not in ("br", "img", "input", "hr", "wbr")
            self.found[self._title] += self.get_starttag_text()

    def handle_endtag(self, tag):
        if self._title:
            self.found[self._title] += f"</{tag}>"
            self._depth -= 1
            if self._depth == 0:
                self._title = None

    def handle_data(self, data):
        if self._title:
            self.found[self._title] += data


class Drawn(SharedPartsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboards = dashboards.load()
        mesh = cls.start_shared(TroubledMesh(ENVOY, BIN_DIR, BINARY, os.path.join(cls.shared, "mesh")))
        began = math.ceil(time.time()) + BEFORE
        wait_until(lambda: time.time() > began + SHOWN + 1, "something to draw", 2 * (BEFORE + SHOWN),
                   alive=[mesh.agent.child, mesh.prometheus.child])
        for uid, dashboard in cls.dashboards.items():
            answers = {}
            for target in dashboards.targets(dashboard):
                expr = dashboards.filled_in(dashboard, target.expr, SCRAPED_EVERY)
                answers.setdefault(target.panel["id"], []).append({
                    "refId": target.query["refId"], "format": target.query.get("format"),
                    "legendFormat": target.query.get("legendFormat"),
                    "result": dashboards.answer(mesh.prometheus, target.query, expr, began,
                                                began + SHOWN)})
            recorded = json.dumps({"dashboard": dashboard, "answers": answers, "from": began,
                                   "to": began + SHOWN}).replace("<", "\\u003c")
            with open(os.path.join(OUT, uid + ".html"), "w") as page:
                page.write(PAGE.format(recorded=recorded))

    def browse(self, uid):
        """Leaves a picture; gives what the page is in the end."""
        height = max(panel["gridPos"]["y"] + panel["gridPos"]["h"]
                     for panel in self.dashboards[uid]["panels"]) * LINE + 16
        done = subprocess.run([*BROWSER, f"--window-size=1620,{height}", f"--screenshot={OUT}/{uid}.png",
                               "--dump-dom", f"file://{OUT}/{uid}.html"], capture_output=True, text=True,
                              check=True, timeout=120)
        return done.stdout

    def test_every_panel_is_drawn(self):
        for uid, dashboard in self.dashboards.items():
            found = Panels(self.browse(uid)).found
            for panel in dashboards.panels(dashboard):
                with self.subTest(uid, panel=panel["title"]):
                    inside = found[panel["title"]]
                    self.assertNotIn('class="failed"', inside)
                    self.assertTrue(re.search(SIGNS[panel["type"]], inside, re.DOTALL), inside[:2000])
            print(f"{OUT}/{uid}.png")


if __name__ == "__main__":
    unittest.main()
