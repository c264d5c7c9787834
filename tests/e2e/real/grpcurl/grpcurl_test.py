#!/usr/bin/env python3
"""What the agent tells of gRPC servers against what people see who ask by hand: the same servers, of grpc++,
grpc-go and Python, asked by grpcurl and loaded by ghz, field by field and call by call. Part of tests/e2e/run
--all; alone with --grpcurl."""

import json
import os
import re
import subprocess
import sys
import unittest
from collections import Counter

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from real_mesh import BINARY, BIN_DIR, ROOT, SharedPartsTest, tool, wait_until
from proxyless_test import App, XdsServer, agent_config, target
from processes import ReservedPort
from told_health import HealthServer

CHANNELZ = "grpc.channelz.v1.Channelz/"
CHECK = "grpc.health.v1.Health/Check"
CSDS = "envoy.service.status.v3.ClientStatusDiscoveryService/FetchClientStatus"
OWN = ("grpc.health.", "grpc.reflection.", "grpc.channelz.", "envoy.service.status.")
USERS_PROTO = os.path.join(ROOT, "tests", "support", "demo_mesh", "user.proto")
LOAD = 400


def answers(address):
    """Whether a server lists its services: that its port is open, or said to be, is not enough."""
    return subprocess.run([tool("grpcurl"), "-plaintext", "-connect-timeout", "2", address, "list"],
                          capture_output=True, timeout=30, check=False).returncode == 0


class PythonApp(App):
    def _serves(self):
        return super()._serves() and answers(self.address)


class GoApp(PythonApp):
    program = (tool("go_grpc_app"),)


class CppApp(App):
    """demo_server prints no address: it is told one."""
    program = (os.path.join(BIN_DIR, "demo_server"),)

    def _serves(self):
        self.address = self._options[0]
        return answers(self.address)


def grpcurl(*words, question=None):
    """(what it prints, "" or the status in its words)."""
    data = [] if question is None else ["-d", json.dumps(question)]
    done = subprocess.run([tool("grpcurl"), "-plaintext", "-emit-defaults", *data, *words],
                          capture_output=True, text=True, timeout=30, check=False)
    refused = re.search(r"Code: (\w+)", done.stderr)
    if done.returncode and not refused:
        raise AssertionError(done.stderr)
    return done.stdout, refused[1] if refused else ""


def kind_of(rpc):
    """"bidi_stream" of the way in which grpcurl describes a method."""
    streams = tuple(part.startswith(" stream") for part in re.findall(r"\(([^)]*)\)", rpc))
    return {(False, False): "unary", (False, True): "server_stream", (True, False): "client_stream",
            (True, True): "bidi_stream"}[streams]


class AgainstGrpcurl(SharedPartsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.go = cls.start_shared(GoApp(cls.shared, "go"))
        cls.cpp = cls.start_shared(CppApp(cls.shared, "cpp", f"127.0.0.1:{cls.reserve()}"))
        cls.python = cls.start_shared(PythonApp(cls.shared, "python"))
        # C++ and Python do not describe what is gRPC's own: by Go's descriptors.
        cls.described = {}
        for name, symbol in (("channelz", CHANNELZ[:-1]), ("health", CHECK.split("/", maxsplit=1)[0])):
            cls.described[name] = os.path.join(cls.shared, name + ".protoset")
            grpcurl("-protoset-out", cls.described[name], cls.go.address, "describe", symbol)

    @classmethod
    def reserve(cls):
        port = ReservedPort()
        cls.addClassCleanup(port.release)
        return port.number

    def probe(self, address, *flags):
        done = subprocess.run([BINARY, "probe", address, "--output=json", *flags], capture_output=True, text=True,
                              timeout=30, check=False)
        self.assertEqual(done.stderr, "")
        return json.loads(done.stdout), done.returncode

    def test_methods_are_those_that_it_lists_and_describes(self):
        for server in (self.go, self.cpp, self.python):
            with self.subTest(server.address):
                services = [one for one in grpcurl(server.address, "list")[0].split() if not one.startswith(OWN)]
                wanted = set()
                for service in services:
                    text = grpcurl(server.address, "describe", service)[0]
                    wanted |= {(service, *re.match(r"(\w+)", rpc).groups(), kind_of(rpc))
                               for rpc in re.findall(r"^ *rpc (.*);", text, re.MULTILINE)}
                declared = self.probe(server.address)[0]["methods"]["declared"]
                found = {(one["grpc_service"], one["grpc_method"], one["type"]) for one in declared}
                self.assertGreater(len(found), 2)
                self.assertEqual((found, len(declared)), (wanted, len(wanted)))

    def test_health_is_what_it_is_answered(self):
        python = self.start(HealthServer())
        python.say("shop.Users", "NOT_SERVING")
        python.say("shop.Orders", "UNKNOWN")
        words = {"SERVING": "serving", "NOT_SERVING": "not_serving", "UNKNOWN": "unknown",
                 "NotFound": "service_unknown", "Unimplemented": "unimplemented"}
        seen = set()
        for server, services in ((self.go, ("", "grpc.testing.TestService", "nobody")),
                                 (self.cpp, ("", "user.v1.UserService", "nobody")),
                                 (python, ("", "shop.Users", "shop.Orders", "nobody")),
                                 (self.python, ("",))):
            for service in services:
                with self.subTest(server=server.address, service=service):
                    text, refused = grpcurl("-protoset", self.described["health"], server.address, CHECK,
                                            question={"service": service})
                    wanted = words[refused or json.loads(text)["status"]]
                    flags = ["--service=" + service] if service else []
                    report, code = self.probe(server.address, *flags)
                    self.assertEqual(report["health"][0]["status"], wanted)
                    self.assertEqual(code, 0 if wanted in ("serving", "unimplemented") else 1)
                    seen.add(wanted)
        self.assertEqual(seen, set(words.values()))

    def channelz(self, address, method, **question):
        text, refused = grpcurl("-protoset", self.described["channelz"], address, CHANNELZ + method,
                                question=question)
        self.assertEqual(refused, "")
        return json.loads(text)

    def test_a_clients_calls_and_connections_are_those_that_channelz_has(self):
        backends = [self.start(GoApp(self.directory, name)).address for name in ("b-0", "b-1", "b-2")]
        go = self.start(GoApp(self.directory, "caller", ",".join(backends), str(LOAD)))
        python = self.start(PythonApp(self.directory, "web", "--call", "ipv4:" + ",".join(
            self.start(PythonApp(self.directory, name)).address for name in ("u-0", "u-1")), "--calls", str(LOAD),
            "--pause", "0"))
        agent = self.start_agent(agent_config([target("go", "go", go.address),
                                               target("python", "python", python.address)]))
        wait_until(lambda: go.says("called") and
                   agent.page().calls(pod="python", direction="outbound")["", "", "OK"] == LOAD,
                   "all to be called", 30, alive=[agent.child])
        page = agent.page_after_polls()
        for pod, app, failed in (("go", go, LOAD // 10), ("python", python, 0)):
            with self.subTest(pod):
                (channel,) = self.channelz(app.address, "GetTopChannels")["channel"]
                data = channel["data"]
                self.assertEqual((int(data["callsStarted"]), int(data["callsFailed"])), (LOAD, failed))
                calls = page.calls(pod=pod, direction="outbound")
                self.assertEqual((calls["", "", "OK"], calls["", "", "other"]),
                                 (int(data["callsSucceeded"]), int(data["callsFailed"])))
                wanted = {}
                for ref in channel["subchannelRef"]:
                    one = self.channelz(app.address, "GetSubchannel", subchannel_id=ref["subchannelId"])["subchannel"]
                    address = re.search(r"[0-9.]+:[0-9]+$", one["data"]["target"] or ref["name"])[0]
                    wanted[address] = (int(one["data"]["callsStarted"]), int(one["data"]["callsFailed"]),
                                       len(one["socketRef"]), one["data"]["state"]["state"])
                self.assertEqual(sum(started for started, *_ in wanted.values()), LOAD)

                def by_endpoint(what, pod=pod):
                    rows = page.rows("mesh_upstream_endpoint_" + what, pod=pod)
                    return {labels["endpoint"]: int(value) for labels, value in rows}
                requests, failures = by_endpoint("requests_total"), by_endpoint("failures_total")
                connections = by_endpoint("connections")
                self.assertEqual({address: (requests[address], failures.get(address, 0), connections[address],
                                            "READY") for address in requests}, wanted)
                self.assertEqual(page.value("mesh_upstream_endpoints", pod=pod, state="ready"), len(wanted))

    def test_a_server_received_what_ghz_sent(self):
        by_file, by_set = ["--proto", USERS_PROTO], ["--protoset", self.described_service()]
        for server, proto, method in ((self.cpp, by_file, "user.v1.UserService.GetUser"),
                                      (self.go, by_set, "grpc.testing.TestService.EmptyCall")):
            with self.subTest(server.address):
                agent = self.start_agent(agent_config([target("pod", "pod", server.address)]),
                                         name="agent-" + method)
                agent.wait_ready()
                before = agent.page_after_polls().calls(pod="pod", direction="inbound")["", "", "OK"]
                done = subprocess.run([tool("ghz"), "--insecure", *proto, "--call", method, "-d", "{}",
                                       "-n", str(LOAD), "-c", "10", "--connections", "5", "-O", "json",
                                       server.address], capture_output=True, text=True, timeout=60, check=True)
                sent = json.loads(done.stdout)["statusCodeDistribution"]
                self.assertEqual(sent, {"OK": LOAD})
                page = agent.page_after_polls()
                received = page.calls(pod="pod", direction="inbound")
                self.assertEqual(received["", "", "OK"] - before, LOAD)
                # Whom channelz lists: the agent, which does not count itself, and grpcurl while it asks.
                (one,) = self.channelz(server.address, "GetServers")["server"]
                sockets = self.channelz(server.address, "GetServerSockets", server_id=one["ref"]["serverId"])
                self.assertEqual(page.value("mesh_pod_connections", pod="pod"), len(sockets["socketRef"]) - 2)
                agent.stop()

    def test_calls_that_failed_are_those_of_others(self):
        """The agent's own fail at each look at what a server does not have, which grpc-go does not count."""
        for server in (self.cpp, self.go):
            with self.subTest(server.address):
                agent = self.start_agent(agent_config([target("pod", "pod", server.address)]),
                                         name="agent-failed" + server.address.replace(":", "-"))
                agent.wait_ready()
                for _ in range(5):
                    page = agent.page_after_polls()
                before = page.calls(pod="pod", direction="inbound").get(("", "", "other"), 0)
                done = subprocess.run([tool("ghz"), "--insecure", "--protoset", self.described_service(), "--call",
                                       "grpc.testing.TestService.UnimplementedCall", "-d", "{}", "-n", "40", "-c", "2",
                                       "-O", "json", server.address],
                                      capture_output=True, text=True, timeout=60, check=False)
                self.assertEqual(json.loads(done.stdout)["statusCodeDistribution"], {"Unimplemented": 40})
                received = agent.page_after_polls().calls(pod="pod", direction="inbound")
                self.assertEqual(received["", "", "other"] - before, 40)
                agent.stop()

    def described_service(self):
        path = os.path.join(self.directory, "testing.protoset")
        grpcurl("-protoset-out", path, self.go.address, "describe", "grpc.testing.TestService")
        return path

    def test_an_xds_client_has_the_configuration_that_csds_shows(self):
        xds = self.start(XdsServer(self.directory, [self.python.address]))
        client = self.start(PythonApp(
            self.directory, "web", "--call", "xds:///users", "--calls", "5", **xds.bootstrap()))
        agent = self.start_agent(agent_config([target("web", "web", client.address)]))
        # Of endpoints the agent counts what was refused alone, as of all proxies.
        kinds = {"Cluster": "cds", "Listener": "lds"}
        results = {"ACKED": "accepted", "NACKED": "rejected"}

        def shown():
            """{(kind, result): resources} and {kind: version}, as grpcurl shows them."""
            text = grpcurl(client.address, CSDS, question={"exclude_resource_contents": True})[0]
            states, versions = Counter(), {}
            for one in json.loads(text)["config"][0]["generic_xds_configs"]:
                if kind := kinds.get(one["type_url"].rsplit(".", 1)[1]):
                    states[kind, results[one["client_status"]]] += 1
                    versions[kind] = one["version_info"]
            return states, versions

        def told():
            return Counter({(labels["resource"], labels["result"]): int(value) for labels, value in
                            agent.page().rows("mesh_control_plane_updates_total", pod="web") if value})
        wait_until(lambda: told().total() == 2, "the configuration", 20, alive=[agent.child, xds.child])
        states, versions = shown()
        self.assertEqual(told(), states)
        self.assertEqual(versions, {"lds": "l1", "cds": "EDS"})
        xds.say("STRICT_DNS")
        wait_until(lambda: told()["cds", "rejected"], "the refusal", 20, alive=[agent.child, xds.child])
        states, versions = shown()
        self.assertEqual(states, {("lds", "accepted"): 1, ("cds", "rejected"): 1})
        self.assertEqual(told(), states + Counter({("cds", "accepted"): 1}), "which it has been, too")
        self.assertEqual(versions["cds"], "EDS", "the one before is in use")


if __name__ == "__main__":
    unittest.main(verbosity=2)
