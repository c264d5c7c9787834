"""What must be right with every page, ticket and note: what is wrong with one, in words, by the rules of
alerts/ and the runbook. tests/alerts/pages_test.py shows it offences."""

import re
import urllib.parse

from alerting import alert_rules, chosen
from reference import read, sections

# Where the number may be missing from the description, and why.
MAY_LACK_NUMBER = {
    "MeshControlPlaneUnreachable": "no certificate comes from there",
    "MeshCallsDenied": "the callers' sidecars do not count what a policy refuses"}
RECEIVERS = {"critical": "page", "warning": "ticket", "info": "note"}
_LABEL = re.compile(r"\{\{ \$labels\.(\w+)( \| urlquery)? \}\}")
# Left of a template or of arithmetic; and a number that nobody reads at night.
_LEFT = re.compile(r"\{\{|\}\}|<no value>|<error|%!|\bNaN\b|\bInf\b|  |\d{5,}|\.\d{4,}")


def _filled_in(text, labels):
    """A link with the labels of an alert in it."""
    def value(match):
        found = labels.get(match[1], "")
        return urllib.parse.quote_plus(found) if match[2] else found
    def is_met(label, wanted):
        return labels.get(label, "") == wanted if wanted else bool(labels.get(label))
    return _LABEL.sub(value, chosen(text, is_met))


def _without_labels(text, labels):
    """The text without the values of labels, the longest first: addresses are no numbers."""
    for value in sorted(filter(None, labels.values()), key=len, reverse=True):
        text = text.replace(value, "…")
    return text


class Pages:
    def __init__(self):
        self._rules = {}
        for rule in alert_rules():
            self._rules.setdefault(rule["alert"], []).append(rule)
        self._anchors = {title for title, _ in sections(read("docs/runbook.md"))}

    def faults(self, receiver, alert):
        """What is wrong with an alert as a receiver got it."""
        labels, said = alert["labels"], alert["annotations"]
        rule = next((one for one in self._rules.get(labels["alertname"], ())
                     if self._may_come_from(labels, one)), None)
        if not rule:
            yield f"no rule gives {labels}"
            return
        if RECEIVERS.get(labels["severity"]) != receiver:
            yield f"{labels['severity']} went to {receiver}"
        if said["summary"] != rule["annotations"]["summary"]:
            yield f"its summary is {said['summary']!r}"
        for name in ("runbook_url", "dashboard_url"):
            if said[name] != _filled_in(rule["annotations"][name], labels):
                yield f"{name} is {said[name]}"
        if said["runbook_url"].partition("#")[2] not in self._anchors:
            yield f"{said['runbook_url']} leads to no section"
        yield from self._description_faults(rule["annotations"]["description"], said, labels)

    @staticmethod
    def _may_come_from(labels, rule):
        return all("{{" in value or labels.get(name) == value
                   for name, value in rule["labels"].items())

    @staticmethod
    def _description_faults(template, said, labels):
        told = _without_labels(said["description"], labels)
        if left := _LEFT.search(told):
            yield f"{left[0]!r} in {said['description']!r}"
        if labels["alertname"] not in MAY_LACK_NUMBER and re.search(
                r"\$value|\| value", template) and not re.search(r"\d", told):
            yield f"no number in {said['description']!r}"


__all__ = ["Pages", "RECEIVERS"]
