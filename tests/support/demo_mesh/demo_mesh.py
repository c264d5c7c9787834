#!/usr/bin/env python3
"""A small service mesh of real parts on loopback: a load generator calls through its own sidecar
(an Envoy), which balances over three server sidecars (Envoys, mutual TLS) with a real gRPC server
behind each.

    demo_load ─▶ storefront-1 ═mTLS═▶ backend-1 ─▶ demo_server
                              ═mTLS═▶ backend-2 ─▶ demo_server
                              ═mTLS═▶ backend-3 ─▶ demo_server

As a module: DemoMesh. As a program: starts the mesh, prints where everything is as one line of
JSON, and runs until SIGTERM or SIGINT; with --rate it also makes calls and prints the ledger at the
end. Ports are free ones, nothing is fixed, and everything it starts dies with it, even at kill -9
(only the directory given with --dir then stays behind).
"""

import argparse
import json
import os
import shutil
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import certificates  # noqa: E402
import envoy_config  # noqa: E402
from envoy_process import Envoy  # noqa: E402
from load import Load  # noqa: E402
from processes import Child, MeshError, ReservedPort, http_get, wait_until  # noqa: E402
from scenarios import Scenario  # noqa: E402

NAMESPACE = "shop"
CLIENT = "storefront-1"
BACKENDS = ("backend-1", "backend-2", "backend-3")
APPLICATION = "-app"  # "backend-1-app" is the gRPC server behind the sidecar "backend-1"
UNIX_ADMIN = "backend-3"  # its admin interface is a unix socket, the others' are TCP ports
LONGEST_SOCKET_PATH = 107


def workload_of(name):
    return name.rsplit("-", 1)[0]


class DemoMesh:
    """start() … stop(), or a with-statement. Not thread-safe; see processes.py on threads."""

    def __init__(self, envoy, bin_dir, directory, certificate_lifetime=None, scenario=None):
        """`envoy`: the Envoy to run. `bin_dir`: where demo_server and demo_load are.
        `directory`: made by start(), removed by stop(); holds certificates, settings, logs.
        `certificate_lifetime`: in seconds; an issuer then renews the sidecars' certificates. Else
        they live for a day and nobody renews them. `scenario`: a Scenario that changes the mesh."""
        self.envoy = envoy
        self.directory = os.path.abspath(directory)
        self.authority = certificates.Authority(self._path("ca"))
        self._certificate_lifetime = certificate_lifetime
        self._scenario = scenario or Scenario("none", "nothing is changed")
        self.backends = tuple(f"backend-{number}"
                               for number in range(1, self._scenario.pods + 1))
        self._sidecars = (CLIENT, *self.backends)
        self._bin_dir = bin_dir
        self._made_directory = False
        self._children = {}  # name → Child, in the order of their start
        self._loads = []
        self._ports = {}  # (name, use) → ReservedPort
        self.kept = {}  # name → what a scenario has put beside it

    def __enter__(self):
        return self.start()

    def __exit__(self, *unused):
        self.stop()

    # ---- life ----

    def start(self):
        """Returns once every part is ready; MeshError, with all stopped again, if one is not."""
        if len(self._path(UNIX_ADMIN + ".sock")) > LONGEST_SOCKET_PATH:
            raise MeshError(f"{self.directory}: too long a path for a unix socket below it")
        try:
            os.makedirs(self.directory)
        except OSError as error:
            raise MeshError(f"cannot make the directory of the mesh: {error}") from error
        self._made_directory = True
        try:
            self._start_all()
        except BaseException:
            self.stop()
            raise
        return self

    def _start_all(self):
        self.authority.create()
        for name in self._sidecars:
            self.authority.issue(workload_of(name), self.certificate_dir(name),
                                 self._certificate_lifetime or certificates.DAY)
            self.trust(name, self.authority)
        self._scenario.files(self)
        for name in self._sidecars:
            self._write_bootstrap(name)
        if self._certificate_lifetime and self._scenario.renewed:
            self._start_issuer()
        late = self._scenario.late
        self._start_parts(*(name + APPLICATION for name in self.backends if name not in late),
                          *(name for name in self._sidecars if name not in late))

    def stop(self):
        """Ends everything, callers first, and removes the directory. May be called twice."""
        for load in self._loads:
            load.terminate()
        for child in self._children.values():
            child.signal(signal.SIGTERM)
        for child in self._children.values():
            child.terminate()
        for part in self.kept.values():
            part.stop()
        for port in self._ports.values():
            port.release()
        self._loads, self._children, self.kept, self._ports = [], {}, {}, {}
        if self._made_directory:
            shutil.rmtree(self.directory, ignore_errors=True)

    # ---- where things are ----

    def admin(self, name):
        """The admin interface of a sidecar as the agent's configuration spells it."""
        if name == UNIX_ADMIN:
            return "unix:" + self._path(name + ".sock")
        return f"http://127.0.0.1:{self.port(name, 'admin')}"

    def address(self):
        """Where callers call: the client sidecar's outbound listener."""
        return f"127.0.0.1:{self.port(CLIENT, 'outbound')}"

    def inbound(self, name):
        """HOST:PORT at which a server sidecar takes calls under TLS."""
        return f"127.0.0.1:{self.port(name, 'users')}"

    def certificate_dir(self, name):
        """Where a sidecar's tls.key and tls.crt are."""
        return self._path("certs", name)

    def targets(self):
        """The sidecars as the agent's configuration lists them, the client's first."""
        def label(name):
            return name != CLIENT and self._scenario.workload or workload_of(name)
        return [{"name": name, "namespace": NAMESPACE, "workload": label(name),
                 "mesh": "envoy", "admin": self._scenario.admin(self, name)} for name in self._sidecars]

    def agent_config(self, extra="", **poll):
        """YAML for the agent: all sidecars as targets, and what the scenario has it look at. `poll`
        overrides, e.g. interval="200ms"; `extra` is appended as it is."""
        settings = {"interval": "500ms", "timeout": "400ms", "window": "30s", "stale_after": "10s",
                    **poll}
        lines = ["poll:"] + [f"  {key}: {value}" for key, value in settings.items()]
        lines.append("targets:")
        for target in self.targets():
            fields = [f"{key}: {json.dumps(value)}" for key, value in target.items()]
            lines.append("  - " + "\n    ".join(fields))
        return "\n".join(lines) + "\n" + self._scenario.watched(self) + extra

    def describe(self):
        return {"target": self.address(), "targets": self.targets(),
                "pids": {name: child.pid for name, child in self._children.items()}}

    def get(self, name, path):
        """One question to a sidecar's admin interface; the body as text."""
        status, body = http_get(self.admin(name), path)
        if status != 200:
            raise MeshError(f"{name} {path}: HTTP {status} {body[:200]!r}")
        return body.decode()

    # ---- what tests and scenarios do to it ----

    def port(self, name, use):
        """A free loopback port that stays this one's as long as the mesh lives."""
        return self._ports.setdefault((name, use), ReservedPort()).number

    def keep(self, name, part):
        """Something with a stop(), which the mesh's calls; gives it. There is one of a name."""
        self.kept[name] = part
        return part

    def join(self, backend):
        """Starts a pod that the scenario left out; returns once it is ready."""
        self._start_parts(backend + APPLICATION, backend)

    def trust(self, name, authority):
        """A sidecar trusts this root from its start on."""
        envoy_config.write_secrets(self._path("sds", name), self.certificate_dir(name),
                                   authority.root)

    def kill(self, name):
        """kill -9 of a sidecar ("backend-1") or of an application ("backend-1-app")."""
        self._children.pop(name).kill()

    def signal(self, name, number):
        """A signal to a sidecar or an application; demo_server says what it makes of which."""
        self._children[name].signal(number)

    def restart(self, name):
        """Kills it if it runs and starts it again, on the same ports; returns once it is ready."""
        if name in self._children:
            self.kill(name)
        self._start_parts(name)

    def wait_ready(self, name):
        """Until a sidecar says LIVE and its listeners accept; until an application's health
        service says SERVING."""
        if name.endswith(APPLICATION):
            self._wait_for_application(name)
        else:
            self._children[name].wait_for(lambda: self._sidecar_is_ready(name), f"{name} to be ready")

    def start_load(self, **settings):
        """Calls through the client sidecar, e.g. start_load(rate=100) or start_load(calls=2000,
        only="Greeter/SayHello"); the settings are demo_load's options. Gives a Load."""
        name = f"load-{len(self._loads) + 1}"
        ledger_file = self._path(name + ".ledger.json")
        options = {"target": self.address(), "ledger": ledger_file, **settings}
        words = [word for key, value in options.items()
                 for word in ("--" + key.replace("_", "-"), str(value))]
        child = Child(name, [self._binary("demo_load"), *words], self._path(name + ".log"))
        self._loads.append(child)
        wait_until(lambda: os.path.exists(ledger_file), f"{name} to start", alive=[child])
        return Load(child, ledger_file)

    def run_load(self, **settings):
        """start_load(…) and its end: the ledger."""
        return self.start_load(**settings).finish()

    # ---- inside ----

    def _path(self, *parts):
        return os.path.join(self.directory, *parts)

    def _binary(self, name):
        return os.path.join(self._bin_dir, name)

    def _sidecar_ports(self, name):
        return {use: self.port(name, use) for use in ("users", "orders")}

    def _application_ports(self, backend):
        return {use: self.port(backend + APPLICATION, use) for use in ("users", "orders")}

    def _write_bootstrap(self, name):
        common = {"node": name, "workload": workload_of(name), "admin": self.admin(name),
                  "secrets": self._path("sds", name)}
        if name == CLIENT:
            bootstrap = envoy_config.client_bootstrap(
                port=self.port(name, "outbound"), peer_account=workload_of(BACKENDS[0]),
                backends=[{**self._sidecar_ports(backend), "zone": f"demo-{number}"}
                          for number, backend in enumerate(self.backends, 1)],
                cycle=self.cycle(), **common)
            self._scenario.client(bootstrap, self)
        else:
            bootstrap = envoy_config.server_bootstrap(
                ports=self._sidecar_ports(name), peer_account=workload_of(CLIENT),
                application_ports=self._application_ports(name), **common)
            self._scenario.server(bootstrap, self)
        with open(self._path(name + ".json"), "w") as file:
            json.dump(bootstrap, file, indent=1)

    def cycle(self):
        """Seconds for which a connection to an upstream is used, so that none outlives its leaf, which is renewed when half
        of its life is over."""
        return self._certificate_lifetime // 3 if self._certificate_lifetime else envoy_config.SELDOM

    def _start_issuer(self):
        command = [sys.executable, "-B", os.path.join(HERE, "issuer.py"), self._path("ca"),
                   str(self._certificate_lifetime),
                   *(f"{workload_of(name)}={self.certificate_dir(name)}" for name in self._sidecars)]
        self._children["issuer"] = Child("issuer", command, self._path("issuer.log"), sys.stderr)

    def _start_parts(self, *names):
        for name in names:
            self._start_part(name)
        for name in names:
            self.wait_ready(name)

    def _start_part(self, name):
        log = self._path(name + ".log")
        if name.endswith(APPLICATION):
            ports = self._application_ports(name.removesuffix(APPLICATION)).values()
            self._children[name] = Child(name, [
                self._binary("demo_server"), name.removesuffix(APPLICATION),
                *(f"127.0.0.1:{port}" for port in ports)], log)
        else:
            self._children[name] = Envoy(self.envoy, name, self._path(name + ".json"), log)

    def _sidecar_is_ready(self, name):
        try:
            live = http_get(self.admin(name), "/ready")[0] == 200
            started = self.get(name, "/stats?filter=^listener_manager.workers_started$")
            return live and started.endswith(": 1\n")
        except OSError:
            return False

    def _wait_for_application(self, name):
        for port in self._application_ports(name.removesuffix(APPLICATION)).values():
            waiting = Child(f"health check of {name}",
                            [self._binary("demo_load"), "--target", f"127.0.0.1:{port}",
                             "--wait-ready", "20s"], self._path("health.log"))
            if waiting.wait(30) != 0:
                raise MeshError(f"{name} does not serve:\n{self._children[name].log_tail()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--envoy", required=True, help="the Envoy to run")
    parser.add_argument("--bin-dir", required=True, help="where demo_server and demo_load are")
    parser.add_argument("--dir", required=True, help="made here, removed at the end")
    parser.add_argument("--rate", type=float, help="make so many calls per second")
    parser.add_argument("--certificate-lifetime", type=int, metavar="SECONDS",
                        help="renewed at half of it (default: a day, never renewed)")
    parser.add_argument("--agent-config", help="write the agent's configuration to this file")
    arguments = parser.parse_args()

    stop_signals = {signal.SIGTERM, signal.SIGINT}
    for number in stop_signals:
        signal.signal(number, lambda *unused: sys.exit(0))
    mesh = DemoMesh(arguments.envoy, arguments.bin_dir, arguments.dir,
                    arguments.certificate_lifetime)
    try:
        mesh.start()
        if arguments.agent_config:
            with open(arguments.agent_config, "w") as file:
                file.write(mesh.agent_config())
        load = mesh.start_load(rate=arguments.rate) if arguments.rate else None
        print(json.dumps(mesh.describe()), flush=True)
        signal.pthread_sigmask(signal.SIG_BLOCK, stop_signals)
        signal.sigwait(stop_signals)
        if load:
            print(json.dumps(load.stop()), flush=True)
    except MeshError as error:
        sys.exit(f"demo_mesh: {error}")
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, stop_signals)  # nothing interrupts the clearing up
        mesh.stop()


if __name__ == "__main__":
    main()
