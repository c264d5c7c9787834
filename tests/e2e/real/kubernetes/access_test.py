#!/usr/bin/env python3
"""What the agent may do at a real API server: exactly what deploy/kubernetes/rbac.yaml says is enough,
and what is missing is said by name; a token that is revoked is told, and a new one is taken:
tests/e2e/run --kubernetes. One minute."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from real_mesh import SharedPartsTest, say, wait_until
from cluster import ACCOUNT, Cluster, WatchedNode

VERBS = ("list", "watch")
BACK_OFF = 60  # seconds: the longest pause between two attempts is 45


class Access(SharedPartsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cluster = cls.start_shared(Cluster(cls.shared))

    def watch(self, node):
        watched = WatchedNode(self.cluster, node)
        self.addCleanup(watched.stop)
        watched.start()
        return watched

    def test_the_manifest_allows_two_verbs_on_pods_and_nothing_else(self):
        rules = [rule for one in self.cluster.rbac for rule in one.get("rules", [])]
        self.assertEqual(rules, [{"apiGroups": [""], "resources": ["pods"], "verbs": list(VERBS)}])
        self.assertFalse(self.cluster.may("get"))
        self.cluster.run_pod("one", "linkerd/sidecar", "node-manifest", "127.3.0.1")
        ours = self.watch("node-manifest")
        ours.agent.wait_for(lambda page: ours.shown(page) == {"one"}, "the pod that was listed")
        self.cluster.run_pod("two", "linkerd/sidecar", "node-manifest", "127.3.0.2")
        ours.agent.wait_for(lambda page: ours.shown(page) == {"one", "two"}, "the one that came")
        self.assertEqual(ours.told(), [])

    def test_a_verb_that_is_missing_is_named_until_it_is_granted(self):
        self.addCleanup(self.cluster.allow, *VERBS)
        for number, verb in enumerate(VERBS):
            with self.subTest(verb):
                node = "node-without-" + verb
                self.cluster.run_pod(node, "linkerd/sidecar", node, f"127.3.1.{number + 1}")
                self.cluster.allow(*(one for one in VERBS if one != verb))
                wait_until(lambda one=verb: not self.cluster.may(one), "the role to hold")
                ours = self.watch(node)
                wait_until(ours.told, "the trouble", alive=[ours.agent.child])
                self.assertIn(f"cannot {verb} pods: HTTP status 403", ours.told()[0])
                self.assertIn(f'grant the verb \\"{verb}\\" on \\"pods\\" in a ClusterRole',
                              ours.told()[0])
                self.assertIn(f"cannot {verb} pods", ours.agent.get("/")[1])
                self.cluster.allow(*VERBS)
                ours.agent.wait_for(lambda page: ours.problems(page) == 0 and
                                    ours.shown(page) == {node}, "all to be well", BACK_OFF)

    def test_a_revoked_token_is_told_and_a_new_one_is_taken(self):
        self.cluster.run_pod("known", "linkerd/sidecar", "node-token", "127.3.2.1")
        ours = self.watch("node-token")
        ours.agent.wait_for(lambda page: ours.shown(page) == {"known"}, "the pod")
        with open(self.cluster.token_file) as file:
            token = file.read()
        account = next(one for one in self.cluster.rbac if one["kind"] == "ServiceAccount")
        path = f"/api/v1/namespaces/{ACCOUNT}/serviceaccounts"
        self.cluster.api.delete(f"{path}/{ACCOUNT}")
        began = time.monotonic()
        # The API server believes a token for ten seconds more, and ends no watch because of it.
        wait_until(lambda: not self.cluster.is_accepted(token), "the token to be refused", 30)
        say(f"the API server refuses a token {time.monotonic() - began:.0f} s after its account is gone")
        ours.forwarder.cut()
        wait_until(ours.told, "the trouble", alive=[ours.agent.child])
        wait_until(lambda: any("401" in line for line in ours.told()), "the 401", BACK_OFF)
        self.assertIn("the token is not accepted", ours.told()[-1])
        self.assertEqual(ours.shown(), {"known"})

        self.cluster.api.create(path, **account)
        self.cluster.run_pod("new", "linkerd/sidecar", "node-token", "127.3.2.2")
        self.cluster.renew_token()
        began = time.monotonic()
        ours.agent.wait_for(lambda page: ours.problems(page) == 0 and
                            ours.shown(page) == {"known", "new"}, "all to be well", BACK_OFF)
        say(f"all is well {time.monotonic() - began:.1f} s after the token was replaced")


if __name__ == "__main__":
    unittest.main()
