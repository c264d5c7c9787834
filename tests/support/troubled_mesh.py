"""Everything that a dashboard can show, made at once by real parts: the demo mesh with calls on it and
leaves that live half a minute, every trouble of a connection pool (pool_mesh.py), sidecars under a
control plane of which one is cut off, a policy that refuses calls, certificates in files and behind ports,
a gRPC server that is asked for its health and its methods, a sidecar in a control group in which somebody is
killed for memory, pods in every state of a migration, and a target that does not answer. Not real are only
recorded_neighbours.py, and say so. Beside them an agent, and a Prometheus that scrapes it every second."""

import json
import os

import certificates
import scenario_changes as change
from agent import Agent, Prometheus
from control_group import NoControlGroups, has_pressure
from controlled_sidecar import (ADS, BAD, GOOD, ControlledSidecar, ControlPlane, cluster, listener,
                                secret_from, secrets)
from demo_mesh import APPLICATION, BACKENDS, DemoMesh
from fake_api_server import FakeApiServer
from held_sidecar import HeldSidecar
from pool_mesh import PoolMesh
from processes import ReservedPort
from recorded_neighbours import RecordedNeighbours
from scenarios import Scenario
from told_control_plane import ToldControlPlane, of_client

LIFETIME = 30  # seconds: of the demo mesh's leaves, renewed at half of it
POLL = {"interval": "1s", "timeout": "800ms", "window": "5s", "stale_after": "30s"}
PODS = ("istio/sidecar", "istio/injection_pending", "istio/opted_out", "app/nothing")
PLANES = ("connected-1", "cut-1")
FIXTURES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "fixtures",
                        "pods")
UPSTREAM = "outbound|50051||users.shop.svc.cluster.local"


class ControlPlanes:
    """Two sidecars under a control plane each. start(), trouble(), stop()."""

    def __init__(self, envoy, directory):
        self._directory = directory
        self._ports = [ReservedPort() for _ in PLANES]
        self._planes = [ControlPlane(directory, "plane-of-" + name) for name in PLANES]
        self._sidecars = [ControlledSidecar(envoy, name, directory, plane.port)
                          for name, plane in zip(PLANES, self._planes)]

    def start(self):
        leaf = os.path.join(self._directory, "leaf")
        authority = certificates.Authority(os.path.join(self._directory, "ca")).create()
        authority.issue("users", leaf)
        for port, plane in zip(self._ports, self._planes):
            plane.say(clusters=[cluster(UPSTREAM, secret_from(ADS), GOOD)],
                      listeners=[listener(port.number, UPSTREAM)], secrets=secrets(leaf))
            plane.start()
        for sidecar in self._sidecars:
            sidecar.start()
        for sidecar in self._sidecars:
            sidecar.wait_for("sds.default.update_success", 1)
        return self

    def trouble(self):
        """One plane says what its sidecar refuses, the other is killed."""
        self._planes[0].say(clusters=[cluster(UPSTREAM, secret_from(ADS), BAD)])
        self._planes[1].kill()

    def stop(self):
        for part in (*self._sidecars, *self._planes):
            part.stop()
        for port in self._ports:
            port.release()

    def targets(self):
        return [{**sidecar.target(), "namespace": "plane"} for sidecar in self._sidecars]


class PerhapsHeld:
    """A sidecar in a control group with limits, in which somebody eats memory until the kernel ends him, and others
    come near the limit and use up the time. start(), trouble(), stop(). Where this machine cannot show it all,
    `untold` says why, by what metrics begin with."""

    def __init__(self, envoy, directory):
        self._held = HeldSidecar(envoy, "held-1", directory, 192 << 20, 0.2)
        self.untold = {}

    def start(self):
        try:
            self._held.start()
        except NoControlGroups as reason:
            self.untold = {"mesh_sidecar_" + what: str(reason)
                           for what in ("memory_", "cpu_", "oom_", "cgroup_")}
            return self
        if not has_pressure():
            self.untold = {f"mesh_sidecar_{what}_stall_": "the kernel does not measure pressure"
                           for what in ("memory", "cpu")}
        return self

    def trouble(self):
        if self._held.sidecar:
            self._held.eat().wait(60)
            self._held.fill(0.92)
            self._held.spin()

    def stop(self):
        self._held.stop()

    def targets(self):
        return [self._held.target()] if self._held.sidecar else []


def migrating_pods():
    """One in each state, as tests/fixtures/pods has them; none of them is there to be watched."""
    pods = []
    for path in PODS:
        with open(os.path.join(FIXTURES, path + ".json")) as file:
            pod = json.load(file)
        pod["metadata"]["name"] = pod["metadata"]["uid"] = path.replace("/", "-").replace("_", "-")
        pod["metadata"].setdefault("annotations", {})["mesh-exporter.io/scrape"] = "false"
        pods.append(pod)
    return pods


class TroubledMesh:
    """start() … stop(); then `agent` and `prometheus` are there."""

    def __init__(self, envoy, bin_dir, binary, directory):
        def path(*parts):
            return os.path.join(directory, *parts)
        for part in ("planes", "held"):
            os.makedirs(path(part))
        self._binary = binary
        self._directory = directory
        self._demo = DemoMesh(envoy, bin_dir, path("demo"), LIFETIME,
                              Scenario("refused", "a policy refuses calls",
                                       server=change.of(BACKENDS[-1],
                                                        change.refuse_greetings)))
        self._pools = PoolMesh(envoy, bin_dir, path("pools"))
        self._planes = ControlPlanes(envoy, path("planes"))
        self._csds = ToldControlPlane(directory, of_client("web-0", configStatus="SYNCED", versionInfo="v7"),
                                      of_client("web-1", configStatus="STALE", versionInfo="v6"))
        self._held = PerhapsHeld(envoy, path("held"))
        self._api = FakeApiServer(directory, migrating_pods())
        self._neighbours = RecordedNeighbours()
        self._nobody = ReservedPort()  # where the target that does not answer would be
        self._started = []
        self.agent = self.prometheus = None

    def start(self):
        """Returns once the agent is ready, before there is much to see."""
        try:
            for part in (self._demo, self._pools, self._planes, self._held, self._api,
                         self._neighbours, self._csds):
                self._begin(part)
            self._demo.start_load(rate=100)
            self._pools.start_troubles()
            self.agent = self._begin(Agent(self._binary, self._directory, self._config()))
            self.prometheus = self._begin(Prometheus(self._directory, self.agent.listens_on))
            self.agent.wait_ready()
            # Only now: what was never seen connected is not seen cut.
            self.agent.page_after_polls()
            self._planes.trouble()
            self._write_targets("more", "no list")
            self._held.trouble()
        except BaseException:
            self.stop()
            raise
        return self

    @property
    def untold(self):
        """{what metrics begin with: why none of them can be had on this machine}"""
        return self._held.untold

    def stop(self):
        for part in reversed(self._started):
            part.stop()
        self._started = []
        self._nobody.release()

    def _begin(self, part):
        self._started.append(part)
        return part.start()

    def _config(self):
        demo = [{**target, "inbound": self._demo.inbound(target["name"])}
                if target["name"] in BACKENDS else target for target in self._demo.targets()]
        pools = [{**target, "namespace": "pools"} for target in self._pools.targets()]
        root = self._demo.authority.root
        server = {"name": BACKENDS[0] + APPLICATION, "namespace": "shop", "workload": "backend"}
        address = f"127.0.0.1:{self._demo.port(server['name'], 'users')}"
        return json.dumps({
            "poll": POLL,
            "certificates": {
                "interval": "1s",
                "endpoints": [{"name": "gateway", "namespace": "shop", "workload": "backend",
                               "address": self._demo.inbound(BACKENDS[0]), "alpn": ["h2"]}],
                "files": [{"paths": [root]}],
                "trust": [{"name": "demo", "file": root, "spiffe_trust_domain": "demo.mesh"}]},
            "discovery": {"file": [self._write_targets("silent", self._silent()),
                                   self._write_targets("more", [])],
                          "kubernetes": {"node_name": "node-1",
                                         "kubeconfig": self._api.kubeconfig}},
            "probes": {"grpc": [{**server, "address": address, "services": ["", change.SERVICE],
                                 "interval": "1s"}]},
            "targets": [*demo, {**server, "mesh": "proxyless", "grpc": address}, *pools, *self._planes.targets(),
                        *self._held.targets(), *self._neighbours.targets(),
                        {"name": "csds", "namespace": "plane", "mesh": "proxyless", "grpc": self._csds.address}]})

    def _silent(self):
        """The one target that never answers, as a file lists it."""
        return [{"targets": [f"127.0.0.1:{self._nobody.number}"], "labels": {
            "namespace": "shop", "pod": "silent-1", "workload": "silent"}}]

    def _write_targets(self, name, groups):
        path = os.path.join(self._directory, name + ".json")
        with open(path, "w") as file:
            json.dump(groups, file)
        return path
