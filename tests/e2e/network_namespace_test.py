#!/usr/bin/env python3
"""Admin ports that listen on the loopback of another network than ours, as those of Istio's and Consul's sidecars
do: real Envoys in real network namespaces and control groups, reached by who may enter, and told as hidden by
who may not."""

import json
import os
import unittest
import urllib.error
import urllib.request

from harness import BINARY, ENVOY, ROOT, Agent, TempDirTest, wait_until

import own_network
from control_group import ControlGroup, NoControlGroups
from fake_api_server import FakeApiServer
from lone_sidecar import LoneSidecar

POD = os.path.join(ROOT, "tests", "fixtures", "pods", "istio", "sidecar.json")
POLL = "poll: {interval: 300ms, timeout: 250ms, window: 10s, stale_after: 10s}\n"
BARE = "-sys_admin,-sys_ptrace"


@unittest.skipUnless(os.geteuid() == 0, "only root may make network namespaces")
class LoopbackOfOthers(TempDirTest):
    def sidecar(self, envoy=ENVOY):
        """An Envoy in a network of its own; its admin port is nowhere in ours."""
        sidecar = self.start(LoneSidecar(own_network.wrapped(envoy, self.directory), "apart-1",
                                         self.directory, lifetime=3600))
        with self.assertRaises(urllib.error.URLError):
            urllib.request.urlopen(sidecar.admin + "/ready", timeout=2).close()
        return sidecar

    def wait_up(self, agent):
        wait_until(lambda: [value for _, value in agent.page().rows("mesh_target_up")] == [1.0],
                   "the sidecar to answer", 30)

    def assert_reached_inside(self, agent):
        ways = {row["method"] for row, _ in agent.page().rows("mesh_target_access")}
        self.assertIn("namespace", ways)
        versions = {row["version"] for row, _ in agent.page().rows("mesh_sidecar_info")}
        self.assertEqual(len(versions), 1)

    def bare(self):
        """The agent's binary, run by root without the capabilities."""
        script = os.path.join(self.directory, "bare")
        with open(script, "w") as file:
            file.write(f'#!/bin/sh\nexec setpriv --bounding-set={BARE} {BINARY} "$@"\n')
        os.chmod(script, 0o755)
        return script

    # ---- a namespace that the configuration names ----

    def listed(self, namespace, admin):
        return (f"{POLL}targets:\n  - {{name: apart, admin: {json.dumps(admin)}, "
                f"network_namespace: {json.dumps(namespace)}}}\n")

    def test_a_listed_namespace_is_entered(self):
        sidecar = self.sidecar()
        agent = self.start_agent(self.listed(f"/proc/{sidecar.pid}/ns/net", sidecar.admin))
        self.wait_up(agent)
        self.assert_reached_inside(agent)

    def test_what_is_missing_is_named(self):
        for namespace, words in (
                (os.path.join(self.directory, "none"), "none: No such file or directory"),
                ("/proc/self/ns/uts", "it is no network namespace"),
                ("/etc/hostname", "it is no network namespace")):
            agent = self.start_agent(self.listed(namespace, "http://127.0.0.1:9901"),
                                     name=os.path.basename(namespace))
            wait_until(lambda agent=agent: "target is down" in agent.log(), "the failure", 30)
            self.assertIn(words, agent.log())
            self.assertTrue(agent.child.running())

    def test_without_the_capability_the_message_says_so(self):
        sidecar = self.sidecar()
        config = self.listed(f"/proc/{sidecar.pid}/ns/net", sidecar.admin)
        agent = self.start(Agent(self.bare(), self.directory, config))
        wait_until(lambda: "target is down" in agent.log(), "the failure", 30)
        self.assertIn("that needs the capabilities CAP_SYS_ADMIN and CAP_SYS_PTRACE", agent.log())

    # ---- a pod's, by the control group of its container ----

    def pod(self, admin):
        """As Istio's injector made it; it told its sidecar to have the admin port elsewhere."""
        with open(POD) as file:
            pod = json.load(file)
        proxy = next(one for one in pod["spec"]["containers"] if one["name"] == "istio-proxy")
        next(one for one in proxy["env"] if one["name"] == "PROXY_CONFIG")["value"] = json.dumps(
            {"proxyAdminPort": int(admin.rsplit(":", 1)[1])})
        pod["status"]["podIP"] = "127.0.0.1"  # where nobody has its page
        pod["status"]["podIPs"] = [{"ip": "127.0.0.1"}]
        return pod

    def groups(self, pod):
        """A control group as a kubelet names it."""
        status = next(one for one in pod["status"]["containerStatuses"] if one["name"] == "istio-proxy")
        above = f"mesh_exporter_{os.getpid()}_pod{pod['metadata']['uid']}"
        container = status["containerID"].removeprefix("containerd://")
        groups = [ControlGroup(name, memory=1 << 30, processors=2)
                  for name in (above, f"{above}/{container}")]
        for group in groups:
            try:
                group.make()
            except NoControlGroups as error:
                self.skipTest(str(error))
            self.addCleanup(group.remove)
        return groups

    def discovered(self, pods):
        server = self.start(FakeApiServer(self.directory, pods))
        return (f"{POLL}discovery:\n  kubernetes: {{node_name: node-a, network_namespaces: true, "
                f"kubeconfig: {json.dumps(server.kubeconfig)}}}\n")

    def in_its_pod(self):
        """The configuration of who discovers it."""
        with open(POD) as file:
            group = self.groups(json.load(file))[-1]
        sidecar = self.sidecar(group.runs(ENVOY, self.directory))
        return self.discovered([self.pod(sidecar.admin)])

    def test_a_pods_loopback_is_reached_by_its_control_group(self):
        agent = self.start_agent(self.in_its_pod())
        self.wait_up(agent)
        self.assert_reached_inside(agent)
        self.assertNotIn("is not seen", agent.log())
        targets = json.loads(agent.get("/api/v1/targets")[1])
        self.assertEqual(len(targets), 1)
        self.assertIn("calls by method", targets[0]["hidden"])  # hidden from inside, too
        self.assertNotIn("network_namespaces", targets[0]["hidden"])

    def test_a_pod_that_keeps_its_pages_to_itself_is_reached_all_the_same(self):
        with open(POD) as file:
            group = self.groups(json.load(file))[-1]
        sidecar = self.sidecar(group.runs(ENVOY, self.directory))
        pod = self.pod(sidecar.admin)
        proxy = next(one for one in pod["spec"]["containers"] if one["name"] == "istio-proxy")
        proxy["env"].append({"name": "METRICS_LOCALHOST_ACCESS_ONLY", "value": "true"})
        agent = self.start_agent(self.discovered([pod]))
        self.wait_up(agent)
        self.assert_reached_inside(agent)

    def test_who_may_not_enter_works_without_and_says_once_what_is_missing(self):
        config = self.in_its_pod()
        agent = self.start(Agent(self.bare(), self.directory, config))
        words = "ports on the loopback of pods are not asked"
        wait_until(lambda: words in agent.log(), "the reason", 30)
        wait_until(lambda: agent.page().rows("mesh_target_access"), "the target", 30)
        self.assertEqual(agent.log().count(words), 1)
        self.assertIn("has not the capabilities CAP_SYS_ADMIN and CAP_SYS_PTRACE", agent.log())
        ways = {row["method"] for row, _ in agent.page().rows("mesh_target_access")}
        self.assertNotIn("namespace", ways)
        self.assertIn("network_namespaces shows them", agent.get("/api/v1/targets")[1])


if __name__ == "__main__":
    unittest.main()
