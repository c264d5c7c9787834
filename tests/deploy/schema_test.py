#!/usr/bin/env python3
"""The schema of the chart's values: it takes each value that there is and refuses every other, and
knows the program's keys."""

import copy
import glob
import json
import os
import sys
import unittest

import jsonschema
import yaml

sys.dont_write_bytecode = True

from manifests import HERE, make, read  # noqa: E402

SCHEMA = json.loads(read("deploy", "helm", "mesh-exporter", "values.schema.json"))
VALUES = yaml.safe_load(read("deploy", "helm", "mesh-exporter", "values.yaml"))
REFUSED = sorted(glob.glob(os.path.join(HERE, "refused", "*.yaml")))
# Keys of the program that the chart sets by its switches, so they are no values.
SWITCHED = {"cgroup_root", "certificates.secrets", "discovery.kubernetes.node_name",
            "discovery.kubernetes.kubeconfig", "discovery.kubernetes.network_namespaces",
            "discovery.kubernetes.endpoint_slices", "discovery.kubernetes.kubelet"}


def complaints(values):
    """[(path, message)] of the schema about values as Helm sees them: over the chart's own."""
    def over(base, more):
        for key, value in more.items():
            if isinstance(value, dict) and isinstance(base.get(key), dict):
                over(base[key], value)
            else:
                base[key] = value
        return base
    validator = jsonschema.Draft7Validator(SCHEMA)
    return [("/".join(map(str, error.absolute_path)), error.message)
            for error in validator.iter_errors(over(copy.deepcopy(VALUES), values))]


def load(path):
    with open(path, encoding="utf-8") as file:
        return file.readline(), yaml.safe_load(file)


class Schema(unittest.TestCase):
    def test_it_is_a_schema(self):
        jsonschema.Draft7Validator.check_schema(SCHEMA)

    def test_it_takes_the_charts_own_values_and_those_of_every_render(self):
        self.assertEqual(complaints({}), [])
        for case, path in make.cases().items():
            self.assertEqual(complaints(load(path)[1]), [], case)

    def test_it_knows_every_value_and_no_other(self):
        self.assertEqual(SCHEMA["properties"].keys() - {"global"}, VALUES.keys())
        for key, value in VALUES.items():
            schema = SCHEMA["properties"][key]
            schema = SCHEMA["definitions"][schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
            if isinstance(value, dict) and value and "properties" in schema and "anyOf" not in schema:
                self.assertEqual(schema["properties"].keys() - {"claims"}, value.keys(), key)

    def test_objects_are_closed(self):
        def walk(schema, path):
            if isinstance(schema, dict):
                if "properties" in schema:
                    self.assertIs(schema.get("additionalProperties"), False, path)
                for key, one in schema.items():
                    walk(one, f"{path}/{key}")
        walk(SCHEMA, "")

    def test_it_refuses_each_fixture_for_its_reason(self):
        """The first line of each is where the fault is."""
        self.assertGreater(len(REFUSED), 15)
        for path in REFUSED:
            place, values = load(path)
            found = complaints(values)
            self.assertEqual([where for where, _ in found], [place.removeprefix("# ").strip()],
                             f"{os.path.basename(path)}: {found}")

    def test_it_knows_the_programs_keys(self):
        def keys_of(example, prefix=""):
            for key, value in example.items():
                if prefix + key not in SWITCHED:
                    yield prefix + key
                    if isinstance(value, dict):
                        yield from keys_of(value, prefix + key + ".")

        def keys_in(schema, prefix=""):
            for key, one in schema["properties"].items():
                yield prefix + key
                if "properties" in one:
                    yield from keys_in(one, prefix + key + ".")
        example = yaml.safe_load(read("config.example.yaml"))
        self.assertEqual(set(keys_in(SCHEMA["properties"]["config"])), set(keys_of(example)))
        for name, part in (("kubelet", example["discovery"]["kubernetes"]["kubelet"]),
                           ("secrets", example["certificates"]["secrets"])):
            known = SCHEMA["properties"][name]["properties"]["config"]["properties"].keys()
            more = {"enabled", "kubeconfig"} if name == "secrets" else set()
            commented = {"issuer", "rotation_point"} if name == "secrets" else set()
            self.assertEqual(known, part.keys() - more | commented)


if __name__ == "__main__":
    unittest.main()
