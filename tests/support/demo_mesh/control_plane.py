"""A real control plane for Envoys of the demo mesh (xds_server.py): start, push, kill, return."""

import json
import os

from processes import Child, ReservedPort

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = os.path.join(HERE, "..", "..", "..", "build", "xds", "bin", "python")
ADS = {"ads": {}, "resource_api_version": "V3"}
_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"


def connection_to(cluster):
    """An API config source: a connection of its own to that static cluster."""
    return {"api_type": "GRPC", "transport_api_version": "V3",
            "grpc_services": [{"envoy_grpc": {"cluster_name": cluster}}]}


def obey(bootstrap, port):
    """Changes a bootstrap: clusters and listeners come over ADS from that loopback port, beside
    those that stand in it."""
    bootstrap["dynamic_resources"] = {"ads_config": connection_to("xds"), "cds_config": ADS,
                                      "lds_config": ADS}
    bootstrap["static_resources"].setdefault("clusters", []).append(static_cluster("xds", port))


def static_cluster(name, port):
    """HTTP/2 to a loopback port."""
    return {
        "name": name, "type": "STATIC", "connect_timeout": "1s",
        "typed_extension_protocol_options": {_OPTIONS: {
            "@type": "type.googleapis.com/" + _OPTIONS,
            "explicit_http_config": {"http2_protocol_options": {}}}},
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [
            {"endpoint": {"address": {"socket_address": {
                "address": "127.0.0.1", "port_value": port}}}}]}]}}


class ControlPlane:
    """One xds_server.py in a directory of its own. start() and kill() as often as one likes."""

    def __init__(self, directory, name):
        self._name = name
        self._file = os.path.join(directory, name + ".json")
        self._log = os.path.join(directory, name + ".log")
        self._said = {}
        self._version = 0
        self._port = ReservedPort()
        self._child = None

    @property
    def port(self):
        return self._port.number

    def start(self):
        if not os.path.exists(self._file):
            self.say()
        self._child = Child(self._name, [PYTHON, os.path.join(HERE, "xds_server.py"),
                                         str(self.port), self._file], self._log)
        return self

    def kill(self):
        self._child.kill()

    def stop(self):
        if self._child:
            self._child.terminate()
        self._port.release()

    def said(self, kind):
        """The resources of that kind that it says now."""
        return self._said[kind]["resources"]

    def say(self, **kinds):
        """From now on these lists of resources, beside those of other kinds said before; gives the
        version, which grows."""
        self._version += 1
        for kind, resources in kinds.items():
            self._said[kind] = {"version": str(self._version), "resources": resources}
        with open(self._file + ".new", "w") as file:
            json.dump(self._said, file)
        os.rename(self._file + ".new", self._file)
        return self._version
