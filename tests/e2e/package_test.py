#!/usr/bin/env python3
"""The Debian package in a Debian with systemd: built, judged by lintian, installed, confined by its unit,
changed, upgraded, removed and purged. tests/e2e/run --package builds it and installs the tools."""

import functools
import glob
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from harness import BUILD, Page, wait_until  # lets tests/support be found, too
from booted_debian import BootedDebian, CannotBoot
from debian_archive import debian_archive

ETC = "etc/mesh_exporter/mesh_exporter.yaml"
DROP_INS = "/etc/systemd/system/mesh-exporter.service.d"
EXAMPLES = "/usr/share/doc/mesh-exporter/examples"
OLDER = "0.0.1-0upstream1"
# A target in a network namespace, whose control group is the service's own, and certificates in two files,
# one of which only root may read.
CHANGED = """
poll: {interval: 200ms, timeout: 200ms, window: 30s}
certificates: {files: [{paths: [/home/someone/*.pem]}]}
targets:
  - name: hidden
    admin: http://127.0.0.1:1
    network_namespace: /run/netns/pod
    cgroup: /system.slice/mesh-exporter.service
"""
# What changes in a Debian that runs and is not the package's.
PASSING = ("./dev", "./proc", "./run", "./sys", "./tmp", "./var/cache", "./var/lib/dpkg", "./var/log", "./var/tmp",
           "./home", "./mnt", "./var/lib/systemd/timers")


def output(*command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, **options).stdout


@functools.cache
def package():
    """The one that was built last."""
    return max(glob.glob(os.path.join(BUILD, "mesh-exporter_*.deb")), key=os.path.getmtime)


def field(name):
    return output("dpkg-deb", "--field", package(), name).strip()


def older_package(folder):
    """The same under an older version's number."""
    tree, made = os.path.join(folder, "older"), os.path.join(folder, "older.deb")
    output("dpkg-deb", "--raw-extract", package(), tree)
    control = os.path.join(tree, "DEBIAN", "control")
    with open(control, encoding="utf-8") as file:
        text = re.sub(r"(?m)^Version: .*$", "Version: " + OLDER, file.read())
    with open(control, "w", encoding="utf-8") as file:
        file.write(text)
    output("dpkg-deb", "--root-owner-group", "-Zgzip", "--build", tree, made)
    return made


def debian():
    """An archive of a Debian with systemd and what the package depends on."""
    return debian_archive("systemd", *re.findall(r"(?:^|, )([\w.+-]+)", field("Depends")))


class Built(unittest.TestCase):
    def test_lintian_has_no_complaint(self):
        done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning", package()],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_it_is_of_the_programs_version_and_needs_what_the_program_links(self):
        told = output(os.path.join(BUILD, "mesh_exporter"), "--version")
        self.assertIn(f"version {field('Version').rsplit('-', 1)[0]} ", told)
        for library in ("libc6", "libssl3", "libyaml-cpp0.7"):
            self.assertRegex(field("Depends"), rf"\b{re.escape(library)} \(>= ")

    def test_the_copyrights_of_what_is_linked_are_there(self):
        contents = output("dpkg-deb", "--contents", package())
        for linked in ("libgrpc-dev", "libabsl-dev", "libprotobuf-dev"):
            self.assertRegex(contents, rf"/usr/share/doc/mesh-exporter/linked/{linked}\n")


class Life(unittest.TestCase):
    """One life from installation to purge, each step on what the last one left."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mesh-e2e-")
        self.addCleanup(folder.cleanup)
        self.root = os.path.join(folder.name, "root")
        os.mkdir(self.root)
        try:
            self.debian = BootedDebian(self.root, os.path.join(folder.name, "log"))
        except CannotBoot as why:
            self.skipTest(f"no systemd can be booted here: {why}")
        output("tar", "--directory", self.root, "--extract", "--file", debian())
        shutil.copy(package(), os.path.join(self.root, "root", "new.deb"))
        shutil.copy(older_package(folder.name), os.path.join(self.root, "root", "older.deb"))
        os.makedirs(os.path.join(self.root, "home", "someone"))
        for name, mode in (("tls.pem", 0o644), ("private.pem", 0o600)):
            file = self.path("home/someone/" + name)
            output("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                   "-days", "9", "-subj", "/CN=" + name, "-keyout", "/dev/null", "-out", file,
                   stderr=subprocess.DEVNULL)
            os.chmod(file, mode)
        self.addCleanup(self.debian.stop)
        self.debian.start()
        self.run_in("mkdir", "/run/netns")
        self.run_in("touch", "/run/netns/pod")
        self.run_in("unshare", "--net=/run/netns/pod", "true")

    def run_in(self, *command):
        code, said = self.debian.run(*command)
        self.assertEqual(code, 0, f"{command}: {said}")
        return said

    def page(self, port=10420):
        """What the agent serves; None while it does not."""
        code, said = self.debian.run("bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{port} && "
                                     r"printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3 && cat <&3")
        head, _, body = said.partition("\n\n")
        return Page(body) if code == 0 and head.startswith("HTTP/1.1 200 ") else None

    def value(self, name, **labels):
        page = self.page()
        return page and page.value(name, **labels)

    def shown(self, *names):
        """What systemd says of the service, in the order of these names."""
        said = self.run_in("systemctl", "show", "--property=" + ",".join(names), "mesh-exporter")
        values = dict(line.split("=", 1) for line in said.splitlines())
        return [values[name] for name in names]

    def path(self, name):
        return os.path.join(self.root, name.lstrip("/"))

    def write(self, name, text, mode="w"):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), mode, encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def files(self):
        """Every path that is not PASSING."""
        prune = [word for path in PASSING for word in ("-path", path, "-prune", "-o")]
        return set(output("find", ".", *prune, "-print", cwd=self.root).splitlines())

    def restart(self):
        self.run_in("systemctl", "daemon-reload")
        self.run_in("systemctl", "restart", "mesh-exporter")

    def test_from_installation_to_purge(self):
        before = self.files()
        self.is_installed()
        self.takes_a_changed_configuration()
        self.is_upgraded()
        self.enters_a_network_namespace_where_it_may()
        self.reads_private_files_where_it_may()
        self.is_restarted_when_it_hangs()
        self.takes_flags()
        self.is_not_restarted_with_a_wrong_configuration()
        self.goes(before)

    def is_installed(self):
        self.run_in("dpkg", "--install", "/root/older.deb")
        # Type=notify: installing ended when it served.
        self.assertEqual(self.shown("ActiveState", "UnitFileState"), ["active", "enabled"])
        self.assertEqual(self.value("mesh_exporter_targets"), 0)
        self.assertGreater(self.value("process_start_time_seconds"), 1.6e9)
        pid, = self.shown("MainPID")
        status = self.run_in("cat", f"/proc/{pid}/status")
        self.assertRegex(status, r"(?m)^CapBnd:\t0+$")
        self.assertRegex(status, r"(?m)^Seccomp:\t2$")
        self.assertNotRegex(status, r"(?m)^Uid:\t0\b")

    def takes_a_changed_configuration(self):
        self.write(ETC, CHANGED, "a")
        self.run_in("systemctl", "reload", "mesh-exporter")
        wait_until(lambda: self.value("mesh_exporter_targets") == 1, "the changed configuration to be taken up")
        wait_until(lambda: self.certificates() == ["tls.pem"], "the certificate that it may read")
        # Without a capability it may not enter, and the group's processor time is read all the same.
        wait_until(lambda: "cannot be entered" in self.log(), "the namespace to be refused")
        wait_until(lambda: self.value("mesh_sidecar_cpu_seconds_total", pod="hidden"), "its control group to be read")

    def certificates(self):
        """The names of the files whose certificates are shown."""
        rows = self.page().rows("mesh_certificate_not_after_timestamp_seconds")
        return sorted(os.path.basename(labels["location"]) for labels, _ in rows)

    def log(self):
        """What the service that runs now has said."""
        return self.run_in("journalctl", "--output=cat", "_SYSTEMD_INVOCATION_ID=" + self.shown("InvocationID")[0])

    def is_upgraded(self):
        kept, old = self.read(ETC), self.shown("MainPID")
        self.run_in("dpkg", "--install", "/root/new.deb")
        self.assertEqual(self.run_in("dpkg-query", "--show", "--showformat=${Version}", "mesh-exporter"),
                         field("Version"))
        self.assertEqual(self.read(ETC), kept)
        self.assertNotEqual(self.shown("MainPID"), old)
        self.assertEqual(self.value("mesh_exporter_targets"), 1)

    def enters_a_network_namespace_where_it_may(self):
        self.widen("network-namespaces.conf")
        # Not even the loopback is up in there: that nobody can be reached is the namespace's own word.
        wait_until(lambda: "unreachable" in self.log(), "the namespace to be entered")
        self.assertNotIn("cannot be entered", self.log())

    def widen(self, example):
        self.run_in("mkdir", "--parents", DROP_INS)
        self.run_in("cp", f"{EXAMPLES}/{example}", DROP_INS)
        self.restart()

    def reads_private_files_where_it_may(self):
        self.widen("private-files.conf")
        wait_until(lambda: self.certificates() == ["private.pem", "tls.pem"], "the certificate that only root may read")

    def is_restarted_when_it_hangs(self):
        self.write(DROP_INS + "/impatient.conf", "[Service]\nWatchdogSec=2s\n")
        self.restart()
        pid, = self.shown("MainPID")
        self.run_in("sh", "-c", f"kill -STOP {pid}")
        wait_until(lambda: self.shown("ActiveState", "NRestarts") == ["active", "1"], "a new start", 60)
        self.assertIn("watchdog", self.run_in("journalctl", "--unit=mesh-exporter", "--output=cat").lower())

    def takes_flags(self):
        self.write("etc/default/mesh-exporter", 'ARGS="--log.format=json --web.listen-address=127.0.0.1:10421"\n')
        self.restart()
        self.assertIsNone(self.page())
        self.assertEqual(self.page(10421).value("mesh_exporter_targets"), 1)

    def is_not_restarted_with_a_wrong_configuration(self):
        self.write(ETC, "pol: {}\n", "a")
        code, _ = self.debian.run("systemctl", "restart", "mesh-exporter")
        self.assertNotEqual(code, 0)
        self.assertEqual(self.shown("ActiveState", "ExecMainStatus", "NRestarts"), ["failed", "2", "0"])

    def goes(self, before):
        self.run_in("dpkg", "--remove", "mesh-exporter")
        self.assertIn("pol: {}\n", self.read(ETC))
        self.assertEqual(self.shown("LoadState"), ["masked"])
        shutil.rmtree(self.path(DROP_INS))
        self.run_in("dpkg", "--purge", "mesh-exporter")
        self.assertEqual(self.files() - before, set())


if __name__ == "__main__":
    unittest.main()
