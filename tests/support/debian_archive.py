"""A Debian 12 with some packages as an archive, made of Debian's mirror once and kept in build/debian."""

import hashlib
import os
import subprocess

_KEPT = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "build", "debian")
# Those that Debian's own images have.
_SOURCES = ("deb http://deb.debian.org/debian bookworm main",
            "deb http://deb.debian.org/debian bookworm-updates main",
            "deb http://deb.debian.org/debian-security bookworm-security main")


def debian_archive(*packages):
    """The path of the archive."""
    words = ["--variant=minbase", "--include=" + ",".join(packages), "bookworm"]
    named = hashlib.sha256("\n".join([*words, *_SOURCES]).encode()).hexdigest()[:16]
    made = os.path.join(_KEPT, named + ".tar")
    if not os.path.exists(made):
        os.makedirs(_KEPT, exist_ok=True)
        subprocess.run(["mmdebstrap", "--quiet", *words, made + ".new.tar", *_SOURCES], check=True)
        os.rename(made + ".new.tar", made)
    return made
