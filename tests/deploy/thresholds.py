"""The chart's list of alerts with a threshold, as its template has it."""

import os
import re

import yaml

from manifests import ROOT, read

_TABLE = re.compile(r'\{\{- define "mesh-exporter.thresholds" -\}\}\n(.*?)\{\{- end -\}\}', re.S)


def thresholds():
    """{alert: before, number, behind and most}"""
    return yaml.safe_load(_TABLE.search(read("deploy", "helm", "mesh-exporter", "templates", "_rules.tpl"))[1])


def changed(one, expr, number):
    """An expression with this threshold, a text; the same where it has none."""
    return re.sub(f"({one['before']}){re.escape(str(one['number']))}({one['behind']})",
                  lambda found: found[1] + number + found[2], expr)


def rules():
    """The rule groups of the repository."""
    with open(os.path.join(ROOT, "alerts", "mesh_exporter.rules.yaml"), encoding="utf-8") as file:
        return yaml.safe_load(file)["groups"]


def alerts(groups):
    """Their alerts, in order."""
    return [rule for group in groups for rule in group["rules"] if "alert" in rule]
