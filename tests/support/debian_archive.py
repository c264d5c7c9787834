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
    """The path of the archive. RuntimeError with the last lines of apt's own words where it cannot be made."""
    words = ["--variant=minbase", "--include=" + ",".join(packages), "bookworm"]
    named = hashlib.sha256("\n".join([*words, *_SOURCES]).encode()).hexdigest()[:16]
    made = os.path.join(_KEPT, named + ".tar")
    if not os.path.exists(made):
        os.makedirs(_KEPT, exist_ok=True)
        # By --quiet a package that cannot be set up would be no more than "failed".
        done = subprocess.run(["mmdebstrap", "--verbose", *words, made + ".new.tar", *_SOURCES],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, errors="replace", check=False)
        if done.returncode:
            raise RuntimeError("mmdebstrap could not make a Debian:\n" + "\n".join(done.stdout.splitlines()[-30:]))
        os.rename(made + ".new.tar", made)
    return made
