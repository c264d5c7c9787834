#!/usr/bin/env python3
"""What a real API server says of the chart and the kustomizations: it takes all of it, it lets the pods of
the base posture into a namespace that is restricted, and it shows an agent with the account's token its
pods, by exactly the verbs that were granted: tests/e2e/run --deploy. As root; a minute."""

import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from real_mesh import SharedPartsTest, wait_until
from cluster import LEVEL, OTHERS, SPACE, Cluster, PodOf, all_objects, make
from manifests import OVERLAYS, workloads

OPERATORS = ("--set", "prometheusRule.enabled=true,podMonitor.enabled=true,dashboards.enabled=true")
VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")
KINDS = (("pods", ""), ("pods/log", ""), ("pods/exec", ""), ("secrets", ""), ("configmaps", ""), ("nodes", ""),
         ("nodes/metrics", ""), ("nodes/proxy", ""), ("namespaces", ""), ("services", ""),
         ("endpointslices", "discovery.k8s.io"), ("clusterroles", "rbac.authorization.k8s.io"))


class Server(SharedPartsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cluster = cls.start_shared(Cluster(cls.shared))

    def setUp(self):
        super().setUp()
        self.is_installed = False

    # ---- what it takes ----

    def test_a_field_that_does_not_exist_is_refused(self):
        for kind in ("apps/v1 DaemonSet", "monitoring.coreos.com/v1 PodMonitor"):
            version, kind = kind.split()
            with self.assertRaisesRegex(ValueError, "field not declared in schema"):
                self.cluster.dry_run(f"apiVersion: {version}\nkind: {kind}\n"
                                     f"metadata: {{name: a, namespace: {SPACE}}}\nspec: {{selektor: {{}}}}\n")

    def assert_taken(self, *texts):
        """All of them in one question: kubectl takes seconds to learn what the server knows."""
        told = self.cluster.dry_run("---\n".join(texts))
        self.assertEqual(len(told), sum(len(all_objects(text)) for text in texts))
        return told

    def test_it_takes_every_render(self):
        self.assert_taken(*(make.template("--values", path) for path in make.cases().values()))

    def test_it_takes_monitors_rules_and_dashboards(self):
        told = self.assert_taken(make.template(*OPERATORS))
        for kind in ("podmonitor.", "prometheusrule.", "configmap/mesh-exporter-dashboard-overview"):
            self.assertTrue(any(line.startswith(kind) for line in told), told)

    def test_it_takes_every_overlay_and_the_one_file(self):
        self.assert_taken(*(make.kustomized(os.path.join("overlays", name)) for name in OVERLAYS),
                          make.kustomized("base"), make.one_file()[1])

    # ---- whom it lets in ----

    def test_pods_of_the_base_posture_may_live_in_a_restricted_namespace(self):
        self.cluster.api.create("/api/v1/namespaces",
                                metadata={"name": "free", "labels": {LEVEL: "privileged"}})
        refused = {}
        for case, path in make.cases().items():
            for one in workloads(all_objects(make.template("--values", path))):
                name = f"{case}-{one['kind'].lower()}"
                self.cluster.try_pod(self.cluster.pod_of(one, "free", name))
                try:
                    self.cluster.try_pod(self.cluster.pod_of(one, SPACE, name))
                except AssertionError as error:
                    self.assertIn('violates PodSecurity \\\\"restricted:latest', str(error))
                    refused[name] = str(error)
        # Of `secrets` the agents on the nodes are widened, and that for Secrets is not.
        self.assertEqual(refused.keys(), {name + "-daemonset" for name in (
            "istio", "secrets", "linkerd", "host-certificates", "host-keys")})
        self.assertIn("hostPID", refused["istio-daemonset"])
        self.assertNotIn("runAsUser", refused["linkerd-daemonset"])

    # ---- what it shows an agent ----

    def pod(self, kind="daemonset", name=SPACE, node="node-1"):
        if os.geteuid() != 0:
            self.skipTest("only root can start an agent as another user, with a token where a pod has it")
        part = PodOf(self.cluster, kind, name, node)
        self.addCleanup(part.stop)
        part.start()
        return part

    def install(self, *values):
        """Until the end of the test: another manifest in its place would meet Helm as a second owner."""
        if not self.is_installed:
            self.addCleanup(self.cluster.helm, "uninstall", make.NAME)
        self.is_installed = True
        self.cluster.install(*values)

    def run_pod(self, namespace, name, node):
        self.cluster.api.schedule(namespace, name, "linkerd/sidecar", node)
        self.cluster.api.set_status(namespace, name, f"127.4.0.{len(name)}")

    def allowed(self, account, namespace=None):
        return {(resource, verb) for resource, group in KINDS for verb in VERBS
                if self.cluster.may(account, verb, resource, group, namespace)}

    def test_an_agent_sees_its_pods_by_two_verbs(self):
        self.install()
        self.assertEqual(self.allowed(SPACE), {("pods", "list"), ("pods", "watch")})
        self.run_pod("shop", "users-0", "node-1")
        self.run_pod("shop", "elsewhere-0", "node-2")
        own = self.cluster.pod_of(self.cluster.get("daemonset", SPACE), SPACE, "node-1")
        self.cluster.kubectl("create", "-f", "-", text=json.dumps(own))
        self.cluster.api.set_status(SPACE, "node-1", "127.4.0.99")
        ours = self.pod()
        ours.wait_for(lambda: ours.shown() == {"users-0"}, "the pod of its node")
        self.run_pod("bank", "accounts-0", "node-1")
        ours.wait_for(lambda: ours.shown() == {"users-0", "accounts-0"}, "the one that came")
        self.assertEqual(ours.problems(), 0)
        self.assertEqual(ours.report()[f"{SPACE}/node-1"]["state"], "not watched")
        self.assertEqual(ours.privileges(), (65532, 0))

    def test_a_verb_that_is_missing_is_named(self):
        self.install()
        for verb, other in (("list", "watch"), ("watch", "list")):
            self.cluster.api.change(f"/apis/rbac.authorization.k8s.io/v1/clusterroles/{SPACE}", rules=[
                {"apiGroups": [""], "resources": ["pods"], "verbs": [other]}])
            wait_until(lambda verb=verb: not self.cluster.may(SPACE, verb, "pods"), "the role to hold")
            self.assert_lacking(self.pod(node="node-2"), verb)
        self.install("rbac.create=false")
        self.assertEqual(self.allowed(SPACE), set())
        self.assert_lacking(self.pod(node="node-2"), "list")

    def assert_lacking(self, ours, verb):
        ours.wait_for(ours.problems, "the trouble")
        self.assertIn(f"cannot {verb} pods: HTTP status 403", ours.agent.log())
        self.assertIn(f'grant the verb \\"{verb}\\" on \\"pods\\" in a ClusterRole', ours.agent.log())

    def test_slices_and_the_kubelet_take_a_right_each(self):
        self.install("endpointSlices.enabled=true")
        self.assertEqual(self.allowed(SPACE) - {("pods", "list"), ("pods", "watch")},
                         {("endpointslices", "list"), ("endpointslices", "watch")})
        self.run_pod("shop", "orders-0", "node-3")
        ours = self.pod(node="node-3")
        ours.wait_for(lambda: ours.shown() == {"orders-0"}, "the pod of its node")
        self.assertEqual(ours.problems(), 0)
        self.install("kubelet.enabled=true")
        self.assertEqual(self.allowed(SPACE) - {("pods", "list"), ("pods", "watch")}, {("nodes/metrics", "get")})

    def test_rights_in_a_namespace_are_enough_for_it(self):
        self.install("config.discovery.kubernetes.namespaces={shop}", "endpointSlices.enabled=true")
        self.assertEqual(self.allowed(SPACE), set())
        self.assertEqual(len(self.allowed(SPACE, "shop")), 4)
        self.run_pod("shop", "carts-0", "node-4")
        self.run_pod("bank", "unseen-0", "node-4")
        ours = self.pod(node="node-4")
        ours.wait_for(lambda: ours.shown() == {"carts-0"}, "the pod of its namespace")
        self.assertEqual(ours.problems(), 0)

    def test_secrets_are_for_one_agent_with_an_account_of_its_own(self):
        self.install("secrets.enabled=true")
        account = SPACE + "-secrets"
        self.assertEqual(self.allowed(account), {("secrets", "list"), ("secrets", "watch")})
        self.assertNotIn("secrets", {resource for resource, _ in self.allowed(SPACE)})
        self.cluster.put_secret(OTHERS[0], "users-tls")
        ours = self.pod("deployment", account)

        def locations():
            return {row["location"] for row, _ in
                    ours.agent.page().rows("mesh_certificate_remaining_seconds", source="secret")}
        ours.wait_for(lambda: locations() == {"shop/users-tls"}, "the certificate")
        self.assertEqual(ours.problems("secret"), 0)

    def test_what_was_installed_goes_without_a_rest(self):
        self.install(*(one + ".enabled=true" for one in (
            "secrets", "endpointSlices", "kubelet", "networkPolicy", "podMonitor", "prometheusRule", "dashboards")))
        kinds = "ds,deploy,svc,sa,cm,networkpolicy,podmonitor,prometheusrule,clusterrole,clusterrolebinding"

        def there():
            return self.cluster.kubectl("get", kinds, "-A", "-o", "name", "-l",
                                        "app.kubernetes.io/instance=" + make.NAME).split()
        self.assertGreater(len(there()), 20)
        self.doCleanups()
        self.assertEqual(there(), [])


if __name__ == "__main__":
    unittest.main()
