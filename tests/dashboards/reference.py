"""docs/metrics.md as a table: which metrics there are, of which kind, with which labels."""

import os
import re
from dataclasses import dataclass

from dashboards import ROOT

# What Prometheus adds to every series by itself, or is commonly told to.
TARGET_LABELS = {"job", "instance", "cluster"}
_IDENTITY = {"mesh", "namespace", "pod", "workload"}
_ROW = re.compile(r"\| `(\w+)` \| (counter|gauge|histogram)[^|]*\| ([^|]*)\|")


@dataclass
class Metric:
    kind: str
    labels: set


def metrics(path=os.path.join(ROOT, "docs", "metrics.md")):
    """{name of a series: Metric}; the series of a histogram are counters."""
    found, identity = {}, set()
    with open(path) as file:
        for line in file:
            if line.startswith("## "):
                identity = set()
            elif "Each series has the identity labels" in line:
                identity = _IDENTITY
            elif row := _ROW.match(line):
                name, kind, labels = row[1], row[2], set(re.findall(r"`(\w+)`", row[3]))
                labels |= identity | TARGET_LABELS
                if kind == "histogram":
                    for ending, more in (("_bucket", {"le"}), ("_count", set()), ("_sum", set())):
                        found[name + ending] = Metric("counter", labels | more)
                else:
                    found[name] = Metric(kind, labels)
    # Prometheus' own, of every rule that is pending or fires.
    found["ALERTS"] = Metric("gauge", {"alertname", "alertstate", "severity"} | _IDENTITY | TARGET_LABELS)
    return found
