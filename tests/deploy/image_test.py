#!/usr/bin/env python3
"""How the image is made and what its bill of materials says, as far as no image must be built for it, which
tests/e2e/run --image does."""

import json
import os
import re
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

from manifests import ROOT, read  # noqa: E402

sys.path.insert(0, os.path.join(ROOT, "deploy", "image"))

import debian_packages  # noqa: E402
import sbom  # noqa: E402

C_LIBRARY = "/usr/lib/x86_64-linux-gnu/libc.so.6"
CONTAINERFILE = read("deploy", "image", "Containerfile")


def package(**changed):
    return debian_packages.Package(**{**dict(name="libx1", architecture="amd64", version="1:2.0+b1", source="x",
                                             source_version="1:2.0", homepage="https://x.test"), **changed})


class Licensed(debian_packages.Package):
    """One whose licences need no file."""

    def licences(self):
        return ["Apache-2.0", "Expat", "GPL-2+", "MIT", "Zlib", "zlib"]


class Containerfile(unittest.TestCase):
    def test_each_argument_is_given_by_the_script_or_by_the_engine(self):
        asked = set(re.findall(r"(?m)^ARG (\w+)", CONTAINERFILE))
        given = set(re.findall(r'"([A-Z_]+)":', read("deploy", "image", "make.py")))
        self.assertEqual(asked, given | {"BASE", "TARGETARCH"})

    def test_it_serves_where_the_chart_expects_it(self):
        values = read("deploy", "helm", "mesh-exporter", "values.yaml")
        self.assertIn(re.search(r"(?m)^EXPOSE (\d+)$", CONTAINERFILE)[1], re.findall(r"(?m)^port: (\d+)$", values))
        user, = re.findall(r"(?m)^USER (\d+):\d+$", CONTAINERFILE)
        self.assertIn(f"runAsUser: {user}\n", read("tests", "deploy", "golden", "defaults.yaml"))

    def test_what_it_copies_is_there(self):
        copied = [word for line in re.findall(r"(?m)^COPY (?!--)(.*) \S+$", CONTAINERFILE) for word in line.split()]
        self.assertGreater(len(copied), 5)
        for path in copied:
            self.assertTrue(os.path.exists(os.path.join(ROOT, path)), path)

    def test_it_builds_with_the_libraries_that_a_clone_builds_with(self):
        installed = set(re.findall(r"\blib[\w.+-]+-dev\b|\b\w[\w-]+-dev\b", read("deploy", "image", "packages.sh")))
        known = set(re.findall(r"\S+-dev\b", read(".ci", "prepare.sh")))
        self.assertGreater(len(installed), 5)
        self.assertLessEqual(installed, known)
        # What only tests need.
        self.assertEqual(known - installed, {"libgtest-dev", "libgmock-dev", "libbenchmark-dev"})


class Packages(unittest.TestCase):
    @unittest.skipUnless(os.path.exists(C_LIBRARY), "of another architecture")
    def test_a_file_is_found_by_either_of_its_names(self):
        for path in (C_LIBRARY, C_LIBRARY.removeprefix("/usr")):
            one, = debian_packages.packages_of([path])
            self.assertEqual((one.name, one.architecture, one.source), ("libc6", "amd64", "glibc"))
            self.assertTrue(os.path.exists(one.copyright()))

    def test_a_file_of_no_package_is_an_error(self):
        with tempfile.NamedTemporaryFile() as file, self.assertRaisesRegex(debian_packages.Unknown, file.name):
            debian_packages.packages_of(["/bin/sh", file.name])

    def test_licences_are_read_where_machines_can(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "copyright")

            class Told(debian_packages.Package):
                def copyright(self):
                    return path
            one = Told(*package().__dict__.values())
            with open(path, "w", encoding="utf-8") as file:
                file.write("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n"
                           "Files: *\nLicense: Expat\n\nFiles: b\nLicense:  BSL-1.0\n\nLicense: Expat\n Permission …\n")
            self.assertEqual(one.licences(), ["BSL-1.0", "Expat"])
            with open(path, "w", encoding="utf-8") as file:
                file.write("This is free.\nLicense: see below\n")
            self.assertEqual(one.licences(), [])


class Bill(unittest.TestCase):
    def setUp(self):
        self.part = Licensed(*package().__dict__.values())

    def bill(self, parts, **more):
        return sbom.bill(b"program", "1.2.3", "abc", parts, **more)

    def test_a_part_says_what_it_is_and_how_it_comes_in(self):
        part, = json.loads(self.bill({self.part: "static"}))["components"]
        self.assertEqual(part["purl"], "pkg:deb/debian/libx1@1%3A2.0%2Bb1"
                                       "?arch=amd64&distro=bookworm&upstream=x%401%3A2.0")
        self.assertEqual(part["bom-ref"], part["purl"])
        self.assertEqual((part["type"], part["version"]), ("library", "1:2.0+b1"))
        self.assertEqual(part["properties"], [{"name": "mesh_exporter:linked", "value": "static"}])

    def test_licences_that_spdx_knows_are_said_by_its_names_and_once(self):
        part, = json.loads(self.bill({self.part: "shared"}))["components"]
        self.assertEqual([one["license"] for one in part["licenses"]],
                         [{"id": "Apache-2.0"}, {"id": "MIT"}, {"name": "GPL-2+"}, {"id": "Zlib"}])

    def test_the_same_parts_make_the_same_text(self):
        other = Licensed(*package(name="liby1").__dict__.values())
        one = self.bill({self.part: "shared", other: "static"})
        self.assertEqual(one, self.bill({other: "static", self.part: "shared"}))
        self.assertNotEqual(json.loads(one)["serialNumber"],
                            json.loads(self.bill({self.part: "static", other: "static"}))["serialNumber"])
        self.assertNotIn("timestamp", one)
        self.assertIn('"timestamp": "2026-01-01T00:00:00+00:00"', self.bill({}, made_at="2026-01-01T00:00:00+00:00"))

    def test_the_program_depends_on_all_of_it(self):
        bill = json.loads(self.bill({self.part: "shared"}))
        self.assertEqual(bill["dependencies"], [{"ref": "mesh_exporter", "dependsOn": [bill["components"][0]["purl"]]}])
        self.assertEqual(bill["metadata"]["component"]["version"], "1.2.3")


if __name__ == "__main__":
    unittest.main()
