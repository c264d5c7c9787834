"""What can go wrong in the demo mesh on order, and what the agent must find then: `./run --scenario NAME`
shows one, tests/e2e/scenarios_test.py holds the agent to each, with no finding more or less.

A scenario changes the bootstraps of the sidecars and the calls that are made; all parts stay real."""

import copy
import json

from envoy_config import ORDERS, USERS, outbound


class Scenario:
    """`findings`: exactly what is found, by name. `load`: options of demo_load. `client`, `server`: take a
    bootstrap of the client's or of a server's sidecar (server: its name, too) and give the changed one.
    `workload`: of the server sidecars. `verdicts`: of mesh_upstream_balance_verdict for the upstream
    `users`, if it matters."""

    def __init__(self, name, summary, findings=(), load=None, client=None, server=None,
                 workload=None, verdict=None):
        self.name, self.summary = name, summary
        self.findings = frozenset(findings)
        self.load = {"rate": 100, **(load or {})}
        self.workload, self.verdict = workload, verdict
        self._client, self._server = client, server

    def client(self, bootstrap):
        return self._client(copy.deepcopy(bootstrap)) if self._client else bootstrap

    def server(self, name, bootstrap):
        return self._server(name, copy.deepcopy(bootstrap)) if self._server else bootstrap


ONE_METHOD = {"only": "Greeter/SayHello"}


def _cluster(bootstrap, service):
    return next(cluster for cluster in bootstrap["static_resources"]["clusters"]
                if cluster["name"] == outbound(service))


def _forward_bytes(bootstrap):
    """The port is taken for plain TCP: the sidecar forwards each connection to one endpoint."""
    listener, = bootstrap["static_resources"]["listeners"]
    listener["filter_chains"][0]["filters"] = [{
        "name": "envoy.filters.network.tcp_proxy",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
            "stat_prefix": "outbound", "cluster": outbound(USERS)}}]
    return bootstrap


def _hash_one_key(bootstrap):
    """A hash of what is the same in every call."""
    for service in (USERS, ORDERS):
        _cluster(bootstrap, service)["lb_policy"] = "RING_HASH"
    text = json.dumps(bootstrap)
    route = '"timeout": "0s"'
    assert route in text
    return json.loads(text.replace(
        route, route + ', "hash_policy": [{"header": {"header_name": ":authority"}}]'))


def _weigh(bootstrap):
    """One endpoint of a locality has nine times the weight of the others."""
    for service in (USERS, ORDERS):
        assignment = _cluster(bootstrap, service)["load_assignment"]
        endpoints = [endpoint for locality in assignment["endpoints"]
                     for endpoint in locality["lb_endpoints"]]
        for number, endpoint in enumerate(endpoints):
            endpoint["load_balancing_weight"] = 9 if number == 0 else 1
        assignment["endpoints"] = [{"lb_endpoints": endpoints}]
    return bootstrap


def _random(bootstrap):
    for service in (USERS, ORDERS):
        _cluster(bootstrap, service)["lb_policy"] = "RANDOM"
    return bootstrap


def _clusters(change):
    """`change` takes each cluster of the client's sidecar and its HttpProtocolOptions."""
    def changed(bootstrap):
        for cluster in bootstrap["static_resources"]["clusters"]:
            http, = cluster["typed_extension_protocol_options"].values()
            change(cluster, http)
        return bootstrap
    return changed


def _settings(**fields):
    return _clusters(lambda cluster, http: cluster.update(fields))


def _http2(**fields):
    return _clusters(lambda cluster, http: http["explicit_http_config"].update(
        http2_protocol_options=fields))


UNLIMITED = 4294967295


def _serve_web(bootstrap):
    """The client's sidecar takes gRPC-Web, too, and its CORS filter has no policy."""
    listener, = bootstrap["static_resources"]["listeners"]
    manager = listener["filter_chains"][0]["filters"][0]["typed_config"]
    for name, kind in (("cors", "cors.v3.Cors"), ("grpc_web", "grpc_web.v3.GrpcWeb")):
        manager["http_filters"].insert(0, {
            "name": "envoy.filters.http." + name,
            "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http." + kind}})
    return bootstrap


SCENARIOS = (
    Scenario("healthy", "round robin over three pods", verdict="balanced"),
    Scenario("random", "a random pod for each call: luck, and no skew", client=_random,
             verdict="balanced"),
    Scenario("pinned", "the client's sidecar takes the port for plain TCP: one channel, one pod",
             findings=["traffic_pinned"], load=ONE_METHOD, client=_forward_bytes, workload="users"),
    Scenario("hot_key", "a hash policy with the same key in every call",
             findings=["traffic_uneven"], client=_hash_one_key, verdict="uneven"),
    Scenario("weighted", "weights of 9:1:1 in the endpoint list", client=_weigh,
             verdict="weighted"),
    Scenario("quiet", "too few calls to tell luck from skew", load={"rate": 0.4},
             client=_hash_one_key, verdict="too_little_traffic"),
    Scenario("slow_connect", "a connection may take 10 s to fail", verdict="balanced",
             findings=["connect_timeout_long"], client=_settings(connect_timeout="10s")),
    Scenario("no_ejection", "no outlier detection in front of three pods", verdict="balanced",
             findings=["no_outlier_detection"],
             client=_clusters(lambda cluster, http: cluster.pop("outlier_detection"))),
    Scenario("no_cycling", "connections that live for ever", verdict="balanced",
             findings=["no_connection_cycling"],
             client=_clusters(lambda cluster, http: http.pop("common_http_protocol_options"))),
    Scenario("few_streams", "50 calls at once in a connection", verdict="balanced",
             findings=["stream_limit_low"], client=_http2(max_concurrent_streams=50)),
    Scenario("unlimited", "a circuit breaker that never opens", verdict="balanced",
             findings=["breaker_unlimited"], client=_settings(circuit_breakers={"thresholds": [
                 {"max_connections": UNLIMITED, "max_pending_requests": UNLIMITED,
                  "max_requests": UNLIMITED, "max_retries": UNLIMITED}]})),
    Scenario("small_windows", "64 KiB in flight for each call", verdict="balanced",
             findings=["window_small"], client=_http2(initial_stream_window_size=65536)),
    Scenario("web_rejected", "gRPC-Web behind a CORS filter without a policy", verdict="balanced",
             findings=["grpc_web_cors"], client=_serve_web),
)
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
