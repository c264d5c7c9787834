#!/usr/bin/env python3
"""Who scrapes a page by a URL with a token in it keeps the token in a variable, and then nothing that
the program says has it: not while the page is read, nor while it cannot be."""

import json
import os
import subprocess
import unittest
from unittest import mock

from harness import BINARY, TempDirTest, wait_until
from misbehaving_admin import MisbehavingAdmin, fake_targets

SECRETS = {"MESH_TEST_PATH": "hush-of-the-path", "MESH_TEST_QUERY": "hush-of-the-query"}
HOST = {"MESH_TEST_HOST": "127.0.0.1"}
PAGE = ('# TYPE grpc_server_handled_total counter\n'
        'grpc_server_handled_total{grpc_code="OK",grpc_method="Get",grpc_service="user.v1.Users",'
        'grpc_type="unary"} 7\n')
NAMES = ["diagnosis", "certificates", "endpoints", "upstreams", "methods", "targets", "probes", "config"]


class SecretUrls(TempDirTest):
    def setUp(self):
        super().setUp()
        environment = mock.patch.dict(os.environ, {**SECRETS, **HOST})
        environment.start()
        self.addCleanup(environment.stop)
        self.server = self.start(MisbehavingAdmin("good", stats=PAGE))
        port = self.server.server_address[1]
        self.door = f"127.0.0.1:{port}"
        self.url = ("http://${MESH_TEST_HOST}:%d/of/${MESH_TEST_PATH}/page"
                    "?token=${MESH_TEST_QUERY}" % port)
        # The second is asked at the same address, of which there is a warning.
        self.config = fake_targets({}) + "".join(
            f'  - {{name: {name}, mesh: {mesh}, metrics: "{self.url}"}}\n'
            for name, mesh in (("a", "app"), ("b", "app"), ("c", "envoy"), ("d", "auto")))

    def assert_hidden(self, text, what):
        for secret in SECRETS.values():
            self.assertNotIn(secret, text, what)

    def look_everywhere(self, agent):
        """All that is said, by what it is called; none of it has a secret."""
        paths = ["/metrics", "/", "/api/v1/status", *("/" + name for name in NAMES),
                 *("/api/v1/" + name for name in NAMES)]
        said = {}
        for path in paths:
            for accept in ("*/*", "text/html"):
                status, said[path, accept] = agent.get(path, accept)
                self.assertEqual(status, 200, path)
        for command in ("diagnose", "targets"):
            ended = subprocess.run([BINARY, command, "--agent=" + agent.url], capture_output=True,
                                   text=True, timeout=60, check=False)
            said[command, ""] = ended.stdout + ended.stderr
        self.assertIn("a (app)", said["targets", ""])
        said["log", ""] = agent.log()
        for what, text in said.items():
            self.assert_hidden(text, what)
        return said

    def test_the_path_is_shown_without_what_variables_put_into_it(self):
        agent = self.start_agent(self.config, "--log.level=debug")
        agent.wait_for(lambda page: page.value("mesh_target_up", pod="a") == 1, "the page to be read")
        said = self.look_everywhere(agent)
        shown = self.door + "/of/<redacted>/page"
        self.assertIn(f"http://{shown}?token=<redacted>", said["/config", "*/*"])
        self.assertIn(shown, said["/targets", "*/*"])
        rows = json.loads(said["/api/v1/targets", "*/*"])
        self.assertIn(shown, json.dumps(rows))

        self.server.habit = "503"
        agent.wait_for(lambda page: page.value("mesh_target_up", pod="a") == 0, "it to be down")
        said = self.look_everywhere(agent)
        for what in (("log", ""), ("/targets", "*/*"), ("/api/v1/targets", "*/*"), ("diagnose", "")):
            self.assertIn("/of/<redacted>/page: HTTP status 503", said[what], what)

        # What cannot be read of it, and what is no page at all.
        for stats, words in ((PAGE + "no sample\n", "cannot be read"), ("garbage\n", "no line is a sample")):
            self.server.habit, self.server.stats = "good", stats
            wait_until(lambda words=words: words in agent.log(), words)
            self.look_everywhere(agent)

    def test_a_check_of_the_configuration_shows_it_so(self):
        path = os.path.join(self.directory, "checked.yaml")
        with open(path, "w") as file:
            file.write(self.config)
        ended = subprocess.run([BINARY, "--config.check", "--config.file=" + path],
                               capture_output=True, text=True, timeout=60, check=True)
        self.assert_hidden(ended.stdout + ended.stderr, "--config.check")
        self.assertIn(f"a (app) metrics {self.door}/of/<redacted>/page\n", ended.stdout)
        self.assertIn(f'"b (app)" is asked at "{self.door}/of/<redacted>/page"', ended.stderr)


if __name__ == "__main__":
    unittest.main()
