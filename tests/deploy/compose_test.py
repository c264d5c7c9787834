#!/usr/bin/env python3
"""deploy/compose as far as no image must be pulled: the form of it, that what is mounted is there and can
be reached from this machine only, and what the checkers of the agent, Prometheus and Alertmanager say of
their configurations. MESH_COMPOSE_SCHEMA names the schema of compose files, where that is to be had."""

import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

import jsonschema
import yaml

sys.dont_write_bytecode = True

from manifests import ROOT, read  # noqa: E402

FOLDER = os.path.join(ROOT, "deploy", "compose")
BINARY = os.path.join(os.environ.get("MESH_BUILD_DIR", os.path.join(ROOT, "build", "release")), "mesh_exporter")
COMPOSE = yaml.safe_load(read("deploy", "compose", "compose.yaml"))
SERVICES = COMPOSE["services"]
SCHEMA = os.environ.get("MESH_COMPOSE_SCHEMA")


def mounts(service):
    """{place in the container: path here}"""
    return {place: os.path.normpath(os.path.join(FOLDER, path))
            for path, place, _ in (volume.split(":") for volume in SERVICES[service]["volumes"])}


def load(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file)


class Compose(unittest.TestCase):
    def checked(self, service, *command):
        """A checker's word of the only argument that is a path in the container, seen from here."""
        with tempfile.TemporaryDirectory() as folder:
            config = os.path.join(folder, "config.yaml")
            with open(mounts(service)[command[-1]], encoding="utf-8") as file:
                text = file.read()
            for place, path in mounts(service).items():
                text = text.replace(place, path)
            with open(config, "w", encoding="utf-8") as file:
                file.write(text)
            done = subprocess.run([*command[:-1], config], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  text=True, check=False)
            return done.returncode, done.stdout

    def test_what_is_mounted_is_there_and_can_only_be_read(self):
        for service in SERVICES:
            self.assertTrue(mounts(service))
            for volume in SERVICES[service]["volumes"]:
                self.assertTrue(volume.endswith(":ro"), volume)
            for path in mounts(service).values():
                self.assertTrue(os.path.exists(path), path)
        build = SERVICES["mesh-exporter"]["build"]
        context = os.path.join(FOLDER, build["context"])
        self.assertTrue(os.path.samefile(context, ROOT))
        self.assertTrue(os.path.exists(os.path.join(context, build["dockerfile"])))

    def test_only_this_machine_reaches_it(self):
        for service in SERVICES.values():
            for port in service["ports"]:
                self.assertRegex(port, r"^127\.0\.0\.1:\d+:\d+$")
        comment = read("deploy", "compose", "compose.yaml").partition("\nservices:")[0]
        told = re.findall(r":(\d{4,5})\b", comment)
        self.assertEqual(sorted(told), sorted(port.split(":")[1] for one in SERVICES.values() for port in one["ports"]))

    def test_images_of_others_are_of_one_version(self):
        for name, service in SERVICES.items():
            if "build" not in service:
                self.assertRegex(service["image"], r"^docker\.io/\w+/\w+:v?\d+\.\d+\.\d+$", name)

    def test_the_programs_take_their_configurations(self):
        for service, *command in (
                ("mesh-exporter", BINARY, "--config.check", "--config.file", "/etc/mesh_exporter/mesh_exporter.yaml"),
                ("prometheus", "promtool", "check", "config", "/etc/prometheus/prometheus.yml"),
                ("alertmanager", "amtool", "check-config", "/etc/alertmanager/alertmanager.yml")):
            code, said = self.checked(service, *command)
            self.assertEqual(code, 0, said)
            self.assertNotIn("warning", said.lower())

    def test_the_agent_finds_its_targets(self):
        patterns = load(mounts("mesh-exporter")["/etc/mesh_exporter/mesh_exporter.yaml"])["discovery"]["file"]
        folder, = {os.path.dirname(pattern) for pattern in patterns}
        found = [path for pattern in patterns
                 for path in glob.glob(os.path.join(mounts("mesh-exporter")[folder], os.path.basename(pattern)))]
        targets = [one for path in found for one in load(path)]
        self.assertEqual([host.rpartition(":")[0] for one in targets for host in one["targets"]],
                         [one.split(":")[0] for one in SERVICES["mesh-exporter"]["extra_hosts"]])

    def test_services_are_asked_by_their_names_and_ports(self):
        asked = [address for service in ("prometheus", "grafana") for path in mounts(service).values()
                 if path.startswith(FOLDER) for address in re.findall(r"\b([a-z-]+:\d{4,5})\b", read(path))]
        listening = {f"{name}:{port.split(':')[2]}" for name, one in SERVICES.items() for port in one["ports"]}
        self.assertEqual(len(asked), 3)
        self.assertLessEqual(set(asked), listening)

    def test_grafana_has_the_dashboards(self):
        places = mounts("grafana")
        provider, = load(places["/etc/grafana/provisioning/dashboards/mesh_exporter.yaml"])["providers"]
        shown = places[provider["options"]["path"]]
        self.assertGreater(len(glob.glob(os.path.join(shown, "*.json"))), 5)
        source, = load(places["/etc/grafana/provisioning/datasources/mesh_exporter.yaml"])["datasources"]
        self.assertEqual((source["type"], source["isDefault"]), ("prometheus", True))
        home = SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
        self.assertTrue(os.path.exists(os.path.join(shown, os.path.basename(home))))
        self.assertTrue(home.startswith(provider["options"]["path"]))

    @unittest.skipUnless(SCHEMA, "tests/e2e/run --image has it")
    def test_it_is_what_compose_takes(self):
        with open(SCHEMA, encoding="utf-8") as file:
            validator = jsonschema.Draft7Validator(json.load(file))
        self.assertEqual([error.message for error in validator.iter_errors(COMPOSE)], [])
        self.assertTrue(list(validator.iter_errors({**COMPOSE, "servises": {}})))


if __name__ == "__main__":
    unittest.main()
