#!/usr/bin/env python3
"""What is rendered is what Kubernetes takes, in every version from the oldest that the chart names: each
field known, each kind too; and the program takes the configurations. An API server says so of all of it
in tests/e2e/run --deploy."""

import os
import sys
import tempfile
import unittest

import kubernetes_validate
import yaml

sys.dont_write_bytecode = True

from manifests import (OVERLAYS, ROOT, configurations, golden, helm_test, kustomized, make, of_kind, read,  # noqa: E402
                       run)

BINARY = os.path.join(os.environ.get("MESH_BUILD_DIR", os.path.join(ROOT, "build", "release")), "mesh_exporter")
VERSIONS = ("1.25", "1.29", "1.33", "1.37")
OPERATORS = {"PodMonitor", "ServiceMonitor", "PrometheusRule"}


def faults(things, version):
    """What that version of Kubernetes does not know; of the operator's kinds it knows none."""
    found = []
    for one in things:
        if one["apiVersion"] == "monitoring.coreos.com/v1" and one["kind"] in OPERATORS:
            continue
        try:
            kubernetes_validate.validate(one, version, strict=True)
        except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
            found.append(f"{one['kind']} {one['metadata']['name']}: {error}")
    return found


class Kubernetes(unittest.TestCase):
    def test_a_field_that_does_not_exist_and_a_kind_that_does_not_are_seen(self):
        service, = of_kind(golden("defaults"), "Service")
        self.assertEqual(faults([service], "1.33"), [])
        for changed in ({**service, "kind": "Servise"}, {**service, "spec": {**service["spec"], "prots": []}},
                        {**service, "apiVersion": "v2"}):
            self.assertEqual(len(faults([changed], "1.33")), 1)

    def test_the_oldest_version_is_the_charts(self):
        chart = yaml.safe_load(read("deploy", "helm", "mesh-exporter", "Chart.yaml"))
        self.assertEqual(chart["kubeVersion"], f">={VERSIONS[0]}.0-0")

    def test_every_render_is_known_to_every_version(self):
        for case in make.cases():
            with open(os.path.join(make.GOLDEN, case + ".yaml"), encoding="utf-8") as file:
                things = [one for one in yaml.safe_load_all(file) if one]
            self.assertGreater(len(things), 4)
            for version in VERSIONS:
                self.assertEqual(faults(things, version), [], f"{case} {version}")

    def test_every_overlay_is_known_to_the_oldest_and_the_newest_version(self):
        for name in OVERLAYS:
            things = kustomized("overlays/" + name)
            for version in (VERSIONS[0], VERSIONS[-1]):
                self.assertEqual(faults(things, version), [], f"{name} {version}")


class Program(unittest.TestCase):
    def checked(self, text):
        """(exit code, what the program says of it), as in the pod."""
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(text)
            file.flush()
            return run(BINARY, "--config.check", "--config.file=" + file.name,
                       env={**os.environ, "NODE_NAME": "node-1"})

    def test_it_takes_every_configuration(self):
        texts = {text for case in make.cases() for text in configurations(golden(case)).values()}
        texts.update(text for name in ["base", *(f"overlays/{one}" for one in OVERLAYS)]
                     for text in configurations(kustomized(name)).values())
        self.assertGreater(len(texts), 10)
        for text in texts:
            code, said = self.checked(text)
            self.assertEqual(code, 0, f"{text}\n{said}")
            self.assertNotIn("warning", said, text)

    def test_it_takes_no_other(self):
        code, said = self.checked("discovery: {kubernetes: {node_name: a, endpoint_slice: true}}")
        self.assertEqual(code, 2, said)

    def test_the_flags_exist(self):
        known = run(BINARY, "--help")[1]
        pod, = of_kind(golden("defaults"), "DaemonSet")
        for flag in pod["spec"]["template"]["spec"]["containers"][0]["args"]:
            self.assertIn(flag.split("=")[0] + "=", known)

    def test_the_pod_of_helm_test_asks_an_agent(self):
        code, said = run(BINARY, *helm_test("defaults")["spec"]["containers"][0]["args"])
        self.assertEqual(code, 2)
        self.assertIn(f"the agent at {make.NAME}.{make.NAME}:10420", said)


if __name__ == "__main__":
    unittest.main()
