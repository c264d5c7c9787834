#!/usr/bin/env python3
"""The unit of systemd is as tight as it says, and what is packed fits the program: manual, completion and
configuration. tests/e2e/run --package has what takes a whole Debian."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

from manifests import ROOT, read, run  # noqa: E402

sys.path.insert(0, os.path.join(ROOT, "deploy", "deb"))

import manual  # noqa: E402

PROGRAM = os.path.join(os.environ.get("MESH_BUILD_DIR", os.path.join(ROOT, "build", "release")), "mesh_exporter")
SYSTEMD = os.path.join(ROOT, "deploy", "systemd")
UNIT = os.path.join(SYSTEMD, "mesh-exporter.service")
DEB = os.path.join(ROOT, "deploy", "deb")
# More than this and `systemd-analyze security` no longer says OK.
TIGHT = 2.0


class Unit(unittest.TestCase):
    def exposure(self, drop_in=None):
        """What systemd makes of the unit, of 10; with a file of our examples beside it."""
        with tempfile.TemporaryDirectory() as folder:
            unit = shutil.copy(UNIT, folder)
            if drop_in:
                os.mkdir(unit + ".d")
                shutil.copy(os.path.join(SYSTEMD, drop_in), unit + ".d")
            code, said = run("systemd-analyze", "security", "--offline=true", "--no-pager", unit)
        self.assertEqual(code, 0, said)
        return float(re.search(r"Overall exposure level for mesh-exporter.service: ([\d.]+)", said)[1])

    def test_its_exposure_is_low(self):
        self.assertLess(self.exposure(), TIGHT)

    def test_each_widening_costs_something_and_leaves_the_rest(self):
        drop_ins = [name for name in os.listdir(SYSTEMD) if name.endswith(".conf")]
        self.assertGreater(len(drop_ins), 1)
        for name in drop_ins:
            with self.subTest(name):
                self.assertGreater(self.exposure(name), self.exposure())
                self.assertLess(self.exposure(name), 3.0)

    def test_systemd_knows_every_line_of_it(self):
        for name in (None, *(name for name in os.listdir(SYSTEMD) if name.endswith(".conf"))):
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                # Of the program as it is built here, and without a page that is not installed.
                text = re.sub(r"^Documentation=.*\n", "", read("deploy", "systemd", "mesh-exporter.service"),
                              flags=re.M).replace("/usr/bin/mesh_exporter", PROGRAM)
                unit = os.path.join(folder, "mesh-exporter.service")
                with open(unit, "w", encoding="utf-8") as file:
                    file.write(text)
                if name:
                    os.mkdir(unit + ".d")
                    shutil.copy(os.path.join(SYSTEMD, name), unit + ".d")
                self.assertEqual(run("systemd-analyze", "verify", "--man=no", unit), (0, ""))


class Configuration(unittest.TestCase):
    def test_what_is_installed_is_valid_and_watches_nobody(self):
        code, said = run(PROGRAM, "--config.check", "--config.file=" + os.path.join(DEB, "mesh_exporter.yaml"))
        self.assertEqual(code, 0, said)
        self.assertIn("valid, 0 targets", said)

    def test_every_file_in_etc_is_a_conffile(self):
        packed = re.findall(r"^mesh_packed_as\((/etc/\S+)", read("deploy", "deb", "package.cmake"), re.M)
        packed += [f"{folder}/{os.path.basename(file)}" for folder, file in
                   re.findall(r"^mesh_packed\((/etc/\S+) (\S+)\)$", read("deploy", "deb", "package.cmake"), re.M)]
        self.assertEqual(sorted(packed), read("deploy", "deb", "conffiles").split())
        self.assertEqual(len(packed), 2)

    def test_the_unit_reads_both(self):
        unit = read("deploy", "systemd", "mesh-exporter.service")
        for path in read("deploy", "deb", "conffiles").split():
            self.assertRegex(unit, rf"(?m)^Environment\w*=.*{re.escape(path)}$")

    def test_flags_set_there_are_words_of_their_own(self):
        code, said = run("sh", "-ec", f'. {os.path.join(DEB, "mesh-exporter.default")}; echo "[$ARGS]"')
        self.assertEqual((code, said), (0, "[]\n"))


class Manual(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.helps = manual.helps(PROGRAM)
        cls.names = {command: re.findall(r"^  (--[a-z.-]+)", manual.ask(PROGRAM, *command.split(), "--help"), re.M)
                     for command in cls.helps}
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        cls.page = os.path.join(cls.folder, "mesh_exporter.1")
        cls.completion = os.path.join(cls.folder, "mesh_exporter.bash")
        for path, text in ((cls.page, manual.man_page(cls.helps, "1.2.3", "a purpose")),
                           (cls.completion, manual.completion(cls.helps))):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)

    def offered(self, *words):
        """What bash offers for the last of these words, as it splits them."""
        script = ('. "$1"; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); compopt() { :; }; '
                  '_mesh_exporter; printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-euc", script, "bash", self.completion, "mesh_exporter", *words],
                              cwd=self.folder, stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout.split()

    def test_the_page_has_every_line_of_help(self):
        done = subprocess.run(["groff", "-man", "-Tascii", "-ww", "-P-cbou", "-rLL=1000n", self.page],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=True)
        self.assertEqual(done.stderr, "")
        shown = " ".join(done.stdout.split())
        for command, one in self.helps.items():
            self.assertGreater(len(self.names[command]), 5, command)
            for line in manual.ask(PROGRAM, *command.split(), "--help").splitlines():
                self.assertIn(" ".join(line.removeprefix("usage:").split()).removesuffix("Flags:"), shown)
            self.assertTrue(one.usage and one.paragraphs, command)

    def test_every_flag_is_offered_and_nothing_else(self):
        commands = [command for command in self.helps if command]
        self.assertIn("certificates", commands)
        self.assertEqual(self.offered(""), [*self.offered_flags(""), *commands])
        for command in commands:
            self.assertEqual(self.offered(command, ""), self.offered_flags(command))
            self.assertEqual(self.offered(command, "--ou"), ["--output="])

    def offered_flags(self, command):
        with_value = {flag.name for flag in self.helps[command].flags if flag.value}
        return [name + ("=" if name in with_value else "") for name in self.names[command]]

    def test_values_are_offered_where_they_are_known(self):
        for words in (["--log.level", "=", ""], ["--log.level", "="], ["--log.level", ""]):
            self.assertEqual(self.offered(*words), ["debug", "info", "warn", "error"])
        self.assertEqual(self.offered("--log.level", "=", "w"), ["warn"])
        self.assertEqual(self.offered("certificates", "--sort", "=", ""), ["where", "remaining", "identity", "status"])
        self.assertEqual(self.offered("diagnose", "--output", "="), ["text", "json"])
        self.assertEqual(self.offered("diagnose", "--agent", "="), [])
        self.assertEqual(self.offered("probe", "--tls.ca-file", "=", "mesh_exporter.1"), ["mesh_exporter.1"])
        self.assertEqual(self.offered("probe", "--tls", "--ti"), ["--timeout="])

    def test_a_line_of_help_that_is_not_understood_is_an_error(self):
        with self.assertRaises(manual.Unreadable):
            manual.parse("usage: x\n\nFlags:\n  -h, --help  Print this text.\n")


if __name__ == "__main__":
    unittest.main()
