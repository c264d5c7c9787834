#!/usr/bin/env python3
"""The agent's TLS handshake with real servers, Envoy and gRPC, that require client certificates. It
reads the chain without one and moves no TLS counter of the proxy, whatever the version, and though
the handshake takes another round (HelloRetryRequest). With a certificate it is completed, and the
proxy counts a handshake and no error."""

import os
import re
import ssl
import subprocess
import unittest

from harness import BUILD, ENVOY, TempDirTest, wait_until
from certificates import Authority
from processes import Child
from tls_listeners import TlsEnvoy, moved, permissive, strict, traces

PROBE = os.path.join(BUILD, "tests", "e2e", "tls_probe")
GRPC_SERVER = os.path.join(BUILD, "tests", "e2e", "grpc_tls_server")
TIMES = 20
# listener → its TLS parameters
STRICT = {
    "tls13": {"tls_minimum_protocol_version": "TLSv1_3"},
    "tls12": {"tls_maximum_protocol_version": "TLSv1_2"},
    "retry": {"tls_minimum_protocol_version": "TLSv1_3", "ecdh_curves": ["P-256"]},
    "tls12 p256": {"tls_maximum_protocol_version": "TLSv1_2", "ecdh_curves": ["P-256"]},
}
PERMISSIVE = "permissive"


class Probed:
    """What tls_probe printed."""

    def __init__(self, *words):
        done = subprocess.run([PROBE, *words], capture_output=True, text=True, timeout=30, check=True)
        lines = [line.partition(" ")[::2] for line in done.stdout.splitlines()]
        self.said = dict(line for line in lines if line[0] != "certificate")
        self.chain = [bytes.fromhex(text) for name, text in lines if name == "certificate"]


def der_of(path):
    with open(path) as file:
        return ssl.PEM_cert_to_DER_cert(file.read())


class Handshake(TempDirTest):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.path("ca")).create()
        for name in ("server", "client"):
            self.authority.issue(name, self.path(name))
        self.leaf = der_of(self.path("server", "tls.crt"))

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def client_files(self):
        return self.path("client", "tls.crt"), self.path("client", "tls.key")

    def child(self, *words):
        child = Child(os.path.basename(words[0]), words, self.path("log"))
        self.addCleanup(child.terminate)
        return child


class EnvoyHandshake(Handshake):
    def setUp(self):
        super().setUp()
        server = self.path("server"), self.authority.root
        chains = {name: [strict(name, *server, parameters)] for name, parameters in STRICT.items()}
        chains[PERMISSIVE] = permissive(*server)
        self.envoy = self.start(TlsEnvoy(ENVOY, self.directory, chains, [PERMISSIVE]))

    def probe(self, name, *words):
        return Probed(f"127.0.0.1:{self.envoy.port(name)}", *words)

    def moved_by(self, name, act, times=TIMES):
        """What changed by so many calls of `act`, once the listener has none of them open."""
        prefix = f"listener.{name.replace(' ', '_')}."
        before = self.envoy.stats()
        for _ in range(times):
            act()
        wait_until(lambda: self.envoy.stats()[prefix + "downstream_cx_destroy"]
                   >= before[prefix + "downstream_cx_destroy"] + times, "connections to end",
                   alive=[self.envoy.child])
        after = self.envoy.stats()
        self.assertEqual(after[prefix + "downstream_cx_total"],
                         before[prefix + "downstream_cx_total"] + times)
        self.assertEqual(after[prefix + "downstream_cx_active"], 0)
        return moved(before, after)

    def assert_no_trace(self, changes):
        self.assertEqual(traces(changes), {})

    def expected(self, name):
        return "TLSv1.2" if "tls12" in name else "TLSv1.3"

    def test_a_chain_is_read_without_a_trace(self):
        for name in STRICT:
            with self.subTest(name):
                seen = []
                changes = self.moved_by(name, lambda: seen.append(self.probe(name, "", "h2")))
                self.assert_no_trace(changes)
                for probed in seen:
                    self.assertEqual(probed.chain, [self.leaf])
                    self.assertEqual(probed.said["version"], self.expected(name))
                    self.assertEqual(probed.said["alpn"], "h2")
                    self.assertEqual(probed.said["completed"], "0")

    def test_a_permissive_port_is_read_by_the_protocol_of_its_mesh(self):
        seen = []
        changes = self.moved_by(PERMISSIVE, lambda: seen.append(self.probe(
            PERMISSIVE, "users.shop", "istio")))
        self.assert_no_trace(changes)
        self.assertEqual(changes["tls_inspector.alpn_found"], TIMES)
        self.assertEqual([probed.chain for probed in seen], [[self.leaf]] * TIMES)
        # Who offers another protocol meets a closed door: no chain of filters is his.
        self.assertRegex(self.probe(PERMISSIVE, "", "h2").said["failure"], "^connect: ")

    def test_with_a_client_certificate_the_handshake_is_completed(self):
        for name in STRICT:
            with self.subTest(name):
                changes = self.moved_by(name, lambda: self.assertEqual(
                    self.probe(name, "", "h2", *self.client_files()).said["completed"], "1"))
                prefix = f"listener.{name.replace(' ', '_')}.ssl."
                self.assertEqual(changes[prefix + "handshake"], TIMES)
                self.assertEqual({key: value for key, value in changes.items() if re.search(
                    "error|fail|no_certificate", key)}, {})

    def test_a_client_certificate_of_another_mesh_is_refused(self):
        Authority(self.path("other", "ca")).create().issue("client", self.path("client"))
        for name in STRICT:
            with self.subTest(name):
                said = self.probe(name, "", "h2", *self.client_files()).said
                self.assertEqual(said, {"failure": "tls: refused the client certificate with the "
                                                   "TLS alert 48 (unknown CA)"})

    def test_the_counters_do_move_when_a_client_completes_without_a_certificate(self):
        port = self.envoy.port("tls13")
        changes = self.moved_by("tls13", lambda: subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{port}"], stdin=subprocess.DEVNULL,
            capture_output=True, check=False), times=1)
        self.assertEqual(changes["listener.tls13.ssl.fail_verify_no_cert"], 1)


class GrpcHandshake(Handshake):
    def setUp(self):
        super().setUp()
        log = self.path("grpc.log")
        server = Child("grpc_tls_server", [
            GRPC_SERVER, self.path("server", "tls.crt"), self.path("server", "tls.key"),
            self.authority.root], log)
        self.addCleanup(server.terminate)
        wait_until(lambda: server.log_tail().endswith("\n"), "the port", alive=[server])
        self.address = "127.0.0.1:" + server.log_tail().strip()

    def test_a_chain_is_read_without_a_certificate(self):
        probed = Probed(self.address, "", "h2")
        # gRPC adds the root, which it knows from the certificates that it trusts.
        self.assertEqual(probed.chain, [self.leaf, der_of(self.authority.root)])
        self.assertEqual((probed.said["version"], probed.said["alpn"], probed.said["completed"]),
                         ("TLSv1.3", "h2", "0"))

    def test_with_a_client_certificate_the_handshake_is_completed(self):
        probed = Probed(self.address, "", "h2", *self.client_files())
        self.assertEqual(probed.said["completed"], "1")
        self.assertEqual(probed.chain[0], self.leaf)


if __name__ == "__main__":
    unittest.main()
