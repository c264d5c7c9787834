#!/usr/bin/env python3
"""`mesh_exporter probe`: Python's health service, a C++ server without one under mutual TLS, files that cannot be
used, Unix sockets, and servers that misbehave."""

import json
import os
import subprocess
import time
import unittest

from harness import BINARY, BUILD
from grpc_probing import ANSWERS_TWICE, HABITS, SERVICE, SOON, Probes, patience
import hostile_grpc
from hostile_grpc import HostileServer
from told_health import HealthServer, HostileReflection
from processes import Child, wait_until

TLS_SERVER = os.path.join(BUILD, "tests", "e2e", "grpc_tls_server")


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
        self.assertEqual(health, [("unreachable", 'the certificate is not trusted: "CN=server" is its own issuer, '
                                                  "and no authority of ours")])
        self.assertEqual(tls["chain"][0]["certificate"], "server")
        health, _ = self.found(address, trusted[0], "--tls.server-name=other", *client, code=2)
        self.assertEqual(health, [("unreachable", 'the certificate is for another name: "other" was asked for, and it is '
                                                  'for "server"')])
        health, _ = self.found(address, *trusted, code=2)
        self.assertEqual(health, [("unreachable", "the connection was closed; the server asks for a client certificate, "
                                                  "and there is none")])
        health, tls = self.found(address, code=2)
        self.assertEqual((health, tls), ([("unreachable", "the connection was closed; it speaks TLS, and was asked in "
                                                          "plain text")], None))

    def test_tls_where_there_is_none(self):
        server = self.start(HealthServer())
        text = self.probe(server.address, "--tls", "--service=", "--service=" + SERVICE, code=2)
        self.assertRegex(text, rf"\A{server.address}\n"
                               r"  health +unreachable: the server does not speak TLS, in .*\n"
                               rf"  health of {SERVICE} +unreachable: the server does not speak TLS, in .*\n"
                               r"  certificate +cannot be read: does not speak TLS: answered HTTP/2 in plain text\n\Z")

    def test_services_are_asked_two_at_a_time(self):
        server = self.start(HostileServer(hostile_grpc.say_nothing))
        began = time.monotonic()
        health, _ = self.found(server.address, "--timeout=1s", *(f"--service=s{i}" for i in range(4)), code=2)
        self.assertEqual(len(health), 4)
        self.assertLess(time.monotonic() - began, 3.5)

    def test_an_identity_instead_of_a_name(self):
        users = "spiffe://mesh.test/ns/shop/sa/users"
        crt, key = self.self_signed("users", "URI:" + users)
        address = self.serve_tls(crt, key, crt)
        flags = ("--tls.ca-file=" + crt, "--tls.cert-file=" + crt, "--tls.key-file=" + key)
        for spiffe_id, code, found in (
                (users, 0, ("unimplemented", "")),
                (users + "2", 2, ("unreachable", f'the certificate is of another identity: "{users}2" was asked for, and it is '
                                                  f'for "{users}"'))):
            with self.subTest(spiffe_id):
                self.assertEqual(self.found(address, *flags, "--tls.spiffe-id=" + spiffe_id, code=code)[0], [found])

    def test_servers_that_misbehave(self):
        for habit, code, status, message in (*HABITS, ANSWERS_TWICE):
            with self.subTest(habit.__name__):
                server = self.start(HostileServer(habit))
                began = time.monotonic()
                health, _ = self.found(server.address, f"--timeout={patience(message, 1, 5)}s", code=code)
                self.assertEqual(health, [(status, message)])
                self.assertLess(time.monotonic() - began, SOON)

    def test_reflection_that_misbehaves(self):
        for habit, lines in (
                ("recursive", ["methods of pkg.Users  Get"]),
                ("invalid", ["methods  2 services cannot be told"]),
                ("hanging", ["methods of pkg.Other  Get",
                             "methods of pkg.Users  cannot be read: no answer in time"]),
                ("many", ["methods of pkg.S0  Get", "methods  99500 services cannot be told"])):
            with self.subTest(habit):
                server = self.start(HostileReflection(habit))
                timeout = "2s" if habit == "hanging" else "10s"
                text = self.probe(server.address, "--timeout=" + timeout, code=0)
                told = [" ".join(line.split()) for line in text.splitlines()]
                self.assertEqual(told[0], server.address)
                self.assertRegex(told[1], "^health answers, and has no health service, in ")
                for line in lines:
                    self.assertIn(" ".join(line.split()), told)

    def test_a_server_that_lets_nobody_ask(self):
        server = self.start(HostileReflection("refusing"))
        health, _ = self.found(server.address, code=1)
        self.assertEqual(health, [("failed", "UNAUTHENTICATED: a token is missing; probes have no credentials but a "
                                             "client certificate: let everybody call grpc.health.v1.Health, or trust "
                                             "that certificate")])

    def test_a_unix_socket(self):
        path = self.path("users.sock")
        server = self.start(HealthServer(host="unix", port=path))
        self.assertEqual(self.found("unix:" + path, code=0), ([("serving", "")], None))
        self.assertRegex(self.probe("unix://" + path, code=0), rf"\Aunix:{path}\n  health +serving, in ")
        server.stop()
        health, _ = self.found("unix:" + path, code=2)
        self.assertEqual(health[0][0], "unreachable")

    def test_tls_over_a_unix_socket(self):
        path, (crt, key) = self.path("users.sock"), self.self_signed("users.shop")
        self.start(HealthServer(crt, key, host="unix", port=path))
        health, tls = self.found("unix:" + path, "--tls.ca-file=" + crt, "--tls.server-name=users.shop", code=0)
        self.assertEqual((health, tls["chain"][0]["certificate"]), ([("serving", "")], "users.shop"))
        health, _ = self.found("unix:" + path, "--tls.ca-file=" + crt, code=2)
        self.assertEqual(health, [("unreachable", 'the certificate is for another name: "localhost" was asked for, and it '
                                                  'is for "users.shop"')])

    def test_files_that_cannot_be_used(self):
        (crt, key), (_, other_key) = map(self.self_signed, ("client", "other"))
        encrypted, empty = self.path("encrypted.key"), self.path("empty.pem")
        subprocess.run(["openssl", "pkey", "-in", key, "-aes256", "-passout", "pass:secret", "-out", encrypted],
                       check=True, capture_output=True)
        open(empty, "wb").close()
        address = self.serve_tls(crt, key, crt)
        config = self.path("checked.yaml")
        for ca_file, key_file, file, why in (
                (crt, other_key, other_key, "it is not the key of the certificate in " + crt),
                (crt, encrypted, encrypted, "it is encrypted; expected a key without a passphrase"),
                (crt, "/no/such.key", "/no/such.key", "No such file or directory"),
                (empty, key, empty, "it is empty"),
                (key, key, key, "there is no certificate in it")):
            with self.subTest(why):
                health, _ = self.found(address, "--tls.ca-file=" + ca_file, "--tls.cert-file=" + crt,
                                       "--tls.key-file=" + key_file, code=2)
                self.assertEqual(health, [("not_asked", f"cannot use {file}: {why}")])
                with open(config, "w", encoding="utf-8") as text:
                    text.write(f"probes: {{grpc: [{{address: '{address}', tls: {{ca_file: {ca_file}, "
                               f"client_certificate: {crt}, client_key: {key_file}}}}}]}}\n")
                done = subprocess.run([BINARY, "--config.check", "--config.file=" + config], capture_output=True,
                                      text=True, timeout=60, check=False)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertRegex(done.stderr, rf"\A{config}:1:\d+: probes\.grpc\[0\]\.tls\.\w+: \"{file}\" cannot be "
                                              rf"used: {why}; without it the server is not reached\n\Z")

    def test_what_is_compressed_unasked_is_read_or_refused(self):
        """Which of both is chance: what comes at once the library decodes before it sees that it may not."""
        server = self.start(HostileServer(hostile_grpc.compress_unasked))
        done = subprocess.run([BINARY, "probe", server.address, "--output=json"], capture_output=True, text=True,
                              timeout=60, check=False)
        (health,) = json.loads(done.stdout)["health"]
        self.assertIn((done.returncode, health["status"], health["message"]), (
            (0, "serving", ""), (1, "failed", "Compression algorithm 'gzip' is disabled.")))


if __name__ == "__main__":
    unittest.main(verbosity=2)
