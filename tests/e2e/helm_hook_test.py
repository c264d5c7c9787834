#!/usr/bin/env python3
"""What `helm test` runs, at agents with the web configurations of the chart's renders: it ends well where one
answers, and not where none does."""

import os
import re
import subprocess
import unittest

from harness import BINARY, ROOT
from web_config_test import ALICE, WebConfig


def ask(*words):
    return subprocess.run([BINARY, *words], text=True, capture_output=True, check=False, timeout=60)


class HelmTest(WebConfig):
    def words(self, case, agent):
        """The words of that pod of the chart, with this agent's address and the test's own folder."""
        with open(os.path.join(ROOT, "tests", "deploy", "golden", case + ".yaml"), encoding="utf-8") as file:
            words, = re.findall(r"(?m)^      args:\n((?:        - .*\n)+)", file.read().split("helm.sh/hook: test")[1])
        words = [word.replace("mesh-exporter.mesh-exporter:10420", agent.listens_on)
                 for word in re.findall(r"- (.*)", words)]
        return [re.sub(r"=/etc/.*/", f"={self.directory}/", word) for word in words]

    def test_the_charts_test_asks_agents_with_a_web_configuration(self):
        ours = "tls_config: {insecure_skip_verify: true}\n"
        with open(os.path.join(ROOT, "tests", "deploy", "golden", "web-config.yaml"), encoding="utf-8") as file:
            self.assertIn("  http-config.yml: |\n    " + ours, file.read())
        password = "basic_auth: {username: alice, password: wonderland}\n"
        for case, config, access in (
                ("web-config", self.tls(), ours), ("web-password", f"basic_auth_users:\n  {ALICE}\n", password),
                ("web-client-certificate",
                 self.tls("client_auth_type: RequireAndVerifyClientCert", "client_ca_file: client.crt"), "")):
            with open(self.path("http-config.yml"), "w") as file:
                file.write(access)
            agent = self.begin(config)
            words = self.words(case, agent)
            done = ask(*words)
            self.assertEqual((done.returncode, done.stderr), (0, ""), case)
            agent.child.kill()
            self.assertNotEqual(ask(*words).returncode, 0, case)


if __name__ == "__main__":
    unittest.main()
