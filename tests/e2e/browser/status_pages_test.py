#!/usr/bin/env python3
"""The status pages in a real browser, of an agent beside a mesh in trouble, one of whose servers says that it does
not serve: nothing for axe-core to find, in light and dark, nothing in the console, no page wider than a phone or
than a screen at 400 %, all of it there without scripts, and a page that is kept open stays true and says when the
agent is gone. The pictures are left in build/browser, to be looked at. Run by ../run --browser, which installs what
it needs."""

import dataclasses
import json
import os
import subprocess
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))

from harness import BINARY, BIN_DIR, ENVOY, ROOT, SharedPartsTest  # noqa: E402
import scenario_changes as change  # noqa: E402
from running_scenario import WINDOW, RunningScenario  # noqa: E402
from scenarios import SCENARIOS  # noqa: E402

OUT = os.path.join(ROOT, "build", "browser")
AXE = os.path.join(OUT, "node_modules", "axe-core", "axe.min.js")
MOST_SECONDS = 600  # beside thirty compilers it takes more than 180


class StatusPages(SharedPartsTest):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        pinned = next(one for one in SCENARIOS if one.name == "pinned")
        probed = dataclasses.replace(pinned, watched=change.probe_servers)
        running = cls.start_shared(RunningScenario(ENVOY, BIN_DIR, BINARY, cls.shared, probed))
        change.toggle_service(running.mesh)
        time.sleep(2 * WINDOW + 1)  # how long the agent looks before it judges: there is nothing to wait for
        agent = running.agent
        try:
            done = subprocess.run(
                ["node", os.path.join(HERE, "browse.mjs"), "http://" + agent.listens_on, str(agent.child.pid),
                 OUT, AXE], capture_output=True, text=True, timeout=MOST_SECONDS, check=False)
        except subprocess.TimeoutExpired as late:
            said = (late.stderr or b"").decode().splitlines() or ["nothing"]
            raise RuntimeError(f"the browser was not done within {MOST_SECONDS} s; its last step: {said[-1]}") from None
        if done.returncode:
            raise RuntimeError(done.stderr)
        cls.report = json.loads(done.stdout)

    def test_axe_core_finds_nothing_on_any_page(self):
        looks = [f"{page} {view} {scheme}" for page in self.report["plain"]
                 for view in ("phone", "screen") for scheme in ("light", "dark")]
        self.assertEqual(sorted(self.report["violations"]), sorted(looks))
        self.assertEqual({page: found for page, found in self.report["violations"].items() if found}, {})

    def test_the_console_says_nothing_and_the_policy_refuses_nothing(self):
        self.assertEqual({page: said for page, said in self.report["complaints"].items() if said}, {})

    def test_no_page_is_wider_than_what_shows_it(self):
        wide = self.report["wide"]
        self.assertEqual([page for page in self.report["plain"] if f"{page} magnified" not in wide], [])
        self.assertEqual({page: pixels for page, pixels in wide.items() if pixels}, {})

    def test_everything_is_there_without_scripts(self):
        plain = self.report["plain"]
        self.assertIn("traffic_pinned", plain["/"])
        self.assertIn("traffic is pinned to 1 of 3 pods", plain["/endpoints"])
        self.assertIn("shop/storefront-1", plain["/targets"])
        self.assertIn("Greeter/SayHello", plain["/methods"].replace("<wbr>", ""))
        self.assertIn("5 up, 1 not: shop/backend-1-app not serving", plain["/probes"])
        self.assertIn("failure_codes", plain["/config"])
        for page in plain.values():
            self.assertNotIn("Updated every", page)

    def test_a_page_that_is_kept_open_stays_true(self):
        self.assertEqual(self.report["refreshed"], "Updated every 5 s")
        self.assertEqual(self.report["focus"], "Show")
        self.assertEqual(self.report["moved"], 0)

    def test_keys_lead_past_the_navigation_and_what_has_the_focus_is_seen(self):
        self.assertEqual(self.report["keys"],
                         [["Skip to the content", True], ["namespace", True], ["Show", True]])

    def test_what_was_typed_and_not_sent_is_kept(self):
        self.assertEqual(self.report["typed"], "shop")

    def test_a_selection_is_left_alone(self):
        self.assertEqual(self.report["selected"], "Not updated while text is selected")

    def test_it_says_when_the_agent_is_gone(self):
        self.assertIn("The agent has not answered since", self.report["gone"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
