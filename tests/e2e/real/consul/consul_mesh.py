"""Consul's service mesh on loopback: one development agent that is server, issuer and control
plane, and two sidecars, orders which calls payments. It puts certificates into the configuration
itself and uses no SDS; and it replaces the upstream's cluster at every renewal.

    caller ─▶ orders-1 ═mTLS═▶ payments-1 ─▶ demo_server
"""

import json

from real_mesh import RealMesh, answers, ask, tool

HTTP = "http://127.0.0.1:8500"
APPLICATION = 50051

# An hour is the least that Consul takes unless it is told not to look, and what lives less than ten
# minutes it renews without pause. It dates leaves back by a minute and renews between 60 and 90 %
# of their life: these are renewed five to eight minutes after they were issued, and last nine.
LEAF_TTL = 600


def _service(name, port, sidecar_port, prometheus, upstreams=()):
    proxy = {"config": {"envoy_prometheus_bind_addr": f"127.0.0.1:{prometheus}"}}
    if upstreams:
        proxy["upstreams"] = list(upstreams)
    return {"name": name, "id": name, "address": "127.0.0.1", "port": port,
            "connect": {"sidecar_service": {"port": sidecar_port, "proxy": proxy}}}


CONFIGURATION = {
    "node_name": "mesh-node",
    "datacenter": "dc1",
    "ports": {"grpc": 8502, "grpc_tls": 8503, "http": 8500, "dns": -1},
    "connect": {"enabled": True, "ca_provider": "consul",
                "ca_config": {"LeafCertTTL": f"{LEAF_TTL}s", "SkipValidate": True}},
    "services": [
        _service("payments", APPLICATION, 21000, 20200),
        _service("orders", 50052, 21001, 20201, [
            {"destination_name": "payments", "local_bind_address": "127.0.0.1",
             "local_bind_port": 9191}])],
}


class ConsulMesh(RealMesh):
    """start() … stop()."""

    entries = [
        {"kind": "proxy-defaults", "name": "global", "config": {"protocol": "grpc"}},
        *({"kind": "service-defaults", "name": name, "protocol": "grpc"}
          for name in ("payments", "orders"))]
    sidecars = {"payments-1": "http://127.0.0.1:19000", "orders-1": "http://127.0.0.1:19001"}
    call_at = "127.0.0.1:9191"

    def start(self):
        """Returns once a call gets through."""
        configuration = self.write(json.dumps(
            {**CONFIGURATION, "config_entries": {"bootstrap": self.entries}}), "consul", "mesh.json")
        self.spawn("consul", tool("consul"), "agent", "-dev", "-bind", "127.0.0.1", "-client",
                   "127.0.0.1", "-config-file", configuration, "-disable-host-node-id")
        self.wait_for(lambda: answers(HTTP, "/v1/connect/ca/roots"), "Consul's issuer", "consul")
        self.start_application()
        for pod, admin in self.sidecars.items():
            bootstrap = self.run(tool("consul"), "connect", "envoy", "-http-addr", HTTP,
                                 "-sidecar-for", pod.removesuffix("-1"), "-admin-bind",
                                 admin.removeprefix("http://"), "-grpc-addr", "127.0.0.1:8502",
                                 "-bootstrap")
            self.spawn_envoy(pod, self.write(bootstrap, pod + ".json"))
        # For some ten seconds there is no healthy upstream.
        self.wait_until_called("consul", *self.sidecars)

    def start_application(self):
        self.spawn_application(f"127.0.0.1:{APPLICATION}")

    def target(self, pod):
        return {**super().target(pod), "mesh": "consul"}

    def root(self):
        """The identity of the root that issues now."""
        return json.loads(ask("GET", HTTP + "/v1/connect/ca/roots")[1])["ActiveRootID"]

    def replace_root(self, key_type, key_bits):
        """A new root with a key of that kind, which issues from now on; gives its identity."""
        status, text = ask("PUT", HTTP + "/v1/connect/ca/configuration", {
            "Provider": "consul", "Config": {
                "LeafCertTTL": f"{LEAF_TTL}s", "SkipValidate": True,
                "PrivateKeyType": key_type, "PrivateKeyBits": key_bits}})
        assert status == 200, (status, text)
        return self.root()
