"""The image of the agent, made by deploy/image without an engine or a registry: by buildah, on a Debian of
Debian's mirror. As root. Its storage is in build/image, its compiler's cache that of the clone."""

import json
import os
import subprocess
import sys

import as_container
from debian_archive import debian_archive

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WHERE = os.path.join(ROOT, "build", "image")
BASE = "localhost/mesh-exporter-debian"
_BUILDAH = ["buildah", "--storage-driver", "vfs", "--root", os.path.join(WHERE, "storage"),
            "--runroot", os.path.join(WHERE, "run")]


def _environment():
    return {**os.environ, "BUILDAH_ISOLATION": "chroot", "TMPDIR": WHERE}


def buildah(*words):
    """What it says."""
    done = subprocess.run([*_BUILDAH, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
                          env=_environment())
    if done.returncode != 0:
        raise RuntimeError(f"buildah {' '.join(words)}: {done.stderr}")
    return done.stdout.strip()


def _have_base():
    """A Debian to build in, which needs no registry."""
    os.makedirs(WHERE, exist_ok=True)
    if BASE + ":latest" in buildah("images", "--format", "{{.Name}}:{{.Tag}}").splitlines():
        return
    container = buildah("from", "scratch")
    buildah("add", container, debian_archive("ca-certificates"), "/")
    buildah("commit", "--rm", container, BASE)


def _kept(path, place):
    """A folder that outlives the build, at that place in it."""
    os.makedirs(path, exist_ok=True)
    return f"--volume={path}:{place}"


class BuiltImage:
    """make() … remove(). `config` is what the image says of itself, `root` its files as a container has them."""

    def __init__(self, architecture, name="image"):
        self.architecture = architecture
        self._tag = f"localhost/mesh-exporter-{name}:{architecture}"
        self._container = None

    def make(self):
        _have_base()
        packages = os.path.join(WHERE, "packages-" + self.architecture)
        os.makedirs(os.path.join(packages, "partial"), exist_ok=True)
        subprocess.run(
            [os.path.join(ROOT, "deploy", "image", "make.py"), "--architecture=" + self.architecture,
             "--engine=" + " ".join(_BUILDAH), "--base=" + BASE, "--tag=" + self._tag,
             _kept(os.environ.get("CCACHE_DIR", os.path.expanduser("~/.cache/ccache")), "/root/.cache/ccache"),
             # How large that may become.
             _kept(os.path.expanduser("~/.config/ccache"), "/root/.config/ccache"),
             _kept(packages, "/var/cache/apt/archives")],
            stdout=sys.stderr, check=True, env=_environment())
        self.config = json.loads(json.loads(buildah("inspect", "--type=image", self._tag))["Config"])
        self._container = buildah("from", "--pull-never", "--arch=" + self.architecture, self._tag)
        self.root = buildah("mount", self._container)
        return self

    def pushed(self, folder):
        """Its manifest as a registry would have it: (digest, manifest)."""
        buildah("push", "--format=oci", self._tag, f"oci:{folder}:it")
        with open(os.path.join(folder, "index.json"), encoding="utf-8") as file:
            one, = json.load(file)["manifests"]
        with open(os.path.join(folder, "blobs", *one["digest"].split(":")), encoding="utf-8") as file:
            return one["digest"], json.load(file)

    def user(self):
        """(uid, gid), as a container is when nobody says otherwise."""
        return tuple(map(int, self.config["config"]["User"].split(":")))

    def command(self, folder):
        """What runs it as a container that sees that folder, too; its arguments come after it."""
        return as_container.command(folder, as_container.specification(
            self.root, self.config["config"]["Entrypoint"], self.user(), [(folder, folder, False)],
            environment={"NODE_NAME": "node"}))

    def remove(self):
        if self._container:
            buildah("rm", self._container)
            buildah("rmi", self._tag)
