#!/usr/bin/env python3
"""The one visible list of rules, and what is needed to apply them. By hand: `lint.py` says what is wrong with
the dashboards, after ./test or dashboards/source/generate has installed Grafana's builders."""

import json
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "support")]

import dashboards  # noqa: E402
import looks  # noqa: E402
import rules  # noqa: E402
from reference import Reference, read  # noqa: E402

_UNITS = os.path.join(dashboards.ROOT, "build", "dashboards", "node_modules", "@grafana",
                      "grafana-foundation-sdk", "dist", "units", "types.gen.d.ts")


def expressions_parse(dashboard, world):
    """As promtool sees it, what is between the brackets filled in."""
    values = {**dashboards.values_of_all(dashboard), "__rate_interval": "1m"}
    asked = [(target.name, target.expr) for target in dashboards.targets(dashboard)]
    asked += [(one["name"], one["expr"]) for one in dashboards.annotations(dashboard)]
    recorded = [{"record": f"lint:{number}", "expr": dashboards.substitute(expr, values)}
                for number, (_, expr) in enumerate(asked)]
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        json.dump({"groups": [{"name": "lint", "rules": recorded}]}, file)
        file.flush()
        done = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True,
                              check=False)
    for number, error in re.findall(r'"lint:(\d+)".*?: could not parse expression: (.*)', done.stderr):
        yield f"{asked[int(number)][0]}: {error}"
    if done.returncode != 0 and "could not parse expression" not in done.stderr:
        yield f"promtool: {done.stderr}"


RULES = (
    rules.frame, rules.datasource_variable, rules.query_variables, rules.panel_form, rules.places,
    rules.units, expressions_parse, rules.names, rules.narrowing, rules.one_view, rules.growth, rules.divisions,
    rules.variables_exist, rules.legends, looks.thresholds, looks.words, looks.links, looks.marks,
)


def world():
    with open(_UNITS) as file:
        units = set(re.findall(r'= "([^"]+)"', file.read()))
    return rules.World(dashboards.load(), Reference(read("docs/metrics.md")).metrics, units)


def complaints(dashboard, beside):
    """[rule: what is wrong]"""
    return [f"{rule.__name__}: {wrong}" for rule in RULES for wrong in rule(dashboard, beside)]


def main():
    beside = world()
    wrong = [f"{uid}: {one}" for uid, dashboard in beside.dashboards.items()
             for one in complaints(dashboard, beside)]
    print("\n".join(wrong) or f"{len(beside.dashboards)} dashboards, nothing is wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
