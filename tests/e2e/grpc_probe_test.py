#!/usr/bin/env python3
"""Health of gRPC servers, asked by the command and by the agent: of Python's health service, of a C++ server
without one under mutual TLS, and of servers that misbehave."""

import json
import os
import subprocess
import time
import unittest

from harness import BINARY, BUILD, Page, TempDirTest
import hostile_grpc
from hostile_grpc import HostileServer
from told_health import HealthServer
from processes import Child, wait_until

TLS_SERVER = os.path.join(BUILD, "tests", "e2e", "grpc_tls_server")
SERVICE = "user.v1.UserService"


class Probes(TempDirTest):
    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def probe(self, address, *flags, code):
        """What the command prints; it ends with this code."""
        done = subprocess.run([BINARY, "probe", address, *flags], capture_output=True, text=True, timeout=60,
                              check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertEqual(done.stderr, "")
        return done.stdout

    def found(self, address, *flags, code):
        """(status, message) of each service that was asked for, and what is told of TLS."""
        report = json.loads(self.probe(address, *flags, "--output=json", code=code))
        self.assertEqual(report["address"], address)
        return [(one["status"], one["message"]) for one in report["health"]], report["tls"]


class Command(Probes):
    def self_signed(self, name, alt_name=None):
        """(certificate, key), good for DNS:name, or for another name."""
        files = self.path(name + ".crt"), self.path(name + ".key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-out", files[0], "-keyout", files[1], "-days", "7", "-subj", "/CN=" + name,
                        "-addext", "subjectAltName=" + (alt_name or "DNS:" + name)], check=True, capture_output=True)
        return files

    def serve_tls(self, *files):
        """Where a server without a health service is, with its certificate, its key and whom it lets in."""
        server = Child("grpc_tls_server", [TLS_SERVER, *files], self.path("log"))
        self.addCleanup(server.terminate)
        wait_until(lambda: server.log_tail().strip().isdigit(), "the port", alive=[server])
        return "127.0.0.1:" + server.log_tail().strip()

    def test_each_status(self):
        server = self.start(HealthServer())
        self.assertEqual(self.found(server.address, code=0), ([("serving", "")], None))
        server.say(SERVICE, "NOT_SERVING")
        text = self.probe(server.address, "--service=" + SERVICE, "--service=other.v1.Service", code=1)
        self.assertRegex(text, rf"\A{server.address}\n"
                               rf"  health of {SERVICE} +not serving, in [0-9.]+ m?s\n"
                               r"  health of other\.v1\.Service +the server knows no such service, in [0-9.]+ m?s\n"
                               r"  methods +the server has no reflection\n\Z")
        server.say("", "UNKNOWN")
        self.assertEqual(self.found(server.address, code=1)[0], [("unknown", "")])
        server.stop()
        self.assertEqual(self.found(server.address, code=2)[0], [("unreachable", "connection refused")])

    def test_tls(self):
        (server_crt, server_key), (client_crt, client_key), (other_crt, _) = map(
            self.self_signed, ("server", "client", "other"))
        address = self.serve_tls(server_crt, server_key, client_crt)
        trusted = ("--tls.ca-file=" + server_crt, "--tls.server-name=server")
        client = ("--tls.cert-file=" + client_crt, "--tls.key-file=" + client_key)
        # No health service, and up; the certificate of a server that insists on ours.
        health, tls = self.found(address, *trusted, *client, "--authority=users.shop", code=0)
        self.assertEqual(health, [("unimplemented", "")])
        self.assertEqual((tls["error"], tls["version"], tls["alpn"]), (None, "TLSv1.3", "h2"))
        ((leaf, issuer),) = [(one["certificate"], one["issuer"]) for one in tls["chain"]]
        self.assertEqual((leaf, issuer), ("server", "CN=server"))
        self.assertRegex(self.probe(address, *trusted, *client, code=0),
                         r"\n  certificate +server, expires in (6d\d+h|7d), issued by CN=server\n"
                         r"  TLS +TLSv1\.3, TLS_\w+, ALPN h2\n"
                         r"  methods +the server has no reflection\n\Z")
        # Whoever does not trust it says so, and shows it all the same.
        health, tls = self.found(address, "--tls.ca-file=" + other_crt, "--tls.server-name=server", *client, code=2)
        self.assertEqual(health, [("unreachable", "the certificate is not trusted")])
        self.assertEqual(tls["chain"][0]["certificate"], "server")
        health, _ = self.found(address, trusted[0], "--tls.server-name=other", *client, code=2)
        self.assertEqual(health, [("unreachable", "the certificate is for another name than was asked for")])
        health, _ = self.found(address, *trusted, code=2)
        self.assertEqual(health, [("unreachable", "the connection was closed")])
        health, tls = self.found(address, code=2)
        self.assertEqual((health, tls), ([("unreachable", "the connection was closed")], None))

    def test_an_identity_instead_of_a_name(self):
        users = "spiffe://mesh.test/ns/shop/sa/users"
        crt, key = self.self_signed("users", "URI:" + users)
        address = self.serve_tls(crt, key, crt)
        flags = ("--tls.ca-file=" + crt, "--tls.cert-file=" + crt, "--tls.key-file=" + key)
        for spiffe_id, code, found in (
                (users, 0, ("unimplemented", "")),
                (users + "2", 2, ("unreachable", "the certificate is of another identity than was asked for"))):
            with self.subTest(spiffe_id):
                self.assertEqual(self.found(address, *flags, "--tls.spiffe-id=" + spiffe_id, code=code)[0], [found])

    def test_servers_that_misbehave(self):
        for habit, code, status, message in (
                (hostile_grpc.say_nothing, 2, "unreachable", "no answer in time"),
                (hostile_grpc.speak_http1, 2, "unreachable", "the server speaks HTTP/1 and no HTTP/2"),
                (hostile_grpc.reset_after_headers, 2, "unreachable", "connection reset"),
                (hostile_grpc.send_100_megabytes, 1, "failed", "the message is too large"),
                (hostile_grpc.answer_nonsense, 1, "failed", "what it answers is no health"),
                (hostile_grpc.end_without_status, 1, "failed", "UNKNOWN: No status received"),
                (hostile_grpc.end_without_trailers, 2, "unreachable", "Stream removed"),
                (hostile_grpc.say_status_99, 1, "failed", "other"),
                (hostile_grpc.say_goodbye, 2, "unreachable", "the connection was closed"),
                (hostile_grpc.drip, 2, "unreachable", "no answer in time"),
                (hostile_grpc.flood_with_headers, 1, "failed",
                 "RESOURCE_EXHAUSTED: received initial metadata size exceeds limit"),
                (hostile_grpc.flood_with_settings, 2, "unreachable", "no answer in time")):
            with self.subTest(habit.__name__):
                server = self.start(HostileServer(habit))
                began = time.monotonic()
                health, _ = self.found(server.address, "--timeout=500ms", code=code)
                self.assertEqual(health, [(status, message)])
                self.assertLess(time.monotonic() - began, 5)


    def test_what_is_compressed_unasked_is_read_or_refused(self):
        """Which of both is chance: what comes at once the library decodes before it sees that it may not."""
        server = self.start(HostileServer(hostile_grpc.compress_unasked))
        done = subprocess.run([BINARY, "probe", server.address, "--output=json"], capture_output=True, text=True,
                              timeout=60, check=False)
        (health,) = json.loads(done.stdout)["health"]
        self.assertIn((done.returncode, health["status"], health["message"]), (
            (0, "serving", ""), (1, "failed", "Compression algorithm 'gzip' is disabled.")))


class AgentProbes(Probes):
    def config(self, *probes):
        lines = "".join(f"    - {{{probe}}}\n" for probe in probes)
        return f"probes:\n  grpc:\n{lines}"

    def status(self, page, endpoint, service=""):
        """The one that is 1, of all that there are."""
        rows = page.rows("mesh_grpc_health_status", endpoint=endpoint, grpc_service=service)
        if not rows:
            return None
        self.assertEqual(len(rows), 7)
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
        # Who is as before keeps its counts; who is gone is gone.
        agent.reload(self.config(users))
        page = agent.wait_for(lambda page: self.status(page, "silent") is None, "the other configuration")
        ((_, after),) = page.rows("mesh_grpc_health_probes_total", endpoint="users", grpc_service="")
        self.assertGreaterEqual(after, probes)

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


if __name__ == "__main__":
    unittest.main(verbosity=2)
