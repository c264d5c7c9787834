"""Reads PromQL into a tree, as far as rules and dashboards need it, so that they can be checked for
what promtool does not look at: which series they read, and what they divide by. Grafana's variables
may stand in brackets and strings."""

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(r"""\s*(?:\#[^\n]*\n\s*)*(?:
    (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)
  | (?P<number>(?:\d+(?:ms|[smhdwy]))+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)
  | (?P<word>\$?[a-zA-Z_:][\w:]*)
  | (?P<mark>=~|!~|!=|==|>=|<=|[-+*/%^<>=(){}\[\],@])
)""", re.VERBOSE)
_LEVELS = {"or": 1, "and": 2, "unless": 2, "==": 3, "!=": 3, ">": 3, "<": 3, ">=": 3, "<=": 3,
           "+": 4, "-": 4, "*": 5, "/": 5, "%": 5, "^": 6}
_UNARY_LEVEL = 5
AGGREGATIONS = frozenset(("sum", "min", "max", "avg", "count", "group", "topk", "bottomk",
                          "quantile", "stddev", "stdvar", "count_values"))
COMPARISONS = frozenset(op for op, level in _LEVELS.items() if level == 3)


class SyntaxFault(Exception):
    """Not PromQL, or more of it than this reads."""


@dataclass
class Number:
    text: str
    children = ()


@dataclass
class Selector:
    name: str
    matchers: list = field(default_factory=list)  # (label, operator, value)
    span: str = ""  # "5m"; "" for an instant
    offset: str = ""  # "1h"; "" for now
    children = ()


@dataclass
class Call:
    """A function or an aggregation; `grouping` is ("by" | "without", [label…]) or None."""
    name: str
    children: list
    grouping: tuple = None


@dataclass
class Binary:
    op: str
    children: list  # left, right
    matching: list = field(default_factory=list)  # labels of on (…), if there are
    others: list = field(default_factory=list)  # of ignoring (…) and group_left (…)


def walk(node, above=()):
    """Every node of the tree with those above it, the nearest last."""
    yield node, above
    for child in node.children:
        yield from walk(child, (*above, node))


def selectors(tree):
    """[(Selector, the function or aggregation directly around it, "" if there is none)…]"""
    return [(node, above[-1].name if above and isinstance(above[-1], Call) else "")
            for node, above in walk(tree) if isinstance(node, Selector)]


def groupings(tree):
    """The labels of each `by`, outermost first."""
    return [node.grouping[1] for node, _ in walk(tree)
            if isinstance(node, Call) and node.grouping and node.grouping[0] == "by"]


def other_labels(tree):
    """All that stand in `on`, `ignoring`, `group_left` and `without`."""
    found = set()
    for node, _ in walk(tree):
        if isinstance(node, Binary):
            found.update(node.matching, node.others)
        elif isinstance(node, Call) and node.grouping and node.grouping[0] == "without":
            found.update(node.grouping[1])
    return found


def unguarded_divisors(tree):
    """Those that may be 0: all that is not a number or held against one by > or >=."""
    for node, _ in walk(tree):
        if not isinstance(node, Binary) or node.op not in ("/", "%"):
            continue
        divisor = node.children[1]
        if isinstance(divisor, Number) and float(divisor.text) != 0:
            continue
        guarded = isinstance(divisor, Binary) and divisor.op in (">", ">=") and isinstance(
            divisor.children[1], Number)
        if not guarded or float(divisor.children[1].text) < 0 or (
                divisor.op == ">=" and float(divisor.children[1].text) == 0):
            yield divisor


def parse(text):
    """The tree of an expression. SyntaxFault if there is none."""
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text):
        self._tokens = []
        at, end = 0, len(text.rstrip())
        while at < end:
            match = _TOKEN.match(text, at)
            if not match:
                raise SyntaxFault(f"not PromQL: {text[at:at + 20]!r}")
            self._tokens.append((match.lastgroup, match[match.lastgroup]))
            at = match.end()
        self._at = 0

    def whole(self):
        tree = self._expression(0)
        if self._at < len(self._tokens):
            raise SyntaxFault(f"unexpected {self._peek()!r}")
        return tree

    def _peek(self):
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _kind(self):
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _take(self, *wanted):
        """The next token; SyntaxFault if it is none of those wanted."""
        token = self._peek()
        if not token or (wanted and token not in wanted):
            raise SyntaxFault(f"{token!r} instead of {' or '.join(wanted) or 'something'}")
        self._at += 1
        return token

    def _taken(self, token):
        if self._peek() != token:
            return False
        self._at += 1
        return True

    def _expression(self, level):
        left = self._unary()
        while _LEVELS.get(self._peek(), 0) > level:
            op = self._take()
            self._taken("bool")
            matching, others = self._matching()
            right = self._expression(_LEVELS[op] - (op == "^"))
            left = Binary(op, [left, right], matching, others)
        return left

    def _matching(self):
        """The labels of on (…), and the others."""
        matching, others = [], []
        if self._peek() in ("on", "ignoring"):
            into = matching if self._take() == "on" else others
            into += self._labels()
        if self._peek() in ("group_left", "group_right"):
            self._take()
            if self._peek() == "(":
                others += self._labels()
        return matching, others

    def _labels(self):
        return self._list(self._take)

    def _list(self, item):
        self._take("(")
        items = []
        while not self._taken(")"):
            if items:
                self._take(",")
            items.append(item())
        return items

    def _unary(self):
        if self._peek() in ("-", "+"):
            op = self._take()
            return Call(op, [self._expression(_UNARY_LEVEL)])
        return self._primary()

    def _primary(self):
        if self._kind() in ("number", "string"):
            return Number(self._take())
        if self._taken("("):
            inner = self._expression(0)
            self._take(")")
            return inner
        if self._peek() == "{":
            return self._selector("")
        if self._kind() != "word":
            raise SyntaxFault(f"unexpected {self._peek()!r}")
        name = self._take()
        if name in AGGREGATIONS:
            grouping = self._grouping()
            arguments = self._list(lambda: self._expression(0))
            return Call(name, arguments, grouping or self._grouping())
        if self._peek() == "(":
            return Call(name, self._list(lambda: self._expression(0)))
        return self._selector(name)

    def _grouping(self):
        if self._peek() not in ("by", "without"):
            return None
        return self._take(), self._labels()

    def _selector(self, name):
        selector = Selector(name)
        if self._taken("{"):
            while not self._taken("}"):
                if selector.matchers:
                    self._take(",")
                selector.matchers.append(
                    (self._take(), self._take("=", "!=", "=~", "!~"), self._take()[1:-1]))
        if self._taken("["):
            selector.span = self._take()
            self._take("]")
        if self._taken("offset"):
            selector.offset = self._take()
        return selector
