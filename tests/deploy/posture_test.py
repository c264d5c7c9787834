#!/usr/bin/env python3
"""What the chart's pods may do: nothing beyond an ordinary user's program on a read-only file system,
and what each widening adds, to whom, to the last capability, folder and verb."""

import copy
import sys
import unittest

sys.dont_write_bytecode = True

from manifests import (OVERLAYS, configurations, golden, granted, helm_test, kustomized, make, of_kind,  # noqa: E402
                       only, workloads)

GROUPS = "folder /sys/fs/cgroup"
ENTERING = {"root", "hostPID", "SYS_ADMIN", "SYS_PTRACE", GROUPS}
# {render: what its agents on the nodes have beyond the base posture}
WIDENED = {"istio": ENTERING, "secrets": ENTERING, "linkerd": {GROUPS},
           "host-certificates": {"folder /etc/kubernetes/pki"},
           "host-keys": {"root", "folder /var/lib/kubelet/pki", "folder /etc/kubernetes/pki/"}}
PODS = ("", "pods", "list watch")
SLICES = ("discovery.k8s.io", "endpointslices", "list watch")
METRICS = ("", "nodes/metrics", "get")
SECRETS = ("", "secrets", "list watch")
# {render: rights beyond that on pods, by the end of the account's name}
RIGHTS = {"endpoint-slices": {"": {SLICES, METRICS}}, "kubelet": {"": {METRICS}}, "many": {"": {METRICS}},
          "namespaces": {"": {SLICES}, "-secrets": {SECRETS}}, "secrets": {"-secrets": {SECRETS}},
          "web-password": {"-secrets": {SECRETS}}}
OPT_OUT = {"labels": {"sidecar.istio.io/inject": "false", "istio.io/dataplane-mode": "none"},
           "annotations": {"sidecar.istio.io/inject": "false", "linkerd.io/inject": "disabled",
                           "consul.hashicorp.com/connect-inject": "false",
                           "appmesh.k8s.aws/sidecarInjectorWebhook": "disabled",
                           "mesh-exporter.io/scrape": "false"}}


def beyond_base(pod):
    """What a pod's specification has that the base posture has not."""
    user = pod.get("securityContext", {})
    found = {name for name in ("hostPID", "hostNetwork", "hostIPC") if pod.get(name)}
    if not user.get("runAsNonRoot") or not user.get("runAsUser"):
        found.add("root")
    if user.get("seccompProfile") != {"type": "RuntimeDefault"}:
        found.add("system calls")
    read_only = set()
    for one in pod["containers"] + pod.get("initContainers", []):
        context = one.get("securityContext", {})
        capabilities = context.get("capabilities", {})
        found.update(capabilities.get("add", ()))
        found.update(name for name, is_so in (
            ("kept capabilities", capabilities.get("drop") != ["ALL"]),
            ("writes", not context.get("readOnlyRootFilesystem")),
            ("more privileges", context.get("allowPrivilegeEscalation") is not False),
            ("privileged", context.get("privileged"))) if is_so)
        found.update("host port" for port in one.get("ports", ()) if port.get("hostPort"))
        found.update(f"own {key}" for key in ("runAsUser", "runAsNonRoot", "seccompProfile") if key in context)
        read_only.update(mount["name"] for mount in one.get("volumeMounts", ()) if mount.get("readOnly"))
    for volume in pod.get("volumes", ()):
        if "hostPath" in volume:
            found.add("folder " + volume["hostPath"]["path"])
        if volume["name"] not in read_only:
            found.add("writes " + volume["name"])
    return found


def pod_of(workload):
    return workload["spec"]["template"]["spec"]


def rights(things):
    """What accounts may do by the bindings that name them: {account: {(group, resource, verbs)}}"""
    rules, found = granted(things), {}
    for one in of_kind(things, "ClusterRoleBinding", "RoleBinding"):
        key = (one["roleRef"]["kind"], one["roleRef"]["name"], one["metadata"].get("namespace"))
        assert one["kind"] == key[0] + "Binding", one
        for subject in one["subjects"]:
            for rule in rules.pop(key):
                assert rule.keys() == {"apiGroups", "resources", "verbs"}, rule
                found.setdefault(subject["name"], set()).update(
                    (group, resource, " ".join(rule["verbs"]))
                    for group in rule["apiGroups"] for resource in rule["resources"])
    assert not rules, f"roles that nobody has: {rules}"
    return found


class Judge(unittest.TestCase):
    """Or what follows would show nothing."""

    def test_it_sees_each_privilege(self):
        pod = pod_of(only(golden("defaults"), "DaemonSet"))
        self.assertEqual(beyond_base(pod), set())

        def container(one):
            return one["containers"][0]["securityContext"]
        changes = {
            "hostPID": lambda one: one.update(hostPID=True),
            "hostNetwork": lambda one: one.update(hostNetwork=True),
            "hostIPC": lambda one: one.update(hostIPC=True),
            "root": lambda one: one["securityContext"].pop("runAsNonRoot"),
            "system calls": lambda one: one["securityContext"].pop("seccompProfile"),
            "NET_ADMIN": lambda one: container(one)["capabilities"].update(add=["NET_ADMIN"]),
            "kept capabilities": lambda one: container(one).pop("capabilities"),
            "writes": lambda one: container(one).update(readOnlyRootFilesystem=False),
            "more privileges": lambda one: container(one).pop("allowPrivilegeEscalation"),
            "privileged": lambda one: container(one).update(privileged=True),
            "own runAsUser": lambda one: container(one).update(runAsUser=0),
            "writes config": lambda one: one["containers"][0]["volumeMounts"][0].pop("readOnly"),
            "folder /": lambda one: one["volumes"][0].update(hostPath={"path": "/"})}
        for name, change in changes.items():
            changed = copy.deepcopy(pod)
            change(changed)
            self.assertEqual(beyond_base(changed), {name})


class Posture(unittest.TestCase):
    def test_each_widening_adds_what_it_says_and_only_to_the_agents_of_nodes(self):
        for case in make.cases():
            for one in workloads(golden(case)):
                wanted = WIDENED.get(case, set()) if one["kind"] == "DaemonSet" else set()
                self.assertEqual(beyond_base(pod_of(one)), wanted, f"{case} {one['metadata']['name']}")

    def test_the_pod_of_helm_test_has_nothing(self):
        for case in make.cases():
            hook = helm_test(case)
            self.assertEqual(beyond_base(hook["spec"]), set(), case)
            self.assertIs(hook["spec"]["automountServiceAccountToken"], False)
            self.assert_opted_out(hook["metadata"])

    def test_every_node_has_an_agent_that_is_small_and_replaced_a_few_at_a_time(self):
        one = only(golden("defaults"), "DaemonSet")
        self.assertEqual(pod_of(one)["tolerations"], [{"operator": "Exists"}])
        self.assertEqual(pod_of(one)["containers"][0]["resources"], {
            "requests": {"cpu": "50m", "memory": "32Mi"}, "limits": {"memory": "128Mi"}})
        self.assertIn("maxUnavailable", one["spec"]["updateStrategy"]["rollingUpdate"])

    def test_the_agent_for_secrets_leaves_a_node_that_is_drained_or_lost(self):
        """It tolerates what its own value says, which is nothing by itself."""
        self.assertNotIn("tolerations", pod_of(only(golden("secrets"), "Deployment")))
        self.assertEqual(pod_of(only(golden("secrets"), "DaemonSet"))["tolerations"], [{"operator": "Exists"}])
        one, = pod_of(only(golden("namespaces"), "Deployment"))["tolerations"]
        self.assertEqual(one["key"], "node-role.kubernetes.io/control-plane")

    def test_no_mesh_takes_the_pods_in(self):
        for things in [*map(golden, make.cases()), kustomized("base")]:
            for one in workloads(things):
                self.assert_opted_out(one["spec"]["template"]["metadata"])

    def assert_opted_out(self, metadata):
        for kind, wanted in OPT_OUT.items():
            self.assertLessEqual(wanted.items(), metadata[kind].items())

    def test_a_change_of_the_configuration_makes_new_pods(self):
        def checksum(case):
            one = only(golden(case), "DaemonSet")
            return one["spec"]["template"]["metadata"]["annotations"]["checksum/config"]
        by_config = {}
        for case in make.cases():
            config = next(text for name, text in configurations(golden(case)).items()
                          if not name.endswith("-secrets"))
            by_config.setdefault(config, set()).add(checksum(case))
        self.assertGreater(len(by_config), 5)
        for sums in by_config.values():
            self.assertEqual(len(sums), 1)
        self.assertEqual(len(set.union(*by_config.values())), len(by_config))


class Rights(unittest.TestCase):
    def test_each_switch_grants_its_verbs_to_its_account(self):
        for case in make.cases():
            things = golden(case)
            accounts = {one["kind"]: pod_of(one)["serviceAccountName"] for one in workloads(things)}
            found = rights(things)
            if case == "service-monitor":  # rbac.create is false
                self.assertEqual(found, {})
                self.assertEqual(of_kind(things, "ServiceAccount"), [])
                continue
            wanted = RIGHTS.get(case, {})
            self.assertEqual(found.pop(accounts["DaemonSet"]), {PODS} | wanted.get("", set()), case)
            if "-secrets" in wanted:
                self.assertEqual(found.pop(accounts["Deployment"]), wanted["-secrets"], case)
                self.assertNotEqual(accounts["Deployment"], accounts["DaemonSet"])
            self.assertEqual(found, {}, case)

    def test_rights_in_some_namespaces_are_roles_there(self):
        things = golden("namespaces")
        self.assertEqual(of_kind(things, "ClusterRole", "ClusterRoleBinding"), [])
        self.assertEqual(granted(things).keys(), {
            ("Role", "mesh-exporter" + name, namespace)
            for name, namespace in (("", "shop"), ("", "bank"), ("-endpoint-slices", "shop"),
                                    ("-endpoint-slices", "bank"), ("-secrets", "shop"))})

    def test_overlays_grant_nothing_but_pods(self):
        for name in OVERLAYS:
            self.assertEqual(rights(kustomized("overlays/" + name)), {"mesh-exporter": {PODS}}, name)


class Monitors(unittest.TestCase):
    def test_labels_of_workloads_are_kept_and_the_node_is_added(self):
        for case, kind, key in (("many", "PodMonitor", "podMetricsEndpoints"),
                                ("service-monitor", "ServiceMonitor", "endpoints")):
            things = golden(case)
            monitor = only(things, kind)
            endpoint, = monitor["spec"][key]
            self.assertIs(endpoint["honorLabels"], True)
            self.assertEqual([one["targetLabel"] for one in endpoint["relabelings"][:2]], ["node", "job"])
            # The rules know the job by this name.
            self.assertEqual(endpoint["relabelings"][1]["replacement"], "mesh-exporter")
            # A monitor looks in its own namespace where it names none.
            looked_in = monitor["spec"].get("namespaceSelector", {}).get("matchNames", [monitor["metadata"]["namespace"]])
            self.assertEqual(looked_in, [make.NAME])
            wanted = monitor["spec"]["selector"]["matchLabels"].items()
            for one in workloads(things) if kind == "PodMonitor" else of_kind(things, "Service"):
                labels = one["spec"].get("template", one)["metadata"]["labels"]
                self.assertLessEqual(wanted, labels.items())

    def test_services_and_policies_pick_the_pods(self):
        for case in make.cases():
            things = golden(case)
            pods = [one["spec"]["template"]["metadata"]["labels"] for one in workloads(things)]
            for service in of_kind(things, "Service"):
                picked = [labels for labels in pods if service["spec"]["selector"].items() <= labels.items()]
                self.assertEqual(len(picked), 1, f"{case} {service['metadata']['name']}")
            for policy in of_kind(things, "NetworkPolicy"):
                self.assertEqual(policy["spec"]["policyTypes"], ["Ingress", "Egress"])
                # The kubelet's port is there by its address, and no other.
                self.assertEqual([rule["ports"] for rule in policy["spec"]["egress"] if "to" not in rule][1], [
                    {"port": port, "protocol": "TCP"} for port in (6443, 10255)])
                for labels in pods:
                    self.assertLessEqual(policy["spec"]["podSelector"]["matchLabels"].items(), labels.items())


if __name__ == "__main__":
    unittest.main()
