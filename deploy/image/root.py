#!/usr/bin/env python3
"""Makes the root file system of the image of a program that was built: the program, its loader and the
libraries that it loads, certificates of public authorities, what their licences ask for, and the bill of
materials. Run by build.sh in the image's first stage."""

import argparse
import datetime
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from debian_packages import packages_of  # noqa: E402
from sbom import bill  # noqa: E402

AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
DOCUMENTS = "/usr/share/doc/mesh-exporter"
TEXTS = {"/etc/passwd": "mesh-exporter:x:65532:65532::/:/\n", "/etc/group": "mesh-exporter:x:65532:\n",
         "/etc/nsswitch.conf": "hosts: files dns\n"}


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


class Loaded:
    """What the loader of another architecture would load: `loader`, its path, and `libraries`,
    {name: path}."""

    def __init__(self, program, triplet):
        self._readelf = triplet + "-readelf"
        self._folders = (f"/lib/{triplet}", f"/usr/lib/{triplet}")
        self.loader, = re.findall(r"program interpreter: (\S+)\]", output(self._readelf, "--program-headers", program))
        self.libraries = {}
        self._follow(program)

    def _follow(self, file):
        for name in re.findall(r"\(NEEDED\).*\[(\S+)\]", output(self._readelf, "--dynamic", file)):
            if name not in self.libraries and name != os.path.basename(self.loader):
                self.libraries[name] = next(path for path in (os.path.join(folder, name) for folder in self._folders)
                                            if os.path.exists(path))
                self._follow(self.libraries[name])


def archives(build):
    """The libraries that are linked into the program, and are not its own."""
    link = output("ninja", "-C", build, "-t", "commands", "-s", "mesh_exporter")
    return sorted(set(re.findall(r"(?<=\s)/\S+\.a(?=\s)", link)))


def headers(build):
    """The files of others that the compiler read."""
    read = re.findall(r"(?m)^    (/\S.*)$", output("ninja", "-C", build, "-t", "deps"))
    own = tuple(os.path.realpath(path) + "/" for path in (build, os.path.join(os.path.dirname(__file__), "..", "..")))
    return sorted(path for path in {os.path.realpath(path) for path in read} if not path.startswith(own))


def parts(loaded, build):
    """{Package: how it comes into the program}; the nearest where it is several."""
    found = {}
    for linked, files in (("headers", headers(build)), ("static", archives(build)),
                          ("shared", [loaded.loader, *loaded.libraries.values()])):
        if not files:
            raise SystemExit(f"root.py: nothing is {linked}: what ninja says was not understood")
        found.update(dict.fromkeys(packages_of(files), linked))
    found.update(dict.fromkeys(packages_of(["/usr/sbin/update-ca-certificates"]), "data"))
    return found


class Root:
    def __init__(self, path):
        self._path = path

    def _place(self, path):
        place = self._path + path
        os.makedirs(os.path.dirname(place), mode=0o755, exist_ok=True)
        return place

    def write(self, path, text):
        with open(self._place(path), "w", encoding="utf-8") as file:
            file.write(text)

    def copy(self, path, source=None, mode=0o644):
        shutil.copyfile(source or path, self._place(path))
        os.chmod(self._path + path, mode)

    def link(self, path, target):
        os.symlink(target, self._place(path))


def cached(build, name):
    """A variable of CMake."""
    with open(os.path.join(build, "CMakeCache.txt"), encoding="utf-8") as file:
        value, = re.findall(rf"(?m)^{name}:\w+=(.*)$", file.read())
    return value


def made_at():
    """When what is packed was written; None where nobody says it."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    return seconds and datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc).isoformat()


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--triplet", required=True, help="of the architecture, as aarch64-linux-gnu")
    arguments.add_argument("--build", required=True, help="where CMake built it with ninja")
    arguments.add_argument("--root", required=True, help="a folder that is made")
    given = arguments.parse_args()

    os.umask(0o022)
    program = os.path.join(given.build, "mesh_exporter")
    loaded = Loaded(program, given.triplet)
    linked = parts(loaded, given.build)
    root = Root(given.root)
    root.copy("/usr/bin/mesh_exporter", program, 0o755)
    root.copy(loaded.loader, mode=0o755)
    for name, path in loaded.libraries.items():
        root.copy(f"/usr/lib/{given.triplet}/{name}", path)
    root.copy(AUTHORITIES)
    root.link("/usr/lib/ssl/cert.pem", AUTHORITIES)  # where OpenSSL looks by itself
    for path, text in TEXTS.items():
        root.write(path, text)
    root.copy(f"{DOCUMENTS}/LICENSE", os.path.join(os.path.dirname(__file__), "..", "..", "LICENSE"))
    for package in linked:
        root.copy(package.copyright())
    with open(program, "rb") as file:
        text = bill(file.read(), cached(given.build, "CMAKE_PROJECT_VERSION"),
                    cached(given.build, "MESH_REVISION"), linked, made_at())
    root.write(f"{DOCUMENTS}/sbom.cdx.json", text)


if __name__ == "__main__":
    main()
