#!/usr/bin/env python3
"""What a release promises: one version everywhere, and that a name users rely on goes only where the
changelog says so."""

import copy
import json
import os
import re
import sys
import tempfile
import unittest
import unittest.mock

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

    def test_it_is_written_by_hand_nowhere_else(self):
        """In what is of the version that stands there: docs/releasing.md and the changelog tell of others, too."""
        for path in ("CMakeLists.txt", "README.md", "deploy/helm/mesh-exporter/README.md",
                     "deploy/helm/mesh-exporter/Chart.yaml", "deploy/helm/mesh-exporter/values.yaml"):
            known = [place for place, _ in release.PLACES if place == path]
            found = re.findall(rf"(?<![\d.]){re.escape(sources.version())}(?![\d.])", read(path))
            self.assertEqual(len(found), len(known), path)

    def test_it_is_set_in_each_place_or_in_none(self):
        with tempfile.TemporaryDirectory() as folder, unittest.mock.patch.object(release, "ROOT", folder):
            def texts():
                return {path: read(folder, path) for path, _ in release.PLACES}
            for path, _ in release.PLACES:
                os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
                with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
                    file.write(read(path))
            before = texts()
            for wrong in ("v0.3", "v0.3.0", "0.3", "0.3.0-rc1", "", "0.3.0\n", "0.03.0", "1.2.3.4", "\u0661.2.3"):
                with self.assertRaisesRegex(SystemExit, "is no version; expected MAJOR.MINOR.PATCH"):
                    release.set_version(wrong)
            self.assertEqual(texts(), before)
            for version in ("12.34.56", "0.3.0"):
                release.set_version(version)
                self.assertEqual(release.versions(), [[version]] * len(release.PLACES))
            for path, text in texts().items():
                self.assertEqual(text, before[path].replace(sources.version(), "0.3.0"))

            # Nothing is written where one place, here the last, has none.
            with open(os.path.join(folder, "README.md"), "w", encoding="utf-8") as file:
                file.write(before["README.md"].replace(release.PLACES[-1][1], ""))
            before = texts()
            with self.assertRaisesRegex(SystemExit, "README.md: expected one version after .*, found 0"):
                release.set_version("0.4.0")
            self.assertEqual(texts(), before)

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
