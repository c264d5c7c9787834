"""What docs/metrics.md says there is: metrics with their kinds, labels and words; what rules and
dashboards are held against."""

import os
import re
from dataclasses import dataclass

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
IDENTITY = ("mesh", "namespace", "pod", "workload")
# Put on by Prometheus when it scrapes, or by whoever joins several of them.
SCRAPED = ("job", "instance", "cluster")
GRPC_CODES = frozenset((
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
    "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED",
    "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"))


@dataclass
class Metric:
    kind: str  # gauge, counter, histogram
    labels: frozenset
    meaning: str = ""


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def sections(markdown):
    """[(title, text)…] of the headings of second order."""
    parts = re.split(r"^## (.+)$", markdown, flags=re.M)
    return list(zip(parts[1::2], parts[2::2]))


def _rows(text):
    return [[cell.strip() for cell in line.strip("|").split(" | ")]
            for line in text.splitlines() if line.startswith("| `")]


class Reference:
    def __init__(self, markdown, findings=()):
        """`findings`: what values the label of that name has."""
        self.metrics = {
            # Prometheus' own: of every scrape, and of every rule that is pending or fires.
            "up": Metric("gauge", frozenset(SCRAPED)),
            "ALERTS": Metric("gauge", frozenset((
                "alertname", "alertstate", "severity", *IDENTITY, *SCRAPED)))}
        self._meanings = {}  # label → [meaning…]; some labels mean several things
        self._findings = frozenset(findings)
        for title, text in sections(markdown):
            if title == "Labels":
                for label, meaning in _rows(text):
                    self._meanings.setdefault(label.strip("`"), []).append(meaning)
                continue
            own = () if "No identity labels" in text else IDENTITY
            for name, kind, labels, meaning in _rows(text):
                every = frozenset((*re.findall(r"`(\w+)`", labels), *own, *SCRAPED))
                self._add(name.strip("`"), kind.split(",")[0], every, meaning)

    def _add(self, name, kind, labels, meaning):
        if kind == "histogram":
            for part, more in (("_bucket", {"le"}), ("_count", ()), ("_sum", ())):
                self.metrics[name + part] = Metric("counter", labels.union(more), meaning)
        else:
            self.metrics[name] = Metric(kind, labels, meaning)

    def has_value(self, metric, label, value):
        """Whether the reference knows of this value of the label of that metric."""
        if not value:
            return True
        if label == "finding":
            return value in self._findings
        if label == "grpc_code":
            return value in GRPC_CODES
        texts = [self.metrics[metric].meaning, *self._meanings.get(label, ())]
        return any(re.search(rf"\b{re.escape(value)}\b", text) for text in texts)
