#!/usr/bin/env python3
"""The reader of PromQL, by which rules and dashboards are checked: it sees what is there."""

import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "support"))

from promql import (Binary, Call, Number, Selector, SyntaxFault, groupings,  # noqa: E402
                    other_labels, parse, selectors, unguarded_divisors)


class PromQl(unittest.TestCase):
    def test_operators_bind_as_prometheus_says(self):
        self.assertEqual(parse("a / b > 2 and c unless d"), Binary("unless", [
            Binary("and", [
                Binary(">", [Binary("/", [Selector("a"), Selector("b")]), Number("2")]),
                Selector("c")]), Selector("d")]))
        self.assertEqual(parse("-a ^ 2 >= 0"), Binary(">=", [
            Call("-", [Binary("^", [Selector("a"), Number("2")])]), Number("0")]))
        self.assertEqual(parse("a ^ b ^ c"), Binary("^", [
            Selector("a"), Binary("^", [Selector("b"), Selector("c")])]))

    def test_selectors_functions_and_aggregations(self):
        self.assertEqual(
            parse('sum by (x, y) (rate(a:b{c=~"d|e",f!=""}[5m]))'),
            Call("sum", [Call("rate", [Selector(
                "a:b", [("c", "=~", "d|e"), ("f", "!=", "")], "5m")])], ("by", ["x", "y"])))
        self.assertEqual(parse("topk(3, a) without (x)"),
                         Call("topk", [Number("3"), Selector("a")], ("without", ["x"])))
        self.assertEqual(parse("a < on (x) group_left () 0.1 * b"), Binary(
            "<", [Selector("a"), Binary("*", [Number("0.1"), Selector("b")])], ["x"]))

    def test_what_is_no_promql_is_refused(self):
        for text in ("", "a b", "sum(", "a{b}", "a[5m", "a +", "a $ b", "(a", 'a{b="c"'):
            with self.subTest(text), self.assertRaises(SyntaxFault):
                parse(text)

    def test_selectors_know_what_is_around_them(self):
        tree = parse('sum by (a, b) (rate(x_total{a=~"}$", b!="c,d"}[$__rate_interval]))'
                     ' + on (a) group_left () (y:z * w)')
        self.assertEqual(selectors(tree), [
            (Selector("x_total", [("a", "=~", "}$"), ("b", "!=", "c,d")], "$__rate_interval"), "rate"),
            (Selector("y:z"), ""), (Selector("w"), "")])

    def test_labels_that_are_kept_and_those_that_are_named_otherwise(self):
        tree = parse("sum(a) by (l, k) + ignoring (i) group_left (g) count without (m) (b * on (o) c)")
        self.assertEqual(groupings(tree), [["l", "k"]])
        self.assertEqual(other_labels(tree), {"i", "g", "m", "o"})
        self.assertEqual(groupings(parse("max by (x) (sum by (y) (a))")), [["x"], ["y"]])

    def test_words_of_the_language_are_no_metrics(self):
        tree = parse("a and on (l) b or vector(0) unless c > bool 1 unless d offset 5m")
        self.assertEqual([one.name for one, _ in selectors(tree)], ["a", "b", "c", "d"])
        self.assertEqual([one.offset for one, _ in selectors(tree)], ["", "", "", "5m"])

    def test_a_divisor_needs_to_be_more_than_nothing(self):
        for right in ("a / 2", "a / (b > 0)", "a / on (l) group_left () (sum by (l) (b) > 0)"):
            self.assertEqual(list(unguarded_divisors(parse(right))), [], right)
        for wrong in ("a / b", "a / (b)", "a / sum(b > 0)", "a / (b >= 0)", "a / (b > 0 or b)"):
            self.assertEqual(len(list(unguarded_divisors(parse(wrong)))), 1, wrong)


if __name__ == "__main__":
    unittest.main()
