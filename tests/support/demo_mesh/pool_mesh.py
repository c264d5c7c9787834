"""Two real Envoys and real gRPC servers, set up so that each trouble of a connection pool can be
made: `storefront-1` calls, by one listener and one cluster per upstream; `backend-1` is the sidecar
of what answers badly. See pool_config.py for the Envoys' side.

    load ─▶ storefront-1 ─▶ demo_server                      healthy, requests, pending, impatient, …
                         ─▶ backend-1 (503)                  ejected
                         ═▶ backend-1 (TLS) ─▶ demo_server   trust, stranger
                         ─▶ nobody                           refused, silent
                         ─▶ cutting proxy ─▶ demo_server     cut
"""

import json
import os
import re

import certificates
import pool_config as config
from envoy_process import Envoy
from forwarder import Forwarder
from load import Load
from processes import Child, ReservedPort, http_get
from silence import Silence

CALLER, CALLEE = "storefront-1", "backend-1"
SERVERS = ("server-1", "server-2")

# Calls that last: deadlines beyond any test.
HELD = {"hold": "yes", "deadline": "2m"}
TROUBLES = {
    "healthy": {"rate": 40},
    "known": {"rate": 10},
    "refusing": {"calls": 20, "parallel": 20, "hold": "yes", "deadline": "4s"},
    "requests": {"rate": 20, "hold": "yes", "deadline": "500ms"},
    "pending": {"rate": 20, "hold": "yes", "deadline": "500ms"},
    "streams": {"calls": 8, "parallel": 8, **HELD},
    "breaker": {"calls": 3, "parallel": 3, **HELD},
    "impatient": {"rate": 10, "hold": "yes", "deadline": "2s"},
    "cut": {"rate": 20, "hold": "yes", "deadline": "5s", "parallel": 20},
    **{name: {"rate": 10, "deadline": "3s"} for name in (
        "ejected", "all_ejected", "refused", "silent", "trust", "stranger")},
}


class RunningLoad(Load):
    def end(self):
        """At once, whatever is under way."""
        self._child.kill()


class PoolMesh:
    """start() … stop()."""

    def __init__(self, envoy, bin_dir, directory):
        self._envoy = envoy
        self._bin_dir = bin_dir
        self._directory = os.path.abspath(directory)
        self._children = {}
        self._ports = {}
        self._in_the_way = []
        self._loads = []
        self.upstreams = []

    # ---- life ----

    def start(self):
        os.makedirs(self._directory)
        ours, theirs = (certificates.Authority(self._path(name)) for name in ("ours", "theirs"))
        for authority in (ours, theirs):
            authority.create()
            authority.issue("backend", os.path.join(os.path.dirname(authority.root), "leaf"))
        leaf = os.path.join(os.path.dirname(ours.root), "leaf")
        self._start_servers()
        self._start_envoy(CALLEE, self._callee_listeners(leaf, ours.root), [
            config.cluster("app", [self._port("server-1")])])
        clusters = self._clusters(leaf, ours.root, theirs.root)
        self.upstreams = [one["name"] for one in clusters]
        self._start_envoy(CALLER, [self._listener(name) for name in self.upstreams], clusters)
        return self

    def stop(self):
        for load in self._loads:
            load.kill()
        for child in self._children.values():
            child.terminate()
        for part in self._in_the_way:
            part.stop()
        for port in self._ports.values():
            port.release()

    def _start_servers(self):
        for name in SERVERS:
            self.start_server(name)

    def start_server(self, name):
        self._children[name] = Child(name, [
            self._path_of("demo_server"), name, f"127.0.0.1:{self._port(name)}"],
            self._path(name + ".log"))
        waiting = Child("health check", [
            self._path_of("demo_load"), "--target", f"127.0.0.1:{self._port(name)}",
            "--wait-ready", "20s"], self._path("health.log"))
        waiting.wait(30)

    def _callee_listeners(self, leaf, root):
        def tls(name, trusted):
            return config.with_tls(config.listener(name, self._port(name), "app"),
                                   config.server_tls(leaf, trusted))
        return [config.failing_listener("failing", self._port("failing"), 503),
                config.limited_listener("limited", self._port("limited"), "app", 2),
                tls("tls", None), tls("mtls", root)]

    def _listener(self, upstream):
        kind = config.impatient_listener if upstream == "impatient" else config.listener
        return kind(upstream, self._port("to " + upstream), upstream)

    def _clusters(self, leaf, ours, theirs):
        servers = [self._port(name) for name in SERVERS]
        one = servers[:1]
        outliers = {"consecutive_5xx": 3, "interval": "0.2s", "base_ejection_time": "600s",
                    "max_ejection_percent": 100}
        return [
            config.cluster("healthy", servers, outliers=outliers),
            config.cluster("requests", one, breaker={"max_requests": 3}),
            config.cluster("pending", one, streams=2,
                           breaker={"max_connections": 1, "max_pending_requests": 2}),
            config.cluster("streams", one, streams=2, breaker={"max_connections": 1}),
            config.cluster("refusing", [self._port("limited")]),
            config.cluster("breaker", one, breaker={"max_requests": 3}),
            config.cluster("impatient", one, requests=5),
            config.cluster("ejected", [*servers, self._port("failing")], outliers=outliers),
            config.cluster("all_ejected", [self._port("failing")], outliers=outliers),
            config.cluster("refused", [self._port("nobody")]),
            config.cluster("silent", [self._keep(Silence())], connect_timeout="0.2s"),
            config.cluster("trust", [self._port("tls")], tls=config.client_tls(leaf, theirs)),
            config.cluster("stranger", [self._port("mtls")], tls=config.client_tls(None, ours)),
            config.cluster("known", [self._port("mtls")], tls=config.client_tls(leaf, ours)),
            config.cluster("cut", [self._keep(Forwarder(self._port("server-1"), cut_every=0.4))]),
        ]

    def _start_envoy(self, name, listeners, clusters):
        with open(self._path(name + ".json"), "w") as file:
            json.dump(config.bootstrap(name, self._port(name + " admin"), listeners, clusters),
                      file, indent=1)
        child = Envoy(self._envoy, name, self._path(name + ".json"), self._path(name + ".log"))
        self._children[name] = child
        child.wait_for(lambda: self._is_ready(name), f"{name} to be ready", 60)

    # ---- what is done with it ----

    def start_load(self, upstream, **settings):
        """Calls of one method to one upstream; the settings are demo_load's options."""
        ledger = self._path(f"load-{len(self._loads)}.json")
        options = {"target": f"127.0.0.1:{self._port('to ' + upstream)}", "ledger": ledger,
                   "only": "user.v1.UserService/GetUser", **settings}
        words = [word for key, value in options.items()
                 for word in ("--" + key.replace("_", "-"), str(value))]
        child = Child("load", [self._path_of("demo_load"), *words], self._path("load.log"))
        self._loads.append(child)
        return RunningLoad(child, ledger)

    def start_troubles(self):
        """The calls that make to each upstream what it is there for; until each load is ended."""
        return [self.start_load(upstream, **settings) for upstream, settings in TROUBLES.items()]

    def targets(self):
        return [{"name": name, "namespace": "shop", "workload": name.rsplit("-", 1)[0],
                 "mesh": "envoy", "admin": self.admin(name)} for name in (CALLER, CALLEE)]

    def admin(self, name):
        return f"http://127.0.0.1:{self._port(name + ' admin')}"

    def agent_config(self, **poll):
        lines = ["poll:"] + [f"  {key}: {value}" for key, value in poll.items()]
        # Its troubles are made by settings that the audit would name.
        lines += ["audit: false", "targets:"]
        return "\n".join(lines + [f"  - {json.dumps(one)}" for one in self.targets()])

    def stat(self, upstream, name):
        """One of the caller's own numbers of a cluster; 0 if it has none."""
        return self.own_stat(CALLER, f"cluster.{upstream}.{name}")

    def own_stat(self, sidecar, name):
        _, body = http_get(self.admin(sidecar), f"/stats?filter=^{re.escape(name)}$")
        return int(body.split()[-1]) if body.strip() else 0

    # ---- inside ----

    def _is_ready(self, name):
        try:
            return http_get(self.admin(name), "/ready")[0] == 200
        except OSError:
            return False

    def _port(self, name):
        return self._ports.setdefault(name, ReservedPort()).number

    def _keep(self, part):
        """Gives its port."""
        self._in_the_way.append(part)
        return part.number

    def _path(self, *parts):
        return os.path.join(self._directory, *parts)

    def _path_of(self, program):
        return os.path.join(self._bin_dir, program)
