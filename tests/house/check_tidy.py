#!/usr/bin/env python3
"""clang-tidy, with the checks of .clang-tidy, over the sources that hold the logic.

What includes Asio, Beast, prometheus-cpp or grpc++ is left out: these headers take longer than all
the rest, and such files are kept thin. Of what clang-tidy does for one file nearly all is spent on
the standard headers, so files are read by the bundle (bundles.py). A bundle that does not compile is
read file by file instead, so a wrong guess costs time, never a complaint.

    tests/house/check_tidy.py [BUILD_DIR [FILE…]]

wants a configured build, for what it generates. With FILE… only these are checked.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from bundles import bundled

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src"
HEAVY = ("boost/asio", "boost/beast", "prometheus/", "grpcpp/")
INCLUDE = re.compile(r'^#include [<"]([^>"]+)[>"]', re.MULTILINE)


def is_heavy(file, seen):
    """Whether it includes a heavy header, itself or through ours."""
    if file in seen:
        return False
    seen.add(file)
    for name in INCLUDE.findall(file.read_text()):
        if name.startswith(HEAVY):
            return True
        ours = SOURCES / name
        if ours.exists() and is_heavy(ours, seen):
            return True
    return False


def tidy(file, build):
    """Whether it compiled, and clang-tidy's complaints."""
    flags = ["-std=c++20", "-DNDEBUG", f"-I{SOURCES}", f"-I{build / 'generated'}", "-Wno-everything"]
    ran = subprocess.run(
        ["clang-tidy-14", f"--config-file={ROOT / '.clang-tidy'}", "--quiet", file, "--", *flags],
        cwd=ROOT, capture_output=True, text=True, check=False)
    said = ran.stdout + ran.stderr if ran.returncode else ""
    return "clang-diagnostic-error" not in said, said


def check(bundle, build, where):
    """What clang-tidy says of these files; "" if nothing."""
    if len(bundle) > 1:
        unit = where / f"{bundle[0].stem}_and_{len(bundle) - 1}_more.cc"
        unit.write_text("".join(f'#include "{file}"\n' for file in bundle))
        compiled, said = tidy(unit, build)
        if compiled:
            return said
    return "".join(tidy(file, build)[1] for file in bundle)


def main():
    build = (ROOT / (sys.argv[1] if len(sys.argv) > 1 else "build/release")).resolve()
    if not (build / "compile_commands.json").exists():
        sys.exit(f"check_tidy.py: {build} is not a configured build; configure it first")
    files = [pathlib.Path(name).resolve() for name in sys.argv[2:]]
    if not files:
        files = [file for file in sorted(SOURCES.rglob("*.cc")) if not is_heavy(file, set())]
    with tempfile.TemporaryDirectory() as where:
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            said = list(pool.map(lambda bundle: check(bundle, build, pathlib.Path(where)), bundled(files)))
    complaints = "".join(said)
    if complaints:
        sys.exit(complaints)
    print(f"clang-tidy: {len(files)} files, no complaints")


main()
