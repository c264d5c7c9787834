"""Envoy bootstraps of the demo mesh, as plain dictionaries (Envoy reads JSON).

Names follow Istio: `outbound|50051||users.shop.svc.cluster.local`, `inbound|50051||`, secrets
`default` and `ROOTCA`. No retries anywhere and no timeouts of routes: each call that the caller
makes is one call for every proxy on its way, so that their counters can be held against the
caller's ledger.
"""

import json
import os

from certificates import spiffe_name

_TYPE = "type.googleapis.com/envoy."
USERS = ("users", 50051)
ORDERS = ("orders", 50052)
# An hour, in seconds: connections are cycled, as they should be, and never within a test.
SELDOM = 3600


def outbound(service):
    name, port = service
    return f"outbound|{port}||{name}.shop.svc.cluster.local"


def inbound(service):
    return f"inbound|{service[1]}||"


def _typed(kind, **fields):
    return {"@type": _TYPE + kind, **fields}


def _tcp(port):
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def _admin_address(admin):
    if admin.startswith("unix:"):
        return {"pipe": {"path": admin.removeprefix("unix:")}}
    return _tcp(int(admin.rsplit(":", 1)[1]))


def _http_connection_manager(stat_prefix, routes):
    grpc_stats = _typed("extensions.filters.http.grpc_stats.v3.FilterConfig",
                        stats_for_all_methods=True, enable_upstream_stats=True)
    manager = _typed(
        "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix=stat_prefix, codec_type="HTTP2",
        route_config={"name": stat_prefix, "virtual_hosts": [
            {"name": "all", "domains": ["*"], "routes": [
                {"match": {"prefix": prefix}, "route": {"cluster": cluster, "timeout": "0s"}}
                for prefix, cluster in routes]}]},
        http_filters=[
            {"name": "envoy.filters.http.grpc_stats", "typed_config": grpc_stats},
            {"name": "envoy.filters.http.router",
             "typed_config": _typed("extensions.filters.http.router.v3.Router")}])
    return {"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}


def _listener(name, port, chain):
    return {"name": name, "address": _tcp(port), "filter_chains": [chain]}


def _cluster(name, endpoints, tls=None, cycle=SELDOM):
    """`endpoints`: (port, zone) each. `cycle`: how long a connection is used, in seconds."""
    http2 = _typed("extensions.upstreams.http.v3.HttpProtocolOptions",
                   common_http_protocol_options={"max_connection_duration": f"{cycle}s"},
                   explicit_http_config={"http2_protocol_options": {}})
    cluster = {
        "name": name, "type": "STATIC", "connect_timeout": "1s", "lb_policy": "ROUND_ROBIN",
        "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": http2},
        "circuit_breakers": {"thresholds": [{"max_requests": 1000, "track_remaining": True}]},
        "load_assignment": {"cluster_name": name, "endpoints": [
            {"locality": {"region": "demo", "zone": zone},
             "lb_endpoints": [{"endpoint": {"address": _tcp(port)}}]}
            for port, zone in endpoints]},
    }
    if tls:
        cluster["transport_socket"] = tls
        # So lax that the statuses the callers ask for never eject a host.
        cluster["outlier_detection"] = {"consecutive_5xx": 100, "interval": "1s",
                                        "base_ejection_time": "1s", "max_ejection_percent": 50}
    return cluster


def _sds(name, secrets):
    return {"name": name, "sds_config": {"resource_api_version": "V3", "path_config_source": {
        "path": os.path.join(secrets, name + ".json"), "watched_directory": {"path": secrets}}}}


def _tls_context(secrets, peer_account):
    return {
        "alpn_protocols": ["h2"],
        "tls_params": {"tls_minimum_protocol_version": "TLSv1_2",
                       "tls_maximum_protocol_version": "TLSv1_3"},
        "tls_certificate_sds_secret_configs": [_sds("default", secrets)],
        "combined_validation_context": {
            "default_validation_context": {"match_typed_subject_alt_names": [
                {"san_type": "URI", "matcher": {"exact": spiffe_name(peer_account)}}]},
            "validation_context_sds_secret_config": _sds("ROOTCA", secrets)},
    }


def _socket(context):
    return {"name": "envoy.transport_sockets.tls", "typed_config": context}


def write_secrets(secrets, certificate_dir, root):
    """The two files that file-based SDS reads, in the directory `secrets`."""
    kind = "extensions.transport_sockets.tls.v3.Secret"
    certificate = {"certificate_chain": {"filename": os.path.join(certificate_dir, "tls.crt")},
                   "private_key": {"filename": os.path.join(certificate_dir, "tls.key")},
                   "watched_directory": {"path": certificate_dir}}
    os.makedirs(secrets, exist_ok=True)
    for name, secret in (
            ("default", {"tls_certificate": certificate}),
            ("ROOTCA", {"validation_context": {"trusted_ca": {"filename": root}}})):
        answer = {"version_info": "1", "resources": [_typed(kind, name=name, **secret)]}
        with open(os.path.join(secrets, name + ".json"), "w") as file:
            json.dump(answer, file, indent=1)


def _bootstrap(node, workload, admin, listeners, clusters):
    return {
        "node": {"id": f"sidecar~127.0.0.1~{node}.shop~shop.svc.cluster.local",
                 "cluster": f"{workload}.shop", "locality": {"region": "demo"}},
        "admin": {"address": _admin_address(admin)},
        "static_resources": {"listeners": listeners, "clusters": clusters},
    }


def client_bootstrap(node, workload, admin, port, backends, secrets, peer_account, cycle=SELDOM):
    """`backends`: one {"users": port, "orders": port, "zone": name} per server sidecar."""
    tls = _socket(_typed("extensions.transport_sockets.tls.v3.UpstreamTlsContext",
                         common_tls_context=_tls_context(secrets, peer_account)))
    routes = [("/order.v1.OrderService/", outbound(ORDERS)), ("/", outbound(USERS))]
    listener = _listener("outbound", port,
                         {"filters": [_http_connection_manager("outbound", routes)]})
    clusters = [_cluster(outbound(service),
                         [(backend[service[0]], backend["zone"]) for backend in backends], tls, cycle)
                for service in (USERS, ORDERS)]
    return _bootstrap(node, workload, admin, [listener], clusters)


def server_bootstrap(node, workload, admin, ports, application_ports, secrets, peer_account):
    """`ports` and `application_ports`: {"users": port, "orders": port}."""
    tls = _socket(_typed("extensions.transport_sockets.tls.v3.DownstreamTlsContext",
                         require_client_certificate=True,
                         common_tls_context=_tls_context(secrets, peer_account)))
    listeners, clusters = [], []
    for service in (USERS, ORDERS):
        name, port = service
        manager = _http_connection_manager(f"inbound_{port}", [("/", inbound(service))])
        listeners.append(_listener(f"inbound_{port}", ports[name],
                                   {"filters": [manager], "transport_socket": tls}))
        clusters.append(_cluster(inbound(service), [(application_ports[name], "")]))
    return _bootstrap(node, workload, admin, listeners, clusters)


def lone_bootstrap(node, workload, admin, port, secrets, peer_account):
    """A sidecar that holds a certificate for one upstream, which nobody ever calls."""
    tls = _socket(_typed("extensions.transport_sockets.tls.v3.UpstreamTlsContext",
                         common_tls_context=_tls_context(secrets, peer_account)))
    return _bootstrap(node, workload, admin, [], [_cluster(outbound(USERS), [(port, "")], tls)])
