#!/usr/bin/env python3
"""A configuration that changes while the agent runs: who is watched as before keeps what was counted, and
one that is wrong changes nothing."""

import os
import re
import signal
import unittest

from harness import BINARY, TempDirTest, wait_until
from misbehaving_admin import MisbehavingAdmin, fake_targets
from processes import Child

NOBODY = "http://127.0.0.1:1"  # where nobody listens
RELOADED = "mesh_exporter_config_last_reload_successful"
WHEN = "mesh_exporter_config_last_reload_success_timestamp_seconds"


def read(path):
    with open(path) as file:
        return file.read()


def is_held_back(pid, number):
    """Whether the process has that signal blocked now."""
    mask = int(re.search(r"^SigBlk:\t(\w+)$", read(f"/proc/{pid}/status"), re.M)[1], 16)
    return mask >> (number - 1) & 1 == 1


class Reload(TempDirTest):
    def setUp(self):
        super().setUp()
        self.good = self.start(MisbehavingAdmin("good"))
        self.agent = self.start_agent(fake_targets({"one": NOBODY, "two": self.good}))
        self.agent.wait_ready()
        self.loaded = self.agent.page().value(WHEN)

    def start_child(self, command, log):
        child = Child("early", command, log)
        self.addCleanup(child.kill)
        return child

    def refusals(self, pod="one"):
        return self.agent.page().value("mesh_target_scrape_errors_total", pod=pod, reason="connect")

    def shown(self):
        return {row["pod"] for row, _ in self.agent.page().rows("mesh_target_up")}

    def wait_reloaded(self):
        wait_until(lambda: self.agent.page().value(WHEN) > self.loaded, "the configuration to be read")
        self.assertEqual(self.agent.page().value(RELOADED), 1)

    def test_who_is_watched_as_before_keeps_what_was_counted(self):
        wait_until(lambda: self.refusals() >= 2, "two polls that fail")
        another = self.start(MisbehavingAdmin("good"))
        before = self.refusals()
        self.agent.reload(fake_targets({"one": NOBODY, "three": another}))
        wait_until(lambda: self.shown() == {"one", "three"}, "the other targets")
        self.wait_reloaded()
        self.assertGreaterEqual(self.refusals(), before)
        wait_until(lambda: self.agent.page().value("mesh_target_up", pod="three") == 1, "it to be asked")
        self.assertIn('msg="configuration reloaded" targets=2 begins_anew=nothing', self.agent.log())

    def test_a_wrong_one_changes_nothing_and_every_error_is_told(self):
        self.agent.reload("poll: {interval: soon}\ntargets:\n  - {name: one, admin: nowhere}\n")
        wait_until(lambda: self.agent.page().value(RELOADED) == 0, "the errors to be found")
        self.assertEqual(self.agent.page().value(WHEN), self.loaded)
        self.assertEqual(self.shown(), {"one", "two"})
        log = self.agent.log()
        for place in ("mesh_exporter.yaml:1:", "mesh_exporter.yaml:3:"):
            self.assertRegex(log, "level=error .*the old one goes on.*" + place)
        asked = self.good.asked
        self.good.wait_asked(asked + 2)  # and it is watched still
        self.agent.reload(fake_targets({"two": self.good}))
        wait_until(lambda: self.shown() == {"two"}, "what was mended to be taken")
        self.wait_reloaded()

    def test_one_that_is_gone_changes_nothing(self):
        self.agent.forget_configuration()
        wait_until(lambda: self.agent.page().value(RELOADED) == 0, "it to be missed")
        self.assertEqual(self.shown(), {"one", "two"})
        self.assertRegex(self.agent.log(), "level=error .*No such file")

    def test_another_way_of_asking_begins_anew_and_says_so(self):
        wait_until(lambda: self.refusals() >= 3, "polls that fail")
        self.agent.reload(fake_targets({"one": NOBODY, "two": self.good}, interval="5s", timeout="1s"))
        self.wait_reloaded()
        wait_until(lambda: self.agent.page().value("mesh_target_poll_interval_seconds", pod="two") == 5,
                   "the new pace")
        self.assertLess(self.refusals() or 0, 3)
        self.assertIn('begins_anew=targets', self.agent.log())

    def test_sources_of_targets_and_endpoints_are_taken_up(self):
        config = fake_targets({"two": self.good})
        self.agent.reload(config + f"discovery: {{file: [{self.directory}/more*.json]}}\n"
                          "certificates:\n  endpoints:\n    - {name: door, address: \"127.0.0.1:1\"}\n")
        wait_until(lambda: self.agent.page().rows("mesh_exporter_discovered_targets", source="file"),
                   "the source of files")
        wait_until(lambda: self.agent.page().rows("mesh_tls_probe_success"), "the endpoint")
        self.assertIn("begins_anew=certificates", self.agent.log())
        self.agent.reload(config)
        wait_until(lambda: not self.agent.page().rows("mesh_exporter_discovered_targets"),
                   "the source to be given up")
        self.assertEqual(self.agent.page().rows("mesh_tls_probe_success"), [])

    def test_one_that_is_asked_for_during_the_start_is_made_after_it(self):
        # So many targets that their configuration takes a while to be read.
        file = os.path.join(self.directory, "early.yaml")
        with open(file, "w") as out:
            out.write(fake_targets({f"pod-{n}": NOBODY for n in range(3000)}))
        log = os.path.join(self.directory, "early.log")
        child = self.start_child([BINARY, "--config.file=" + file, "--web.listen-address=127.0.0.1:0"], log)
        wait_until(lambda: is_held_back(child.pid, signal.SIGHUP), "the program to hold it back")
        child.signal(signal.SIGHUP)
        wait_until(lambda: "configuration reloaded" in read(log), "the reload", 60, alive=[child])
        self.assertTrue(child.running())

    def test_many_at_once_end_with_the_last(self):
        for count in range(20):
            self.agent.reload(fake_targets({f"pod-{n}": self.good for n in range(count + 1)}))
        wait_until(lambda: len(self.shown()) == 20, "the last one")
        self.assertTrue(self.agent.child.running())


class Unasked(TempDirTest):
    """Without a signal: because the file has changed, or because somebody asked by HTTP."""

    def setUp(self):
        super().setUp()
        self.good = self.start(MisbehavingAdmin("good"))

    def begin(self, *flags):
        agent = self.start_agent(fake_targets({"one": self.good}), *flags)
        agent.wait_ready()
        return agent

    def wait_shown(self, agent, *pods):
        wait_until(lambda: {row["pod"] for row, _ in agent.page().rows("mesh_target_up")} == set(pods),
                   f"{pods} to be watched", alive=[agent.child])

    def test_a_changed_file_is_read_by_itself(self):
        agent = self.begin("--config.auto-reload-interval=100ms")
        agent.replace_configuration(fake_targets({"two": self.good}))
        self.wait_shown(agent, "two")
        agent.replace_configuration("targets: nobody\n")
        wait_until(lambda: agent.page().value(RELOADED) == 0, "the error to be found")
        self.wait_shown(agent, "two")
        agent.replace_configuration(fake_targets({"three": self.good}))
        self.wait_shown(agent, "three")
        self.assertEqual(agent.page().value(RELOADED), 1)
        self.assertEqual(agent.log().count("configuration reloaded"), 2)
        self.assertEqual(agent.log().count("was not reloaded"), 1)

    def test_it_is_read_when_somebody_asks_who_may(self):
        agent = self.begin("--config.auto-reload-interval=0", "--web.enable-lifecycle")
        agent.replace_configuration(fake_targets({"two": self.good}))
        self.assertEqual(agent.post("/-/reload"), (200, "reloaded\n"))
        self.wait_shown(agent, "two")
        agent.replace_configuration("targets: nobody\n")
        status, words = agent.post("/-/reload")
        self.assertEqual(status, 500)
        self.assertIn("mesh_exporter.yaml:1:", words)
        self.assertEqual(agent.post("/metrics")[0], 405)

    def test_the_program_ends_when_somebody_asks_who_may(self):
        agent = self.begin("--web.enable-lifecycle")
        self.assertEqual(agent.post("/-/quit"), (200, "ending\n"))
        self.assertEqual(agent.child.wait(10), 0)
        self.assertIn('msg="shutting down" request="POST /-/quit"', agent.log())

    def test_nobody_may_who_was_not_allowed(self):
        agent = self.begin()
        for path in ("/-/reload", "/-/quit"):
            status, words = agent.post(path)
            self.assertEqual(status, 403)
            self.assertIn("--web.enable-lifecycle", words)
        self.assertTrue(agent.child.running())
        self.assertNotIn("configuration reloaded", agent.log())


if __name__ == "__main__":
    unittest.main()
