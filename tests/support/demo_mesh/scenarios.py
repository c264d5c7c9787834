"""What can go wrong in the demo mesh on order, what the agent must find then, and who must be told:
`./run --scenario NAME` shows one, tests/e2e/scenarios_test.py holds the agent to each, with no finding
more or less, and tests/e2e/alert_matrix_test.py the alerts.

A scenario changes the bootstraps of the sidecars and the calls that are made; all parts stay real."""

from dataclasses import dataclass, field
from typing import Callable, Optional

import certificate_changes as certificate
import control_plane_changes as control_plane
import scenario_changes as change
from scenario_changes import UNLIMITED


def _unchanged(*_unused):
    pass


@dataclass(frozen=True)
class Scenario:
    name: str
    summary: str
    findings: tuple = ()  # exactly what is found, by name
    # What is found beside them after a while where leaves live for minutes, as in ./run.
    in_time: tuple = ()
    on_the_way: tuple = ()  # what may be found until they are, where a reason stands beside it
    # Exactly what could not be looked at, as `diagnose` says it; where the mesh has its files is DIRECTORY.
    unseen: tuple = ()
    unseen_perhaps: tuple = ()  # and what may not be, where a reason stands beside it
    # Whoever is told of a finding is told by its own alert, or by MeshReadinessAudit. Beside those:
    alerts: tuple = ()  # alerts of which somebody is told
    quiet: tuple = ()  # alerts of which nobody is told because a graver one is, those of findings, too
    perhaps: tuple = ()  # alerts of which somebody may be told, where a reason stands beside it
    load: dict = field(default_factory=lambda: {"rate": 100})  # options of demo_load; all calls ask for OK
    callers: int = 1  # so many demo_loads, each with one channel
    pods: int = 3  # of the service that is called
    late: tuple = ()  # of them those that are not there at first
    client: Callable = _unchanged  # what it does to the client's sidecar; see scenario_changes.py
    server: Callable = _unchanged  # and to each server's
    files: Callable = _unchanged  # takes the mesh before anything starts: what it does to its files
    admin: Callable = lambda mesh, name: mesh.admin(name)  # where the agent asks a sidecar
    watched: Callable = lambda _mesh: ""  # YAML: what else the agent is to look at
    renewed: bool = True  # whether the issuer renews certificates, if there is one
    trouble: Optional[Callable] = None  # takes the mesh after a window in which nothing is found
    relief: Optional[Callable] = None  # after that nothing is found any more
    workload: Optional[str] = None  # of the server sidecars
    verdict: Optional[str] = None  # on the balance of the upstream `users`, if it matters
    passing: Optional[str] = None  # such a verdict meanwhile
    left_out: str = ""  # of ./test, because it has no finding, or that test there makes the same

    def wrong_with(self, found):
        """What is missing in the names of what was found after a while, and what is too much: two sets."""
        return set(self.findings) - found, found - {*self.findings, *self.in_time}

    def start_loads(self, mesh):
        return [mesh.start_load(all_ok="yes", **self.load) for _ in range(self.callers)]


ONE_METHOD = {"only": "Greeter/SayHello", "rate": 100}
ONE_UPSTREAM = {"only": "user.v1.UserService/GetUser", "rate": 20}
BURN = "MeshErrorBudgetBurn"  # whatever makes more than 1.4 % of the calls fail
UNAVAILABLE = ("MeshCallsUnavailable", BURN)
OUTLIVED = ("stale_certificate_in_use",)  # by connections that nothing ever ends
SKEW = "MeshLoadImbalance"  # without discovery nobody knows which upstream's weights explain it


def held(calls, deadline):
    """So many calls at once, again and again, which the servers never answer."""
    return {"only": ONE_UPSTREAM["only"], "hold": "yes", "parallel": calls, "deadline": deadline}

SCENARIOS = (
    Scenario("healthy", "round robin over three pods", verdict="balanced"),
    Scenario("random", "a random pod for each call: luck, and no skew",
             client=change.settings(lb_policy="RANDOM"), verdict="balanced"),
    Scenario("pinned", "the client's sidecar takes the port for plain TCP: one channel, one pod",
             ("traffic_pinned",), in_time=OUTLIVED, load=ONE_METHOD, client=change.forward_bytes,
             workload="users"),
    Scenario("pinned_channels", "the same with three channels: three of five pods",
             ("traffic_pinned",), in_time=OUTLIVED, load=ONE_METHOD, callers=3, pods=5,
             client=change.forward_bytes, workload="users"),
    Scenario("hot_key", "a hash policy with the same key in every call",
             ("traffic_uneven",), client=change.hash_one_key, verdict="uneven",
             alerts=(SKEW, "MeshEndpointIdle")),
    Scenario("weighted", "weights of 9:1:1 in the endpoint list",
             client=change.weigh_endpoints, verdict="weighted", alerts=(SKEW,)),
    Scenario("zones", "zones with weights of their own", client=change.weigh_zones,
             verdict="locality", alerts=(SKEW,)),
    Scenario("lone_zones", "the same with one pod in each zone", client=change.weigh_lone_zones,
             verdict="locality", alerts=(SKEW,)),
    Scenario("ejected", "one of three pods fails, and is ejected for it", ("endpoints_ejected",),
             client=change.eject_after(5), server=change.of("backend-3", change.fail),
             verdict="ejected"),
    Scenario("none_left", "all pods fail, and are ejected for it", ("no_healthy_endpoint",),
             load=ONE_UPSTREAM, client=change.eject_after(5, most=100), server=change.fail,
             on_the_way=("endpoints_ejected",),  # one after the other
             alerts=(BURN,), quiet=("MeshCallsUnavailable",)),
    Scenario("quiet", "too few calls to tell luck from skew", load={"rate": 0.4},
             client=change.hash_one_key, verdict="too_little_traffic"),

    Scenario("pool_exhausted", "max_requests of 3, and more calls at once", ("pool_exhausted",),
             load={**held(20, "500ms"), "rate": 40}, client=change.limits(max_requests=3),
             alerts=UNAVAILABLE),
    Scenario("pending_full", "two streams on a connection, one connection, two calls may wait",
             ("pool_exhausted", "stream_limit_low"), load={**held(20, "500ms"), "rate": 40},
             client=change.together(change.limits(max_connections=1, max_pending_requests=2),
                                    change.http2(max_concurrent_streams=2)),
             alerts=UNAVAILABLE),
    Scenario("streams_full", "two streams on a connection, one connection, the rest waits",
             ("stream_limit", "stream_limit_low"), in_time=OUTLIVED, load=held(12, "10m"),
             client=change.together(change.limits(max_connections=1),
                                    change.http2(max_concurrent_streams=2))),
    Scenario("streams_refused", "callers open more streams than the servers take",
             ("stream_limit", "stream_limit_low"), load={**held(60, "30s"), "cancel_after": "500ms"},
             client=change.together(change.end_connections_after(10), change.eject_nobody),
             server=change.take_streams(2), alerts=UNAVAILABLE),
    Scenario("breaker_open", "max_requests of 3, and so many calls that hang",
             ("circuit_breaker_open",), in_time=OUTLIVED, load=held(3, "10m"),
             client=change.limits(max_requests=3)),
    Scenario("refused", "nobody listens where the pods should", ("connect_failures",),
             load=ONE_UPSTREAM,
             client=change.together(change.lead_nowhere, change.eject_nobody),
             alerts=UNAVAILABLE),
    Scenario("connect_timeout", "the pods' addresses do not answer", ("connect_failures",),
             load=ONE_UPSTREAM,
             client=change.together(change.lead_into_silence, change.eject_nobody,
                                    change.settings(connect_timeout="0.2s")),
             alerts=UNAVAILABLE),
    Scenario("cut", "connections break while calls are on them", ("connection_resets",),
             load={**held(20, "5s"), "rate": 40},
             client=change.together(change.lead_through_a_cutter, change.eject_nobody),
             alerts=UNAVAILABLE),

    Scenario("wrong_ca", "the client's sidecar trusts another root", ("tls_handshake_failures",),
             load=ONE_UPSTREAM, client=change.eject_nobody, files=certificate.trust_a_stranger,
             alerts=UNAVAILABLE),
    Scenario("expired", "the servers' certificates have ended",
             ("certificate_expired", "tls_handshake_failures"), load=ONE_UPSTREAM,
             client=change.eject_nobody, files=certificate.let_expire, renewed=False,
             alerts=UNAVAILABLE, quiet=("MeshRotationOverdue",)),
    Scenario("no_certificate", "the client's sidecar shows no certificate",
             ("tls_handshake_failures",), load=ONE_UPSTREAM,
             client=change.together(change.show_no_certificate, change.eject_nobody),
             alerts=UNAVAILABLE,
             # Nine of ten connections that break do so at TLS, by chance more or fewer.
             perhaps=("MeshConnectionResets",)),

    Scenario("slow_connect", "a connection may take 10 s to fail", ("connect_timeout_long",),
             client=change.settings(connect_timeout="10s"), verdict="balanced"),
    Scenario("no_ejection", "no outlier detection in front of three pods",
             ("no_outlier_detection",), client=change.without_outlier_detection,
             verdict="balanced"),
    Scenario("no_cycling", "connections that live for ever", ("no_connection_cycling",),
             in_time=OUTLIVED, client=change.without_cycling, verdict="balanced"),
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
             admin=change.far_from_client,
             # Whether an answer is there in time is a matter of milliseconds.
             unseen_perhaps=("shop/storefront-1: /stats: no answer in time",
                             "shop/storefront-1: /server_info: no answer in time"),
             perhaps=("MeshTargetFailing",)),

    # What happens to a mesh that was well.
    Scenario("joining", "a second pod joins the first", pods=2, late=("backend-2",),
             client=change.follow_a_file, trouble=change.join, passing="warming",
             # Until then nobody answers where it will be; how long that is depends on the machine. And of the five
             # minutes that the rule looks back it was not there from the first: the real rule waits for longer.
             verdict="balanced", perhaps=("MeshTargetFailing", "MeshLoadImbalance")),
    Scenario("server_killed", "one of three servers is killed under load", ("connect_failures",),
             client=change.eject_nobody,
             trouble=lambda mesh: mesh.kill("backend-2-app"),
             relief=lambda mesh: mesh.restart("backend-2-app"), verdict="balanced",
             alerts=UNAVAILABLE),
    Scenario("config_rejected", "the control plane sends a cluster that is refused",
             ("config_rejected",), client=control_plane.obey, trouble=control_plane.refuse_what_is_sent,
             relief=control_plane.send_what_is_taken, verdict="balanced"),
    Scenario("control_plane_lost", "the control plane is killed", ("control_plane_unreachable",),
             client=control_plane.obey, trouble=control_plane.lose,
             relief=control_plane.regain, verdict="balanced"),

    # What servers tell of themselves.
    Scenario("not_serving", "a server says that one of its services does not serve", ("grpc_not_serving",),
             pods=1, watched=change.probe_servers, trouble=change.toggle_service, relief=change.toggle_service),
    Scenario("probe_without_file", "a probe's CA file is not there", ("grpc_probe_unusable",),
             pods=1, watched=change.probe_without_a_file, left_out="grpc_probe_test.py"),
    Scenario("old_stub", "callers call a method that the servers do not have", ("unknown_methods_called",),
             pods=1, watched=change.ask_servers, alerts=(BURN,),
             client=change.together(change.call_by_an_old_name, change.eject_nobody)),

    # For their alerts: tests/e2e/run --all.
    Scenario("denied", "a policy refuses calls of one method", ("calls_denied",),
             server=change.refuse_greetings, left_out="calls_denied_test.cc"),
    Scenario("timed_out", "the client's sidecar ends calls that hang after 0.2 s",
             alerts=("MeshCallsTimedOut", BURN),
             load={**held(20, "5s"), "rate": 40},
             client=change.together(change.end_calls_after("0.2s"), change.eject_nobody),
             left_out="no finding"),
    Scenario("slow", "each call takes a second and a half", alerts=("MeshCallsSlow",),
             load={**ONE_UPSTREAM, "parallel": 40}, server=change.delay("1.5s"),
             left_out="no finding"),
    Scenario("retries", "one of three pods fails, and its calls are made again",
             alerts=("MeshRetryStorm",),
             client=change.together(change.retry, change.eject_nobody,
                                    change.limits(max_retries=100)),
             server=change.of("backend-3", change.fail), left_out="no finding"),
    Scenario("unreachable", "nobody listens where a sidecar's admin interface should be",
             unseen=("shop/nobody-1: /stats: connection refused",),
             alerts=("MeshTargetFailing",), watched=change.look_for_nobody,
             left_out="targets_test.py"),
    Scenario("folded", "more methods than the agent is to tell apart", alerts=("MeshSeriesFolded",),
             watched=lambda mesh: "limits: {methods_per_upstream: 1}\n", left_out="no finding"),
    Scenario("control_planes_lost", "the control planes of all sidecars are killed",
             ("control_plane_unreachable",), alerts=("MeshControlPlaneDown",),
             quiet=("MeshControlPlaneUnreachable",), client=control_plane.obey, server=control_plane.obey,
             trouble=control_plane.lose, relief=control_plane.regain,
             left_out="control_plane_test.py"),
    Scenario("overdue", "the leaf of one server should have been renewed", ("rotation_overdue",),
             files=certificate.leaves(3600, 2500, only="backend-1"), renewed=False,
             left_out="certificates_test.py"),
    Scenario("all_overdue", "those of five servers should have been", ("rotation_overdue",),
             alerts=("MeshRotationOverdueFleet",), quiet=("MeshRotationOverdue",), pods=5,
             files=certificate.leaves(3600, 2500), renewed=False,
             left_out="certificates_test.py"),
    Scenario("near_the_end", "the leaf of one server has a twentieth of its life left",
             ("certificate_expiring",),
             files=certificate.leaves(3600, 3420, only="backend-1"), renewed=False,
             quiet=("MeshRotationOverdue",),
             left_out="certificates_test.py"),
    Scenario("not_yet_valid", "the leaf of the client's sidecar begins in an hour",
             ("certificate_not_yet_valid", "tls_handshake_failures"), load=ONE_UPSTREAM,
             client=change.eject_nobody,
             files=certificate.leaves(7200, -3600, only="storefront-1"), renewed=False,
             alerts=UNAVAILABLE,
             left_out="certificate_not_yet_valid_test.cc"),
    Scenario("spoilt_leaf", "the next leaf of a server is garbage", ("rotation_failing",),
             watched=certificate.look_often, trouble=certificate.spoil_a_leaf,
             left_out="certificates_test.py"),
    Scenario("outlived", "calls last longer than the leaves under which they began",
             ("stale_certificate_in_use",), watched=certificate.look_often, renewed=False,
             trouble=certificate.outlive, left_out="certificates_test.py"),
    Scenario("untrusted", "the trust bundle has somebody else's root only",
             ("trust_broken", "root_not_in_bundle"), watched=certificate.trust_only_a_stranger,
             left_out="inbound_test.py"),
    Scenario("other_chain", "a port shows the leaf of another pod", ("served_chain_differs",),
             watched=certificate.lead_astray, left_out="inbound_test.py"),
    Scenario("bundle_spoilt", "a trust bundle becomes garbage", ("trust_bundle_unreadable",),
             watched=certificate.watch_a_bundle, trouble=certificate.spoil_what_is_watched,
             left_out="inbound_test.py"),
    Scenario("list_spoilt", "a file with a list of targets becomes garbage",
             alerts=("MeshDiscoveryFailing",), watched=certificate.watch_targets,
             unseen=('DIRECTORY/watched.json:1:1: no list of groups; expected such as '
                     '[{"targets": ["10.1.2.3:9901"]}]',),
             trouble=certificate.spoil_what_is_watched, left_out="no finding"),
    Scenario("file_spoilt", "a watched file becomes garbage", ("certificate_file_unreadable",),
             unseen=("DIRECTORY/watched.json: no certificate: looks like text without a certificate",),
             watched=certificate.watch_a_file, trouble=certificate.spoil_what_is_watched,
             left_out="certificate_files_test.cc"),
)
# Alerts that no scenario makes, and why.
_HELD = "it takes control groups with limits, which not every machine lets us make: alert_matrix_test.py"
ALERTS_MADE_ELSEWHERE = {
    **dict.fromkeys(("MeshSidecarMemoryPressure", "MeshSidecarOomKilled", "MeshSidecarCpuThrottled"), _HELD),
    "MeshExporterReloadFailed": "it is the agent that is misled: alert_matrix_test.py",
    "MeshExporterDown": "it is the agent that is ended: alert_matrix_test.py",
    "MeshExporterAbsent": "it is Prometheus that knows no agent: alert_matrix_test.py"}
_NO_PLANE = "the demo mesh has no istiod: findings/planes_test.cc and planes_test.py have recorded pages"
ALERTS_NOT_MADE = {
    **dict.fromkeys(("MeshCaIssuanceFailing", "MeshControlPlanePushesRejected", "MeshVersionSkew"), _NO_PLANE),
    "MeshMeshEnded": "App Mesh cannot be had any more: findings/planes_test.cc",
    "MeshExporterSnapshotStale": "polls end by their deadlines, and the thread that polls is the one that answers"}
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
