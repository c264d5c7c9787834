"""What can go wrong in the demo mesh on order, and what the agent must find then: `./run --scenario NAME`
shows one, tests/e2e/scenarios_test.py holds the agent to each, with no finding more or less.

A scenario changes the bootstraps of the sidecars and the calls that are made; all parts stay real."""

from dataclasses import dataclass, field
from typing import Callable, Optional

import scenario_changes as change
from scenario_changes import UNLIMITED


def _unchanged(*_unused):
    pass


@dataclass(frozen=True)
class Scenario:
    name: str
    summary: str
    findings: tuple = ()  # exactly what is found, by name
    unseen: tuple = ()  # exactly what could not be looked at, as `diagnose` says it
    load: dict = field(default_factory=lambda: {"rate": 100})  # options of demo_load
    callers: int = 1  # so many demo_loads, each with one channel
    pods: int = 3  # of the service that is called
    late: tuple = ()  # of them those that are not there at first
    client: Callable = _unchanged  # what it does to the client's sidecar; see scenario_changes.py
    server: Callable = _unchanged  # and to each server's
    files: Callable = _unchanged  # takes the mesh before anything starts: what it does to its files
    admin: Callable = lambda mesh, name: mesh.admin(name)  # where the agent asks a sidecar
    renewed: bool = True  # whether the issuer renews certificates, if there is one
    trouble: Optional[Callable] = None  # takes the mesh after a window in which nothing is found
    relief: Optional[Callable] = None  # after that nothing is found any more
    workload: Optional[str] = None  # of the server sidecars
    verdict: Optional[str] = None  # on the balance of the upstream `users`, if it matters
    passing: Optional[str] = None  # such a verdict meanwhile

    def start_loads(self, mesh):
        return [mesh.start_load(**self.load) for _ in range(self.callers)]


ONE_METHOD = {"only": "Greeter/SayHello", "rate": 100}
ONE_UPSTREAM = {"only": "user.v1.UserService/GetUser", "rate": 20}


def held(calls, deadline):
    """So many calls at once, again and again, which the servers never answer."""
    return {"only": ONE_UPSTREAM["only"], "hold": "yes", "parallel": calls, "deadline": deadline}

SCENARIOS = (
    Scenario("healthy", "round robin over three pods", verdict="balanced"),
    Scenario("random", "a random pod for each call: luck, and no skew",
             client=change.settings(lb_policy="RANDOM"), verdict="balanced"),
    Scenario("pinned", "the client's sidecar takes the port for plain TCP: one channel, one pod",
             ("traffic_pinned",), load=ONE_METHOD, client=change.forward_bytes, workload="users"),
    Scenario("pinned_channels", "the same with three channels: three of five pods",
             ("traffic_pinned",), load=ONE_METHOD, callers=3, pods=5,
             client=change.forward_bytes, workload="users"),
    Scenario("hot_key", "a hash policy with the same key in every call",
             ("traffic_uneven",), client=change.hash_one_key, verdict="uneven"),
    Scenario("weighted", "weights of 9:1:1 in the endpoint list",
             client=change.weigh_endpoints, verdict="weighted"),
    Scenario("zones", "zones with weights of their own", client=change.weigh_zones,
             verdict="locality"),
    Scenario("ejected", "one of three pods fails, and is ejected for it", ("endpoints_ejected",),
             client=change.eject_after(5), server=change.of("backend-3", change.fail),
             verdict="ejected"),
    Scenario("none_left", "all pods fail, and are ejected for it", ("no_healthy_endpoint",),
             load=ONE_UPSTREAM, client=change.eject_after(5, most=100), server=change.fail),
    Scenario("quiet", "too few calls to tell luck from skew", load={"rate": 0.4},
             client=change.hash_one_key, verdict="too_little_traffic"),

    Scenario("pool_exhausted", "max_requests of 3, and more calls at once", ("pool_exhausted",),
             load={**held(20, "500ms"), "rate": 40}, client=change.limits(max_requests=3)),
    Scenario("pending_full", "two streams on a connection, one connection, two calls may wait",
             ("pool_exhausted", "stream_limit_low"), load={**held(20, "500ms"), "rate": 40},
             client=change.together(change.limits(max_connections=1, max_pending_requests=2),
                                    change.http2(max_concurrent_streams=2))),
    Scenario("streams_full", "two streams on a connection, one connection, the rest waits",
             ("stream_limit", "stream_limit_low"), load=held(12, "10m"),
             client=change.together(change.limits(max_connections=1),
                                    change.http2(max_concurrent_streams=2))),
    Scenario("streams_refused", "callers open more streams than the servers take",
             ("stream_limit", "stream_limit_low"), load=held(60, "500ms"),
             client=change.together(change.end_connections_after(10), change.eject_nobody),
             server=change.take_streams(2)),
    Scenario("breaker_open", "max_requests of 3, and so many calls that hang",
             ("circuit_breaker_open",), load=held(3, "10m"),
             client=change.limits(max_requests=3)),
    Scenario("refused", "nobody listens where the pods should", ("connect_failures",),
             load=ONE_UPSTREAM,
             client=change.together(change.lead_nowhere, change.eject_nobody)),
    Scenario("connect_timeout", "the pods' addresses do not answer", ("connect_failures",),
             load=ONE_UPSTREAM,
             client=change.together(change.lead_into_silence, change.eject_nobody,
                                    change.settings(connect_timeout="0.2s"))),
    Scenario("cut", "connections break while calls are on them", ("connection_resets",),
             load={**held(20, "5s"), "rate": 40},
             client=change.together(change.lead_through_a_cutter, change.eject_nobody)),

    Scenario("wrong_ca", "the client's sidecar trusts another root", ("tls_handshake_failures",),
             load=ONE_UPSTREAM, client=change.eject_nobody, files=change.trust_a_stranger),
    Scenario("expired", "the servers' certificates have ended",
             ("certificate_expired", "tls_handshake_failures"), load=ONE_UPSTREAM,
             client=change.eject_nobody, files=change.let_expire, renewed=False),
    Scenario("no_certificate", "the client's sidecar shows no certificate",
             ("tls_handshake_failures",), load=ONE_UPSTREAM,
             client=change.together(change.show_no_certificate, change.eject_nobody)),

    Scenario("slow_connect", "a connection may take 10 s to fail", ("connect_timeout_long",),
             client=change.settings(connect_timeout="10s"), verdict="balanced"),
    Scenario("no_ejection", "no outlier detection in front of three pods",
             ("no_outlier_detection",), client=change.without_outlier_detection,
             verdict="balanced"),
    Scenario("no_cycling", "connections that live for ever", ("no_connection_cycling",),
             client=change.without_cycling, verdict="balanced"),
    Scenario("few_streams", "50 calls at once in a connection", ("stream_limit_low",),
             client=change.http2(max_concurrent_streams=50), verdict="balanced"),
    Scenario("unlimited", "a circuit breaker that never opens", ("breaker_unlimited",),
             client=change.limits(max_connections=UNLIMITED, max_pending_requests=UNLIMITED,
                                  max_requests=UNLIMITED, max_retries=UNLIMITED),
             verdict="balanced"),
    Scenario("small_windows", "64 KiB in flight for each call", ("window_small",),
             client=change.http2(initial_stream_window_size=65536), verdict="balanced"),
    Scenario("web_rejected", "gRPC-Web behind a CORS filter without a policy", ("grpc_web_cors",),
             client=change.serve_web, verdict="balanced"),

    Scenario("slow_admin", "the client's sidecar takes long to answer the agent", ("slow_admin",),
             unseen=("shop/storefront-1: /clusters: no answer in time",),
             admin=change.far_from_client),

    # What happens to a mesh that was well.
    Scenario("joining", "a second pod joins the first", pods=2, late=("backend-2",),
             client=change.follow_a_file, trouble=change.join, passing="warming",
             verdict="balanced"),
    Scenario("server_killed", "one of three servers is killed under load", ("connect_failures",),
             client=change.eject_nobody,
             trouble=lambda mesh: mesh.kill("backend-2-app"),
             relief=lambda mesh: mesh.restart("backend-2-app"), verdict="balanced"),
    Scenario("config_rejected", "the control plane sends a cluster that is refused",
             ("config_rejected",), client=change.obey, trouble=change.refuse_what_is_sent,
             relief=change.send_what_is_taken, verdict="balanced"),
    Scenario("control_plane_lost", "the control plane is killed", ("control_plane_unreachable",),
             client=change.obey, trouble=change.lose_control_plane,
             relief=change.regain_control_plane, verdict="balanced"),
)
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
