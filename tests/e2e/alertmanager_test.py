#!/usr/bin/env python3
"""The example configuration in a real Alertmanager: who is told of what, and what is kept quiet
because something graver says it already."""

import unittest

from harness import TempDirTest, wait_until
from alerting import Alertmanager, Receiver

POD = {"job": "mesh_exporter", "instance": "node-1:10420", "mesh": "istio", "namespace": "shop",
       "pod": "web-1", "workload": "web"}
MESH = {"job": "mesh_exporter", "mesh": "istio"}
UPSTREAM = {"job": "mesh_exporter", "upstream": "users:1"}


def alert(name, labels, severity="warning", **changes):
    return {"alertname": name, "severity": severity, **labels, **changes}


# (what is wrong, what it keeps quiet, what it does not)
INHIBITIONS = (
    (alert("MeshExporterDown", {"job": "mesh_exporter", "instance": "node-1:10420"}),
     [alert("MeshTargetFailing", POD), alert("MeshPoolExhausted", POD, "critical")],
     [alert("MeshTargetFailing", POD, instance="node-2:10420"),
      alert("MeshTargetFailing", POD, job="other/mesh_exporter"),
      alert("MeshTargetFailing", POD, cluster="west"),
      alert("MeshErrorBudgetBurn", UPSTREAM, "critical"),
      alert("NodeDown", {"job": "mesh_exporter", "instance": "node-1:10420"})]),
    (alert("MeshRotationOverdueFleet", MESH, "critical"),
     [alert("MeshRotationOverdue", POD), alert("MeshRotationFailing", POD)],
     [alert("MeshRotationOverdue", POD, mesh="linkerd"),
      alert("MeshRotationOverdue", POD, cluster="west"),
      alert("MeshCertificateExpired", POD, "critical", certificate="spiffe://b")]),
    (alert("MeshControlPlaneDown", MESH, "critical"),
     [alert("MeshControlPlaneUnreachable", POD, "critical"), alert("MeshConfigRejected", POD)],
     [alert("MeshConfigRejected", POD, mesh="consul"),
      alert("MeshCertificateExpiring", POD, "critical")]),
    (alert("MeshNoHealthyEndpoint", POD, "critical", upstream="users:1"),
     [alert("MeshCallsUnavailable", UPSTREAM, grpc_service="user.v1.UserService")],
     [alert("MeshCallsUnavailable", UPSTREAM, upstream="orders:1"),
      alert("MeshCallsUnavailable", UPSTREAM, cluster="west"),
      alert("MeshCallsTimedOut", UPSTREAM)]),
    (alert("MeshCertificateExpired", POD, "critical", certificate="spiffe://a", source="admin"),
     [alert("MeshRotationOverdue", POD, certificate="spiffe://a", source="admin")],
     [alert("MeshRotationOverdue", POD, certificate="spiffe://b", source="admin"),
      alert("MeshRotationOverdue", POD, certificate="spiffe://a", source="admin", pod="web-2"),
      alert("MeshRotationFailing", POD)]),
    (alert("MeshPoolExhausted", POD, "critical", upstream="users:1"),
     [alert("MeshPoolExhausted", POD, upstream="users:1")],
     [alert("MeshPoolExhausted", POD, upstream="orders:1"),
      alert("MeshPoolExhausted", POD, upstream="users:1", pod="web-2"),
      alert("MeshConnectFailures", POD, upstream="users:1")]),
    (alert("MeshErrorBudgetBurn", UPSTREAM, "critical", grpc_service="a.A", window="1h"),
     [alert("MeshErrorBudgetBurn", UPSTREAM, grpc_service="a.A", window="1d")],
     [alert("MeshErrorBudgetBurn", UPSTREAM, grpc_service="b.B", window="1d")]),
)


class Example(TempDirTest):
    def setUp(self):
        super().setUp()
        self.receiver = self.start(Receiver())
        self.alertmanager = self.start(Alertmanager(self.directory, self.receiver.url))

    def inhibited(self):
        """{frozenset of labels: whether it is kept quiet} of what Alertmanager knows."""
        return {frozenset(one["labels"].items()): bool(one["status"]["inhibitedBy"])
                for one in self.alertmanager.alerts()}

    def assert_quiet(self, source, quiet, loud):
        self.alertmanager.post([source, *quiet, *loud])
        wanted = {frozenset(one.items()): one in quiet for one in (source, *quiet, *loud)}
        self.assertEqual(len(wanted), 1 + len(quiet) + len(loud))
        # Inhibitions are entered beside the question; one that is too wide shows as soon as one
        # that is right.
        wait_until(lambda: self.inhibited() == wanted, f"only {quiet} to be kept quiet",
                   alive=[self.alertmanager.child])

    def test_each_severity_reaches_its_receiver_and_no_other(self):
        self.alertmanager.post([alert("MeshA", POD, "critical"), alert("MeshB", POD, "warning"),
                                alert("MeshC", POD, "info"), alert("MeshD", POD, "mistyped")])
        wanted = {("page", "MeshA"), ("ticket", "MeshB"), ("note", "MeshC"), ("ticket", "MeshD")}
        wait_until(lambda: len(self.receiver.names()) == len(wanted), "four messages", 30,
                   alive=[self.alertmanager.child])
        self.assertEqual(self.receiver.names(), wanted)


def test_of(source, quiet, loud):
    def test(self):
        self.assert_quiet(source, quiet, loud)
    return test


for one_source, *both in INHIBITIONS:
    setattr(Example, "test_what_keeps_quiet_" + one_source["alertname"], test_of(one_source, *both))


if __name__ == "__main__":
    unittest.main()
