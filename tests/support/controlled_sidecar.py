"""Real Envoys that a real control plane configures (demo_mesh/control_plane.py). What they hold is
one cluster with TLS that is never called, and one listener."""

import json
import os

from control_plane import ADS, ControlPlane, connection_to, obey, static_cluster
from envoy_process import Envoy
from processes import ReservedPort, http_get

_TYPE = "type.googleapis.com/envoy."
GOOD, BAD = "5s", "-1s"  # a connect timeout that Envoy takes, and one that it refuses


def _tcp(port):
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def own_connection(cluster):
    """A config source: a connection of its own to that static cluster."""
    return {"api_config_source": connection_to(cluster), "resource_api_version": "V3"}


def secrets(certificate_dir):
    """What an issuer says: the secret `default`."""
    def text(name):
        with open(os.path.join(certificate_dir, name)) as file:
            return file.read()
    return [{"name": "default", "tls_certificate": {
        "certificate_chain": {"inline_string": text("tls.crt")},
        "private_key": {"inline_string": text("tls.key")}}}]


def cluster(name, tls, timeout=GOOD, **fields):
    """`tls`: a config source of the secret `default`, or a secret itself."""
    if "sds_config" in tls:
        common = {"tls_certificate_sds_secret_configs": [tls]}
    else:
        common = {"tls_certificates": [tls["tls_certificate"]]}
    context = {"@type": _TYPE + "extensions.transport_sockets.tls.v3.UpstreamTlsContext",
               "common_tls_context": common}
    return {"name": name, "type": "STATIC", "connect_timeout": timeout, **fields,
            "transport_socket": {"name": "envoy.transport_sockets.tls", "typed_config": context}}


def secret_from(source):
    return {"name": "default", "sds_config": source}


def listener(port, upstream):
    proxy = {"@type": _TYPE + "extensions.filters.network.tcp_proxy.v3.TcpProxy",
             "stat_prefix": "inbound", "cluster": upstream}
    return {"name": "inbound", "address": _tcp(port), "filter_chains": [
        {"filters": [{"name": "envoy.filters.network.tcp_proxy", "typed_config": proxy}]}]}


class ControlledSidecar:
    """An Envoy whose clusters and listeners come over ADS from the port `control_plane`; the
    static cluster `issuer` leads to that other port. start() … stop()."""

    def __init__(self, envoy, name, directory, control_plane, issuer=None):
        self.name = name
        self._envoy = envoy
        self._directory = os.path.join(os.path.abspath(directory), name)
        self._control_plane = control_plane
        self._issuer = issuer or control_plane
        self._port = ReservedPort()
        self._child = None

    @property
    def admin(self):
        return f"http://127.0.0.1:{self._port.number}"

    def target(self):
        """As the agent's configuration lists it."""
        return {"name": self.name, "namespace": "shop", "workload": "users", "mesh": "envoy",
                "admin": self.admin}

    def start(self):
        os.makedirs(self._directory)
        config = os.path.join(self._directory, "envoy.json")
        with open(config, "w") as file:
            json.dump(self._bootstrap(), file, indent=1)
        self._child = Envoy(self._envoy, self.name, config, os.path.join(self._directory, "log"))
        return self

    def stop(self):
        if self._child:
            self._child.terminate()
        self._port.release()

    def wait_for(self, statistic, value):
        """Until its own statistic of that whole name has that value."""
        self._child.wait_for(lambda: self.statistic(statistic) == value,
                             f"{self.name}: {statistic} {value}", 60)

    def statistic(self, name):
        """None if it has none, or does not answer yet."""
        try:
            _, body = http_get(self.admin, "/stats?usedonly&filter=^" + name + "$")
        except OSError:
            return None
        return int(body.split()[-1]) if body.strip() else None

    def _bootstrap(self):
        made = {"node": {"id": self.name, "cluster": "users.shop"},
                "admin": {"address": _tcp(self._port.number)},
                "static_resources": {"clusters": [static_cluster("issuer", self._issuer)]}}
        obey(made, self._control_plane)
        return made


__all__ = ["ADS", "BAD", "GOOD", "ControlPlane", "ControlledSidecar", "cluster", "listener",
           "own_connection", "secret_from", "secrets"]
