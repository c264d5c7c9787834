#!/usr/bin/env python3
"""gRPC applications without a proxy, real ones of two libraries: what channelz tells of them becomes the verdicts
that sidecars get, call for call; reflection shows their methods; CSDS what an xDS client accepted and refused."""

import json
import os
import subprocess
import unittest

from harness import BIN_DIR, ENVOY, ROOT, DemoMesh, TempDirTest, wait_until
import scenario_changes as change
from processes import Child, ReservedPort, announced_address
from scenarios import Scenario

PYTHON = os.path.join(ROOT, "build", "grpc_apps", "bin", "python")
APP = os.path.join(ROOT, "tests", "support", "proxyless_app.py")
XDS_PYTHON = os.path.join(ROOT, "build", "xds", "bin", "python")
XDS = os.path.join(ROOT, "tests", "support", "demo_mesh", "xds_server.py")
USERS = "user.v1.UserService"
# For at least fifteen seconds: a verdict looks back on four and is stated after four more.
CALLS, PAUSE = 1500, "0.01"
ABOUT_TRAFFIC = {"traffic_pinned", "traffic_uneven"}
# Calls methods that nobody has, each once.
INVENT = """
import sys, grpc
with grpc.insecure_channel(sys.argv[1]) as channel:
    for number in range(int(sys.argv[2])):
        try:
            channel.unary_unary(f"/user.v1.UserService/Invented{number}")(b"", timeout=10)
            sys.exit("it is there")
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.UNIMPLEMENTED, error
"""
HCM = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
ROUTER = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"


class App:
    """start() … stop(); `address` is known once it serves."""

    program = (PYTHON, APP)

    def __init__(self, directory, name, *options, **environment):
        self._name, self._options, self._environment = name, options, environment
        self._log = os.path.join(directory, name + ".log")
        self.address = None

    def start(self):
        command = ["/usr/bin/env", *(f"{key}={value}" for key, value in self._environment.items()),
                   *self.program, self._name, *self._options]
        self.child = Child(self._name, command, self._log)
        wait_until(self._serves, self._name + " to serve", 30, alive=[self.child])

    def says(self, word):
        """Whether it has printed a line of this word."""
        with open(self._log) as file:
            return word in file.read().split("\n")

    def _serves(self):
        self.address = announced_address(self._log)
        return self.address

    def stop(self):
        self.child.terminate()


class XdsServer:
    """A control plane that says what say() told it last. start() … stop()."""

    def __init__(self, directory, backends):
        self._said, self._log = (os.path.join(directory, "xds." + what) for what in ("json", "log"))
        self._backends = backends
        self._port = ReservedPort()

    def start(self):
        self.say("EDS")
        self.child = Child("xds", [XDS_PYTHON, XDS, str(self._port.number), self._said], self._log)

    def stop(self):
        self.child.terminate()
        self._port.release()

    def say(self, cluster_type):
        with open(self._said + ".new", "w") as file:
            json.dump(resources(self._backends, cluster_type), file)
        os.replace(self._said + ".new", self._said)

    def bootstrap(self):
        """The environment of its clients."""
        server = {"server_uri": f"127.0.0.1:{self._port.number}", "server_features": ["xds_v3"],
                  "channel_creds": [{"type": "insecure"}]}
        return {"GRPC_XDS_BOOTSTRAP_CONFIG": json.dumps({"xds_servers": [server], "node": {"id": "web"}})}


def target(name, workload, address):
    return json.dumps({"name": name, "namespace": "shop", "workload": workload, "mesh": "proxyless",
                       "grpc": address})


def agent_config(targets):
    lines = "".join(f"  - {one}\n" for one in targets)
    return f"poll: {{interval: 1s, timeout: 1s, window: 4s, stale_after: 20s}}\ntargets:\n{lines}"


def resources(backends, cluster_type):
    endpoints = [{"endpoint": {"address": {"socket_address": {
        "address": "127.0.0.1", "port_value": int(address.rsplit(":", 1)[1])}}}} for address in backends]
    return {
        "listeners": {"version": "l1", "resources": [{"name": "users", "api_listener": {"api_listener": {
            "@type": HCM, "http_filters": [{"name": "router", "typed_config": {"@type": ROUTER}}],
            "route_config": {"name": "r", "virtual_hosts": [{"name": "v", "domains": ["*"], "routes": [
                {"match": {"prefix": ""}, "route": {"cluster": "users"}}]}]}}}}]},
        "clusters": {"version": cluster_type, "resources": [{
            "name": "users", "type": cluster_type, "lb_policy": "ROUND_ROBIN",
            "eds_cluster_config": {"eds_config": {"ads": {}}}}]},
        "endpoints": {"version": "e1", "resources": [{"cluster_name": "users", "endpoints": [{
            "locality": {"zone": "z"}, "load_balancing_weight": 1, "lb_endpoints": endpoints}]}]}}


class Proxyless(TempDirTest):
    def app(self, name, *options, **environment):
        return self.start(App(self.directory, name, *options, **environment))

    def port(self):
        reserved = ReservedPort()
        self.addCleanup(reserved.release)
        return reserved.number

    def backends(self):
        return {name: self.app(name).address for name in ("users-0", "users-1", "users-2")}

    def test_a_pinned_client_and_a_balanced_one_get_their_verdicts_and_every_call_is_counted_once(self):
        backends = self.backends()
        to_all = "ipv4:" + ",".join(backends.values())
        cpp = self.start_cpp()
        calling = ("--call", to_all, "--calls", str(CALLS), "--pause", PAUSE, "--policy")
        clients = {"pinned": self.app("pinned", *calling, "pick_first").address,
                   "balanced": self.app("balanced", *calling, "round_robin").address}
        agent = self.start_agent(agent_config(
            [target(name, "users", address) for name, address in backends.items()] +
            [target(name, name, address) for name, address in clients.items()] +
            [target("orders-0", "orders", cpp)]))

        def has_verdicts():
            page = agent.page()
            return (page.value("mesh_upstream_balance_verdict", pod="pinned", verdict="connection_pinned") == 1 and
                    page.value("mesh_upstream_balance_verdict", pod="balanced", verdict="balanced") == 1 and
                    page.rows("mesh_finding", finding="traffic_pinned", pod="pinned"))
        wait_until(has_verdicts, "the verdicts", 60, alive=[agent.child])
        found = {labels["finding"] for labels, _ in agent.page().rows("mesh_finding", pod="balanced")}
        self.assertEqual(found & ABOUT_TRAFFIC, set(), "others may be about the machine")

        def calls(page, **wanted):
            return page.calls(**wanted)["", "", "OK"]

        def all_counted():
            page = agent.page()
            return all(calls(page, pod=name, direction="outbound") == CALLS for name in clients) and \
                calls(page, workload="users", direction="inbound") >= 2 * CALLS
        wait_until(all_counted, "all calls to be counted", 60, alive=[agent.child])
        page = agent.page()
        self.assertEqual(calls(page, workload="users", direction="inbound"), 2 * CALLS,
                         "the agent's own calls are taken off")
        spread = [value for _, value in page.rows("mesh_upstream_endpoint_requests_total", pod="balanced")]
        self.assertEqual((len(spread), sum(spread)), (3, CALLS))
        self.assertLess(max(spread) - min(spread), CALLS / 10)
        self.assertEqual([value for _, value in page.rows(
            "mesh_upstream_endpoint_requests_total", pod="pinned")], [CALLS])
        for pod in ("users-0", "orders-0"):
            self.assertEqual(page.value("mesh_grpc_methods_declared", pod=pod, grpc_service=USERS), 3)
        self.assertEqual(page.value("mesh_grpc_methods_declared", pod="orders-0",
                                    grpc_service="order.v1.OrderService"), 2)
        self.assertEqual(page.rows("mesh_grpc_methods_declared", grpc_service="grpc.channelz.v1.Channelz"), [])
        for labels, value in page.rows("mesh_target_scrape_errors_total"):
            if labels["reason"] != "timeout":  # that is the machine's
                self.assertEqual(value, 0, labels)

    def test_what_a_server_declares_is_held_against_what_its_sidecar_counts(self):
        """Two targets of one workload: methods never called are told, and real ones keep their names before
        invented ones."""
        mesh = self.start(DemoMesh(ENVOY, BIN_DIR, os.path.join(self.directory, "mesh"), scenario=Scenario(
            "asked", "there are places for the methods that the server has, and no more", pods=1,
            watched=lambda mesh: change.ask_servers(mesh) + "limits: {methods_per_upstream: 6}\n")))
        agent = self.start_agent(mesh.agent_config())
        agent.wait_for(lambda page: page.rows("mesh_grpc_methods_declared", pod="backend-1-app"), "the methods")
        mesh.run_load(calls=20, all_ok="yes", only=f"{USERS}/GetUser")

        def unused(page):
            return {labels["grpc_service"]: value for labels, value in page.rows("mesh_grpc_methods_unused")}
        agent.wait_for(lambda page: unused(page) == {USERS: 2, "order.v1.OrderService": 2, "Greeter": 1},
                       "the methods that nobody called")
        invented = 10
        subprocess.run([PYTHON, "-c", INVENT, mesh.address(), str(invented)], check=True, timeout=30)

        def of_server(page):
            return {(labels["grpc_service"], labels["grpc_method"]): value for labels, value in page.rows(
                "mesh_grpc_requests_total", pod="backend-1", direction="inbound")}
        agent.wait_for(lambda page: of_server(page) == {("other", "other"): invented, (USERS, "GetUser"): 20},
                       "the invented names")
        mesh.run_load(calls=200, all_ok="yes")
        page = agent.wait_for(lambda page: sum(of_server(page).values()) == invented + 220, "all calls")
        named = set(of_server(page)) - {("other", "other")}
        self.assertEqual(named, {
            ("Greeter", "SayHello"), (USERS, "GetUser"), (USERS, "ListUsers"), (USERS, "Chat"),
            ("order.v1.OrderService", "PlaceOrder"), ("order.v1.OrderService", "UploadItems")})
        self.assertEqual(of_server(page)["other", "other"], invented)

    def start_cpp(self):
        address = f"127.0.0.1:{self.port()}"
        child = Child("orders-0", [os.path.join(BIN_DIR, "demo_server"), "orders-0", address],
                      os.path.join(self.directory, "orders-0.log"))
        self.addCleanup(child.terminate)
        wait_until(lambda: os.path.getsize(os.path.join(self.directory, "orders-0.log")), "demo_server",
                   alive=[child])
        return address

    def test_a_server_to_whose_pod_all_calls_are_pinned_tells_so_from_within(self):
        """Of three servers one has a client that keeps to one connection."""
        backends = self.backends()
        client = self.app("pinned", "--call", "ipv4:" + ",".join(backends.values()), "--calls", str(CALLS),
                          "--pause", PAUSE, "--policy", "pick_first")
        agent = self.start_agent(agent_config(
            target(name, "users", address) for name, address in backends.items()))

        def over_connections(what):
            return {labels["pod"]: value for labels, value in
                    agent.page().rows("mesh_grpc_server_" + what, workload="users")}

        def is_found():
            rows = agent.page().rows("mesh_finding", finding="traffic_pinned", workload="users")
            return rows and sorted(over_connections("connections").values()) == [0, 0, 1]
        wait_until(is_found, "the finding at the servers", 60, alive=[agent.child, client.child])
        evidence = self.evidence(agent, "traffic_pinned")
        self.assertEqual(evidence["connections_used"], 1)
        self.assertGreater(evidence["busiest_connection_requests"], 0)
        page = agent.page()
        pinned = [labels["pod"] for labels, value in page.rows("mesh_grpc_server_connections") if value == 1]
        self.assertEqual(len(pinned), 1)
        requests, most = (page.value("mesh_grpc_server_connection_" + what, pod=pinned[0])
                          for what in ("requests", "requests_max"))
        self.assertGreater(requests, 0)
        self.assertEqual(requests, most, "all over one connection")
        self.assertEqual(page.value("mesh_grpc_server_connections_used", pod=pinned[0]), 1)
        for pod in set(backends) - set(pinned):
            self.assertEqual(page.value("mesh_grpc_server_connection_requests", pod=pod), 0,
                             "the agent's own connection is none")

    def evidence(self, agent, finding):
        """The numbers of the only such finding."""
        status, text = agent.get("/api/v1/diagnosis")
        self.assertEqual(status, 200)
        (one,) = [one for one in json.loads(text)["findings"] if one["finding"] == finding]
        return {number["name"]: number["value"] for number in one["evidence"]}

    def test_an_xds_client_tells_what_it_accepted_and_refused(self):
        xds = self.start(XdsServer(self.directory, [self.app("users-0").address]))
        client = self.app("web", "--call", "xds:///users", "--calls", "50", **xds.bootstrap())
        agent = self.start_agent(agent_config([target("web", "web", client.address)]))

        def updates(**wanted):
            return agent.page().value("mesh_control_plane_updates_total", pod="web", **wanted)
        wait_until(lambda: updates(resource="cds", result="accepted") == 1 and
                   updates(resource="lds", result="accepted") == 1, "the configuration", 20,
                   alive=[agent.child, xds.child])
        self.assertEqual(agent.page().rows("mesh_finding", finding="config_rejected"), [])
        xds.say("STRICT_DNS")  # without endpoints: no gRPC client takes it
        wait_until(lambda: updates(resource="cds", result="rejected") == 1 and
                   agent.page().rows("mesh_finding", finding="config_rejected", pod="web"),
                   "the refusal", 20, alive=[agent.child, xds.child])
        states = agent.page().rows("mesh_control_plane_resources", pod="web", resource="cds")
        self.assertEqual([labels["status"] for labels, value in states if value], ["nacked"])
        xds.say("EDS")
        wait_until(lambda: not agent.page().rows("mesh_finding", finding="config_rejected"),
                   "the refusal to be over", 20, alive=[agent.child, xds.child])


if __name__ == "__main__":
    unittest.main()
