"""SPIRE on loopback: a server, an agent that attested itself by a token, and two sidecars that take
their certificates from the agent by SDS, orders' for one minute and payments' for two. SPIRE renews
each at half its life.

    caller ─▶ orders-1 ═mTLS═▶ payments-1 ─▶ demo_server

There are two ways to call: where connections live 15 s, and where they live as long as they are
used.
"""

import json
import os

from real_mesh import RealMesh, answers, tool

TRUST_DOMAIN = "spiffe://mesh.test"
LIFETIMES = {"orders": 60, "payments": 120}
APPLICATION, INBOUND = 50061, 21100

_SERVER = """server {{
  bind_address = "127.0.0.1"
  bind_port = "18081"
  socket_path = "{where}/server.sock"
  trust_domain = "mesh.test"
  data_dir = "{where}/server"
  log_level = "INFO"
  ca_ttl = "1h"
  agent_ttl = "30m"
}}
plugins {{
  DataStore "sql" {{ plugin_data {{
    database_type = "sqlite3"
    connection_string = "{where}/server/db.sqlite3"
  }} }}
  NodeAttestor "join_token" {{ plugin_data {{}} }}
  KeyManager "memory" {{ plugin_data {{}} }}
}}
health_checks {{
  listener_enabled = true
  bind_address = "127.0.0.1"
  bind_port = "18090"
}}
"""
# Its key is on disk, so that it comes back after a kill without another token.
_AGENT = """agent {{
  data_dir = "{where}/agent"
  log_level = "INFO"
  server_address = "127.0.0.1"
  server_port = "18081"
  socket_path = "{where}/agent.sock"
  trust_domain = "mesh.test"
  insecure_bootstrap = true
}}
plugins {{
  NodeAttestor "join_token" {{ plugin_data {{}} }}
  KeyManager "disk" {{ plugin_data {{ directory = "{where}/agent" }} }}
  WorkloadAttestor "unix" {{ plugin_data {{}} }}
}}
health_checks {{
  listener_enabled = true
  bind_address = "127.0.0.1"
  bind_port = "18091"
}}
"""


class SpireMesh(RealMesh):
    """start() … stop()."""

    sidecars = {"payments-1": "http://127.0.0.1:19100", "orders-1": "http://127.0.0.1:19101"}
    call_at = "127.0.0.1:9291"
    call_for_long_at = "127.0.0.1:9292"

    def start(self):
        """Returns once a call gets through."""
        for part in ("server", "agent"):
            os.makedirs(self.path(part))
        server = self.write(_SERVER.format(where=self.directory), "server.conf")
        self.spawn("spire-server", tool("spire-server"), "run", "-config", server)
        self.wait_for(lambda: answers("http://127.0.0.1:18090", "/ready"), "SPIRE's server",
                      "spire-server")
        token = json.loads(self._ask_server("token", "generate", "-spiffeID",
                                            TRUST_DOMAIN + "/node", "-output", "json"))["value"]
        for account, lifetime in LIFETIMES.items():
            self._ask_server("entry", "create", "-parentID", TRUST_DOMAIN + "/node", "-selector",
                             f"unix:uid:{os.getuid()}", "-spiffeID", f"{TRUST_DOMAIN}/{account}",
                             "-x509SVIDTTL", str(lifetime))
        self.write(_AGENT.format(where=self.directory), "agent.conf")
        self.start_issuer("-joinToken", token)
        self.spawn_application(f"127.0.0.1:{APPLICATION}")
        for pod, bootstrap in (("payments-1", self._server_bootstrap()),
                               ("orders-1", self._client_bootstrap())):
            self.spawn_envoy(pod, self.write(json.dumps(bootstrap, indent=1), pod + ".json"))
        self.wait_until_called("spire-server", "spire-agent", *self.sidecars)

    def start_issuer(self, *flags):
        """SPIRE's agent, from which the sidecars have their certificates."""
        self.spawn("spire-agent", tool("spire-agent"), "run", "-config", self.path("agent.conf"),
                   *flags)
        self.wait_for(lambda: answers("http://127.0.0.1:18091", "/ready"), "SPIRE's agent",
                      "spire-agent")

    def kill_issuer(self):
        self.children["spire-agent"].kill()

    def fetch(self):
        """The certificates that SPIRE's own tool fetches: names of PEM files."""
        where = self.path("fetched")
        os.makedirs(where, exist_ok=True)
        self.run(tool("spire-agent"), "api", "fetch", "x509", "-socketPath",
                 self.path("agent.sock"), "-write", where)
        return [os.path.join(where, name) for name in os.listdir(where)
                if name.startswith("svid.") and name.endswith(".pem")]

    def _ask_server(self, noun, verb, *words):
        return self.run(tool("spire-server"), noun, verb, "-socketPath",
                        self.path("server.sock"), *words)

    # ---- the sidecars ----

    def _server_bootstrap(self):
        tls = _tls("DownstreamTlsContext", "payments", "orders", require_client_certificate=True)
        return self._bootstrap("payments-1", [_listener("inbound", INBOUND, "application", tls)],
                               [_cluster("application", _tcp(APPLICATION))])

    def _client_bootstrap(self):
        def upstream(name, **limits):
            return _cluster(name, _tcp(INBOUND), limits,
                            _tls("UpstreamTlsContext", "orders", "payments"))
        ports = (int(where.rsplit(":", 1)[1]) for where in (self.call_at, self.call_for_long_at))
        return self._bootstrap(
            "orders-1",
            [_listener(name, port, name)
             for name, port in zip(("payments", "payments_for_long"), ports)],
            [upstream("payments", max_connection_duration="15s"),
             upstream("payments_for_long", idle_timeout="5s")])

    def _bootstrap(self, pod, listeners, clusters):
        issuer = _cluster("spire_agent", {"pipe": {"path": self.path("agent.sock")}})
        return {"node": {"id": pod, "cluster": pod.removesuffix("-1")},
                "admin": {"address": _tcp(int(self.sidecars[pod].rsplit(":", 1)[1]))},
                "static_resources": {"listeners": listeners, "clusters": [issuer, *clusters]}}


def _typed(kind, **fields):
    return {"@type": "type.googleapis.com/envoy.extensions." + kind, **fields}


def _tcp(port):
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def _cluster(name, address, limits=None, tls=None):
    options = "upstreams.http.v3.HttpProtocolOptions"
    cluster = {
        "name": name, "type": "STATIC", "connect_timeout": "1s",
        "typed_extension_protocol_options": {"envoy.extensions." + options: _typed(
            options, explicit_http_config={"http2_protocol_options": {}},
            common_http_protocol_options=limits or {})},
        "load_assignment": {"cluster_name": name, "endpoints": [
            {"lb_endpoints": [{"endpoint": {"address": address}}]}]}}
    return {**cluster, "transport_socket": tls} if tls else cluster


def _listener(name, port, cluster, tls=None):
    manager = _typed(
        "filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix=name, codec_type="AUTO",
        route_config={"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [
            {"match": {"prefix": "/"}, "route": {"cluster": cluster, "timeout": "0s"}}]}]},
        http_filters=[
            {"name": "envoy.filters.http.grpc_stats", "typed_config": _typed(
                "filters.http.grpc_stats.v3.FilterConfig", stats_for_all_methods=True,
                enable_upstream_stats=True)},
            {"name": "envoy.filters.http.router",
             "typed_config": _typed("filters.http.router.v3.Router")}])
    chain = {"filters": [{"name": "http", "typed_config": manager}]}
    if tls:
        chain["transport_socket"] = tls
    return {"name": name, "address": _tcp(port), "filter_chains": [chain]}


def _tls(kind, account, peer, **fields):
    """Mutual TLS as this account, with that peer and nobody else."""
    sds = {"resource_api_version": "V3", "api_config_source": {
        "api_type": "GRPC", "transport_api_version": "V3",
        "grpc_services": [{"envoy_grpc": {"cluster_name": "spire_agent"}}]}}
    context = {
        "alpn_protocols": ["h2"],
        "tls_certificate_sds_secret_configs": [
            {"name": f"{TRUST_DOMAIN}/{account}", "sds_config": sds}],
        "combined_validation_context": {
            "default_validation_context": {"match_typed_subject_alt_names": [
                {"san_type": "URI", "matcher": {"exact": f"{TRUST_DOMAIN}/{peer}"}}]},
            "validation_context_sds_secret_config": {"name": TRUST_DOMAIN, "sds_config": sds}}}
    return {"name": "tls", "typed_config": _typed(
        "transport_sockets.tls.v3." + kind, common_tls_context=context, **fields)}
