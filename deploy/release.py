#!/usr/bin/env python3
"""What a release takes beside a tag (docs/releasing.md):

    deploy/release.py set 0.2.0    the version, in every place where it is written by hand
    deploy/release.py record       docs/released.json: the names that users rely on, of the program as it is built

A test holds the program against docs/released.json: what is there and is no more must be told in CHANGELOG.md."""

import argparse
import json
import os
import re
import sys

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path[:0] = [HERE, os.path.join(HERE, "deb")]

import manual  # noqa: E402
import sources  # noqa: E402

# Where the version is written by hand: (file, what stands before it).
PLACES = (("CMakeLists.txt", "project(mesh_exporter VERSION "),
          ("deploy/helm/mesh-exporter/Chart.yaml", "\nversion: "),
          ("deploy/helm/mesh-exporter/Chart.yaml", "\nappVersion: "),
          ("README.md", "deploy/image/make.py --tag $image:"),
          ("README.md", "buildah push $image:"))
RELEASED = os.path.join(ROOT, "docs", "released.json")
PROGRAM = os.path.join(os.environ.get("MESH_BUILD_DIR", os.path.join(ROOT, "build", "release")), "mesh_exporter")
_VERSION = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}")
_METRIC = re.compile(r"^\| `(\w+)` \| (\w+)[^|]* \| ([^|]*) \|", re.M)


def _read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def _place(before):
    return re.compile(re.escape(before) + r"(\d+\.\d+\.\d+)\b")


def versions():
    """What each of PLACES says."""
    return [_place(before).findall(_read(path)) for path, before in PLACES]


def set_version(version):
    """In all places or, where something is wrong, in none."""
    if not _VERSION.fullmatch(version):
        raise SystemExit(f"deploy/release.py set: {version!r} is no version; expected MAJOR.MINOR.PATCH, such as 0.2.0")
    texts = {path: _read(path) for path, _ in PLACES}
    for path, before in PLACES:
        texts[path], count = _place(before).subn(lambda _, before=before: before + version, texts[path])
        if count != 1:
            raise SystemExit(f"{path}: expected one version after {before!r}, found {count}")
    for path, text in texts.items():
        with open(os.path.join(ROOT, path), "w", encoding="utf-8") as file:
            file.write(text)


def metrics():
    """{name: {type, labels}}, those that each has beside its target's."""
    rows = _METRIC.findall(_read("docs", "metrics.md"))
    return {name: {"type": kind, "labels": re.findall(r"`(\w+)`", labels)} for name, kind, labels in rows}


def _keys(value, prefix=""):
    """a, a.b and a[].b of a configuration."""
    for one in value if isinstance(value, list) else []:
        yield from _keys(one, prefix + "[]")
    for key, one in value.items() if isinstance(value, dict) else []:
        name = f"{prefix}.{key}".lstrip(".")
        yield name
        yield from _keys(one, name)


def interface():
    """The names that users rely on."""
    flags = {command or "mesh_exporter": [flag.name for flag in one.flags]
             for command, one in manual.helps(PROGRAM).items()}
    keys = sorted(set(_keys(yaml.safe_load(_read("config.example.yaml")))))
    return {"version": sources.version(), "metrics": metrics(), "flags": flags, "configuration": keys}


def missing(before, now):
    """What of an interface is no more: [names that tell it], the last of which is gone."""
    gone = []
    for metric, one in before["metrics"].items():
        there = now["metrics"].get(metric)
        if not there or there["type"] != one["type"]:
            gone.append([metric])
        else:
            gone += [[metric, label] for label in one["labels"] if label not in there["labels"]]
    for command, flags in before["flags"].items():
        there = now["flags"].get(command)
        gone += [[command]] if there is None else [[flag] for flag in flags if flag not in there]
    return gone + [[key] for key in before["configuration"] if key not in now["configuration"]]


def untold(before, now, changelog):
    """Those of them that no entry [CHANGE] names since that version."""
    newer = changelog.partition(f"\n## {before['version']}")[0]
    entries = [one for one in re.split(r"(?m)^- ", newer) if one.startswith("[CHANGE] ")]
    return [names for names in missing(before, now)
            if not any(all(f"`{name}`" in entry for name in names) for entry in entries)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("set").add_argument("version")
    commands.add_parser("record")
    given = parser.parse_args()
    if given.command == "set":
        set_version(given.version)
    else:
        with open(RELEASED, "w", encoding="utf-8") as file:
            file.write(json.dumps(interface(), indent=1) + "\n")


if __name__ == "__main__":
    main()
