#!/usr/bin/env python3
"""Health of gRPC servers, asked by the agent: once an interval, listened to, and for a scraper."""

import json
import os
import signal
import subprocess
import threading
import time
import unittest

from harness import BINARY, Page
from grpc_probing import FLOODS, HABITS, SERVICE, SOON, Probes, patience
import hostile_grpc
from hostile_grpc import HostileServer
from told_health import HealthServer


class AgentProbes(Probes):
    def config(self, *probes):
        lines = "".join(f"    - {{{probe}}}\n" for probe in probes)
        return f"probes:\n  grpc:\n{lines}"

    def status(self, page, endpoint, service=""):
        """The one that is 1, of all that there are."""
        rows = page.rows("mesh_grpc_health_status", endpoint=endpoint, grpc_service=service)
        if not rows:
            return None
        self.assertEqual(len(rows), 8)
        (status,) = [labels["status"] for labels, value in rows if value == 1]
        return status

    def test_status_counts_and_reload(self):
        server = self.start(HealthServer())
        silent = self.start(HostileServer(hostile_grpc.say_nothing))
        users = f"name: users, namespace: shop, workload: users, address: '{server.address}', " \
                f"services: ['', {SERVICE}], interval: 1s"
        agent = self.start_agent(self.config(users, f"name: silent, address: '{silent.address}', interval: 1s, "
                                                    "timeout: 200ms"))
        page = agent.wait_for(lambda page: self.status(page, "silent"), "all to be asked")
        self.assertEqual(self.status(page, "users"), "serving")
        self.assertEqual(self.status(page, "users", SERVICE), "service_unknown")
        self.assertEqual(self.status(page, "silent"), "unreachable")
        ((labels, took),) = page.rows("mesh_grpc_health_probe_duration_seconds", endpoint="silent")
        self.assertGreaterEqual(took, 0.2)
        ((labels, _),) = page.rows("mesh_grpc_health_probes_total", endpoint="users", grpc_service=SERVICE)
        self.assertEqual((labels["namespace"], labels["workload"], labels["pod"]), ("shop", "users", ""))
        server.say(SERVICE, "SERVING")
        agent.wait_for(lambda page: self.status(page, "users", SERVICE) == "serving", "the change to be seen")
        # An outage is told, and so is its end, over a connection that has broken in between.
        server.stop()
        agent.wait_for(lambda page: self.status(page, "users") == "unreachable", "the outage to be seen")
        self.start(HealthServer(port=server.port))
        page = agent.wait_for(lambda page: self.status(page, "users") == "serving", "the end to be seen")
        ((_, failures),) = page.rows("mesh_grpc_health_probe_failures_total", endpoint="users", grpc_service="")
        ((_, probes),) = page.rows("mesh_grpc_health_probes_total", endpoint="users", grpc_service="")
        self.assertLess(0, failures)
        self.assertLess(failures, probes)
        # Who is as before or asked otherwise keeps its counts; who is gone is gone.
        agent.reload(self.config(users.replace("interval: 1s", "interval: 2s")))
        page = agent.wait_for(lambda page: self.status(page, "silent") is None, "the other configuration")
        ((_, after),) = page.rows("mesh_grpc_health_probes_total", endpoint="users", grpc_service="")
        self.assertGreaterEqual(after, probes)

    def test_plain_text_that_meets_tls(self):
        key, crt = self.path("server.key"), self.path("server.crt")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-out", crt, "-keyout", key, "-days", "7", "-subj", "/CN=users"], check=True, capture_output=True)
        server = self.start(HealthServer(crt, key))
        agent = self.start_agent(self.config(f"name: users, address: '{server.address}', interval: 1d"))
        agent.wait_for(lambda page: self.status(page, "users") == "unreachable", "the probe")
        why = "the connection was closed; it speaks TLS, and was asked in plain text"
        (probe,) = json.loads(agent.get("/api/v1/probes")[1])
        self.assertEqual(probe["trouble"], why)
        self.assertIn(why, agent.log())

    def test_a_file_that_the_agent_lacks_is_no_fault_of_the_server(self):
        key, crt, ca = (self.path(name) for name in ("server.key", "server.crt", "ca.pem"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-out", crt, "-keyout", key, "-days", "7", "-subj", "/CN=users",
                        "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        server = self.start(HealthServer(crt, key))
        agent = self.start_agent(self.config(f"name: users, address: '{server.address}', interval: 1s, "
                                             f"tls: {{ca_file: {ca}}}"))
        page = agent.wait_for(lambda page: self.status(page, "users"), "the probe")
        self.assertEqual(self.status(page, "users"), "not_asked")
        self.assertEqual(page.rows("mesh_grpc_health_probe_failures_total")[0][1], 0)
        self.assertEqual([row["finding"] for row, _ in page.rows("mesh_finding")], ["grpc_probe_unusable"])
        (finding,) = json.loads(agent.get("/api/v1/diagnosis")[1])["findings"]
        self.assertEqual(finding["severity"], "warning")
        self.assertIn(f"cannot use {ca}: No such file", finding["cause"])
        self.assertIn(f"mesh_exporter probe {server.address} --tls.ca-file={ca}", finding["remedy"])
        self.assertEqual(agent.get("/probe?target=users")[0], 503)
        os.rename(crt, ca)
        agent.wait_for(lambda page: self.status(page, "users") == "serving", "the file to be used")
        self.assertEqual(json.loads(agent.get("/api/v1/diagnosis")[1])["findings"], [])

    def test_a_server_that_is_listened_to(self):
        server = self.start(HealthServer())
        agent = self.start_agent(self.config(f"name: users, address: '{server.address}', services: ['', {SERVICE}], "
                                             "watch: true, interval: 1d"))
        agent.wait_for(lambda page: self.status(page, "users", SERVICE) and self.status(page, "users"), "all to be asked")
        for status in ("NOT_SERVING", "SERVING"):
            server.say(SERVICE, status)
            began = time.monotonic()
            agent.wait_for(lambda page, one=status: self.status(page, "users", SERVICE) == one.lower(), "the change")
            self.assertLess(time.monotonic() - began, 2)
        server.stop()
        page = agent.wait_for(lambda page: self.status(page, "users") == "unreachable" ==
                              self.status(page, "users", SERVICE), "the outage")
        # All of that was told by the server: the agent itself has asked once, and will tomorrow.
        self.assertEqual({value for _, value in page.rows("mesh_grpc_health_probes_total")}, {1})
        self.assertEqual({value for row, value in page.rows("mesh_grpc_health_probe_failures_total")
                          if row["grpc_service"] == ""}, {0})

    def test_a_scraper_may_ask_for_a_probe_of_who_is_configured(self):
        server = self.start(HealthServer())
        stranger = self.start(HealthServer())
        agent = self.start_agent(self.config(f"name: users, namespace: shop, address: '{server.address}', "
                                             "interval: 1d"))
        agent.wait_for(lambda page: self.status(page, "users"), "the first probe")
        server.say("", "NOT_SERVING")  # which the agent itself would see tomorrow
        status, text = agent.get("/probe?target=shop/users&module=grpc_health")
        self.assertEqual(status, 200)
        page = Page(text)
        self.assertEqual(page.rows("probe_success"), [({}, 0)])
        self.assertEqual(self.status(page, "users"), "not_serving")
        self.assertEqual(self.status(agent.page(), "users"), "serving")
        self.assertEqual(agent.page().rows("mesh_grpc_health_probes_total")[0][1], 1)
        for query, code in (("target=" + stranger.address, 403), ("target=users", 403),
                            ("target=shop/users&module=http_2xx", 400), ("", 400)):
            with self.subTest(query):
                self.assertEqual(agent.get("/probe?" + query)[0], code)

    def test_a_scraper_that_will_not_wait(self):
        servers = {}
        for habit, _, status, message in HABITS:  # each a host, lest they wait for each other's turns
            server = HostileServer(habit, f"127.0.1.{len(servers) + 1}")
            self.start(server)
            servers[habit.__name__] = server, status, patience(message, 2.5, 20)
        agent = self.start_agent(self.config(*(f"name: {name}, address: '{server.address}', interval: 1d, timeout: 1m"
                                               for name, (server, _, _) in servers.items())))
        for name, (_, status, seconds) in servers.items():
            with self.subTest(name):
                began = time.monotonic()
                code, text = agent.get("/probe?target=" + name, X_Prometheus_Scrape_Timeout_Seconds=str(seconds))
                self.assertLess(time.monotonic() - began, SOON)
                self.assertEqual(code, 200, text)
                self.assertEqual(Page(text).rows("probe_success"), [({}, 0)])
                self.assertEqual(self.status(Page(text), name), status)
        code, text = agent.get("/probe?target=say_nothing", X_Prometheus_Scrape_Timeout_Seconds="soon")
        self.assertEqual((code, text), (400, 'X-Prometheus-Scrape-Timeout-Seconds: "soon" is no number of seconds\n'))

    def test_the_end_of_the_agent_answers_who_waits_for_a_probe(self):
        asked = threading.Semaphore(0)

        def habit(peer):
            hostile_grpc.read_question(peer)
            asked.release()
            hostile_grpc.read_next_question(peer)
            asked.release()
            hostile_grpc.wait_for_the_end(peer)

        server = self.start(HostileServer(habit))
        agent = self.start_agent(self.config(f"name: silent, address: '{server.address}', interval: 1d, timeout: 1m"))
        self.assertTrue(asked.acquire(timeout=10))
        answers = []
        scraper = threading.Thread(target=lambda: answers.append(agent.get("/probe?target=silent")))
        scraper.start()
        self.assertTrue(asked.acquire(timeout=10))
        began = time.monotonic()
        agent.child.signal(signal.SIGTERM)
        scraper.join(10)
        self.assertEqual(answers, [(503, "the exporter is shutting down\n")])
        self.assertLess(time.monotonic() - began, 2)

    def test_floods_are_named_and_make_no_others_late(self):
        users = self.start(HealthServer())
        nonsense = self.start(HostileServer(hostile_grpc.answer_nonsense, "127.0.1.9"))
        others = [f"name: users, address: '{users.address}', interval: 1s, timeout: 1s",
                  f"name: nonsense, address: '{nonsense.address}', interval: 1s, timeout: 1s"]
        for habits in FLOODS[:1], FLOODS:
            with self.subTest(len(habits)):
                names = [habit.__name__ for habit in habits]
                floods = [self.start(HostileServer(habit, f"127.0.1.{i + 1}")) for i, habit in enumerate(habits)]
                agent = self.start_agent(
                    self.config(*others, *(f"name: {name}, address: '{server.address}', interval: 4s, timeout: 3s"
                                           for name, server in zip(names, floods))), name=f"floods{len(habits)}")

                def asked_thrice(page, names=names):
                    self.assertIn(self.status(page, "users"), (None, "serving"))
                    self.assertIn(self.status(page, "nonsense"), (None, "failed"))
                    probes = {row["endpoint"]: value for row, value in page.rows("mesh_grpc_health_probes_total")}
                    return all(probes.get(name, 0) >= 3 for name in names)

                page = agent.wait_for(asked_thrice, "all who flood to be asked")
                failures = page.rows("mesh_grpc_health_probe_failures_total", endpoint="users")
                self.assertEqual([value for _, value in failures], [0])
                for name in names:
                    self.assertIn(self.status(page, name), ("unreachable", "failed"))
                agent.stop()

    def test_the_command_names_a_flood(self):
        for habit in FLOODS:
            with self.subTest(habit.__name__):
                server = self.start(HostileServer(habit))
                done = subprocess.run([BINARY, "probe", server.address, "--timeout=20s"], capture_output=True, text=True,
                                      timeout=60, check=False)
                # By whether we are first or the library, which counts what it cannot take in at once.
                self.assertRegex(done.stdout, "the server floods the connection|more came than a message may have")
                self.assertIn(done.returncode, (1, 2))

    def test_a_flood_where_nobody_waits_for_an_answer(self):
        """The call that is flooded is the one by which the agent listens, and the next question is a day away."""
        cut_off = threading.Event()

        def habit(peer):
            try:
                hostile_grpc.flood_after_an_answer(peer)
            finally:
                cut_off.set()

        server = self.start(HostileServer(habit))
        agent = self.start_agent(self.config(f"name: users, address: '{server.address}', watch: true, interval: 1d"))
        agent.wait_for(lambda page: self.status(page, "users") == "serving", "the first answer")
        self.assertTrue(cut_off.wait(40))


if __name__ == "__main__":
    unittest.main(verbosity=2)
