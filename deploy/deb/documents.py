#!/usr/bin/env python3
"""Makes what the package documents itself with, of what is said elsewhere: the man page and the
completion of what the program says, the changelogs of CHANGELOG.md, and the copyrights of what is
linked into the program of the Debian packages that it came from. Run by the build's target `deb`.

Dates are those of SOURCE_DATE_EPOCH, or of the last commit: the same tree makes the same files."""

import argparse
import email.utils
import gzip
import os
import shutil
import sys

import manual

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from debian_packages import packages_of  # noqa: E402
from sources import ROOT, made_at  # noqa: E402


def debian_changelog(package, version, maintainer, seconds):
    """The package's own changes: each is made of the program of that version, and CHANGELOG.md has its."""
    return (f"{package} ({version}) stable; urgency=medium\n\n"
            f"  * What changed in the program: /usr/share/doc/{package}/changelog.gz\n\n"
            f" -- {maintainer}  {email.utils.formatdate(seconds)}\n")


class Folder:
    """Where everything goes, by name."""

    def __init__(self, path):
        self.path = path
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(os.path.join(path, "linked"))

    def write(self, name, text):
        with open(os.path.join(self.path, name), "w", encoding="utf-8") as file:
            file.write(text)

    def compress(self, name, text):
        """As Debian's policy asks for, without the time at which it was done."""
        with open(os.path.join(self.path, name + ".gz"), "wb") as file:
            file.write(gzip.compress(text.encode(), compresslevel=9, mtime=0))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for name in ("program", "folder", "package", "version", "maintainer", "purpose"):
        arguments.add_argument("--" + name, required=True)
    arguments.add_argument("--linked", nargs="+", required=True, help="static libraries in the program")
    given = arguments.parse_args()

    folder = Folder(given.folder)
    helps = manual.helps(given.program)
    folder.compress("mesh_exporter.1", manual.man_page(helps, given.version.split("-")[0], given.purpose))
    folder.write("mesh_exporter.bash", manual.completion(helps))
    with open(os.path.join(ROOT, "CHANGELOG.md"), encoding="utf-8") as file:
        folder.compress("changelog", file.read())
    folder.compress("changelog.Debian",
                    debian_changelog(given.package, given.version, given.maintainer, made_at()))
    for package in packages_of(given.linked):
        shutil.copyfile(package.copyright(), os.path.join(given.folder, "linked", package.name))


if __name__ == "__main__":
    main()
