#!/usr/bin/env python3
"""./run as its user meets it: it ends when it should, says that the agent and the ledger agree, and
leaves no process and no file behind. What it starts is known by a mark in the environment."""

import json
import os
import re
import signal
import subprocess
import unittest
import uuid

from harness import BUILD, ROOT, TempDirTest, wait_until
from misbehaving_admin import MisbehavingAdmin, fake_targets
from processes import ReservedPort, http_get

RUN = os.path.join(ROOT, "run")


def marked(mark):
    """{pid: command} of the processes, zombies aside, that have the mark in their environment."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                if mark.encode() in file.read():
                    with open(f"/proc/{pid}/cmdline", "rb") as command:
                        found[int(pid)] = command.read().replace(b"\0", b" ").decode()
        except OSError:
            pass  # gone, or not ours
    return found


@unittest.skipUnless(BUILD == os.path.join(ROOT, "build", "release"), "./run uses build/release")
class Run(TempDirTest):
    def setUp(self):
        super().setUp()
        self.mark = "MESH_RUN_MARK=" + uuid.uuid4().hex
        self.temp = os.path.join(self.directory, "tmp")
        os.mkdir(self.temp)

    def launch(self, *arguments):
        name, value = self.mark.split("=")
        self.output = os.path.join(self.directory, "output")
        self.errors = os.path.join(self.directory, "errors")
        with open(self.output, "w") as output, open(self.errors, "w") as errors:
            process = subprocess.Popen(
                [RUN, *arguments], stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
                env={**os.environ, name: value, "TMPDIR": self.temp})
        self.addCleanup(self.kill_leftovers)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def kill_leftovers(self):
        for pid in marked(self.mark):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def said(self):
        with open(self.output) as file:
            return file.read()

    def assert_nothing_left(self):
        self.assertEqual(marked(self.mark), {})
        self.assertEqual(os.listdir(self.temp), [])

    def wait_for_table(self, process):
        def shown():
            self.assertIsNone(process.poll(), "it ended by itself")
            return re.search(r"user\.v1\.UserService/GetUser +[0-9.]+ ", self.said())
        wait_until(shown, "the live table", 90)

    def test_with_a_duration_it_ends_by_itself_and_the_books_agree(self):
        process = self.launch("--duration", "7s")
        self.assertEqual(process.wait(180), 0)
        said = self.said()
        self.assertRegex(said, r"metrics +http://127\.0\.0\.1:\d+/metrics\n")
        self.assertRegex(said, r"Prometheus +http://127\.0\.0\.1:\d+/")
        self.assertRegex(said, r"order\.v1\.OrderService/UploadItems +[0-9.]+ ")
        last = said.splitlines()[-1]
        match = re.fullmatch(r"the agent counted (\d+) calls, the caller's ledger has (\d+): "
                             "they agree", last)
        self.assertTrue(match, last)
        self.assertEqual(match[1], match[2])
        self.assertGreater(int(match[1]), 500)
        self.assert_nothing_left()

    def test_sigterm_and_sigint_stop_all_it_started(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number.name):
                process = self.launch()
                self.wait_for_table(process)
                commands = " ".join(marked(self.mark).values())
                for part in ("mesh_exporter", "demo_server", "demo_load", "prometheus"):
                    self.assertIn(part, commands)
                process.send_signal(number)
                self.assertEqual(process.wait(60), 0)
                self.assert_nothing_left()

    def test_with_alerts_a_page_arrives(self):
        process = self.launch("--with-alerts")

        def paged():
            self.assertIsNone(process.poll(), "it ended by itself")
            return re.search(r"page +MeshErrorBudgetBurn +users\S+/user\.v1\.UserService +firing",
                             self.said())
        wait_until(paged, "the page about the calls that fail", 120)
        said = self.said()
        self.assertRegex(said, r"alerts +http://127\.0\.0\.1:\d+/alerts")
        url, = re.findall(r"Alertmanager +(http://127\.0\.0\.1:\d+)/", said)
        known = json.loads(http_get(url, "/api/v2/alerts")[1])
        self.assertIn("MeshErrorBudgetBurn", {one["labels"]["alertname"] for one in known})
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(60), 0)
        self.assert_nothing_left()

    def test_a_part_that_dies_is_named(self):
        process = self.launch()
        self.wait_for_table(process)
        (victim,) = [pid for pid, command in marked(self.mark).items()
                     if "mesh_exporter --config" in command]
        os.kill(victim, signal.SIGKILL)
        self.assertEqual(process.wait(60), 1)
        with open(self.errors) as file:
            self.assertIn("mesh_exporter ended", file.read())
        self.assert_nothing_left()

    def test_other_flags_go_to_the_agent_alone(self):
        server = self.start(MisbehavingAdmin("good"))
        config = os.path.join(self.directory, "my.yaml")
        with open(config, "w") as file:
            file.write(fake_targets({"mine": server}))
        port = ReservedPort()
        self.addCleanup(port.release)
        url = f"http://127.0.0.1:{port.number}"
        process = self.launch("--config.file=" + config, "--log.format=json",
                              f"--web.listen-address=127.0.0.1:{port.number}")

        def has_data():
            self.assertIsNone(process.poll(), "it ended by itself")
            try:
                return b'pod="mine"' in http_get(url, "/metrics")[1]
            except OSError:
                return False
        wait_until(has_data, "the agent to serve", 90)
        self.assertEqual(len(marked(self.mark)), 1)  # the agent took the shell's place
        process.terminate()
        self.assertEqual(process.wait(20), 0)
        self.assert_nothing_left()

    def test_prepare_ends_with_the_path_of_the_binary(self):
        process = self.launch("--prepare")
        self.assertEqual(process.wait(180), 0)
        path = self.said().splitlines()[-1]
        self.assertEqual(path, "build/release/mesh_exporter")
        self.assertTrue(os.access(os.path.join(ROOT, path), os.X_OK))
        self.assert_nothing_left()


if __name__ == "__main__":
    unittest.main()
