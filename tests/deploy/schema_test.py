#!/usr/bin/env python3
"""The schema of the chart's values: it takes each value that there is and refuses every other, and
knows the program's keys."""

import copy
import glob
import json
import os
import re
import sys
import unittest

import jsonschema
import yaml

sys.dont_write_bytecode = True

from manifests import HERE, defaults, make, nested, read, run  # noqa: E402

from release import PROGRAM  # noqa: E402

SCHEMA = json.loads(read("deploy", "helm", "mesh-exporter", "values.schema.json"))
VALUES = yaml.safe_load(read("deploy", "helm", "mesh-exporter", "values.yaml"))
REFUSED = sorted(glob.glob(os.path.join(HERE, "refused", "*.yaml")))
# Keys of the program that the chart sets by its switches, so they are no values.
SWITCHED = {"cgroup_root", "certificates.secrets", "discovery.kubernetes.node_name",
            "discovery.kubernetes.kubeconfig", "discovery.kubernetes.network_namespaces",
            "discovery.kubernetes.endpoint_slices", "discovery.kubernetes.kubelet"}
# {definition: where the program has the keys of such an element}
ELEMENTS = {"targets": ("read_targets", "target"), "certificateEndpoints": ("read_certificates", "endpoint"),
            "certificateFiles": ("read_certificates", "file"), "trust": ("read_certificates", "trust"),
            "grpcProbes": ("read_probes", "probe")}
BELOW = {"inbound": ("read_tls_port", "port"), "grpc": ("read_grpc_server", "server")}
TLS = ("read_grpc_server", "tls")
# Flags by which the program ends at once, has another place to listen at than the chart's, or its page where no
# monitor asks for it.
OUT_OF_PLACE = {"config.check", "version", "help", "web.systemd-socket", "web.telemetry-path"}
# What may be taken away altogether: Kubernetes has a meaning for none.
FREE = {("resources",), ("secrets", "resources"), ("tolerations",), ("nodeSelector",), ("updateStrategy", "rollingUpdate")}


def complaints(values):
    """[(path, message)] of the schema about values as Helm sees them: over the chart's own."""
    def over(base, more):
        for key, value in more.items():
            if isinstance(value, dict) and isinstance(base.get(key), dict):
                over(base[key], value)
            elif value is None and key in base:
                del base[key]
            else:
                base[key] = value
        return base
    validator = jsonschema.Draft7Validator(SCHEMA)
    return [("/".join(map(str, error.absolute_path)), error.message)
            for error in validator.iter_errors(over(copy.deepcopy(VALUES), values))]


def keys_in_source(file, name):
    """Those of a list in a source of src/config."""
    words, = re.findall(rf"\b{name}_keys\{{+(.*?)\}}+;", read("src", "config", file + ".cc"), re.S)
    return set(re.findall(r'"(\w+)"', words))


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

    def test_nothing_is_the_default_where_that_is_empty_and_refused_elsewhere(self):
        """As of a section with all below it commented out: no template is left with it."""
        for path, default in defaults(VALUES):
            is_free = path[:1] in FREE or path[:2] in FREE or not (default or isinstance(default, (bool, int)))
            self.assertEqual(complaints(nested(path, None)) == [], is_free, path)

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

    def test_it_takes_the_programs_example(self):
        example = yaml.safe_load(read("config.example.yaml"))
        for key in SWITCHED:
            *above, last = key.split(".")
            section = example
            for one in above:
                section = section[one]
            section.pop(last)
        self.assertEqual(complaints({"config": example}), [])

    def test_it_knows_the_keys_of_what_the_program_has_lists_of(self):
        definitions = SCHEMA["definitions"]
        self.assertEqual(definitions["grpcTls"]["properties"].keys(), keys_in_source(*TLS))
        for name, source in ELEMENTS.items():
            properties = definitions[name]["items"]["properties"]
            self.assertEqual(properties.keys(), keys_in_source(*source), name)
        for key, source in BELOW.items():
            known = definitions["targets"]["items"]["properties"][key]["properties"].keys()
            self.assertEqual(known, keys_in_source(*source), key)

    def test_it_knows_the_programs_statuses(self):
        """But the one that is no failure."""
        pattern = SCHEMA["properties"]["config"]["properties"]["grpc"]["properties"]["failure_codes"]["items"]["pattern"]
        names, = re.findall(r"grpc_code_names\{+(.*?)\}", read("src", "wire", "grpc_code.h"), re.S)
        self.assertEqual(["OK", *re.search(r"\^\((.*)\)\$$", pattern)[1].split("|")], re.findall(r'"(\w+)"', names))

    def test_further_flags_are_those_that_the_pod_has_not(self):
        pod = read("deploy", "helm", "mesh-exporter", "templates", "_pod.tpl")
        given = set(re.findall(r"^ +- --([\w.-]+)=", pod, re.M))
        table, = re.findall(r"known_flags\{\{(.*?)\}\};", read("src", "cli", "flags.cc"), re.S)
        known = dict(re.findall(r'\{"([\w.-]+)", "(=?)', table))
        self.assertGreater(len(given), 4)
        self.assertLessEqual(given | OUT_OF_PLACE, known.keys())
        pattern = SCHEMA["properties"]["extraArgs"]["items"]["pattern"]
        values, switches = (set(names.replace("\\", "").split("|"))
                            for names in re.fullmatch(r"\^--\((.*)\)=\.\|\^--\((.*)\)\$", pattern).groups())
        free = known.keys() - given - OUT_OF_PLACE
        self.assertEqual(values, {name for name in free if known[name]})
        self.assertEqual(switches, {name for name in free if not known[name]})

    def test_values_of_further_flags_are_those_that_the_program_takes(self):
        refused = [load(path)[1]["extraArgs"][0] for path in REFUSED if os.path.basename(path).startswith("flag_")]
        taken = ["--web.max-requests=0", "--web.max-requests=" + "9" * 19, "--config.auto-reload-interval=0",
                 "--config.auto-reload-interval=1m30s", "--config.auto-reload-interval=500ms",
                 "--web.runbook-url=http://a?b=c", "--web.runbook-url=https://a/b"]
        self.assertEqual(complaints({"extraArgs": ["--web.max-requests=$(A)", "--web.runbook-url=$(B)/$(C)"]}), [])
        for flag in taken:
            self.assertEqual(complaints({"extraArgs": [flag]}), [], flag)
            self.assertEqual(run(PROGRAM, flag, "--version")[0], 0, flag)
        known = ("--web.max-requests=", "--config.auto-reload-interval=", "--web.runbook-url=")
        wrong = [flag for flag in refused if flag.startswith(known)]
        self.assertGreater(len(wrong), 7)
        for flag in wrong:
            code, said = run(PROGRAM, flag, "--version")
            self.assertEqual(code, 2, flag)
            self.assertIn(flag.split("=")[0] + ": ", said)

    def test_variables_of_the_program_and_honest_odd_values_are_taken(self):
        for text in ('config: {poll: {interval: "${INTERVAL}", window: 1h30m}, limits: {body_bytes: 1048576}}',
                     'config: {grpc: {failure_codes: ["${CODE}", CANCELLED]}, targets: [{name: 7, admin: "${ADMIN}"}]}',
                     'config: {targets: [{name: a, mesh: proxyless, grpc: "a:1", inbound: "a:2", rotation_point: 0.5}]}',
                     'config: {probes: {grpc: [{address: "a:1", tls: {}, interval: 15s, services: [""]}]}}',
                     "config: {targets: [{name: a, mesh: proxyless, grpc: {address: 'a:1', tls: null}}]}",
                     "updateStrategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 100%}}",
                     "resources: {limits: {cpu: 1, memory: 1.5Gi, ephemeral-storage: 1e9}, requests: {cpu: 0.5}}",
                     "tolerations: [{key: a, operator: Equal, value: b, effect: NoExecute, tolerationSeconds: 60}]",
                     'commonLabels: {example.com/team: Shop_1.a, b: "", app.kubernetes.io/part-of: c}',
                     "podLabels: {app.kubernetes.io/version: a, sidecar.istio.io/inject: 'true'}",
                     "hostCertificates: {directories: [{path: /etc/..data/pki/, files: [..2026/*.crt]}]}",
                     "hostCertificates: {directories: [{path: /etc/ssl/mesh, files: [a]}, {path: /run/a, files: [b]}]}",
                     "hostCertificates: {directories: [{path: /usr/local, files: [a]}, {path: /variable, files: [a]}]}",
                     "extraVolumeMounts: [{name: a, mountPath: /etc/mesh_exporter.d, subPath: b}]",
                     "extraVolumeMounts: [{name: config, mountPath: /var/run/secrets/tokens}]",
                     "extraVolumeMounts: [{name: a, mountPath: /etc/ssl/certs}, {name: a, mountPath: /library}]",
                     "extraVolumes: [{name: config-of-mine, emptyDir: {}}]",
                     "extraEnv: [{name: A, valueFrom: {secretKeyRef: {name: a, key: b}}}, {name: B}]",
                     "extraArgs: [--web.max-requests=0, '--web.runbook-url=https://a/b?c=d', --web.enable-lifecycle]",
                     "kubelet: {config: {address: '[fe80::1%eth0]:10250', ca_file: /a, insecure_skip_verify: false}}",
                     "kubelet: {config: {address: 'node-1.example.com:10255'}}", "kubelet: {config: {address: '${A}'}}",
                     "config: {targets: [{name: a, admin: 'unix:///run/a.sock'}, {name: b, metrics: 'http://[::1]:1/m?a=b'}]}",
                     "config: {targets: [{name: a, mesh: '${MESH}', grpc: 'unix:/run/a.sock'}], limits: {body_bytes: 1024MiB}}",
                     "config: {poll: {interval: 100ms}, probes: {grpc: [{address: 'a:1', timeout: 10ms}]}}",
                     "fullnameOverride: a-1",
                     "image: {repository: mesh-exporter, tag: v1.0_rc.1}",
                     'image: {repository: "localhost:5000/a/b-c/d__e.f"}', 'image: {repository: "[::1]:5000/a"}',
                     'image: {repository: "1234.dkr.ecr.eu-west-1.amazonaws.com/team/mesh--exporter"}',
                     "podMonitor: {interval: 1m30s, scrapeTimeout: 500ms, namespace: team-1}"):
            self.assertEqual(complaints(yaml.safe_load(text)), [], text)


if __name__ == "__main__":
    unittest.main()
