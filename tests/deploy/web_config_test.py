#!/usr/bin/env python3
"""Agents with a web configuration are asked as it says by everybody whom the chart makes: the kubelet,
Prometheus' operator and `helm test`. Those without are asked by plain HTTP."""

import sys
import unittest

sys.dont_write_bytecode = True

from manifests import golden, helm_test, make, of_kind, only, workloads  # noqa: E402

FLAG = "--web.config.file=/etc/mesh_exporter_web/web-config.yml"
# {render: how an agent is asked by the kubelet, and by Prometheus}
ASKED = {"web-config": ("HTTPS", "https"), "web-password": ("port", "http"),
         "web-client-certificate": ("port", "https")}
# {render: what `helm test` runs, and what it mounts}; the agent is AGENT there.
TESTED = {"web-config": (["targets", "--agent=https://AGENT",
                          "--http.config.file=/etc/mesh_exporter/http-config.yml"],
                         {"/etc/mesh_exporter": {"configMap": {"name": "mesh-exporter"}}}),
          "web-password": (["targets", "--agent=AGENT",
                            "--http.config.file=/etc/mesh_exporter_client/http-config.yml"],
                           {"/etc/mesh_exporter_client": {"secret": {"secretName": "agents-client"}}}),
          "web-client-certificate": (["certificates", "--connect=AGENT"], {})}


def asked_by_the_kubelet(probe):
    """HTTP or HTTPS, or whether the port is open."""
    return "port" if probe.get("tcpSocket") == {"port": "metrics"} else probe["httpGet"].get("scheme", "HTTP")


def endpoints(things):
    return [one for monitor in of_kind(things, "PodMonitor", "ServiceMonitor")
            for key in ("podMetricsEndpoints", "endpoints") for one in monitor["spec"].get(key, [])]


class WebConfig(unittest.TestCase):
    def test_everybody_asks_as_it_says(self):
        for case in make.cases():
            kubelet, prometheus = ASKED.get(case, ("HTTP", "http"))
            for workload in workloads(golden(case)):
                container, = workload["spec"]["template"]["spec"]["containers"]
                for probe in ("livenessProbe", "readinessProbe"):
                    self.assertEqual(asked_by_the_kubelet(container[probe]), kubelet, case)
            for one in endpoints(golden(case)):
                self.assertEqual(one.get("scheme", "http"), prometheus, case)

    def test_every_agent_has_the_file_and_can_only_read_it(self):
        for case in make.cases():
            for workload in workloads(golden(case)):
                pod = workload["spec"]["template"]["spec"]
                container, = pod["containers"]
                volumes = [one["secret"] for one in pod["volumes"] if "secret" in one]
                mounts = [one for one in container["volumeMounts"] if one["name"] == "web-config"]
                if case in ASKED:
                    self.assertIn(FLAG, container["args"])
                    self.assertEqual(volumes, [{"secretName": "agents-web"}])
                    self.assertEqual(mounts, [{"name": "web-config", "mountPath": "/etc/mesh_exporter_web",
                                               "readOnly": True}])
                else:
                    self.assertEqual((volumes, mounts), ([], []), case)
                    self.assertNotIn("--web.config.file", " ".join(container["args"]))
        self.assertEqual(len(workloads(golden("web-password"))), 2)

    def test_helm_test_asks_as_far_as_it_can(self):
        for case in make.cases():
            pod = helm_test(case)["spec"]
            container, = pod["containers"]
            name, port = only(golden(case), "DaemonSet")["metadata"]["name"], 9999 if case == "many" else 10420
            words, mounted = TESTED.get(case, (["targets", "--agent=AGENT"], {}))
            self.assertEqual([word.replace(f"{name}.{make.NAME}:{port}", "AGENT") for word in container["args"]],
                             words, case)
            volumes = {one.pop("name"): one for one in pod.get("volumes", [])}
            self.assertEqual({one["mountPath"]: volumes[one["name"]] for one in container.get("volumeMounts", [])
                              if one["readOnly"]}, mounted, case)

    def test_only_agents_without_passwords_have_a_file_for_their_own_commands(self):
        for case in make.cases():
            for one in of_kind(golden(case), "ConfigMap"):
                if "mesh_exporter.yaml" in one.get("data", {}):
                    self.assertEqual("http-config.yml" in one["data"], case == "web-config", case)

    def test_what_the_operator_needs_is_passed_on(self):
        one, = endpoints(golden("web-config"))
        self.assertEqual(one["tlsConfig"], {"ca": {"secret": {"name": "agents-ca", "key": "ca.crt"}},
                                            "serverName": "agents.mesh-exporter.svc"})
        one, = endpoints(golden("web-password"))
        self.assertEqual(one["basicAuth"], {"username": {"name": "agents-password", "key": "username"},
                                            "password": {"name": "agents-password", "key": "password"}})


if __name__ == "__main__":
    unittest.main()
