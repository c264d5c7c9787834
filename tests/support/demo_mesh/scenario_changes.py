"""What a scenario of the demo mesh changes in the bootstraps of its sidecars, which are plain
dictionaries (envoy_config.py). A change takes the bootstrap and the mesh, and alters the bootstrap.
What comes from a control plane is in control_plane_changes.py."""

import copy
import json
import os
import signal

import pool_config
from envoy_config import USERS, outbound
from forwarder import Forwarder
from silence import Silence

_TYPE = "type.googleapis.com/envoy.extensions.filters."
_PREVIOUS_HOSTS = ("type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3."
                   "PreviousHostsPredicate")
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


def _endpoints(bootstrap):
    return [endpoint for assignment in _assignments(bootstrap)
            for locality in assignment["endpoints"] for endpoint in locality["lb_endpoints"]]


def _listeners(bootstrap):
    return bootstrap["static_resources"]["listeners"]


def _routes(bootstrap):
    for listener in _listeners(bootstrap):
        for host in pool_config.manager(listener)["route_config"]["virtual_hosts"]:
            yield from (one["route"] for one in host["routes"])


def _insert_filter(bootstrap, name, kind, **fields):
    """Before all others, in each listener."""
    for listener in _listeners(bootstrap):
        pool_config.manager(listener)["http_filters"].insert(0, {
            "name": "envoy.filters.http." + name,
            "typed_config": {"@type": _TYPE + "http." + kind, **fields}})


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


def eject_after(failures, most=50):
    """Outlier detection puts an endpoint aside after so many, for good, up to a share of `most`
    percent."""
    return settings(outlier_detection={"consecutive_5xx": failures, "interval": "0.5s",
                                       "base_ejection_time": "600s",
                                       "max_ejection_percent": most})


eject_nobody = eject_after(10 ** 6)


# ---- which endpoint gets a call ----

def forward_bytes(bootstrap, _mesh):
    """The port is taken for plain TCP: the sidecar forwards each connection to one endpoint."""
    for listener in _listeners(bootstrap):
        listener["filter_chains"][0]["filters"] = [{"name": "envoy.filters.network.tcp_proxy", "typed_config": {
            "@type": _TYPE + "network.tcp_proxy.v3.TcpProxy",
            "stat_prefix": "outbound", "cluster": outbound(USERS)}}]


def hash_one_key(bootstrap, _mesh):
    """A hash of what is the same in every call."""
    for cluster, _ in _clusters(bootstrap):
        cluster["lb_policy"] = "RING_HASH"
    for route in _routes(bootstrap):
        route["hash_policy"] = [{"header": {"header_name": ":authority"}}]


def weigh_endpoints(bootstrap, _mesh):
    """One endpoint of a locality has nine times the weight of the others."""
    for assignment in _assignments(bootstrap):
        endpoints = [endpoint for locality in assignment["endpoints"]
                     for endpoint in locality["lb_endpoints"]]
        for number, endpoint in enumerate(endpoints):
            endpoint["load_balancing_weight"] = 9 if number == 0 else 1
        assignment["endpoints"] = [{"lb_endpoints": endpoints}]


def weigh_zones(bootstrap, _mesh):
    """Two pods in a zone that has a fifth of the weight of the other, where there is one."""
    for cluster, _ in _clusters(bootstrap):
        cluster["common_lb_config"] = {"locality_weighted_lb_config": {}}
    for assignment in _assignments(bootstrap):
        near, also_near, far = assignment["endpoints"]
        near["lb_endpoints"] += also_near["lb_endpoints"]
        near["load_balancing_weight"], far["load_balancing_weight"] = 2, 8
        assignment["endpoints"] = [near, far]


def weigh_lone_zones(bootstrap, _mesh):
    """Each pod is a zone of its own, and one zone has eight times the weight of the others."""
    for cluster, _ in _clusters(bootstrap):
        cluster["common_lb_config"] = {"locality_weighted_lb_config": {}}
    for assignment in _assignments(bootstrap):
        for number, zone in enumerate(assignment["endpoints"]):
            zone["load_balancing_weight"] = 8 if number == 0 else 1


def follow_a_file(bootstrap, mesh):
    """The endpoints stand in files, which Envoy follows, as yet without the last one, which is to
    get its share little by little."""
    for cluster, _ in _clusters(bootstrap):
        cluster["round_robin_lb_config"] = {"slow_start_config": {"slow_start_window": "5s"}}
        assignment = cluster.pop("load_assignment")
        file = os.path.join(mesh.directory, cluster["name"] + ".eds")
        cluster["type"] = "EDS"
        cluster["eds_cluster_config"] = {"eds_config": {
            "resource_api_version": "V3", "path_config_source": {"path": file}}}
        all_but_one = {**assignment, "endpoints": assignment["endpoints"][:-1]}
        for name, one in ((file, all_but_one), (file + ".new", assignment)):
            resource = {"@type": "type.googleapis.com/envoy.config.endpoint.v3."
                                 "ClusterLoadAssignment", **one}
            with open(name, "w") as out:
                json.dump({"version_info": name, "resources": [resource]}, out)


def join(mesh):
    """The last pod comes up, and then the client's sidecar is told."""
    mesh.join(mesh.backends[-1])
    for name in os.listdir(mesh.directory):
        if name.endswith(".eds.new"):
            file = os.path.join(mesh.directory, name)
            os.rename(file, file.removesuffix(".new"))


# ---- where the connections of the client's sidecar go ----

def _lead(port_for):
    """`port_for` takes the mesh and the port where an endpoint is, and gives another."""
    def change(bootstrap, mesh):
        for endpoint in _endpoints(bootstrap):
            address = endpoint["endpoint"]["address"]["socket_address"]
            address["port_value"] = port_for(mesh, address["port_value"])
    return change


lead_nowhere = _lead(lambda mesh, port: mesh.port(port, "nobody"))
lead_into_silence = _lead(lambda mesh, port: mesh.keep(port, Silence()).number)
lead_through_a_cutter = _lead(
    lambda mesh, port: mesh.keep(port, Forwarder(port, cut_every=0.4)).number)


# ---- certificates: beside those of certificate_changes.py ----

def show_no_certificate(bootstrap, _mesh):
    for cluster, _ in _clusters(bootstrap):
        context = cluster["transport_socket"]["typed_config"]["common_tls_context"]
        context.pop("tls_certificate_sds_secret_configs", None)  # clusters share it


# ---- what is served ----

def of(name, change):
    """Only in this sidecar."""
    def chosen(bootstrap, mesh):
        if f"~{name}." in bootstrap["node"]["id"]:
            change(bootstrap, mesh)
    return chosen


def fail(bootstrap, _mesh):
    """A pod that answers each call with UNAVAILABLE."""
    for listener in _listeners(bootstrap):
        pool_config.answer_all(listener, 503)


def take_streams(number):
    """Of a server's sidecar: so many at once on a connection."""
    def change(bootstrap, _mesh):
        for listener in _listeners(bootstrap):
            pool_config.limit_streams(listener, number)
    return change


def end_connections_after(calls):
    """Of the client's sidecar."""
    def change(bootstrap, _mesh):
        for _, http in _clusters(bootstrap):
            http["common_http_protocol_options"]["max_requests_per_connection"] = calls
    return change


def serve_web(bootstrap, _mesh):
    """The client's sidecar takes gRPC-Web, too, and its CORS filter has no policy."""
    _insert_filter(bootstrap, "cors", "cors.v3.Cors")
    _insert_filter(bootstrap, "grpc_web", "grpc_web.v3.GrpcWeb")


def refuse_greetings(bootstrap, _mesh):
    """A policy against a method."""
    refused = {"permissions": [{"url_path": {"path": {"exact": "/Greeter/SayHello"}}}],
               "principals": [{"any": True}]}
    _insert_filter(bootstrap, "rbac", "rbac.v3.RBAC",
                   rules={"action": "DENY", "policies": {"no greetings": refused}})


def delay(duration):
    """Each call waits so long."""
    def change(bootstrap, _mesh):
        _insert_filter(bootstrap, "fault", "fault.v3.HTTPFault", delay={
            "fixed_delay": duration, "percentage": {"numerator": 100}})
    return change


def end_calls_after(duration):
    """Of the client's sidecar, which then says DEADLINE_EXCEEDED."""
    def change(bootstrap, _mesh):
        for route in _routes(bootstrap):
            route["max_stream_duration"] = {"max_stream_duration": duration}
    return change


def retry(bootstrap, _mesh):
    """The client's sidecar makes calls again that end as UNAVAILABLE, at another endpoint."""
    for route in _routes(bootstrap):
        route["retry_policy"] = {
            "retry_on": "unavailable", "num_retries": 2, "host_selection_retry_max_attempts": 5,
            "retry_host_predicate": [{"name": "envoy.retry_host_predicates.previous_hosts",
                                      "typed_config": {"@type": _PREVIOUS_HOSTS}}]}


# ---- what servers tell of themselves ----

SERVICE = "user.v1.UserService"


def _applications(mesh):
    """Each server's name and address."""
    return [(name + "-app", f"127.0.0.1:{mesh.port(name + '-app', 'users')}") for name in mesh.backends]


def probe_servers(mesh):
    """YAML for the agent: it asks each server for its health, as a whole and of one service."""
    return "probes:\n  grpc:\n" + "".join(
        f"    - {{name: {name}, namespace: shop, workload: backend, address: '{address}', services: ['', {SERVICE}], "
        "interval: 1s}\n" for name, address in _applications(mesh))


def probe_without_a_file(mesh):
    """YAML for the agent: a probe of the first server whose CA file is not there."""
    name, address = _applications(mesh)[0]
    return f"probes: {{grpc: [{{name: {name}, namespace: shop, workload: backend, address: '{address}', " \
           "interval: 1s, tls: {ca_file: /nonexistent/ca.pem}}]}\n"


def toggle_service(mesh):
    """The first server's service does not serve any more, or does again."""
    mesh.signal(mesh.backends[0] + "-app", signal.SIGUSR1)


def ask_servers(mesh):
    """YAML for the agent: it asks each server what methods it has."""
    return "".join(
        f"  - {{name: {name}, namespace: shop, workload: backend, mesh: proxyless, grpc: '{address}'}}\n"
        for name, address in _applications(mesh))


def call_by_an_old_name(bootstrap, _mesh):
    """What callers know as SayHello arrives as a method that the servers do not have."""
    for listener in _listeners(bootstrap):
        for host in pool_config.manager(listener)["route_config"]["virtual_hosts"]:
            old = copy.deepcopy(host["routes"][-1])
            old["match"] = {"path": "/Greeter/SayHello"}
            old["route"]["prefix_rewrite"] = "/Greeter/Greet"
            host["routes"].insert(0, old)


# ---- the admin interface ----

def look_for_nobody(mesh):
    """YAML for the agent: a target more, of which nothing is there."""
    return f"  - {{name: nobody-1, namespace: shop, admin: 'http://127.0.0.1:{mesh.port('nobody-1', 'admin')}'}}\n"



def far_from_client(mesh, name):
    """Each question to the client's sidecar takes its time to get there."""
    if name != "storefront-1":
        return mesh.admin(name)
    if "far" not in mesh.kept:
        mesh.keep("far", Forwarder(mesh.port(name, "admin"), latency=0.2))
    return f"http://127.0.0.1:{mesh.kept['far'].number}"
