#!/usr/bin/env python3
"""The chart as Helm itself takes it: linted strictly, rendered as it was kept, refused where it should
be, its rules and dashboards those of the repository: tests/e2e/run --deploy. Two minutes."""

import glob
import itertools
import os
import re
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from real_mesh import ROOT
from together import REFUSED, TAKEN

sys.path.insert(0, os.path.join(ROOT, "tests", "deploy"))

import posture_test  # noqa: E402
import thresholds  # noqa: E402
from manifests import HERE as FIXTURES  # noqa: E402
from manifests import defaults, make, objects, of_kind, only, read, run  # noqa: E402

RULES = ("--set", "prometheusRule.enabled=true")
OVERRIDES = """\
prometheusRule:
  enabled: true
  grafanaUrl: https://g.test/x/
  runbookUrl: https://r.test/book
  additionalRuleLabels: {team: mesh}
  alerts:
    MeshCallsSlow: {enabled: false}
    MeshCallsUnavailable: {severity: critical, for: 10m, keep_firing_for: 11m, labels: {a: b}, expr: vector(1)}
    MeshErrorBudgetBurn: {severity: info}
    MeshRetryStorm: {threshold: 0.3}
    MeshReadinessAudit: {enabled: false}
"""
# {values of webConfig beside the Secret: words of the notes, in order}
NOTES = {"tls=true": ("exec ds/mesh-exporter -- mesh_exporter targets --agent=https://127.0.0.1:10420 "
                      "--http.config.file=/etc/mesh_exporter/http-config.yml", " test mesh-exporter"),
         "authentication=true": ("port-forward", "--agent=https://127.0.0.1:10420 --http.config.file=FILE",
                                 " test mesh-exporter", "only sees whether the port shows a certificate"),
         "tls=false,webConfig.authentication=true": ("port-forward", "--agent=127.0.0.1:10420",
                                                     "`helm test` is not there"),
         "authentication=true,webConfig.clientSecret=b": ("port-forward", " test mesh-exporter")}


# {switch: what it adds to an agent of a node, and to its account's rights}
SWITCHES = {"networkNamespaces": (posture_test.ENTERING, set()),
            "controlGroups": ({posture_test.GROUPS}, set()),
            "hostCertificates": ({"folder /etc/kubernetes/pki"}, set()),
            "kubelet": (set(), {posture_test.METRICS}),
            "endpointSlices": (set(), {posture_test.SLICES}),
            "secrets": (set(), set())}


def alerts(groups):
    """{(name, what tells several rules of one name apart): rule}"""
    return {(rule["alert"], rule["labels"].get("window"), rule["expr"]): rule
            for group in groups for rule in group["rules"] if "alert" in rule}


def notes(*flags):
    """What Helm says after an installation with these values."""
    return run(make.HELM, "install", make.NAME, make.CHART, "--dry-run=client", *flags)[1].split("NOTES:")[1]


class Chart(unittest.TestCase):
    def setUp(self):
        self.values = tempfile.NamedTemporaryFile("w", suffix=".yaml")  # pylint: disable=consider-using-with
        self.addCleanup(self.values.close)

    def rendered(self, text):
        self.values.seek(0)
        self.values.truncate()
        self.values.write(text)
        self.values.flush()
        return objects(make.template("--values", self.values.name))

    def test_it_is_linted(self):
        for case, path in make.cases().items():
            code, said = run(make.HELM, "lint", "--strict", "--values", path, make.CHART)
            self.assertEqual(code, 0, f"{case}\n{said}")

    def test_it_renders_what_was_kept(self):
        made = make.renders()
        self.assertEqual({path for path in made if path.startswith(make.GOLDEN)},
                         set(glob.glob(os.path.join(make.GOLDEN, "*.yaml"))))
        for path, text in made.items():
            self.assertTrue(make.read(path).decode() == text, f"{path}: run deploy/make.py --all")

    def test_switches_add_up_in_every_combination(self):
        for chosen in itertools.product((False, True), repeat=len(SWITCHES)):
            on = [switch for switch, is_on in zip(SWITCHES, chosen) if is_on]
            things = objects(make.template("--set", ",".join(f"{one}.enabled=true" for one in on) or "port=10420"))
            agents = only(things, "DaemonSet")
            self.assertEqual(posture_test.beyond_base(posture_test.pod_of(agents)),
                             set().union(*(SWITCHES[one][0] for one in on)), on)
            rights = posture_test.rights(things)
            self.assertEqual(rights.pop(make.NAME),
                             {posture_test.PODS}.union(*(SWITCHES[one][1] for one in on)), on)
            self.assertEqual(rights, {make.NAME + "-secrets": {posture_test.SECRETS}} if "secrets" in on else {})
            for one in of_kind(things, "Deployment"):
                self.assertEqual(posture_test.beyond_base(posture_test.pod_of(one)), set(), on)

    def test_it_refuses_what_the_schema_refuses(self):
        fixtures = glob.glob(os.path.join(FIXTURES, "refused", "*.yaml"))
        self.assertGreater(len(fixtures), 15)
        for path in fixtures:
            with open(path, encoding="utf-8") as file:
                place = file.readline().removeprefix("#").strip()
            code, said = run(make.HELM, "template", make.NAME, make.CHART, "--values", path)
            self.assertNotEqual(code, 0, path)
            self.assertIn(f"at '{place and '/' + place}'", said)

    def test_it_refuses_what_makes_no_sense_together(self):
        for values, words in REFUSED:
            code, said = run(make.HELM, "template", make.NAME, make.CHART, "--set", ",".join(values))
            self.assertNotEqual(code, 0, values)
            self.assertIn(words, said)

        for values in TAKEN:
            make.template("--set", ",".join(values))

    def test_it_refuses_a_release_whose_name_no_service_can_have(self):
        for name, wrong in (("1abc", "begins with a figure"), ("a.b", "has a dot"), ("mesh-exporter.b", "has a dot")):
            code, said = run(make.HELM, "template", name, make.CHART)
            self.assertNotEqual(code, 0, name)
            self.assertIn(f"the release's name: {name} {wrong}", said)
            code, said = run(make.HELM, "template", name, make.CHART, "--set", "fullnameOverride=abc")
            self.assertEqual(code, 0, said)

    def test_nothing_renders_as_the_empty_default_does(self):
        values = yaml.safe_load(read("deploy", "helm", "mesh-exporter", "values.yaml"))
        on = ",".join(f"{one}.enabled=true" for one in (*SWITCHES, "podMonitor", "prometheusRule", "dashboards",
                                                         "networkPolicy"))
        empty = [path for path, default in defaults(values) if default in ({}, [], "")]
        self.assertGreater(len(empty), 30)
        nulls = ",".join(".".join(path) + "=null" for path in empty)
        self.assertEqual(make.template("--set", on, "--set", nulls), make.template("--set", on))

    def test_it_refuses_a_cluster_that_is_too_old(self):
        code, said = run(make.HELM, "template", make.CHART, "--kube-version", "1.24")
        self.assertNotEqual(code, 0)
        self.assertIn("1.25", said)

    def test_the_rules_are_those_of_the_repository(self):
        rule, = of_kind(objects(make.template(*RULES)), "PrometheusRule")
        self.assertEqual(rule["spec"], yaml.safe_load(read("alerts", "mesh_exporter.rules.yaml")))

    def test_alerts_are_changed_by_name_and_no_others(self):
        before = yaml.safe_load(read("alerts", "mesh_exporter.rules.yaml"))["groups"]
        rule, = of_kind(self.rendered(OVERRIDES), "PrometheusRule")
        after = alerts(rule["spec"]["groups"])
        for (name, window, expr), one in alerts(before).items():
            one["labels"]["team"] = "mesh"
            for key, address in (("dashboard_url", "https://grafana.example.com/"),
                                 ("runbook_url", one["annotations"]["runbook_url"].split("#")[0])):
                one["annotations"][key] = one["annotations"][key].replace(
                    address, {"dashboard_url": "https://g.test/x/"}.get(key, "https://r.test/book"))
            if name in ("MeshCallsSlow", "MeshReadinessAudit"):
                continue
            if name == "MeshCallsUnavailable":
                one.update({"expr": "vector(1)", "for": "10m", "keep_firing_for": "11m"})
                one["labels"].update(severity="critical", a="b")
            if name == "MeshRetryStorm":
                one["expr"] = re.sub(r"> 0\.2\s*$", "> 0.3", one["expr"])
            if name == "MeshErrorBudgetBurn":
                one["labels"]["severity"] = "info"
            self.assertEqual(after.pop((name, window, one["expr"]), None), one, name)
        self.assertEqual(after, {})
        # A group without rules is not there; records are as they were.
        self.assertNotIn("mesh_readiness", [group["name"] for group in rule["spec"]["groups"]])
        self.assertEqual([one for group in rule["spec"]["groups"] for one in group["rules"] if "record" in one],
                         [one for group in before for one in group["rules"] if "record" in one])

    def changed_alerts(self, overrides):
        """The alerts of the chart with these under `alerts`, in order."""
        values = {"prometheusRule": {"enabled": True, "alerts": overrides}}
        rule, = of_kind(self.rendered(yaml.safe_dump(values)), "PrometheusRule")
        return thresholds.alerts(rule["spec"]["groups"])

    def test_each_alert_can_be_changed_and_switched_off(self):
        before = thresholds.alerts(thresholds.rules())
        names = sorted({one["alert"] for one in before})
        self.assertGreater(len(names), 40)
        change = {"severity": "info", "for": "77m", "keep_firing_for": "78m", "labels": {"a": "b"}}
        for one in before:
            labels = {**one["labels"], "severity": "info", "a": "b"}
            one.update({"for": "77m", "keep_firing_for": "78m", "labels": labels})
        self.assertEqual(self.changed_alerts(dict.fromkeys(names, change)), before)
        for off in (names, names[::2], names[1::2]):
            left = self.changed_alerts({name: {"enabled": False} for name in off})
            self.assertEqual(left, [one for one in thresholds.alerts(thresholds.rules()) if one["alert"] not in off])

    def test_thresholds_are_changed_where_there_is_one(self):
        known = thresholds.thresholds()
        for number in (0.125, 1):
            after = self.changed_alerts({name: {"threshold": number} for name in known})
            for one, was in zip(after, thresholds.alerts(thresholds.rules()), strict=True):
                expr = was["expr"]
                if was["alert"] in known:
                    expr = thresholds.changed(known[was["alert"]], expr, str(number))
                self.assertEqual((one["alert"], one["expr"]), (was["alert"], expr))
            described = {one["alert"]: one["annotations"]["description"] for one in after}
            self.assertIn(f"the target is {number}s", described["MeshCallsSlow"])
        budget, *_ = self.changed_alerts({"MeshErrorBudgetBurn": {"threshold": 0.005}})
        self.assertIn("An objective of 99.5 % allows 0.5 %.", budget["annotations"]["description"])

    def test_prometheus_takes_changed_rules(self):
        rule, = of_kind(self.rendered(OVERRIDES), "PrometheusRule")
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump(rule["spec"], file)
            code, said = run("promtool", "check", "rules", file.name)
        self.assertEqual(code, 0, said)

    def test_dashboards_are_those_of_the_repository(self):
        shown = {}
        for one in of_kind(self.rendered("dashboards: {enabled: true, namespace: grafana, folder: Calls}"),
                           "ConfigMap"):
            if "grafana_dashboard" in one["metadata"]["labels"]:
                self.assertEqual(one["metadata"]["annotations"], {"grafana_folder": "Calls"})
                self.assertEqual(one["metadata"]["namespace"], "grafana")
                shown.update(one["data"])
        wanted = {os.path.basename(path): make.read(path).decode()
                  for path in glob.glob(os.path.join(ROOT, "dashboards", "*.json"))}
        self.assertGreater(len(wanted), 5)
        self.assertTrue(shown == wanted)

    def test_names_fit_whatever_the_release_is_called(self):
        for name in ("a-release-that-somebody-has-given-a-long-name-of-53-c",
                     "a-release-that-somebody-has-given-a---name-of-53-char", "a" * 37 + ".b"):
            for one in objects(make.run(make.HELM, "template", name, make.CHART, *RULES, "--set",
                                        "dashboards.enabled=true,secrets.enabled=true,kubelet.enabled=true")):
                self.assertRegex(one["metadata"]["name"], r"\A[a-z]([-a-z0-9]{0,61}[a-z0-9])?\Z")
                # What would have stood at the cut is before none of the endings.
                self.assertNotRegex(one["metadata"]["name"], r"--|\.-")

    def test_the_notes_say_how_agents_with_a_web_configuration_are_asked(self):
        for values, words in NOTES.items():
            said = notes("--set", "webConfig.existingSecret=a,webConfig." + values)
            places = [said.find(one) for one in words]
            self.assertEqual(places, sorted(places), said)
            self.assertNotIn(-1, places, said)
            self.assertEqual("port-forward" in said, "authentication=true" in values)

    def test_helm_test_is_only_missing_where_it_could_tell_nothing(self):
        for values, is_there in (("tls=false", True), ("tls=false,webConfig.authentication=true", False)):
            made = make.template("--set", "webConfig.existingSecret=a,webConfig." + values)
            self.assertEqual("helm.sh/hook: test" in made, is_there, values)

    def test_the_notes_name_each_switch_that_is_off(self):
        self.assertIn("Nobody scrapes the agents yet", notes())
        switches = ("networkNamespaces", "hostCertificates", "endpointSlices", "secrets", "prometheusRule",
                    "dashboards", "networkPolicy")
        for switch in switches:
            self.assertIn(switch + ".enabled", notes())
            self.assertNotIn(switch + ".enabled", notes("--set", switch + ".enabled=true"))
        everything = notes("--set", ",".join(f"{one}.enabled=true" for one in (*switches, "podMonitor")))
        self.assertIn("  nothing", everything)
        self.assertIn("enforce: privileged", everything)
        self.assertNotIn("Nobody scrapes", everything)

    def test_two_releases_share_no_name(self):
        def names(release):
            return {(one["kind"], one["metadata"].get("namespace"), one["metadata"]["name"])
                    for one in objects(make.run(make.HELM, "template", release, make.CHART))}
        self.assertEqual(names("one") & names("two"), set())
        self.assertEqual(only(objects(make.template()), "DaemonSet")["metadata"]["name"], make.NAME)


if __name__ == "__main__":
    unittest.main()
