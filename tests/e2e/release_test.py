#!/usr/bin/env python3
"""The last commit makes the same program and the same package wherever it is built: twice, in folders of
different names, once with the compiler's cache and once without it. tests/e2e/run --release; it takes what
compiling everything takes."""

import glob
import os
import subprocess
import sys
import tempfile
import unittest

from harness import ROOT

sys.path.insert(0, os.path.join(ROOT, "deploy"))

import sources  # noqa: E402


def run(*command, **options):
    subprocess.run(command, stdout=sys.stderr, check=True, **options)


class Build:
    """The commit's files in that folder, and what is built of them."""

    def __init__(self, folder, **environment):
        self._folder = folder
        self._environment = {**os.environ, "SOURCE_DATE_EPOCH": str(sources.made_at()), **environment}
        os.makedirs(folder)

    def make(self):
        archive = subprocess.run(["git", "-C", ROOT, "archive", "HEAD"], stdout=subprocess.PIPE, check=True).stdout
        run("tar", "--extract", "--directory", self._folder, input=archive)
        build = os.path.join(self._folder, "build", "release")
        run("cmake", "-S", self._folder, "--preset", "release", "-DMESH_TESTS=OFF",
            "-DMESH_REVISION=" + sources.revision(), env=self._environment)
        run("cmake", "--build", build, "--target", "mesh_exporter", "deb", env=self._environment)
        self.package, = glob.glob(os.path.join(build, "mesh-exporter_*.deb"))
        self.program = os.path.join(build, "mesh_exporter")
        return self


def read(path):
    with open(path, "rb") as file:
        return file.read()


class Reproducible(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="mesh-release-", dir=os.path.join(ROOT, "build"))
        cls.addClassCleanup(folder.cleanup)
        cls.builds = [Build(os.path.join(folder.name, "one")).make(),
                      Build(os.path.join(folder.name, "two", "deeper"), CCACHE_DISABLE="yes").make()]

    def test_the_program_is_the_same_and_knows_no_folder(self):
        one, two = (read(build.program) for build in self.builds)
        self.assertGreater(len(one), 1_000_000)
        self.assertTrue(one == two)
        self.assertNotIn(b"mesh-release-", one)

    def test_the_package_is_the_same(self):
        one, two = (read(build.package) for build in self.builds)
        self.assertGreater(len(one), 1_000_000)
        self.assertTrue(one == two)


if __name__ == "__main__":
    unittest.main()
