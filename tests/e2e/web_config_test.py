#!/usr/bin/env python3
"""The agent's own pages behind TLS and passwords, as a real Prometheus and curl meet them: who gets in, what
changes while it runs, and where else than on TCP it listens."""

import concurrent.futures
import os
import subprocess
import unittest

from harness import BINARY, Agent, Prometheus, TempDirTest, wait_until
from misbehaving_admin import GRPC, MisbehavingAdmin, fake_targets
from processes import Child, http_get

RELOADED = "mesh_exporter_config_last_reload_successful"
# bcrypt, of "wonderland" and of "builder": with the least cost, so that nobody waits.
ALICE = "alice: $2y$04$abcdefghijklmnopqrstuujZkTwHUiJ9XdZPwKfcfDo7dMp5DjlTu"
BOB = "bob: $2b$04$abcdefghijklmnopqrstuu/GACL4BASs5qZJ2H5JEo0yW9XEj5.iq"


class GuardedAgent(Agent):
    """Whose pages are not for everybody: that it serves is told by its log."""

    _starts = 0

    def start(self):
        self._starts += 1
        return super().start()

    def _answers(self, path):
        return self.log().count(f"msg=listening address={self.listens_on} ") == self._starts


class GuardedPrometheus(Prometheus):
    """With more settings for each job."""

    def __init__(self, directory, address, settings):
        self._settings = settings
        super().__init__(directory, {job: [address] for job in settings})

    def _config(self):
        config = super()._config()
        for scrape in config["scrape_configs"]:
            scrape.update(self._settings[scrape["job_name"]])
        return config


class WebConfig(TempDirTest):
    def setUp(self):
        super().setUp()
        self.good = self.start(MisbehavingAdmin("good"))
        self.server, self.key = self.make("server")
        self.client, self.client_key = self.make("client")

    def path(self, name):
        return os.path.join(self.directory, name)

    def make(self, name, common_name=None):
        """A certificate that is its own CA, and its key."""
        certificate, key = self.path(name + ".crt"), self.path(name + ".key")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-keyout", key + ".new", "-out", certificate + ".new", "-days", "2",
             "-subj", f"/CN={common_name or name}", "-addext", "subjectAltName=IP:127.0.0.1,DNS:" + name,
             "-addext", "basicConstraints=critical,CA:FALSE"],
            check=True, capture_output=True, timeout=60)
        os.rename(key + ".new", key)
        os.rename(certificate + ".new", certificate)
        return certificate, key

    def write(self, text):
        """In one step, as whoever keeps configurations does it."""
        with open(self.path("web.yml.new"), "w") as file:
            file.write(text)
        os.rename(self.path("web.yml.new"), self.path("web.yml"))

    @staticmethod
    def tls(*more):
        """That of a file whose paths are relative to it."""
        return "\n  ".join(("tls_server_config:", "cert_file: server.crt", "key_file: server.key",
                            *more)) + "\n"

    def begin(self, config, *flags, targets=None):
        self.write(config)
        agent = GuardedAgent(BINARY, self.directory, targets or fake_targets({"one": self.good}),
                             "--web.config.file=" + self.path("web.yml"), *flags)
        return self.start(agent)

    def curl(self, where, *flags):
        """(status, body, all that curl says)."""
        done = subprocess.run(["curl", "-sS", "-v", "-w", "\n%{http_code}", *flags, where],
                              capture_output=True, text=True, check=False, timeout=30)
        body, _, status = done.stdout.rpartition("\n")
        return int(status or 0), body, done.stderr

    def fetch(self, agent, path, *flags):
        return self.curl(f"https://{agent.listens_on}{path}", "--cacert", self.server, *flags)


class Access(WebConfig):
    def test_a_prometheus_scrapes_it_by_certificate_and_password(self):
        agent = self.begin(
            self.tls("client_auth_type: RequireAndVerifyClientCert", "client_ca_file: client.crt",
                     "client_allowed_sans: [client]") + f"basic_auth_users:\n  {ALICE}\n")
        ca = {"ca_file": self.server}
        shown = {**ca, "cert_file": self.client, "key_file": self.client_key}
        right = {"username": "alice", "password": "wonderland"}
        prometheus = self.start(GuardedPrometheus(self.directory, agent.listens_on, {
            "right": {"scheme": "https", "tls_config": shown, "basic_auth": right},
            "guess": {"scheme": "https", "tls_config": shown,
                      "basic_auth": {"username": "alice", "password": "guess"}},
            "nobody": {"scheme": "https", "tls_config": ca, "basic_auth": right},
            "plain": {"basic_auth": right}}))

        def told():
            return {target["labels"]["job"]: (target["health"], target["lastError"])
                    for target in prometheus.ask("targets")["activeTargets"]}
        wait_until(lambda: all(health != "unknown" for health, _ in told().values()),
                   "every job to be tried", alive=[agent.child, prometheus.child])
        wait_until(lambda: len(prometheus.query("up")) == 4, "what came of it")
        self.assertEqual({labels["job"]: value for labels, value in prometheus.query("up")},
                         {"right": 1, "guess": 0, "nobody": 0, "plain": 0})
        self.assertIn("401", told()["guess"][1])
        self.assertIn("certificate", told()["nobody"][1])
        self.assertIn("400", told()["plain"][1])
        self.assertEqual(prometheus.query('mesh_target_up{job="right"}')[0][1], 1)

    def test_every_page_wants_the_password_and_says_its_headers(self):
        agent = self.begin(self.tls() + f"basic_auth_users:\n  {ALICE}\n"
                           "http_server_config:\n  headers:\n    Strict-Transport-Security: max-age=60\n")
        for path in ("/metrics", "/", "/-/healthy", "/none"):
            status, _, said = self.fetch(agent, path)
            self.assertEqual(status, 401, path)
            self.assertIn("\n< WWW-Authenticate: Basic", said)
            self.assertIn("\n< Strict-Transport-Security: max-age=60", said)
        status, body, said = self.fetch(agent, "/metrics", "-u", "alice:wonderland")
        self.assertEqual(status, 200, said)
        self.assertIn("mesh_exporter_build_info", body)
        self.assertEqual(self.fetch(agent, "/metrics", "-u", "bob:builder")[0], 401)

    def test_plain_http_is_told_so_and_old_tls_is_refused(self):
        agent = self.begin(self.tls("min_version: TLS13"))
        status, body = http_get(agent.url, "/metrics")
        self.assertEqual((status, body), (400, b"plain HTTP was sent to a port that speaks HTTPS\n"))
        status, _, said = self.fetch(agent, "/metrics", "--tls-max", "1.2")
        self.assertEqual(status, 0)
        self.assertIn("protocol version", said)
        self.assertEqual(self.fetch(agent, "/metrics")[0], 200)

    def test_what_is_wrong_keeps_it_from_starting_and_is_found_by_a_check(self):
        self.write(self.tls("cert_filse: x") + "basic_auth_users:\n  john: doe\n")
        with open(self.path("agent.yaml"), "w") as file:
            file.write(fake_targets({"one": self.good}))
        command = [BINARY, "--config.file=" + self.path("agent.yaml"),
                   "--web.config.file=" + self.path("web.yml")]
        for flags in ([], ["--config.check"]):
            done = subprocess.run([*command, *flags], text=True, capture_output=True, check=False,
                                  timeout=60)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(self.path("web.yml") + ':4:3: tls_server_config: unknown key "cert_filse"',
                          done.stderr)
            self.assertIn("web.yml:6:9: basic_auth_users.john: is no hash of bcrypt", done.stderr)
        self.write(self.tls() + f"basic_auth_users:\n  {ALICE}\n")
        done = subprocess.run([*command, "--config.check"], text=True, capture_output=True, check=True,
                              timeout=60)
        self.assertIn("web.yml: valid, TLS, 1 user\n", done.stdout)
        os.rename(self.client_key, self.key)
        done = subprocess.run(command, text=True, capture_output=True, check=False, timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertIn(f"web.yml: tls_server_config.key_file: cannot use {self.key}: it is not the key of the "
                      f"certificate in {self.path('server.crt')}", done.stderr)


class Commands(WebConfig):
    """What asks the agent from the command line."""

    def ask(self, *words):
        return subprocess.run([BINARY, *words], text=True, capture_output=True, check=False, timeout=60)

    def test_they_reach_a_guarded_agent(self):
        socket = self.path("web.sock")
        agent = self.begin(
            self.tls("client_auth_type: RequireAndVerifyClientCert", "client_ca_file: client.crt") +
            f"basic_auth_users:\n  {ALICE}\n", "--web.listen-address=unix:" + socket)
        with open(self.path("password"), "w") as file:
            file.write("wonderland\n")
        with open(self.path("http.yml"), "w") as file:
            file.write("basic_auth: {username: alice, password_file: password}\n"
                       "tls_config: {ca_file: server.crt, cert_file: client.crt, key_file: client.key}\n")
        with open(self.path("socket.yml"), "w") as file:
            file.write("basic_auth: {username: alice, password: guess}\n"
                       "tls_config: {server_name: server, ca_file: server.crt, cert_file: client.crt, "
                       "key_file: client.key}\n")
        by_file = "--http.config.file=" + self.path("http.yml")
        for where in (agent.listens_on, "https://" + agent.listens_on):
            for command in ("targets", "certificates"):
                done = self.ask(command, "--agent=" + where, by_file)
                self.assertEqual((done.returncode, done.stderr), (0, ""), (where, command))
        done = self.ask("targets", "--agent=unix:" + socket, "--http.config.file=" + self.path("socket.yml"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("HTTP status 401; it wants a user and a password, see --http.config.file", done.stderr)
        done = self.ask("targets", "--agent=" + agent.listens_on)
        self.assertEqual(done.returncode, 2)
        self.assertIn("HTTP status 400; if it speaks HTTPS, say so", done.stderr)
        done = self.ask("targets", "--agent=https://" + agent.listens_on)
        self.assertIn("certificate is not accepted", done.stderr)


class Reload(WebConfig):
    def setUp(self):
        super().setUp()
        self.users = f"basic_auth_users:\n  {ALICE}\n"
        self.agent = self.begin(self.tls() + self.users, "--config.auto-reload-interval=50ms",
                                "--web.enable-lifecycle")

    def served(self):
        """The subject of the certificate that is shown."""
        return self.curl(f"https://{self.agent.listens_on}/", "--insecure")[2].split("subject: ")[1].split("\n")[0]

    def status(self, user, *flags):
        return self.fetch(self.agent, "/metrics", "-u", user, *flags)[0]

    def loaded(self):
        body = self.fetch(self.agent, "/metrics", "-u", "alice:wonderland")[1]
        return f"\n{RELOADED} 1\n" in body

    def test_a_renewed_certificate_is_shown_by_itself(self):
        self.assertEqual(self.served(), "CN=server")
        self.make("server", "renewed")
        wait_until(lambda: self.served() == "CN=renewed", "the new certificate", alive=[self.agent.child])
        self.assertTrue(self.loaded())

    def test_users_come_and_go(self):
        self.assertEqual(self.status("bob:builder"), 401)
        self.write(self.tls() + self.users + f"  {BOB}\n")
        wait_until(lambda: self.status("bob:builder") == 200, "the new user")
        self.assertEqual(self.status("alice:wonderland"), 200)
        self.write(self.tls() + f"basic_auth_users:\n  {BOB}\n")
        wait_until(lambda: self.status("alice:wonderland") == 401, "the other one to be shut out")
        self.assertEqual(self.status("bob:builder"), 200)

    def test_what_is_wrong_leaves_the_old_one_and_is_told(self):
        for wrong, words in ((self.tls("min_version: 1") + self.users, "web.yml:4:16: "),
                             (self.users, "tls_server_config is gone"),
                             (self.tls(), "basic_auth_users is gone"),
                             ("", "tls_server_config is gone")):
            self.write(wrong)
            wait_until(lambda words=words: words in self.agent.log(), words)
            wait_until(lambda: not self.loaded(), "the page to tell it")
            status, body, _ = self.fetch(self.agent, "/-/reload", "-u", "alice:wonderland", "-X", "POST")
            self.assertEqual(status, 500)
            self.assertIn(words, body)
            self.assertEqual(self.status("alice:guess"), 401)
            _, body, _ = self.fetch(self.agent, "/config", "-u", "alice:wonderland", "-H", "Accept: text/html")
            self.assertIn("/web.yml was read again and has errors", body)
            self.write(self.tls() + self.users)
            wait_until(self.loaded, "what was mended to be taken")

    def test_half_of_a_pair_is_waited_out(self):
        self.make("other")
        os.rename(self.path("other.crt"), self.server)
        wait_until(lambda: "the old one goes on" in self.agent.log(), "the pair to be found not to fit")
        self.assertEqual(self.served(), "CN=server")
        os.rename(self.path("other.key"), self.key)
        wait_until(lambda: self.served() == "CN=other", "the other half")


class Listening(WebConfig):
    def test_a_unix_socket_beside_a_port(self):
        where = self.path("web.sock")
        agent = self.begin(f"basic_auth_users:\n  {ALICE}\n", "--web.listen-address=unix:" + where)
        self.assertEqual(os.stat(where).st_mode & 0o777, 0o660)
        for flags in ((), ("--unix-socket", where)):
            self.assertEqual(self.curl(agent.url + "/-/healthy", *flags)[0], 401)
            self.assertEqual(self.curl(agent.url + "/-/healthy", "-u", "alice:wonderland", *flags)[0], 200)
        agent.child.kill()
        self.assertTrue(os.path.exists(where))  # left over
        agent.start()
        self.assertEqual(self.curl(agent.url + "/-/healthy", "-u", "alice:wonderland", "--unix-socket",
                                   where)[0], 200)
        agent.child.terminate()
        self.assertFalse(os.path.exists(where))

    def test_the_sockets_that_systemd_passes(self):
        self.write(self.tls())
        with open(self.path("agent.yaml"), "w") as file:
            file.write(fake_targets({"one": self.good}))
        where = self.path("passed.sock")
        child = Child("activated", [
            "systemd-socket-activate", "-l", where, BINARY, "--config.file=" + self.path("agent.yaml"),
            "--web.config.file=" + self.path("web.yml"), "--web.systemd-socket"], self.path("log"))
        self.addCleanup(child.kill)
        wait_until(lambda: os.path.exists(where), "systemd to listen", alive=[child])
        status, _, said = self.curl("https://127.0.0.1/-/healthy", "--cacert", self.server,
                                    "--unix-socket", where)
        self.assertEqual(status, 200, said)
        child.terminate()
        self.assertTrue(os.path.exists(where))  # it is systemd's

    def test_without_such_sockets_it_says_so(self):
        with open(self.path("agent.yaml"), "w") as file:
            file.write(fake_targets({"one": self.good}))
        done = subprocess.run([BINARY, "--config.file=" + self.path("agent.yaml"), "--web.systemd-socket"],
                              text=True, capture_output=True, check=False, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no sockets were passed by the service manager", done.stderr)

    def test_more_scrapes_at_once_than_are_allowed_are_told_so(self):
        methods = "".join(f"{GRPC}Method{number}.0: 1\n" for number in range(30_000))
        large = self.start(MisbehavingAdmin("good", methods))
        agent = self.begin("{}", "--web.max-requests=1", targets=fake_targets(
            {"one": large}, interval="60s", timeout="20s", stale_after="5m", window="5m") +
            "limits: {methods_per_upstream: 50000}\n")
        agent.wait_for(lambda page: page.value("mesh_target_up", pod="one") == 1, "the large page")
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            statuses = {status for status, _ in pool.map(lambda _: http_get(agent.url, "/metrics"), range(16))}
        self.assertEqual(statuses, {200, 503})
        self.assertEqual(http_get(agent.url, "/metrics")[0], 200)


if __name__ == "__main__":
    unittest.main()
