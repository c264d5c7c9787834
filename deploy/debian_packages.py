"""What Debian's package manager says of files on this machine: whose they are, of which version, and under
which licences. For what is made of Debian's packages and passed on: the package and the image."""

import dataclasses
import glob
import os
import re
import subprocess

_INFO = "/var/lib/dpkg/info"
_MACHINE_READABLE = re.compile(r"^(Format|Format-Specification): *\S*(copyright-format|dep5)", re.I)
_FIELDS = ("Package", "Architecture", "Version", "source:Package", "source:Version", "Homepage")


class Unknown(Exception):
    """A file that is of no package, or a package that is not installed; says which."""


@dataclasses.dataclass(frozen=True, order=True)
class Package:
    name: str
    architecture: str
    version: str
    source: str
    source_version: str
    homepage: str

    def copyright(self):
        """Where its licences are told."""
        return f"/usr/share/doc/{self.name}/copyright"

    def licences(self):
        """Their short names as Debian writes them, those of all files of its source; none where they are
        told in prose only."""
        with open(self.copyright(), encoding="utf-8", errors="replace") as file:
            text = file.read()
        if not _MACHINE_READABLE.match(text):
            return []
        return sorted({" ".join(found.split()) for found in re.findall(r"(?m)^License:[ \t]*(\S.*)$", text)})


def _names(path):
    """What a file may be called by its package: /lib is a link to /usr/lib."""
    real = os.path.realpath(path)
    return {real, real.removeprefix("/usr")}


def owners(files):
    """The names of the packages that these files are of, as dpkg-query takes them."""
    wanted = {name: file for file in files for name in _names(file)}
    found, seen = set(), set()
    for path in glob.glob(os.path.join(_INFO, "*.list")):
        with open(path, encoding="utf-8") as listing:
            here = {wanted[line] for line in listing.read().split("\n") if line in wanted}
        if here:
            found.add(os.path.basename(path).removesuffix(".list"))
            seen |= here
    missing = set(files) - seen
    if missing:
        raise Unknown(f"{sorted(missing)[0]} is of no package ({len(missing)} such files)")
    return found


def described(names):
    """Those packages, in order."""
    if not names:
        return []
    form = "\t".join("${%s}" % field for field in _FIELDS) + "\n"
    done = subprocess.run(["dpkg-query", "--show", "--showformat=" + form, *sorted(names)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise Unknown(done.stderr.strip())
    return sorted(Package(*line.split("\t")) for line in done.stdout.splitlines())


def packages_of(files):
    """The packages that these files are of, in order."""
    return described(owners(files))
