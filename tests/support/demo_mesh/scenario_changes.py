"""What a scenario of the demo mesh changes in the bootstraps of its sidecars, which are plain
dictionaries (envoy_config.py). A change takes the bootstrap and the mesh, and alters the bootstrap."""

from envoy_config import USERS, outbound

_TYPE = "type.googleapis.com/envoy.extensions.filters."
UNLIMITED = 4294967295


def together(*changes):
    """One after the other."""
    def change(bootstrap, mesh):
        for one in changes:
            one(bootstrap, mesh)
    return change


def _clusters(bootstrap):
    """Each cluster of the client's sidecar and its HttpProtocolOptions."""
    for cluster in bootstrap["static_resources"]["clusters"]:
        http, = cluster["typed_extension_protocol_options"].values()
        yield cluster, http


def _assignments(bootstrap):
    return [cluster["load_assignment"] for cluster, _ in _clusters(bootstrap)]


def _chains(bootstrap):
    for listener in bootstrap["static_resources"]["listeners"]:
        yield from listener["filter_chains"]


def _manager(chain):
    return chain["filters"][0]["typed_config"]


def settings(**fields):
    """Of each cluster."""
    def change(bootstrap, _mesh):
        for cluster, _ in _clusters(bootstrap):
            cluster.update(fields)
    return change


def without_outlier_detection(bootstrap, _mesh):
    for cluster, _ in _clusters(bootstrap):
        del cluster["outlier_detection"]


def without_cycling(bootstrap, _mesh):
    for _, http in _clusters(bootstrap):
        del http["common_http_protocol_options"]


def http2(**fields):
    """Of the connections to upstreams."""
    def change(bootstrap, _mesh):
        for _, http in _clusters(bootstrap):
            http["explicit_http_config"]["http2_protocol_options"].update(fields)
    return change


def limits(**fields):
    """The only limits of the circuit breakers."""
    return settings(circuit_breakers={"thresholds": [{"track_remaining": True, **fields}]})


# ---- which endpoint gets a call ----

def forward_bytes(bootstrap, _mesh):
    """The port is taken for plain TCP: the sidecar forwards each connection to one endpoint."""
    for chain in _chains(bootstrap):
        chain["filters"] = [{"name": "envoy.filters.network.tcp_proxy", "typed_config": {
            "@type": _TYPE + "network.tcp_proxy.v3.TcpProxy",
            "stat_prefix": "outbound", "cluster": outbound(USERS)}}]


def hash_one_key(bootstrap, _mesh):
    """A hash of what is the same in every call."""
    for cluster, _ in _clusters(bootstrap):
        cluster["lb_policy"] = "RING_HASH"
    for chain in _chains(bootstrap):
        for host in _manager(chain)["route_config"]["virtual_hosts"]:
            for route in host["routes"]:
                route["route"]["hash_policy"] = [{"header": {"header_name": ":authority"}}]


def weigh_endpoints(bootstrap, _mesh):
    """One endpoint of a locality has nine times the weight of the others."""
    for assignment in _assignments(bootstrap):
        endpoints = [endpoint for locality in assignment["endpoints"]
                     for endpoint in locality["lb_endpoints"]]
        for number, endpoint in enumerate(endpoints):
            endpoint["load_balancing_weight"] = 9 if number == 0 else 1
        assignment["endpoints"] = [{"lb_endpoints": endpoints}]


# ---- what is served ----

def serve_web(bootstrap, _mesh):
    """The client's sidecar takes gRPC-Web, too, and its CORS filter has no policy."""
    for chain in _chains(bootstrap):
        for name, kind in (("cors", "cors.v3.Cors"), ("grpc_web", "grpc_web.v3.GrpcWeb")):
            _manager(chain)["http_filters"].insert(0, {
                "name": "envoy.filters.http." + name,
                "typed_config": {"@type": _TYPE + "http." + kind}})
