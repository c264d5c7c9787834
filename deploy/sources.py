"""What this tree says of itself, for what is made of it: the program's version, the commit, and when that was."""

import os
import re
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def _git(*words):
    return subprocess.run(["git", "-C", ROOT, *words], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def version():
    """As CMakeLists.txt has it."""
    with open(os.path.join(ROOT, "CMakeLists.txt"), encoding="utf-8") as file:
        found, = re.findall(r"^project\(mesh_exporter VERSION (\S+)", file.read(), re.M)
    return found


def revision():
    """The commit's name, as the program has it."""
    return _git("rev-parse", "--short=12", "HEAD")


def made_at():
    """When what is packed was written, in seconds since 1970: as SOURCE_DATE_EPOCH says it, or the last commit."""
    return int(os.environ.get("SOURCE_DATE_EPOCH") or _git("log", "-1", "--format=%ct"))
