#!/usr/bin/env python3
"""The rules with your addresses in them, or in the form that Prometheus' operator takes.

    alerts/render.py --grafana=https://grafana.my.org > rules.yaml
    alerts/render.py --prometheus-rule > prometheus_rule.yaml

Works on the text, so that comments stay and the result is the same byte for byte."""

import argparse
import os
import sys

RULES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "mesh_exporter.rules.yaml")
GRAFANA = "https://grafana.example.com"
RUNBOOK = "https://github.com/mesh-exporter/mesh_exporter/blob/main/docs/runbook.md"
HEADER = """\
# Generated from mesh_exporter.rules.yaml by `alerts/render.py --prometheus-rule`; change it there.
# For Prometheus' operator 0.66 and later, which knows keep_firing_for.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: mesh-exporter
  labels:
    app.kubernetes.io/name: mesh-exporter
spec:
"""


def with_addresses(rules, grafana, runbook):
    """`rules` with links to these instead of the ones that stand in the file."""
    return (rules.replace(GRAFANA + "/d/", grafana.rstrip("/") + "/d/")
            .replace(RUNBOOK + "#", runbook + "#"))


def prometheus_rule(rules):
    """`rules` as a resource of Kubernetes."""
    groups = rules[rules.index("groups:\n"):].splitlines()
    return HEADER + "".join(f"  {line}".rstrip() + "\n" for line in groups)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--grafana", metavar="URL", default=GRAFANA,
                        help="where the dashboards are: dashboard_url is URL/d/…")
    parser.add_argument("--runbook", metavar="URL", default=RUNBOOK,
                        help="where docs/runbook.md is: runbook_url is URL#…")
    parser.add_argument("--prometheus-rule", action="store_true",
                        help="as a PrometheusRule for Prometheus' operator")
    arguments = parser.parse_args()
    with open(RULES, encoding="utf-8") as file:
        rules = with_addresses(file.read(), arguments.grafana, arguments.runbook)
    sys.stdout.write(prometheus_rule(rules) if arguments.prometheus_rule else rules)


if __name__ == "__main__":
    main()
