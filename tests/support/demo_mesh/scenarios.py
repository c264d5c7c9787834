"""What can go wrong in the demo mesh on order, and what the agent must find then: `./run --scenario NAME`
shows one, tests/e2e/scenarios_test.py holds the agent to each, with no finding more or less.

A scenario changes the bootstraps of the sidecars and the calls that are made; all parts stay real."""

from dataclasses import dataclass, field
from typing import Callable, Optional

import scenario_changes as change
from scenario_changes import UNLIMITED


def _unchanged(_bootstrap, _mesh):
    pass


@dataclass(frozen=True)
class Scenario:
    name: str
    summary: str
    findings: tuple = ()  # exactly what is found, by name
    load: dict = field(default_factory=dict)  # options of demo_load
    callers: int = 1  # so many demo_loads, each with one channel
    pods: int = 3  # of the service that is called
    client: Callable = _unchanged  # what it does to the client's sidecar; see scenario_changes.py
    server: Callable = _unchanged  # and to each server's
    workload: Optional[str] = None  # of the server sidecars
    verdict: Optional[str] = None  # on the balance of the upstream `users`, if it matters

    def start_loads(self, mesh):
        return [mesh.start_load(**{"rate": 100, **self.load}) for _ in range(self.callers)]


ONE_METHOD = {"only": "Greeter/SayHello"}

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
    Scenario("quiet", "too few calls to tell luck from skew", load={"rate": 0.4},
             client=change.hash_one_key, verdict="too_little_traffic"),

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
)
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
