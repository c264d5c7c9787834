"""Envoy bootstraps for what may happen to a connection pool: one client sidecar with a listener and
a cluster of its own for each of many upstreams, each set up for one trouble, and one server sidecar
that answers badly or only to some, as plain dictionaries (Envoy reads JSON)."""

from envoy_config import _TYPE, _http_connection_manager, _listener, _socket, _tcp, _typed  # noqa

HTTP = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"


def cluster(name, ports, connect_timeout="5s", streams=None, requests=None, breaker=None, outliers=None,
            tls=None):
    """An upstream over the loopback ports. `streams`: at once on a connection; `requests`: after so
    many a connection is replaced; `breaker`: limits of the default priority; `outliers`: settings of
    outlier detection; `tls`: a transport socket."""
    http2 = {"max_concurrent_streams": streams} if streams else {}
    common = {"max_requests_per_connection": requests} if requests else {}
    made = {
        "name": name, "type": "STATIC", "connect_timeout": connect_timeout,
        "typed_extension_protocol_options": {HTTP: _typed(
            "extensions.upstreams.http.v3.HttpProtocolOptions", common_http_protocol_options=common,
            explicit_http_config={"http2_protocol_options": http2})},
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [
            {"endpoint": {"address": _tcp(port)}} for port in ports]}]},
    }
    if breaker is not None:
        made["circuit_breakers"] = {"thresholds": [{"track_remaining": True, **breaker}]}
    if outliers:
        made["outlier_detection"] = outliers
    if tls:
        made["transport_socket"] = tls
    return made


def listener(name, port, upstream):
    """Where calls to that upstream go in."""
    return _listener(name, port, {"filters": [_http_connection_manager(name, [("/", upstream)])]})


def _only_route(made):
    manager = made["filter_chains"][0]["filters"][0]["typed_config"]
    return manager["route_config"]["virtual_hosts"][0]["routes"][0]["route"]


def impatient_listener(name, port, upstream):
    """Where calls go in that are retried once when nothing came soon, and then given up."""
    made = listener(name, port, upstream)
    _only_route(made).update(timeout="0.3s", retry_policy={
        "retry_on": "reset", "num_retries": 1, "per_try_timeout": "0.05s"})
    return made


def failing_listener(name, port, status):
    """A pod that answers every call with this HTTP status."""
    made = listener(name, port, "")
    answer_all(made, status)
    return made


def manager(made):
    """The connection manager of a listener."""
    return made["filter_chains"][0]["filters"][0]["typed_config"]


def answer_all(made, status):
    """Changes a listener: every call is answered with this HTTP status."""
    host, = manager(made)["route_config"]["virtual_hosts"]
    host["routes"] = [{"match": {"prefix": "/"}, "direct_response": {"status": status}}]
    # The filter of gRPC statistics needs a cluster.
    del manager(made)["http_filters"][0]


def limit_streams(made, streams):
    """Changes a listener: it takes so many streams on a connection."""
    manager(made)["http2_protocol_options"] = {"max_concurrent_streams": streams}


def limited_listener(name, port, upstream, streams):
    """A pod that takes so many streams on a connection."""
    made = listener(name, port, upstream)
    limit_streams(made, streams)
    return made


def _files(certificate_dir, root):
    context = {"alpn_protocols": ["h2"]}
    if certificate_dir:
        context["tls_certificates"] = [{
            "certificate_chain": {"filename": certificate_dir + "/tls.crt"},
            "private_key": {"filename": certificate_dir + "/tls.key"}}]
    if root:
        context["validation_context"] = {"trusted_ca": {"filename": root}}
    return context


def client_tls(certificate_dir, root):
    """Shows the certificate, or none, and trusts the root."""
    return _socket(_typed("extensions.transport_sockets.tls.v3.UpstreamTlsContext",
                          common_tls_context=_files(certificate_dir, root)))


def server_tls(certificate_dir, root):
    """Shows the certificate; with a root it asks for the client's."""
    return _socket(_typed("extensions.transport_sockets.tls.v3.DownstreamTlsContext",
                          require_client_certificate=bool(root),
                          common_tls_context=_files(certificate_dir, root)))


def with_tls(made, tls):
    made["filter_chains"][0]["transport_socket"] = tls
    return made


def bootstrap(node, admin_port, listeners, clusters):
    return {"node": {"id": node, "cluster": "shop"}, "admin": {"address": _tcp(admin_port)},
            "static_resources": {"listeners": listeners, "clusters": clusters}}
