#!/usr/bin/env python3
"""The certificates in files and of TLS servers, by the command and by the agent, held against what
the openssl command line says about the same certificates. The servers are OpenSSL's, one of them of
TLS 1.2 only, both insisting on a client certificate that they do not get."""

import calendar
import json
import os
import shutil
import subprocess
import time
import unittest

from harness import BINARY, TempDirTest
from processes import wait_until


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL).stdout


def end_of(path):
    """Seconds since 1970, as openssl says."""
    said = openssl("x509", "-in", path, "-noout", "-enddate").strip().removeprefix("notAfter=")
    return calendar.timegm(time.strptime(said, "%b %d %H:%M:%S %Y %Z"))


def rfc3339(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


class Server:
    """openssl s_server on a free port."""

    def __init__(self, certificate, key, *flags):
        self._process = subprocess.Popen(
            ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key,
             "-Verify", "1", *flags], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        self.port = None
        for line in self._process.stdout:
            if line.startswith("ACCEPT "):
                self.port = int(line.rsplit(":", 1)[1])
                break

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def stop(self):
        self._process.kill()
        self._process.communicate()


class Certificates(TempDirTest):
    def setUp(self):
        super().setUp()
        self.leaf, self.key = self.make("leaf", "P-256", 30)

    def path(self, name):
        return os.path.join(self.directory, name)

    def make(self, name, curve, days):
        certificate, key = self.path(name + ".crt"), self.path(name + ".key")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:" + curve, "-nodes",
                "-keyout", key, "-out", certificate, "-days", str(days), "-subj", "/CN=shop",
                "-addext", "subjectAltName=DNS:shop.example.org",
                "-addext", "basicConstraints=critical,CA:FALSE")
        return certificate, key

    def serve(self, *flags):
        server = Server(self.leaf, self.key, *flags)
        self.addCleanup(server.stop)
        return server

    def command(self, *flags, code=0):
        done = subprocess.run([BINARY, "certificates", *flags], capture_output=True, text=True,
                              timeout=60, cwd=self.directory, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def rows(self, *flags):
        return json.loads(self.command(*flags, "--output", "json").stdout)

    def assert_is_leaf(self, row):
        self.assertEqual(row["not_after"], rfc3339(end_of(self.leaf)))
        serial = openssl("x509", "-in", self.leaf, "-noout", "-serial").strip()
        self.assertEqual("serial=" + row["serial"].upper(), serial)
        digest = openssl("x509", "-in", self.leaf, "-noout", "-fingerprint", "-sha256").strip()
        self.assertEqual(row["fingerprint_sha256"].upper(), digest.split("=")[1].replace(":", ""))
        self.assertEqual(row["certificate"], "shop.example.org")
        self.assertEqual((row["role"], row["key_algorithm"]), ("leaf", "ecdsa"))

    def test_every_form_of_file_says_the_same(self):
        pem, der, p12, kube, both = map(self.path, ("a.pem", "a.der", "a.p12", "config", "both"))
        openssl("x509", "-in", self.leaf, "-outform", "DER", "-out", der)
        with open(self.path("password"), "w") as file:
            file.write("hunter2\n")
        openssl("pkcs12", "-export", "-in", self.leaf, "-inkey", self.key, "-out", p12,
                "-passout", "file:" + self.path("password"))
        with open(self.leaf) as certificate, open(self.key) as key:
            certificate, key = certificate.read(), key.read()
        with open(pem, "w") as file:
            file.write("a note\r\n" + certificate)
        with open(both, "w") as file:
            file.write(key + certificate + "-----BEGIN CERTIFICATE-----\nAAAA\n"
                       "-----END CERTIFICATE-----\n")
        encoded = openssl("base64", "-A", "-in", self.leaf)
        with open(kube, "w") as file:
            file.write("users:\n- name: admin\n  user:\n"
                       f"    client-certificate-data: {encoded}\n    client-key-data: AAAA\n")
        for name in (pem, der, kube, self.leaf):
            row, = self.rows("--file", name)
            self.assert_is_leaf(row)
            self.assertEqual((row["source"], row["where"]), ("file", name))
        row, = self.rows("--file", p12, "--password.file", self.path("password"))
        self.assert_is_leaf(row)

        spoilt = self.command("--file", both, "--output", "json", code=1)
        row, = json.loads(spoilt.stdout)
        self.assert_is_leaf(row)
        self.assertIn(both + ": ", spoilt.stderr)

    def test_what_is_no_certificate_is_named_and_the_others_are_shown(self):
        with open(self.path("garbage"), "w") as file:
            file.write("garbage\n")
        done = self.command("--file", "leaf.crt", "garbage", "absent", "leaf.key", code=1)
        self.assertIn("shop.example.org", done.stdout)
        for name in ("garbage", "absent", "leaf.key"):
            self.assertIn(name + ": ", done.stderr)

    def test_a_server_shows_its_certificate_to_who_has_none(self):
        for flags in (("-tls1_3",), ("-tls1_2",)):
            server = self.serve(*flags)
            row, = self.rows("--connect", server.address)
            self.assert_is_leaf(row)
            self.assertEqual((row["source"], row["where"]), ("handshake", server.address))

    def test_nobody_there_is_an_error_that_says_who(self):
        server = self.serve()
        server.stop()
        done = self.command("--connect", server.address, code=1)
        self.assertIn(server.address + ": connection refused", done.stderr)
        done = self.command("--agent", server.address, code=2)
        self.assertIn(f"the agent at {server.address}: connection refused", done.stderr)
        self.command("--sort", "size", code=2)

    def test_a_trust_bundle_is_read_again_when_it_changes(self):
        server = self.serve("-tls1_3")
        stranger, _ = self.make("stranger", "P-256", 30)
        bundle = self.path("roots.pem")
        os.rename(stranger, bundle)
        agent = self.start_agent(
            f"certificates:\n  interval: 1s\n  endpoints: [{{address: '{server.address}', "
            f"sni: shop.example.org}}]\n  trust: [{{name: roots, file: '{bundle}'}}]\n")
        agent.wait_ready()

        def verdict():
            rows = agent.page().rows("mesh_certificate_verified")
            return (rows[0][0]["reason"], rows[0][1]) if rows else None

        def findings():
            return {row["finding"] for row, _ in agent.page().rows("mesh_finding")}
        wait_until(lambda: verdict() == ("unknown_issuer", 0), "the stranger to be refused")
        self.assertEqual(findings(), {"trust_broken"})
        shutil.copy(self.leaf, bundle + ".new")
        os.rename(bundle + ".new", bundle)
        wait_until(lambda: verdict() == ("", 1), "the new bundle to be read")
        self.assertEqual(findings(), set())

    def test_the_agent_follows_files_and_servers(self):
        server = self.serve("-tls1_3")
        config = (f"certificates:\n  interval: 1s\n  endpoints: [{{name: gateway, namespace: shop, "
                  f"address: '{server.address}'}}]\n"
                  f"  files: [{{paths: ['{self.directory}/*.crt']}}]\n")
        agent = self.start_agent(config)
        agent.wait_ready()
        address = agent.listens_on

        def row_of(source):
            page = agent.page()
            return page.value("mesh_certificate_not_after_timestamp_seconds", source=source)
        for source in ("file", "handshake"):
            wait_until(lambda: row_of(source) == end_of(self.leaf), f"the {source} to be seen")
        shown = self.rows("--agent", address)
        self.assertEqual(len(shown), 2)
        for row in shown:
            self.assert_is_leaf(row)
        self.assertEqual({row["where"] for row in shown}, {"shop/gateway", self.leaf})
        table = self.command("--agent", address, "--sort", "remaining").stdout
        self.assertEqual(len(table.splitlines()), 3)

        self.assertEqual([row["where"] for row in self.rows("--agent", address, "--namespace", "shop")],
                         ["shop/gateway"])
        self.assertEqual(self.rows("--agent", address, "--pod", "other"), [])

        time_of_old = end_of(self.leaf)
        os.makedirs(self.path("new"))
        fresh, _ = self.make("new/leaf", "P-256", 60)
        os.rename(fresh, self.leaf)
        self.assertGreater(end_of(self.leaf), time_of_old)
        wait_until(lambda: row_of("file") == end_of(self.leaf), "the renewed file to be seen")
        page = agent.page()
        self.assertEqual(page.value("mesh_certificate_rotations_total", source="file"), 1)
        self.assertEqual(page.value("mesh_certificate_rotations_total", source="handshake"), 0)

        server.stop()
        wait_until(lambda: agent.page().value("mesh_tls_probe_success") == 0,
                   "the server to be missed")
        self.assertEqual(row_of("handshake"), time_of_old)


if __name__ == "__main__":
    unittest.main()
