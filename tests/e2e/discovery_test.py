#!/usr/bin/env python3
"""Targets that are found, not listed: real sidecars of the demo mesh, named in files that come, change and
go while the agent runs; and pods of a stand-in for the API server, with a recorded page each."""

import json
import os
import shutil
import subprocess
import time
import unittest

from harness import BINARY, TempDirTest, ledger_calls, wait_until
from fake_api_server import FakeApiServer
from recorded_proxy import FIXTURES, RecordedProxy, recorded

SECONDS = 2  # from a change of a file to its effect on /metrics
SLACK = 3    # for a loaded machine
POLL = "poll: {interval: 500ms, window: 10s, stale_after: 10s}\n"


class PodsThatCannotBeEntered(TempDirTest):
    """Istio's pods whose containers have no control group here: their admin ports are out of reach."""

    def setUp(self):
        super().setUp()
        pods = []
        for name in ("users-0", "users-1"):
            proxy = self.start(RecordedProxy({
                "/metrics": recorded("istio/documented/default_15020.txt")}))
            with open(os.path.join(FIXTURES, "pods", "istio", "sidecar.json")) as file:
                pod = json.load(file)
            pod["metadata"]["name"] = pod["metadata"]["uid"] = name
            pod["metadata"]["annotations"]["mesh-exporter.io/metrics-port"] = proxy.url.rsplit(":", 1)[1]
            pod["status"]["podIP"] = "127.0.0.1"
            pod["status"]["podIPs"] = [{"ip": "127.0.0.1"}]
            pods.append(pod)
        self.pods = pods
        self.kubeconfig = self.start(FakeApiServer(self.directory, pods)).kubeconfig

    def config(self, kubeconfig, slices=False):
        return POLL + json.dumps({"discovery": {"kubernetes": {
            "node_name": "node-1", "kubeconfig": kubeconfig, "network_namespaces": True,
            "endpoint_slices": slices}}})[1:-1] + "\n"

    def test_are_read_by_their_page_once_the_api_server_is_known_and_through_reloads(self):
        late = os.path.join(self.directory, "late.yaml")
        agent = self.start_agent(self.config(late))
        agent.wait_for(lambda page: page.value("mesh_exporter_discovery_problems", source="kubernetes"),
                       "the lack of a kubeconfig to be told")
        shutil.copy(self.kubeconfig, late)

        def counted(page):
            return {pod: sum(page.calls(pod=pod).values()) for pod in ("users-0", "users-1")}
        agent.wait_for(lambda page: all(counted(page).values()), "the pods to be read")
        before = counted(agent.page())
        for slices in (True, False, True, False):
            agent.reload(self.config(late, slices))
            for _ in range(3):
                self.assertEqual(counted(agent.page()), before)
        agent.page_after_polls()
        self.assertEqual(counted(agent.page()), before)

    def test_a_wrong_annotation_is_told_as_such(self):
        self.pods[0]["metadata"]["annotations"]["mesh-exporter.io/grpc-probe"] = "yes"
        agent = self.start_agent(self.config(self.start(FakeApiServer(self.directory, self.pods)).kubeconfig))
        agent.wait_for(lambda page: page.value("mesh_exporter_discovery_problems", source="kubernetes"), "it to be read")
        log = agent.log()
        self.assertRegex(log, r'level=warn msg="annotation is passed over" pod=\S+/users-0 '
                              r'annotation=mesh-exporter\.io/grpc-probe error="\\"yes\\"; expected true or false"')
        self.assertNotIn("not all targets can be found", log)


class FilesOfTargets(TempDirTest):
    def setUp(self):
        super().setUp()
        self.mesh = self.start_mesh()
        self.targets = {target["name"]: target for target in self.mesh.targets()
                        if target["admin"].startswith("http://")}
        self.files = os.path.join(self.directory, "targets")
        os.mkdir(self.files)

    def write(self, name, text):
        path = os.path.join(self.files, name)
        with open(path + ".new", "w") as file:
            file.write(text)
        os.rename(path + ".new", path)

    def list(self, name, *pods):
        self.write(name, json.dumps([{
            "targets": [self.targets[pod]["admin"].removeprefix("http://")],
            "labels": {"mesh": "envoy", "namespace": "shop", "pod": pod,
                       "workload": self.targets[pod]["workload"], "env": "demo"}} for pod in pods]))

    def agent(self, more=""):
        agent = self.start_agent(f"{POLL}discovery: {{file: [{self.files}/*.json]}}\n{more}")
        agent.wait_ready()
        return agent

    def shown(self, agent):
        return {row["pod"] for row, up in agent.page().rows("mesh_target_up") if up == 1}

    def wait_until_shown(self, agent, *pods):
        began = time.monotonic()
        wait_until(lambda: self.shown(agent) == set(pods), f"{pods} to be shown", 30)
        self.assertLess(time.monotonic() - began, SECONDS + SLACK)

    def test_targets_come_and_go_with_the_entries_of_files(self):
        self.list("a.json", "storefront-1")
        agent = self.agent()
        self.wait_until_shown(agent, "storefront-1")
        self.list("b.json", "backend-1", "backend-2")
        self.wait_until_shown(agent, "storefront-1", "backend-1", "backend-2")
        self.list("b.json", "backend-2")
        self.wait_until_shown(agent, "storefront-1", "backend-2")
        os.remove(os.path.join(self.files, "a.json"))
        self.wait_until_shown(agent, "backend-2")

    def test_who_stays_keeps_its_counts_while_others_come_and_go(self):
        self.list("a.json", "storefront-1")
        agent = self.agent()
        booked = ledger_calls(self.mesh.run_load(calls=200, rate=400))

        def counted():
            return agent.page().calls(pod="storefront-1", direction="outbound")
        wait_until(lambda: counted() == booked, "the calls to be counted", 30)
        self.list("b.json", "backend-1")
        self.wait_until_shown(agent, "storefront-1", "backend-1")
        os.remove(os.path.join(self.files, "b.json"))
        self.wait_until_shown(agent, "storefront-1")
        self.assert_same_calls(counted(), booked)

    def test_a_broken_file_costs_nothing_and_is_told_until_it_is_whole(self):
        self.list("a.json", "storefront-1")
        agent = self.agent()
        self.wait_until_shown(agent, "storefront-1")
        self.write("a.json", '[{"targets": ["nonsense"')
        wait_until(lambda: agent.page().value("mesh_exporter_discovery_problems", source="file") == 1,
                   "the problem", 30)
        self.assertEqual(self.shown(agent), {"storefront-1"})
        self.assertIn("a.json:1:", agent.get("/")[1])
        self.list("a.json", "storefront-1", "backend-1")
        self.wait_until_shown(agent, "storefront-1", "backend-1")
        page = agent.page()
        self.assertEqual(page.value("mesh_exporter_discovery_problems", source="file"), 0)
        self.assertEqual(page.value("mesh_exporter_discovered_targets", source="file"), 2)

    def test_who_is_listed_and_found_is_one_target(self):
        self.list("a.json", "storefront-1", "backend-1")
        listed = self.targets["storefront-1"]
        agent = self.agent("targets: [{name: the-client, admin: \"" + listed["admin"] + "\"}]\n")
        self.wait_until_shown(agent, "the-client", "backend-1")

    def test_commands_look_at_what_is_found(self):
        self.list("a.json", "storefront-1", "backend-1")
        config = os.path.join(self.directory, "mesh.yaml")
        with open(config, "w") as file:
            file.write(f"{POLL}discovery: {{file: [{self.files}/*.json]}}\n")
        done = subprocess.run([BINARY, "targets", "--config.file=" + config, "--output=json"],
                              capture_output=True, text=True, check=False)
        self.assertEqual({row["pod"] for row in json.loads(done.stdout)},
                         {"shop/storefront-1", "shop/backend-1"})
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
