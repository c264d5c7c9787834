"""One real Envoy with listeners that require client certificates, and what it counts about them."""

import json
import os
import re

from envoy_process import Envoy
from processes import ReservedPort, http_get

TYPE = "type.googleapis.com/envoy.extensions."
# What a connection that came and went may move: that it came and went, and what the listener saw
# of its first message.
HARMLESS = re.compile(r"downstream_cx_|downstream_pre_cx_|^tls_inspector\.|no_filter_chain_match")


def typed(kind, **fields):
    return {"@type": TYPE + kind, **fields}


def transport(ca, certificate, parameters):
    return {"name": "envoy.transport_sockets.tls", "typed_config": typed(
        "transport_sockets.tls.v3.DownstreamTlsContext", require_client_certificate=True,
        common_tls_context={
            "tls_params": parameters, "alpn_protocols": ["h2", "istio"],
            "tls_certificates": [{
                "certificate_chain": {"filename": os.path.join(certificate, "tls.crt")},
                "private_key": {"filename": os.path.join(certificate, "tls.key")}}],
            "validation_context": {"trusted_ca": {"filename": ca}}})}


def http(name):
    return {"name": "envoy.filters.network.http_connection_manager", "typed_config": typed(
        "filters.network.http_connection_manager.v3.HttpConnectionManager", stat_prefix=name,
        route_config={"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [
            {"match": {"prefix": "/"}, "direct_response": {"status": 200}}]}]},
        http_filters=[{"name": "envoy.filters.http.router", "typed_config": typed(
            "filters.http.router.v3.Router")}])}


def listener(name, port, chains, inspect=False):
    it = {"name": name, "stat_prefix": name.replace(" ", "_"), "filter_chains": chains,
          "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}}}
    if inspect:
        it["listener_filters"] = [{
            "name": "envoy.filters.listener.tls_inspector",
            "typed_config": typed("filters.listener.tls_inspector.v3.TlsInspector")}]
    return it


def strict(name, certificate, ca, parameters=None):
    """The filter chain of a port that takes mutual TLS and nothing else."""
    return {"filters": [http(name)], "transport_socket": transport(ca, certificate, parameters or {})}


def permissive(certificate, ca):
    """TLS for who offers Istio's protocol, plain text for everybody else."""
    return [{"filter_chain_match": {"transport_protocol": "tls",
                                    "application_protocols": ["istio"]},
             **strict("mutual", certificate, ca)},
            {"filter_chain_match": {"transport_protocol": "raw_buffer"}, "filters": [http("plain")]}]


class TlsEnvoy:
    """start() … stop(). `chains`: name → the filter chains of its listener; with `inspected` the
    names of those that look at the first message before they choose one."""

    def __init__(self, envoy, directory, chains, inspected=()):
        self._envoy = envoy
        self._directory = directory
        self._chains = chains
        self._inspected = inspected
        self._ports = {}
        self.child = None

    def start(self):
        self._ports = {name: ReservedPort() for name in (*self._chains, "admin")}
        bootstrap = {
            "admin": {"address": {"socket_address": {
                "address": "127.0.0.1", "port_value": self.port("admin")}}},
            "static_resources": {"listeners": [
                listener(name, self.port(name), chains, name in self._inspected)
                for name, chains in self._chains.items()]}}
        file_name = os.path.join(self._directory, "envoy.json")
        with open(file_name, "w") as file:
            json.dump(bootstrap, file)
        self.child = Envoy(self._envoy, "envoy", file_name, os.path.join(self._directory, "envoy.log"))
        self.child.wait_for(self._ready, "Envoy to be ready")
        return self

    def stop(self):
        if self.child:
            self.child.terminate()
        for port in self._ports.values():
            port.release()

    def port(self, name):
        return self._ports[name].number

    @property
    def admin(self):
        return f"http://127.0.0.1:{self.port('admin')}"

    def _ready(self):
        try:
            return self.stats().get("listener_manager.workers_started") == 1
        except OSError:
            return False

    def stats(self):
        """Every counter and gauge of TLS and connections, by name; not of this very question."""
        status, body = http_get(self.admin, "/stats?filter=ssl|connection_error|downstream|"
                                            "tls_inspector|filter_chain|workers_started")
        if status != 200:
            raise ValueError(f"/stats: HTTP status {status}")
        stats = {}
        for line in body.decode().splitlines():
            name, _, value = line.partition(": ")
            if value.isdigit() and "admin." not in name:
                stats[name] = int(value)
        return stats


def moved(before, after):
    """What changed between two stats()."""
    return {key: value - before.get(key, 0) for key, value in after.items()
            if value != before.get(key, 0)}


def traces(changes):
    """Of what changed, what is more than that a connection came and went."""
    return {key: value for key, value in changes.items() if not HARMLESS.search(key)}
