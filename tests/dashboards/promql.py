"""What a PromQL expression selects, and how: enough of its grammar for the rules about dashboards. Whether
it is valid at all is for promtool to say; one that is not gives a ValueError or a wrong answer here."""

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(r"""
    (?P<space>\s+) | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<range>\[[^\]]*\]) | (?P<number>\d[\w.]*) | (?P<name>[a-zA-Z_:][\w:]*)
  | (?P<sign>=~|!~|!=|==|>=|<=|[-+*/%^(){},=<>@])""", re.VERBOSE)
_GROUPING = {"by", "without", "on", "ignoring", "group_left", "group_right"}
_WORDS = {"and", "or", "unless", "bool", "offset"}


@dataclass
class Selector:
    """A metric as it is selected. `called`: the function directly around it, "" if none."""
    metric: str
    called: str
    matchers: list = field(default_factory=list)  # (label, operator, value)
    range: str = ""  # as "[5m]"


@dataclass
class Expression:
    selectors: list
    ranges: list  # all that stand in brackets
    grouped_by: list  # the labels of each `by`, outermost first
    matched_on: set  # labels in `on`, `ignoring`, `group_left` and `without`
    unguarded: list  # divisors that might be 0


def _tokens(text):
    at, found = 0, []
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise ValueError(f"not PromQL at {text[at:at + 20]!r}")
        if match.lastgroup != "space":
            found.append((match.lastgroup, match[0]))
        at = match.end()
    return found


def read(text):
    return _Reader(_tokens(text)).read()


class _Reader:
    def __init__(self, tokens):
        self._tokens = tokens
        self._at = 0
        self._calls = []  # for each open parenthesis the function before it, or ""
        self._aggregation = ""  # whose parenthesis comes after its labels
        self._made = Expression([], [], [], set(), [])

    def read(self):
        while self._at < len(self._tokens):
            self._step(*self._tokens[self._at])
        return self._made

    def _text(self, at):
        return self._tokens[at][1] if at < len(self._tokens) else ""

    def _step(self, kind, text):
        self._at += 1
        if kind == "name" and text in _GROUPING:
            self._grouping(text)
        elif kind == "name" and text not in _WORDS:
            self._name(text)
        elif kind == "range":
            self._made.ranges.append(text)
        elif text == "(":
            self._calls.append(self._aggregation)
            self._aggregation = ""
        elif text == ")":
            self._calls.pop()
        elif text == "/":
            self._divisor()

    def _grouping(self, word):
        labels = set()
        if self._text(self._at) == "(":
            end = self._closing(self._at)
            labels = {text for kind, text in self._tokens[self._at:end] if kind == "name"}
            self._at = end + 1
        if word == "by":
            self._made.grouped_by.append(labels)
        else:
            self._made.matched_on |= labels

    def _name(self, name):
        following = self._text(self._at)
        if following == "(":
            self._at += 1
            self._calls.append(name)
        elif following in ("by", "without"):
            self._aggregation = name
        else:
            self._selector(name)

    def _selector(self, metric):
        made = Selector(metric, self._calls[-1] if self._calls else "")
        if self._text(self._at) == "{":
            end = self._closing(self._at)
            inside = [text for _, text in self._tokens[self._at + 1:end] if text != ","]
            made.matchers = [(label, sign, value[1:-1]) for label, sign, value
                             in zip(inside[::3], inside[1::3], inside[2::3])]
            self._at = end + 1
        if self._at < len(self._tokens) and self._tokens[self._at][0] == "range":
            made.range = self._text(self._at)
            self._made.ranges.append(made.range)
            self._at += 1
        self._made.selectors.append(made)

    def _closing(self, at):
        """Where the parenthesis or brace that opens there is closed."""
        depth = 0
        for place in range(at, len(self._tokens)):
            depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(self._text(place), 0)
            if depth == 0:
                return place
        raise ValueError("a parenthesis is not closed")

    def _divisor(self):
        """After a `/`: a number, or something in parentheses that ends in `> 0`."""
        at = self._at
        while self._text(at) in _GROUPING:
            at = self._closing(at + 1) + 1 if self._text(at + 1) == "(" else at + 1
        if at < len(self._tokens) and self._tokens[at][0] == "number":
            return
        if self._text(at) == "(":
            end = self._closing(at)
            if [text for _, text in self._tokens[end - 2:end]] == [">", "0"]:
                return
        self._made.unguarded.append(" ".join(text for _, text in self._tokens[at:at + 4]))
