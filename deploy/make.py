#!/usr/bin/env python3
"""Makes what is generated in deploy, and the chart's renders in tests/deploy/golden.

    deploy/make.py                  the chart's copies of rules and dashboards, for it reads no file outside
    deploy/make.py --all            also what the chart renders, with the tools that
                                    tests/e2e/run --deploy installs

The same byte for byte, whoever makes it."""

import argparse
import glob
import hashlib
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CHART = os.path.join(ROOT, "deploy", "helm", "mesh-exporter")
KUSTOMIZE = os.path.join(ROOT, "deploy", "kustomize")
VALUES = os.path.join(ROOT, "tests", "deploy", "values")
GOLDEN = os.path.join(ROOT, "tests", "deploy", "golden")
HELM = os.path.join(ROOT, "build", "tools", "bin", "helm")
SOURCES = os.path.join(GOLDEN, "sources.sha256")
KUBECTL = os.path.join(ROOT, "build", "manifests", "bin", "kubectl")
NAME = "mesh-exporter"  # of the release and its namespace

# What the chart has of other folders.
COPIED = (("alerts/mesh_exporter.rules.yaml", "alerts"), ("dashboards/*.json", "dashboards"))
# Lines that are true of what Helm installs only. A restart after a change is brought about by the name
# of the ConfigMap where kustomize makes it.
_OF_HELM = re.compile(r"^ *(helm\.sh/chart|app\.kubernetes\.io/managed-by|checksum/config): .*\n", re.M)
_BY_CHART = "# Generated from the chart deploy/helm/mesh-exporter by `deploy/make.py --all`; change it there.\n"
_ONE_FILE = """\
# Everything that an agent on each node needs, in one file, with what the base posture allows:
#
#   kubectl apply -f kubernetes.yaml
#
# Let Prometheus scrape the pods of namespace mesh-exporter at port 10420, in a job called mesh-exporter and
# with honor_labels: true. deploy/helm and deploy/kustomize have the rest: more rights, monitors, rules.
#
# Generated from deploy/kustomize/agent by `deploy/make.py --all`; change it there.
"""


def read(path):
    with open(path, "rb") as file:
        return file.read()


def copies():
    """{path: bytes} of what the chart must have of other folders."""
    return {os.path.join(CHART, "files", folder, os.path.basename(path)): read(path)
            for pattern, folder in COPIED for path in sorted(glob.glob(os.path.join(ROOT, pattern)))}


def existing_copies():
    """The same, as they are."""
    return {path: read(path) for path in glob.glob(os.path.join(CHART, "files", "*", "*"))}


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def template(*flags):
    """What the chart renders with these values."""
    return run(HELM, "template", NAME, CHART, "--namespace", NAME, *flags)


def cases():
    """{name: file of values} of the renders that are kept."""
    return {os.path.basename(path).removesuffix(".yaml"): path
            for path in sorted(glob.glob(os.path.join(VALUES, "*.yaml")))}


def documents(text):
    """The documents of a render, each as text with the line that says where it is from."""
    return [part.strip("\n") + "\n" for part in re.split(r"^---$", text, flags=re.M) if part.strip()]


def for_kustomize(render, *kinds, without=()):
    """Those documents of a render, without what is Helm's own."""
    kept = []
    for one in documents(render):
        kind = re.search(r"^kind: (\w+)$", one, re.M)[1]
        if (kind in kinds or not kinds) and kind not in without and "helm.sh/hook" not in one:
            kept.append(re.sub(r"^# Source: .*\n", "", _OF_HELM.sub("", one)))
    return _BY_CHART + "---\n".join(kept)


def renders():
    """{path: text} of what the chart makes."""
    made = {os.path.join(GOLDEN, name + ".yaml"): template("--values", path)
            for name, path in cases().items()}
    agent = template()
    monitor = template("--set", "podMonitor.enabled=true")
    made[os.path.join(KUSTOMIZE, "agent", "agent.yaml")] = for_kustomize(agent, without=["ConfigMap"])
    made[os.path.join(KUSTOMIZE, "base", "pod_monitor.yaml")] = for_kustomize(monitor, "PodMonitor")
    return made


def sources():
    """A checksum of all that the renders are made of: whether they are of today is known without Helm."""
    digest = hashlib.sha256()
    for pattern in (f"{CHART}/*", f"{CHART}/templates/**", f"{VALUES}/*"):
        for path in sorted(glob.glob(pattern, recursive=True)):
            if os.path.isfile(path) and not path.endswith("README.md"):
                name, content = os.path.relpath(path, ROOT).encode(), read(path)
                digest.update(b"%d %s %d " % (len(name), name, len(content)) + content)
    return digest.hexdigest() + "\n"


def kustomized(folder):
    """What kubectl makes of a folder of deploy/kustomize."""
    return run(KUBECTL, "kustomize", os.path.join(KUSTOMIZE, folder))


def one_file():
    """(path, text) of the manifest that is applied by itself."""
    return os.path.join(ROOT, "deploy", "kubernetes.yaml"), _ONE_FILE + kustomized("agent")


def write(files):
    for path, content in files.items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--all", action="store_true", help="also what Helm and kubectl render")
    arguments = parser.parse_args()
    for tool in (HELM, KUBECTL) if arguments.all else ():
        if not os.path.exists(tool):
            sys.exit(f"deploy/make.py: {tool} is missing; tests/e2e/run --deploy installs it")
    wanted = copies()
    for path in existing_copies().keys() - wanted.keys():
        os.unlink(path)
    write(wanted)
    if arguments.all:
        made = renders()
        for path in set(glob.glob(os.path.join(GOLDEN, "*.yaml"))) - made.keys():
            os.unlink(path)
        write({**made, SOURCES: sources()})
        write(dict([one_file()]))


if __name__ == "__main__":
    main()
