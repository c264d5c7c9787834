#!/usr/bin/env python3
"""A real Envoy in a real control group with limits, of whichever version this machine has: what it uses is
shown as the kernel counts it, who eats too much there is killed and told, and a group that goes and comes
back is no trouble. Skipped, with the reason, where groups cannot be made."""

import json
import unittest

from harness import BINARY, ENVOY, Agent, SharedPartsTest, Watcher, wait_until
from control_group import NoControlGroups
from held_sidecar import MIB, HeldSidecar

LIMIT = 192 * MIB
WINDOW = 2  # seconds


def found(page):
    """The names of the findings."""
    return {row["finding"] for row, value in page.rows("mesh_finding") if value == 1}


class Memory(SharedPartsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        try:
            cls.held = cls.start_shared(HeldSidecar(ENVOY, "users-1", cls.shared, LIMIT, 0.5))
        except NoControlGroups as reason:
            print(f"SKIPPED: {reason}")
            raise unittest.SkipTest(str(reason)) from reason
        cls.group, cls.sidecar = cls.held.group, cls.held.sidecar
        cls.agent = cls.start_shared(Agent(BINARY, cls.shared, json.dumps({
            "poll": {"interval": "200ms", "window": f"{WINDOW}s", "stale_after": "5s"},
            "targets": [cls.held.target(),
                        {"name": "lost-1", "namespace": "held", "cgroup": "/there/is/none",
                         "admin": cls.sidecar.admin}]})))
        cls.agent.wait_ready()

    def value(self, page, metric, **labels):
        return page.value("mesh_sidecar_" + metric, pod="users-1", **labels)

    def test_shows_what_the_kernel_counts(self):
        page = self.agent.page_after_polls()
        self.assertEqual(self.value(page, "memory_limit_bytes"), LIMIT)
        self.assertEqual(self.value(page, "cpu_limit_cores"), 0.5)
        self.assertEqual(self.value(page, "cgroup_readable"), 1)

        def agrees():  # it moves: what is shown lies between two looks of our own
            before = self.group.working_set()
            shown = self.value(self.agent.page_after_polls(), "memory_bytes")
            after = self.group.working_set()
            return min(before, after) <= shown <= max(before, after)
        wait_until(agrees, "the memory that is shown to be what the kernel counts", 60)

    def test_shows_the_heap_as_part_of_it(self):
        page = self.agent.page_after_polls()
        heap, used = self.value(page, "heap_bytes"), self.value(page, "heap_allocated_bytes")
        self.assertGreater(used, MIB)
        self.assertGreaterEqual(heap, used)

    def test_counts_processor_time_and_the_periods_in_which_it_was_used_up(self):
        self.addCleanup(self.held.spin().kill)
        before = self.agent.page()
        self.agent.wait_for(
            lambda page: all(self.value(page, name) > self.value(before, name)
                             for name in ("cpu_seconds_total", "cpu_periods_total")), "processor time")
        self.agent.wait_for(
            lambda page: self.value(page, "cpu_throttled_periods_total")
            > self.value(before, "cpu_throttled_periods_total")
            and self.value(page, "cpu_throttled_seconds_total") > 0, "periods in which it is stopped")

    def test_says_that_a_low_limit_is_low(self):
        self.agent.wait_for(lambda page: "sidecar_memory_limit_low" in found(page), "the low limit")

    def test_says_what_group_is_not_there_once_and_reads_its_proxy(self):
        page = self.agent.page_after_polls()
        self.assertEqual(page.value("mesh_sidecar_cgroup_readable", pod="lost-1"), 0)
        self.assertEqual(page.value("mesh_sidecar_memory_bytes", pod="lost-1"), None)
        self.assertEqual(page.value("mesh_target_up", pod="lost-1"), 1)
        self.assertEqual(self.agent.log().count("no cgroup /there/is/none in /sys/fs/cgroup"), 1)

    def test_tells_who_is_near_the_limit_for_as_long_as_it_is(self):
        eater = self.held.fill(0.95)
        self.agent.wait_for(lambda page: "sidecar_memory_pressure" in found(page), "the pressure")
        status, text = self.agent.get("/api/v1/diagnosis")
        self.assertEqual(status, 200)
        self.assertIn("192 MiB of memory", text)
        eater.kill()
        self.agent.wait_for(lambda page: "sidecar_memory_pressure" not in found(page), "relief")

    def test_tells_of_a_kill(self):
        kills = self.group.kills()
        shown = self.value(self.agent.page_after_polls(), "oom_kills_total")
        self.held.eat().wait(60)
        self.assertEqual(self.group.kills(), kills + 1)
        page = self.agent.wait_for(
            lambda page: self.value(page, "oom_kills_total") == shown + 1, "the kill to be counted")
        self.assertIn("sidecar_oom_killed", found(page))
        self.assertEqual(page.value("mesh_target_up", pod="users-1"), 1)
        status, text = self.agent.get("/diagnosis")
        self.assertEqual(status, 200)
        self.assertRegex(text, r"sidecar_oom_killed  held/users-1\n +the kernel killed (a process|\d process"
                               r"es) of it for want of memory, at its limit of 192 MiB")

    def test_goes_on_with_the_group_that_takes_the_place_of_one_that_is_gone(self):
        with Watcher(self.agent) as watcher:
            self.sidecar.kill()
            self.group.remove()
            page = self.agent.wait_for(lambda page: self.value(page, "cgroup_readable") == 0, "the end")
            self.assertEqual(self.value(page, "memory_bytes"), None)
            before = self.value(page, "cpu_seconds_total")
            self.group.make()
            self.sidecar.run()
            page = self.agent.wait_for(
                lambda page: self.value(page, "cgroup_readable") == 1
                and self.value(page, "cpu_seconds_total") > before, "the group to be back")
        self.assertIsNone(watcher.error)
        self.assertEqual(watcher.fallen, [])
        self.assertEqual(self.agent.log().count(f"no cgroup {self.group.path} in"), 1)
        self.assertEqual(self.agent.log().count("the control group can be read again"), 1)


if __name__ == "__main__":
    unittest.main()
