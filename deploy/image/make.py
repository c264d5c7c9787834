#!/usr/bin/env python3
"""Makes the image of the agent by buildah, or by podman, whose options are the same:

    deploy/image/make.py [--architecture arm64] [--engine podman] [--tag NAME] [OPTION of build]…

What its labels say is asked of this clone. The same commit makes the same image of the same Debian packages
(SOURCE_DATE_EPOCH, or the commit's time, is that of all files)."""

import argparse
import datetime
import os
import platform
import shlex
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

import sources  # noqa: E402


def command(engine, architecture, base, tag, more):
    """What is run."""
    seconds = sources.made_at()
    created = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    given = {"VERSION": sources.version(), "REVISION": sources.revision(), "CREATED": created,
             "SOURCE_DATE_EPOCH": str(seconds)}
    if base:
        given["BASE"] = base
    # The engines' own, said by name for older ones that do not know it where an image is chosen.
    given["BUILDPLATFORM"] = "linux/" + {"aarch64": "arm64"}.get(platform.machine(), "amd64")
    words = [*shlex.split(engine), "build", "--format=oci", "--identity-label=false", f"--timestamp={seconds}",
             "--file", os.path.join(HERE, "Containerfile"), "--tag", tag or "mesh-exporter:" + sources.version()]
    if architecture:
        words.append("--platform=linux/" + architecture)
    for name, value in given.items():
        words += ["--build-arg", f"{name}={value}"]
    return [*words, *more, sources.ROOT]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--architecture", choices=["amd64", "arm64"], help="default: this machine's")
    parser.add_argument("--engine", default="buildah", help="buildah or podman, and its own options")
    parser.add_argument("--base", help="the image of Debian 12 in which it is built; default: the Containerfile's")
    parser.add_argument("--tag", help="default: mesh-exporter:VERSION")
    given, more = parser.parse_known_args()
    words = command(given.engine, given.architecture, given.base, given.tag, more)
    os.execvp(words[0], words)


if __name__ == "__main__":
    main()
