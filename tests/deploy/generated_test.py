#!/usr/bin/env python3
"""What is generated in deploy is what its sources make, as far as that can be said without Helm
(tests/e2e/run --deploy has the rest), and kustomize makes the same objects as the chart."""

import os
import re
import sys
import tempfile
import unittest

import yaml

sys.dont_write_bytecode = True

from manifests import (OVERLAYS, comparable, golden, granted, kustomized, make, objects, of_kind,  # noqa: E402
                       read, workloads)

# {overlay: the render of the chart that it must be}
RENDERS = {"istio": "istio", "consul": "istio", "linkerd": "linkerd",
           "host-certificates": "host-certificates", "without-operator": "defaults"}


def named_namespaces(thing):
    """Every namespace that an object is in or names."""
    for key, value in thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else []:
        if key in ("namespace", "matchNames", "kubernetes.io/metadata.name"):
            yield from value if isinstance(value, list) else [value]
        else:
            yield from named_namespaces(value)


def spaced_once(rules):
    """kustomize writes an empty line into a folded text where its next line is indented: in expressions,
    to which space is space. Everything else must be equal."""
    for group in rules["groups"]:
        for rule in group["rules"]:
            rule["expr"] = " ".join(rule["expr"].split())
    return rules


class Copies(unittest.TestCase):
    def test_the_chart_has_the_rules_and_dashboards_byte_for_byte(self):
        wanted, there = make.copies(), make.existing_copies()
        self.assertGreater(len(wanted), 8)
        self.assertEqual(wanted.keys(), there.keys(), "run deploy/make.py")
        for path, content in wanted.items():
            self.assertTrue(content == there[path], f"{path} is another: run deploy/make.py")

    def test_the_renders_are_of_the_chart_as_it_is(self):
        self.assertEqual(make.read(make.SOURCES).decode(), make.sources(), "run deploy/make.py --all")

    def test_the_chart_is_of_the_programs_version(self):
        version, = re.findall(r"^project\(mesh_exporter VERSION (\S+)", read("CMakeLists.txt"), re.M)
        chart = yaml.safe_load(read("deploy", "helm", "mesh-exporter", "Chart.yaml"))
        self.assertEqual((chart["version"], chart["appVersion"]), (version, version))

    def test_addresses_that_the_chart_replaces_are_those_that_render_replaces(self):
        template = read("deploy", "helm", "mesh-exporter", "templates", "_rules.tpl")
        render = read("alerts", "render.py")
        for name, end in (("GRAFANA", "/d/"), ("RUNBOOK", "#")):
            address, = re.findall(rf'^{name} = "(.*)"$', render, re.M)
            self.assertIn(f'replace "{address}{end}"', template)
            values = yaml.safe_load(read("deploy", "helm", "mesh-exporter", "values.yaml"))
            self.assertIn(address, values["prometheusRule"].values())


class Kustomize(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = {name: kustomized(os.path.join("overlays", name)) for name in OVERLAYS}
        cls.base = kustomized("base")

    def test_the_one_file_is_up_to_date(self):
        path, text = make.one_file()
        self.assertTrue(text.encode() == make.read(path), "run deploy/make.py --all")

    def test_overlays_are_what_the_chart_renders(self):
        self.assertEqual(RENDERS.keys(), set(OVERLAYS))
        for name, case in RENDERS.items():
            made, wanted = comparable(self.made[name]), comparable(golden(case))
            for key, one in wanted.items():
                self.assertEqual(made.get(key), one, f"{name} {key}")
            more = {kind for kind, _ in made.keys() - wanted.keys()}
            self.assertEqual(more - {"Namespace", "ConfigMap", "PodMonitor", "PrometheusRule"}, set())

    def test_the_operators_objects_are_there_where_there_is_one(self):
        for name, made in {**self.made, "base": self.base}.items():
            monitors = [one["kind"] for one in of_kind(made, "PodMonitor", "PrometheusRule")]
            wanted = [] if name == "without-operator" else ["PodMonitor", "PrometheusRule"]
            self.assertEqual(sorted(monitors), wanted, name)

    def test_a_kustomization_over_them_moves_all_to_its_namespace(self):
        for name in OVERLAYS:
            with tempfile.TemporaryDirectory() as folder:
                overlay = os.path.relpath(os.path.join(make.KUSTOMIZE, "overlays", name), os.path.realpath(folder))
                with open(os.path.join(folder, "kustomization.yaml"), "w", encoding="utf-8") as file:
                    yaml.safe_dump({"namespace": "elsewhere", "resources": [overlay]}, file)
                made = kustomized(folder)
            self.assertEqual(len(made), len(self.made[name]), name)
            namespace, = of_kind(made, "Namespace")
            self.assertEqual(namespace["metadata"]["name"], "elsewhere", name)
            for one in made:
                self.assertLessEqual(set(named_namespaces(one)), {"elsewhere"}, f"{name} {one['kind']}")
            self.assertIn("elsewhere", named_namespaces(of_kind(made, "DaemonSet")), name)

    def test_rules_and_dashboards_are_whole(self):
        rule, = of_kind(self.base, "PrometheusRule")
        self.assertEqual(spaced_once(rule["spec"]),
                         spaced_once(yaml.safe_load(read("alerts", "mesh_exporter.rules.yaml"))))
        shown = {}
        for one in of_kind(self.base, "ConfigMap"):
            if "grafana_dashboard" in one["metadata"].get("labels", {}):
                shown.update(one["data"])
        wanted = {os.path.basename(path): content.decode() for path, content in make.copies().items()
                  if path.endswith(".json")}
        self.assertEqual(shown.keys(), wanted.keys(), "dashboards/kustomization.yaml lists others")
        for name, text in wanted.items():
            self.assertTrue(shown[name] == text, name)

    def test_the_namespace_refuses_what_the_posture_does_not_need(self):
        for name, made in self.made.items():
            one, = of_kind(made, "Namespace")
            widened = any("hostPath" in volume for workload in workloads(made)
                          for volume in workload["spec"]["template"]["spec"]["volumes"])
            self.assertEqual(one["metadata"]["labels"]["pod-security.kubernetes.io/enforce"],
                             "privileged" if widened else "restricted", name)


class ByHand(unittest.TestCase):
    """deploy/kubernetes has each right by itself, for those who write their own manifests."""

    MANIFESTS = {"rbac.yaml": "defaults", "rbac_endpoint_slices.yaml": "endpoint-slices",
                 "rbac_kubelet.yaml": "kubelet", "rbac_secrets.yaml": "secrets"}

    def test_the_chart_grants_what_the_manifests_grant(self):
        folder = os.path.join(make.ROOT, "deploy", "kubernetes")
        self.assertEqual(set(os.listdir(folder)), self.MANIFESTS.keys())
        for manifest, case in self.MANIFESTS.items():
            with self.subTest(manifest):
                written = objects(read("deploy", "kubernetes", manifest))
                rendered = comparable(golden(case))
                for key, rules in granted(written).items():
                    self.assertEqual(granted(golden(case)).get(key), rules)
                for one in of_kind(written, "ClusterRoleBinding"):
                    binding = rendered["ClusterRoleBinding", one["metadata"]["name"]]
                    self.assertEqual((binding["roleRef"], binding["subjects"]),
                                     (one["roleRef"], one["subjects"]))


if __name__ == "__main__":
    unittest.main()
