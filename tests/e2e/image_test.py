#!/usr/bin/env python3
"""The image of the agent, built by deploy/image without an engine: what is in it, what it says of itself, that
a second one is the same, and that from it alone the agent counts a mesh's calls. tests/e2e/run --image; with
--image-arm64 for the other architecture, emulated, which the first time takes what compiling the program takes.
As root."""

import hashlib
import json
import os
import re
import stat
import subprocess
import sys
import unittest

from harness import (BIN_DIR, CLIENT, ENVOY, ROOT, Agent, DemoMesh, SharedPartsTest,  # lets tests/support be
                     TempDirTest, ledger_calls)  # found, too
import as_container
from built_image import BuiltImage
from processes import Child

sys.path.insert(0, os.path.join(ROOT, "deploy"))

import sources  # noqa: E402

MOST_BYTES = 40_000_000
SBOM = "/usr/share/doc/mesh-exporter/sbom.cdx.json"
VALIDATE = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
fault = JsonStrictValidator(SchemaVersion.V1_5).validate_str(sys.stdin.read())
sys.exit(str(fault) if fault else 0)
"""
ELF = b"\x7fELF"
MACHINES = {"amd64": 62, "arm64": 183}  # e_machine of their ELF files
REVISION = sources.revision()
ARCHITECTURES = os.environ.get("MESH_IMAGES", "amd64").split()
IMAGES = {}


def setUpModule():
    for architecture in ARCHITECTURES:
        IMAGES[architecture] = BuiltImage(architecture)
        unittest.addModuleCleanup(IMAGES[architecture].remove)
        IMAGES[architecture].make()


def output(*command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, **options).stdout


def files(root):
    """{path: what lstat says} of everything below."""
    return {"/" + os.path.relpath(os.path.join(folder, name), root): os.lstat(os.path.join(folder, name))
            for folder, folders, names in os.walk(root) for name in (*folders, *names)}


def needed(file):
    """The libraries that an ELF file asks for."""
    return re.findall(r"\(NEEDED\).*\[(\S+)\]", output("readelf", "--dynamic", file))


def read(image, path, mode="rb"):
    with open(image.root + path, mode) as file:
        return file.read()


class Content(TempDirTest):
    def test_it_says_what_it_is(self):
        for architecture, image in IMAGES.items():
            config = image.config["config"]
            self.assertEqual((image.config["architecture"], image.config["os"]), (architecture, "linux"))
            self.assertEqual((config["User"], config["Entrypoint"], set(config["ExposedPorts"])),
                             ("65532:65532", ["/usr/bin/mesh_exporter"], {"10420/tcp"}))
            self.assertEqual(config.keys() & {"Cmd", "Healthcheck", "Volumes"}, set())
            labels = {key.rpartition(".")[2]: value for key, value in config["Labels"].items()}
            self.assertEqual(labels.pop("created"), image.config["created"])
            self.assertEqual((labels["version"], labels["revision"], labels["licenses"]),
                             (sources.version(), REVISION, "Apache-2.0"))
            self.assertEqual(labels.keys(), {"title", "description", "source", "licenses", "version", "revision"})

    def test_nothing_runs_in_it_but_the_program(self):
        for image in IMAGES.values():
            found = files(image.root)
            programs = {path for path, one in found.items() if stat.S_ISREG(one.st_mode) and one.st_mode & 0o111}
            loader, = programs - {"/usr/bin/mesh_exporter"}
            self.assertRegex(loader, r"^/lib\d*/ld-linux-[\w.-]+$")
            for path, one in found.items():
                self.assertFalse(one.st_mode & (stat.S_ISUID | stat.S_ISGID), path)
                self.assertEqual((one.st_uid, one.st_gid), (0, 0), path)
                self.assertTrue(stat.S_ISLNK(one.st_mode) or not one.st_mode & 0o022, path)

    def test_it_has_each_library_that_is_needed_and_no_other(self):
        for image in IMAGES.values():
            elves = {os.path.basename(path): path for path, one in files(image.root).items()
                     if stat.S_ISREG(one.st_mode) and read(image, path).startswith(ELF)}
            wanted = {name for path in elves.values() for name in needed(image.root + path)}
            self.assertEqual(elves.keys() - {"mesh_exporter"}, wanted)
            self.assertGreater(len(wanted), 5)
            machines = {int.from_bytes(read(image, path)[18:20], "little") for path in elves.values()}
            self.assertEqual(machines, {MACHINES[image.architecture]})

    def test_it_trusts_public_authorities(self):
        for image in IMAGES.values():
            self.assertEqual(os.readlink(image.root + "/usr/lib/ssl/cert.pem"), "/etc/ssl/certs/ca-certificates.crt")
            self.assertGreater(read(image, "/etc/ssl/certs/ca-certificates.crt").count(b"BEGIN CERTIFICATE"), 100)

    def test_it_is_small(self):
        for architecture, image in IMAGES.items():
            _, manifest = image.pushed(os.path.join(self.directory, architecture))
            size = sum(layer["size"] for layer in manifest["layers"])
            print(f"{architecture}: {size / 1e6:.1f} MB compressed", file=sys.stderr)
            self.assertLess(size, MOST_BYTES)
            self.assertTrue(all(layer["mediaType"].endswith("+gzip") for layer in manifest["layers"]))


class Bill(unittest.TestCase):
    """The software bill of materials."""

    def test_it_is_one(self):
        for image in IMAGES.values():
            for text, wanted in ((read(image, SBOM).decode(), 0), ('{"bomFormat": "CycloneDX"}', 1)):
                done = subprocess.run([os.path.join(ROOT, "build", "sbom", "bin", "python"), "-c", VALIDATE],
                                      input=text, stderr=subprocess.PIPE, text=True, check=False)
                self.assertEqual(done.returncode, wanted, done.stderr)

    def test_it_is_of_this_program_and_names_what_is_in_it(self):
        for architecture, image in IMAGES.items():
            bill = json.loads(read(image, SBOM))
            program = bill["metadata"]["component"]
            self.assertEqual((program["version"], program["hashes"][0]["content"]),
                             (sources.version(), hashlib.sha256(read(image, "/usr/bin/mesh_exporter")).hexdigest()))
            linked = {part["name"]: part["properties"][0]["value"] for part in bill["components"]}
            for how, names in (("shared", ["libc6", "libssl3", "libyaml-cpp0.7", "libstdc++6"]),
                               ("static", ["libgrpc-dev", "libabsl-dev", "libprotobuf-dev"]),
                               ("headers", ["libboost1.81-dev"]), ("data", ["ca-certificates"])):
                self.assertEqual([linked.get(name) for name in names], [how] * len(names))
            for part in bill["components"]:
                self.assertRegex(part["purl"], rf"^pkg:deb/debian/\S+@\S+\?arch=({architecture}|all)&distro=bookworm")
                # What it is passed on under is in the image as well.
                self.assertIn(b"opyright", read(image, f"/usr/share/doc/{part['name']}/copyright"))


@unittest.skipUnless("amd64" in ARCHITECTURES, "not built")
class Same(TempDirTest):
    def test_a_second_one_is_the_same(self):
        first = IMAGES["amd64"]
        second = BuiltImage("amd64", "again")
        self.addCleanup(second.remove)
        second.make()
        names = [{path: (one.st_mode, one.st_size, int(one.st_mtime)) for path, one in files(image.root).items()
                  if not path.startswith((*as_container.MADE, "/tmp"))} for image in (first, second)]
        self.assertEqual(names[0], names[1])
        self.assertEqual(*(image.pushed(os.path.join(self.directory, name))[0]
                           for image, name in ((first, "first"), (second, "second"))))


class Runs(SharedPartsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mesh = cls.start_shared(DemoMesh(ENVOY, BIN_DIR, os.path.join(cls.shared, "mesh")))
        os.chmod(cls.shared, 0o755)  # the agent is another user

    def counts(self, name, command):
        agent = self.enterContext(Agent(command[0], self.shared, self.mesh.agent_config(window="5m"), *command[1:],
                                        name=name))
        agent.wait_ready()
        before = agent.page_after_polls().calls(direction="outbound", pod=CLIENT)
        booked = ledger_calls(self.mesh.run_load(calls=200))
        after = agent.page_after_polls()
        self.assertEqual(after.calls(direction="outbound", pod=CLIENT) - before, booked)
        self.assertEqual(sum(booked.values()), 200)
        self.assertTrue(after.rows("mesh_exporter_build_info", version=sources.version(),
                                   revision=REVISION))
        return agent

    @unittest.skipUnless("amd64" in ARCHITECTURES, "not built")
    def test_on_this_machine(self):
        image = IMAGES["amd64"]
        agent = self.counts("amd64", image.command(self.shared))
        pid = as_container.child_of(agent.child.pid)
        with open(f"/proc/{pid}/status", encoding="utf-8") as file:
            status = file.read()
        for line in (r"Uid:(\t65532){4}", r"Gid:(\t65532){4}", r"CapBnd:\t0+", r"CapEff:\t0+", r"NSpid:\t\d+\t1"):
            self.assertRegex(status, f"(?m)^{line}$")
        self.assertEqual(os.readlink(f"/proc/{pid}/root"), image.root)
        self.asked_by_helm_test(image, agent)

    def asked_by_helm_test(self, image, agent):
        """The container of `helm test`, but for the agent's name."""
        with open(os.path.join(ROOT, "tests", "deploy", "golden", "defaults.yaml"), encoding="utf-8") as file:
            words = re.findall(r"(?m)^        - (targets)\n        - (--agent=)\S+$", file.read())
        (command, flag), = words
        log = os.path.join(self.shared, "helm-test.log")
        child = Child("helm test", [*image.command(self.shared), command, flag + agent.listens_on], log)
        self.assertEqual(child.wait(30), 0, child.log_tail())
        self.assertIn(CLIENT, child.log_tail(100))

    @unittest.skipUnless("arm64" in ARCHITECTURES, "not built")
    def test_on_the_other_architecture(self):
        root = IMAGES["arm64"].root
        command = ["qemu-aarch64-static", "-L", root, root + "/usr/bin/mesh_exporter"]
        self.assertRegex(output(*command, "--version"), r"(?m)^ *platform: +linux/arm64$")
        self.counts("arm64", command)


if __name__ == "__main__":
    unittest.main()
