#!/usr/bin/env python3
"""What a release promises: one version everywhere, and that a name users rely on goes only where the
changelog says so."""

import copy
import json
import sys
import unittest

import yaml

sys.dont_write_bytecode = True

from manifests import golden, of_kind, read, run, workloads  # noqa: E402

import release  # noqa: E402
import sources  # noqa: E402

RELEASED = json.loads(read("docs", "released.json"))
SMALL = {"version": "1.0.0", "flags": {"mesh_exporter": ["--a"], "targets": ["--b"]}, "configuration": ["a", "a.b"],
         "metrics": {"mesh_a_total": {"type": "counter", "labels": ["x", "y"]}}}


class Version(unittest.TestCase):
    def test_it_is_the_same_in_each_place(self):
        self.assertEqual(release.versions(), [[sources.version()]] * len(release.PLACES))

    def test_the_program_and_what_is_rendered_have_it(self):
        self.assertIn(f"mesh_exporter, version {sources.version()} (", run(release.PROGRAM, "--version")[1])
        for one in workloads(golden("defaults")):
            self.assertEqual(one["metadata"]["labels"]["app.kubernetes.io/version"], sources.version())
            image = one["spec"]["template"]["spec"]["containers"][0]["image"]
            self.assertEqual(image.rpartition(":")[2], sources.version())
        for one in of_kind(list(yaml.safe_load_all(read("deploy", "kubernetes.yaml"))), "DaemonSet"):
            self.assertEqual(one["metadata"]["labels"]["app.kubernetes.io/version"], sources.version())

    def test_the_package_and_the_image_have_it_from_the_project(self):
        self.assertIn("--version=${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}",
                      read("deploy", "deb", "package.cmake"))
        self.assertIn('"VERSION": sources.version()', read("deploy", "image", "make.py"))


class Interface(unittest.TestCase):
    def test_what_was_released_is_there_or_told_as_changed(self):
        self.assertEqual(release.untold(RELEASED, release.interface(), read("CHANGELOG.md")), [])

    def test_all_of_it_was_recorded(self):
        now = release.interface()
        self.assertGreater(len(now["metrics"]), 100)
        for name in ("mesh_grpc_requests_total", "mesh_exporter_build_info", "mesh_finding"):
            self.assertIn(name, RELEASED["metrics"])
        self.assertIn("--config.file", RELEASED["flags"]["mesh_exporter"])
        self.assertLessEqual({"poll.interval", "targets[].admin"}, set(RELEASED["configuration"]))

    def test_each_kind_of_name_that_goes_is_seen(self):
        self.assertEqual(release.missing(SMALL, SMALL), [])
        for path, gone in ((("metrics", "mesh_a_total"), ["mesh_a_total"]), (("flags", "targets"), ["targets"])):
            changed = copy.deepcopy(SMALL)
            del changed[path[0]][path[1]]
            self.assertEqual(release.missing(SMALL, changed), [gone])
        for path, value, gone in ((("metrics", "mesh_a_total", "labels"), ["x"], ["mesh_a_total", "y"]),
                                  (("metrics", "mesh_a_total", "type"), "gauge", ["mesh_a_total"]),
                                  (("flags", "mesh_exporter"), ["--c"], ["--a"]),
                                  (("configuration",), ["a"], ["a.b"])):
            changed = copy.deepcopy(SMALL)
            inner = changed
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = value
            self.assertEqual(release.missing(SMALL, changed), [gone])

    def test_only_a_change_told_since_counts(self):
        now = {**SMALL, "metrics": {"mesh_a_total": {"type": "counter", "labels": ["x"]}}}
        told = "- [CHANGE] `mesh_a_total` has no label `y`\n  any more.\n"
        for text, left in (("# C\n\n## Unreleased\n\n" + told, []),
                           ("# C\n\n## Unreleased\n\n## 1.0.0\n\n" + told, [["mesh_a_total", "y"]]),
                           ("# C\n\n- [FEATURE] `mesh_a_total` `y`\n", [["mesh_a_total", "y"]]),
                           ("# C\n\n- [CHANGE] `mesh_a_total`\n", [["mesh_a_total", "y"]])):
            self.assertEqual(release.untold(SMALL, now, text), left)


if __name__ == "__main__":
    unittest.main()
