#!/usr/bin/env python3
"""The agent beside the API server of a real Kubernetes: pods that are created, labelled, moved and
deleted, and what may happen to the watch meanwhile: tests/e2e/run --kubernetes. Two minutes."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from real_mesh import (BINARY, BIN_DIR, ENVOY, ROOT, SharedPartsTest, answers, ledger_calls,
                       say, wait_until)
from harness import DemoMesh, Watcher
from cluster import ADMIN_PORT, NAMESPACE, PODS, Cluster, WatchedNode

SECONDS = 2  # from the moment before a change is asked for to its effect on /metrics
SIDECARS = ("istio/sidecar", "istio/native_sidecar", "linkerd/sidecar", "consul/metrics_enabled",
            "envoy/named_admin_port")
SELECTOR = "watched=yes"
_UP = re.compile(r'^mesh_target_up\{[^\n]*?pod="([^"]+)"[^\n]*\} (\d)$', re.MULTILINE)


class Pages:
    """Looks at /metrics without pause: which targets it shows, and whether they are up."""

    def __init__(self, agent):
        self._agent = agent
        self._looks = []  # (when the page was there, {pod: "0" or "1"})
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self._thread.start()

    def stop(self):
        self._over.set()
        self._thread.join()

    def _run(self):
        while not self._over.wait(0.03):
            text = self._agent.get("/metrics")[1]
            self._looks.append((time.monotonic(), dict(_UP.findall(text))))

    def ever(self):
        return {pod for _, shown in self._looks for pod in shown}

    def always(self, pods, since):
        """Whether no page since then was without one of them."""
        return all(pods <= shown.keys() for when, shown in self._looks if when >= since)

    def took(self, holds, since, what):
        """Seconds from then to the first page with holds(what it shows)."""
        def when():
            return next((at for at, shown in list(self._looks) if at >= since and holds(shown)), None)
        wait_until(when, what, 30)
        return when() - since


class Pods(SharedPartsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cluster = cls.start_shared(Cluster(cls.shared))

    def watch(self, node, *more):
        """(the node with its agent, its pages)"""
        watched = self.start(WatchedNode(self.cluster, node, *more))
        watched.agent.wait_ready()
        return watched, self.start(Pages(watched.agent))

    def start(self, part):
        self.addCleanup(part.stop)
        part.start()
        return part

    def assert_soon(self, what, pages, began, holds):
        """`began`: {pod: the moment before its change}; holds(shown, pod) within SECONDS of it."""
        took = sorted(pages.took(lambda shown, pod=pod: holds(shown, pod), when, f"{pod} {what}")
                      for pod, when in began.items())
        say(f"{len(took)} pods {what}: within {took[len(took) // 2]:.2f} s half of them, "
            f"{took[-1]:.2f} s all")
        self.assertLess(took[-1], SECONDS)

    def test_five_hundred_pods_come_are_labelled_move_and_go(self):
        ours, pages = self.watch("node-a", SELECTOR)
        nodes = ("node-a", "node-a", "node-a", "node-b", "node-c")
        appeared, others = {}, set()
        for i in range(500):
            name, node, like = f"pod-{i:03}", nodes[i % 5], SIDECARS[i // 5 % 5]
            labels = {} if i % 10 == 0 else {"watched": "yes"}
            began = self.cluster.run_pod(name, like, node, f"127.1.{i // 200}.{i % 200 + 1}",
                                         labels=labels)
            if node == "node-a" and labels:
                appeared[name] = began
            else:
                others.add(name)
        self.assertEqual(len(appeared), 250)
        shown, gone = (lambda now, pod: pod in now), (lambda now, pod: pod not in now)
        self.assert_soon("appear", pages, appeared, shown)
        self.assertEqual(ours.shown(), set(appeared))

        names = sorted(appeared)
        taken = {name: self.cluster.label(name, watched=None) for name in names[:25]}
        self.assert_soon("vanish that lose their label", pages, taken, gone)
        given = {f"pod-{i:03}": self.cluster.label(f"pod-{i:03}", watched="yes")
                 for i in range(0, 250, 10)}
        self.assert_soon("appear that are given it", pages, given, shown)

        moved = [name for name in names[25:] if int(name[4:]) // 5 % 5 == 4][:4]
        addresses = {name: f"127.0.0.{21 + i}" for i, name in enumerate(moved)}
        for name, ip in addresses.items():
            self.start_proxy(name, ip)
        self.assert_soon("are up that move to where a sidecar is", pages, {
            name: self.cluster.set_status(name, ip) for name, ip in addresses.items()},
            lambda now, pod: now.get(pod) == "1")
        ended = {name: self.cluster.set_status(name, "127.1.9.9", "Succeeded")
                 for name in names[100:110]}
        self.assert_soon("vanish that end", pages, ended, gone)

        left = {f"pod-{i:03}": self.cluster.delete(f"pod-{i:03}") for i in range(500)}
        self.assert_soon("vanish that are deleted", pages,
                         {name: left[name] for name in names[110:]}, gone)
        self.assertEqual(ours.shown(), set())
        self.assertEqual(pages.ever(), set(appeared) | set(given))
        self.assertEqual(ours.problems(), 0)
        self.assertEqual(ours.told(), [])

    def start_proxy(self, name, ip):
        child = self.cluster.spawn_proxy(name, ip)
        self.addCleanup(child.terminate)
        wait_until(lambda: answers(f"http://{ip}:{ADMIN_PORT}", "/ready"), f"the sidecar of {name}",
                   alive=[child])

    def test_sidecars_that_are_found_are_counted_to_the_call(self):
        mesh = self.start(DemoMesh(ENVOY, BIN_DIR, os.path.join(self.shared, "demo")))
        ours, pages = self.watch("node-calls")
        targets = {one["name"]: one["admin"].rsplit(":", 1)[1] for one in mesh.targets()
                   if one["admin"].startswith("http://")}
        came = {name: self.cluster.run_pod(name, "envoy/named_admin_port", "node-calls", "127.0.0.1",
                                           annotations={"mesh-exporter.io/admin-port": port})
                for name, port in targets.items()}
        self.assert_soon("are up", pages, came, lambda now, pod: now.get(pod) == "1")
        booked = ledger_calls(mesh.run_load(calls=400, rate=400))
        ours.agent.wait_for(lambda page: page.calls(pod="storefront-1", direction="outbound") ==
                            booked, "the calls to be counted", 30)
        self.assertGreater(sum(booked.values()), 0)
        gone = {name: self.cluster.delete(name) for name in targets}
        self.assert_soon("vanish", pages, gone, lambda now, pod: pod not in now)
        self.assertEqual(ours.agent.page().calls(), {})

    def test_a_watch_that_is_cut_within_a_pod_loses_nothing(self):
        ours, pages = self.watch("node-cut")
        began = self.cluster.run_pod("before", "linkerd/sidecar", "node-cut", "127.2.0.1")
        self.assert_soon("appear", pages, {"before": began}, lambda now, pod: pod in now)
        ours.forwarder.cut_within(50_000)
        self.cluster.run_pod("large", "linkerd/sidecar", "node-cut", "127.2.0.2",
                             annotations={"shop.test/large": "x" * 200_000})
        ours.agent.wait_for(lambda page: ours.shown(page) == {"before", "large"} and
                            ours.problems(page) == 0, "both pods")
        self.assertEqual(ours.forwarder.cuts, 1)
        self.assertIn("closed in the middle of the answer", ours.told()[0])
        self.assertTrue(pages.always({"before"}, began + SECONDS))

    def test_an_api_server_that_is_restarted_loses_nothing(self):
        ours, pages = self.watch("node-restart")
        self.start_proxy("stays", "127.0.0.31")
        came = {"stays": self.cluster.run_pod("stays", "envoy/named_admin_port", "node-restart",
                                              "127.0.0.31"),
                "leaves": self.cluster.run_pod("leaves", "linkerd/sidecar", "node-restart",
                                               "127.2.1.1")}
        self.assert_soon("appear", pages, came, lambda now, pod: pod in now)
        began = time.monotonic()
        with Watcher(ours.agent) as watcher:
            ours.forwarder.refusing = True
            ours.forwarder.cut()
            version = self.cluster.version()
            self.cluster.delete("leaves")
            self.cluster.run_pod("comes", "linkerd/sidecar", "node-restart", "127.2.1.2")
            ours.agent.wait_for(ours.problems, "the agent to see that it is cut off")
            self.cluster.api.kill_api()
            self.cluster.api.start_api()
            self.assertTrue(self.cluster.is_forgotten(version))
            self.assertEqual(ours.shown(), set(came))  # as last known
            ours.forwarder.refusing = False
            back = time.monotonic()
            took = pages.took(lambda now: now.keys() == {"stays", "comes"}, back, "what is there now")
        say(f"known {took:.1f} s after the API server could be reached again, "
            f"{back - began:.0f} s after it was cut off")
        self.assertTrue(pages.always({"stays"}, began))
        self.assertEqual((watcher.error, watcher.fallen), (None, []))
        ours.agent.wait_for(lambda page: ours.problems(page) == 0, "no problem")

    def test_the_memory_of_a_sidecar_is_found_by_itself_and_its_kill_as_the_pod_tells_it(self):
        root, container = self.cluster.path("cgroup"), "3f" * 32
        ours, _ = self.watch("node-memory", "", root)
        self.cluster.schedule("held", "envoy/named_admin_port", "node-memory")
        uid = self.cluster.api.get(f"{PODS}/held")["metadata"]["uid"]
        group = f"kubepods.slice/kubepods-pod{uid.replace('-', '_')}.slice/cri-containerd-{container}.scope"
        fixtures = os.path.join(ROOT, "tests", "fixtures", "cgroup", "v2")
        shutil.copytree(os.path.join(fixtures, "limited"), os.path.join(root, group))
        shutil.copy(os.path.join(fixtures, "cgroup.controllers"), root)
        status = {"name": "proxy", "image": "x", "imageID": "x", "ready": True, "restartCount": 1,
                  "containerID": "containerd://" + container}
        self.cluster.set_status("held", "127.2.3.1", containerStatuses=[status])
        page = ours.agent.wait_for(
            lambda page: page.value("mesh_sidecar_memory_bytes", pod="held"), "its memory")
        self.assertEqual(page.value("mesh_sidecar_cgroup_readable", pod="held"), 1)
        self.assertEqual(page.rows("mesh_finding", finding="sidecar_oom_killed"), [])
        status["lastState"] = {"terminated": {
            "reason": "OOMKilled", "exitCode": 137,
            "finishedAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}}
        self.cluster.set_status("held", "127.2.3.1", containerStatuses=[status])
        ours.agent.wait_for(lambda page: page.rows("mesh_finding", finding="sidecar_oom_killed"),
                            "the kill")

    def test_the_command_explains_each_pod(self):
        ours, _ = self.watch("node-told")
        self.start_proxy("read", "127.0.0.41")
        for name, like, more in (
                ("read", "envoy/named_admin_port", {}),
                ("plain", "app/nothing", {}),
                ("opted-out", "istio/opted_out", {}),
                ("pending", "istio/injection_pending", {}),
                ("closed", "consul/sidecar", {}),
                ("unwanted", "linkerd/sidecar", {"annotations": {"mesh-exporter.io/scrape": "false"}}),
                ("odd", "envoy/named_admin_port",
                 {"annotations": {"mesh-exporter.io/admin-port": "99999"}}),
                ("hides", "istio/sidecar", {}),
                ("silent", "linkerd/sidecar", {})):
            self.cluster.run_pod(name, like, "node-told",
                                 "127.0.0.41" if name == "read" else "127.2.2.2", **more)
        self.cluster.schedule("not-yet", "linkerd/sidecar", "node-told")
        ours.agent.wait_for(
            lambda page: {"read", "odd", "hides", "silent"} <= ours.shown(page) and
            "not-yet" in ours.report(), "all pods")
        done = subprocess.run([BINARY, "targets", "--agent=" + ours.agent.listens_on,
                               "--output=json"], capture_output=True, text=True, check=True)
        rows = {row["pod"].removeprefix(NAMESPACE + "/"): row for row in json.loads(done.stdout)}
        told = {name: (row["state"], row["trouble"]) for name, row in rows.items()}
        self.assertIn("expected a port from 1 to 65535", told["odd"][1])
        for name, state, words in (
                ("read", "up", ""), ("silent", "down", "refused"),
                ("plain", "not watched", "no proxy that is known here"),
                ("opted-out", "not watched", "sidecar.istio.io/inject is false"),
                ("pending", "not watched", "a sidecar that it was not given"),
                ("closed", "not watched", "metrics are not enabled"),
                ("unwanted", "not watched", "mesh-exporter.io/scrape is false"),
                ("not-yet", "not watched", "does not run yet")):
            with self.subTest(name):
                self.assertEqual(told[name][0], state)
                self.assertIn(words, told[name][1])
        self.assertEqual(len(told), 10)
        self.assertIn("proxyStatsMatcher", rows["hides"]["hidden"])
        self.assertEqual(ours.agent.log().count("not all of a target can be seen"), 1)
        self.assertEqual(
            {row["state"]: value for row, value in ours.agent.page().rows("mesh_pods", mesh="istio")
             if value}, {"meshed": 1, "opted_out": 1, "injection_pending": 1})
        self.assertIn("mesh-exporter.io/admin-port", ours.told()[0])


if __name__ == "__main__":
    unittest.main()
