"""What the tests of deploy share: renders as objects, and comparing those of Helm with those of kustomize,
which name and label some things differently."""

import os
import re
import subprocess
import sys

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "deploy"))

import make  # noqa: E402

OVERLAYS = sorted(os.listdir(os.path.join(make.KUSTOMIZE, "overlays")))
_OF_ONE = ("helm.sh/chart", "app.kubernetes.io/managed-by", "checksum/config")
_HASHED = re.compile(r"^(mesh-exporter)-[0-9a-z]{10}$")


def read(*parts):
    with open(os.path.join(ROOT, *parts), encoding="utf-8") as file:
        return file.read()


def objects(text):
    """Those of a render; without hooks, which are not there for the program to run."""
    return [one for one in yaml.safe_load_all(text)
            if one and "helm.sh/hook" not in one["metadata"].get("annotations", {})]


def golden(case):
    return objects(read("tests", "deploy", "golden", case + ".yaml"))


def helm_test(case):
    """The pod of `helm test` in a render; None where there is none."""
    for one in yaml.safe_load_all(read("tests", "deploy", "golden", case + ".yaml")):
        if one and one["metadata"].get("annotations", {}).get("helm.sh/hook") == "test":
            return one
    return None


def kustomized(folder):
    return objects(make.kustomized(folder))


def of_kind(things, *kinds):
    return [one for one in things if one["kind"] in kinds]


def only(things, kind, name=None):
    """The one of this kind, and of this name where there are others."""
    one, = [one for one in of_kind(things, kind) if name in (None, one["metadata"]["name"])]
    return one


def workloads(things):
    return of_kind(things, "DaemonSet", "Deployment")


def configurations(things):
    """{name of the ConfigMap: what the program reads}"""
    return {one["metadata"]["name"]: one["data"]["mesh_exporter.yaml"]
            for one in of_kind(things, "ConfigMap") if "mesh_exporter.yaml" in one.get("data", {})}


def granted(things):
    """{(kind, name, namespace): rules}"""
    return {(one["kind"], one["metadata"]["name"], one["metadata"].get("namespace")): one["rules"]
            for one in of_kind(things, "ClusterRole", "Role")}


def _plain(thing):
    """Without what only one of the two makers says; lists whose order says nothing in one order."""
    if isinstance(thing, dict):
        return {key: _plain(value) for key, value in thing.items() if key not in _OF_ONE}
    if isinstance(thing, list):
        return sorted((_plain(one) for one in thing),
                      key=lambda one: one.get("name", "") if isinstance(one, dict) else "")
    return _HASHED.sub(r"\1", thing) if isinstance(thing, str) else thing


def comparable(things):
    """{(kind, name): object}: configurations parsed, of rules and dashboards only what is in them."""
    found = {}
    for one in things:
        one = _plain(one)
        for annotations in (one["metadata"], one.get("spec", {}).get("template", {}).get("metadata", {})):
            if not annotations.get("annotations", True):
                del annotations["annotations"]
        if "mesh_exporter.yaml" in one.get("data", {}):
            one["data"]["mesh_exporter.yaml"] = yaml.safe_load(one["data"]["mesh_exporter.yaml"])
            one["metadata"].pop("labels", None)
        if one["kind"] == "PrometheusRule" or "grafana_folder" in str(one["metadata"]):
            one["metadata"]["labels"] = {"grafana_dashboard": one["metadata"]["labels"].get("grafana_dashboard")}
        found[one["kind"], one["metadata"]["name"]] = one
    return found


def defaults(values, above=()):
    """[(path of keys, value)] of the chart's values, those of sections and the sections."""
    for key, value in values.items():
        yield (*above, key), value
        if isinstance(value, dict):
            yield from defaults(value, (*above, key))


def nested(path, value):
    """The values that set this one."""
    for key in reversed(path):
        value = {key: value}
    return value


def run(*command, **options):
    """(exit code, all output)."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **options)
    return done.returncode, done.stdout
