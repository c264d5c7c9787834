#!/usr/bin/env python3
"""Certificates in Secrets of a real API server: renewed ones, removed ones, and exactly the rights that
deploy/kubernetes/rbac_secrets.yaml says are enough: tests/e2e/run --kubernetes. Half a minute."""

import base64
import json
import os
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from bare_kubernetes import PORT
from forwarder import Forwarder
from real_mesh import BINARY, Agent, SharedPartsTest, say, wait_until
from cluster import NAMESPACE, ON_SECRETS, Cluster

SECRETS = f"/api/v1/namespaces/{NAMESPACE}/secrets"
VERBS = ("list", "watch")
SECONDS = 2
BACK_OFF = 60


def encoded(text):
    return base64.b64encode(text.encode()).decode()


class Secrets(SharedPartsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cluster = cls.start_shared(Cluster(cls.shared))
        cls.rbac = cls.cluster.apply("rbac_secrets.yaml")
        cls.token_file = cls.cluster.renew_token(ON_SECRETS.account)
        cls.pairs = {"one": cls.mint("one", 30), "two": cls.mint("two", 60)}

    @classmethod
    def mint(cls, file, days):
        """(certificate, key) of users.shop."""
        paths = [cls.cluster.path(file + end) for end in (".crt", ".key")]
        cls.cluster.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-subj", "/CN=users", "-addext", "subjectAltName=DNS:users.shop",
                            "-days", str(days), "-out", paths[0], "-keyout", paths[1])
        return [open(path).read() for path in paths]  # pylint: disable=consider-using-with

    def watch(self, **more):
        forwarder = Forwarder(PORT)
        self.addCleanup(forwarder.stop)
        config = self.config(forwarder.number, **more)
        agent = Agent(BINARY, self.directory, config, name=f"agent-{forwarder.number}")
        self.addCleanup(agent.stop)
        agent.start()
        agent.forwarder = forwarder
        return agent

    def config(self, port, **more):
        return json.dumps({"certificates": {"secrets": {
            "enabled": True, "kubeconfig": self.cluster.kubeconfig(port, self.token_file), **more}}})

    def put(self, name, pair, kind="kubernetes.io/tls", **labels):
        self.cluster.api.create(SECRETS, metadata={"name": name, "labels": labels}, type=kind,
                                data={"tls.crt": encoded(pair[0]), "tls.key": encoded(pair[1])})
        self.addCleanup(self.remove, name)

    def remove(self, name):
        if name in [one["metadata"]["name"] for one in self.cluster.api.get(SECRETS)["items"]]:
            self.cluster.api.delete(f"{SECRETS}/{name}")

    def shown(self, page):
        """{location: rotations}"""
        for row, _ in page.rows("mesh_certificate_rotations_total", source="secret"):
            self.assertEqual((row["namespace"], row["mesh"], row["pod"], row["certificate"]),
                             (NAMESPACE, "", "", "users.shop"))
        return {row["location"]: int(value)
                for row, value in page.rows("mesh_certificate_rotations_total", source="secret")}

    def problems(self, page):
        return page.value("mesh_exporter_discovery_problems", source="secret")

    def told(self, agent):
        return [line for line in agent.log().splitlines() if "not all Secrets can be seen" in line]

    def wait_for(self, agent, wanted):
        began = time.monotonic()
        agent.wait_for(lambda page: self.shown(page) == wanted, f"{wanted} to be shown")
        return time.monotonic() - began

    def test_a_secret_that_is_renewed_is_a_rotation_and_one_that_is_gone_is_gone(self):
        self.put("users", self.pairs["one"])
        agent = self.watch()
        self.wait_for(agent, {"shop/users": 0})
        self.cluster.api.change(f"{SECRETS}/users", data={
            "tls.crt": encoded(self.pairs["two"][0]), "tls.key": encoded(self.pairs["two"][1])})
        took = self.wait_for(agent, {"shop/users": 1})
        say(f"a renewed Secret is a rotation after {took:.2f} s")
        self.assertLess(took, SECONDS)
        self.put("another", self.pairs["one"])
        self.assertLess(self.wait_for(agent, {"shop/users": 1, "shop/another": 0}), SECONDS)
        agent.forwarder.cut()
        self.remove("users")
        self.wait_for(agent, {"shop/another": 0})
        agent.wait_for(lambda page: self.problems(page) == 0, "no problem", BACK_OFF)
        shown = agent.log() + agent.get("/metrics")[1] + agent.get("/")[1]
        for pair in self.pairs.values():
            for line in pair[1].splitlines()[1:-1]:
                self.assertNotIn(line, shown)

    def test_without_a_selector_only_those_of_tls_are_read_with_one_all_that_it_picks(self):
        self.put("typed", self.pairs["one"])
        self.put("plain", self.pairs["one"], "Opaque", root="yes")
        agent = self.watch()
        self.wait_for(agent, {"shop/typed": 0})
        agent.reload(self.config(agent.forwarder.number, selector="root=yes"))
        self.wait_for(agent, {"shop/plain": 0})
        agent.reload(self.config(agent.forwarder.number, namespaces=["default"]))
        self.wait_for(agent, {})
        agent.wait_for(lambda page: self.problems(page) == 0, "no problem")

    def test_the_command_looks_by_itself(self):
        self.put("users", self.pairs["one"])
        self.put("broken", ("nothing", "secret"))
        config = os.path.join(self.directory, "alone.yaml")
        with open(config, "w") as file:
            file.write(self.config(PORT))

        def shown(*flags):
            done = subprocess.run([BINARY, "certificates", "--config.file=" + config, "--output=json",
                                   *flags], capture_output=True, text=True, check=False)
            return [(row["source"], row["where"]) for row in json.loads(done.stdout)], done.stderr
        rows, told = shown()
        self.assertEqual(rows, [("secret", "shop/users")])
        self.assertIn("shop/broken: tls.crt: no certificate", told)
        self.assertEqual(shown("--namespace=shop")[0], rows)
        self.assertEqual(shown("--namespace=default")[0], [])
        self.assertEqual(shown("--namespace=shop", "--pod=users")[0], [])

    def test_a_value_that_is_no_certificate_is_named(self):
        self.put("broken", ("nothing", "secret"))
        self.put("good", self.pairs["one"])
        agent = self.watch()
        self.wait_for(agent, {"shop/good": 0})
        self.assertEqual(self.problems(agent.page()), 1)
        self.assertIn("1 Secret holds what is no certificate, first: shop/broken: tls.crt: no certificate",
                      agent.get("/")[1])

    def test_the_manifest_allows_two_verbs_on_secrets_and_nothing_else(self):
        rules = [rule for one in self.rbac for rule in one.get("rules", [])]
        self.assertEqual(rules, [{"apiGroups": [""], "resources": ["secrets"], "verbs": list(VERBS)}])
        self.assertFalse(self.cluster.may("get", ON_SECRETS))

    def test_a_verb_that_is_missing_is_named_until_it_is_granted(self):
        self.addCleanup(self.cluster.allow, *VERBS, right=ON_SECRETS)
        self.put("users", self.pairs["one"])
        for verb in VERBS:
            with self.subTest(verb):
                self.cluster.allow(*(one for one in VERBS if one != verb), right=ON_SECRETS)
                wait_until(lambda one=verb: not self.cluster.may(one, ON_SECRETS), "the role to hold")
                agent = self.watch()
                wait_until(lambda one=agent: self.told(one), "the trouble", alive=[agent.child])
                self.assertIn(f"cannot {verb} secrets: HTTP status 403", self.told(agent)[0])
                self.assertIn(f'grant the verb \\"{verb}\\" on \\"secrets\\" in a ClusterRole',
                              self.told(agent)[0])
                self.assertIn(f"cannot {verb} secrets", agent.get("/")[1])
                self.cluster.allow(*VERBS, right=ON_SECRETS)
                agent.wait_for(lambda page: self.problems(page) == 0 and
                               self.shown(page) == {"shop/users": 0}, "all to be well", BACK_OFF)


if __name__ == "__main__":
    unittest.main()
