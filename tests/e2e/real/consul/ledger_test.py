#!/usr/bin/env python3
"""Calls by method and status through a real Consul's sidecars, held against the books of who made them, while
the root and with it all leaves are replaced, for which Consul replaces the cluster of the upstream: calls of
an application that answers, of one that is gone, of one that hangs; and of a method that an intention denies.
What no sidecar can have counted is named and bounded by the books. tests/e2e/run --consul; some two minutes."""

import os
import re
import sys
import threading
import time
import unittest
from collections import Counter, namedtuple

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from real_mesh import http_get, ledger_calls, say
from books import Books, by_status
from consul_mesh import ConsulMesh
from rotated_consul import CLIENT, SERVER, RotatedConsulTest

DENIED = ("order.v1.OrderService", "UploadItems")
BURST = 400  # calls, in which each method meets each status
ROOTS = (("rsa", 2048), ("ec", 384))
RATE = 50  # calls a second
ONE = "user.v1.UserService/GetUser"
TIMEOUT = 0.9  # of the agent's polls, in seconds

Look = namedtuple("Look", "before after modified booked")


class LedgerMesh(ConsulMesh):
    """orders may call all of payments but one method. Each sidecar is a target twice: by its admin port, and
    by the page that can be seen from outside of its pod."""

    entries = [*ConsulMesh.entries, {
        "kind": "service-intentions", "name": "payments", "sources": [
            {"name": "orders", "permissions": [
                {"action": "deny", "http": {"path_exact": "/" + "/".join(DENIED)}},
                {"action": "allow", "http": {"path_prefix": "/"}}]}]}]

    def targets(self):
        return super().targets() + [
            {"name": page_of(pod), "namespace": "shop", "mesh": "consul",
             "metrics": f"http://127.0.0.1:{port}/metrics"} for pod, port in ((SERVER, 20200), (CLIENT, 20201))]


def page_of(pod):
    return pod + "-page"


class Looks(threading.Thread):
    """Many times a second: how often the client's sidecar was told to replace a cluster, and how many calls
    were booked by then."""

    def __init__(self, replacements, load):
        super().__init__(daemon=True)
        self._replacements, self._load = replacements, load
        self._over = threading.Event()
        self.seen = []

    def run(self):
        while not self._over.wait(0.05):
            before = time.time()
            modified = self._replacements()
            booked = sum(ledger_calls(self._load.ledger()).values())
            self.seen.append(Look(before, time.time(), modified, booked))

    def stop(self):
        self._over.set()
        self.join()

    def lost_at_most(self, polls):
        """What was booked from the last of `polls`, (earliest instant of the answer, latest), that was surely
        over before a cluster was replaced, until the first that began after it: nobody asked for these while
        they were counted. Two looks later the old cluster is gone."""
        lost = 0
        for earlier, later, gone in zip(self.seen, self.seen[1:], self.seen[3:]):
            if later.modified == earlier.modified:
                continue
            asked = max(began for began, over in polls if over <= earlier.before)
            known = max((one.booked for one in self.seen if one.after <= asked), default=0)
            lost += gone.booked - known
        return lost


class ConsulLedger(RotatedConsulTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start_mesh_and_agent(LedgerMesh(cls.shared))
        cls.wait_until_agreed()
        cls.books = Books(cls.agent)
        cls.call_between_rotations()
        cls.call_who_is_gone()
        cls.call_who_hangs()
        cls.call_during_rotations()

    @classmethod
    def call_between_rotations(cls):
        def bursts():
            for kind in (*ROOTS, None):
                modified = cls.settled_replacements()
                yield cls.mesh.start_load(calls=BURST, rate=200).finish()
                cls.agent.page_after_polls()
                assert cls.replacements() == modified, "Consul replaced a cluster by itself"
                if kind:
                    cls.replace_root(*kind)
        replaced = cls.replacements()
        cls.books.keep("between", bursts)
        cls.replaced_between = cls.replacements() - replaced
        cls.left_at_the_client = cls.counted_by_the_sidecar(CLIENT)

    @classmethod
    def settled_replacements(cls):
        """replacements(), once three polls have seen no other number."""
        seen = None
        while seen != cls.replacements():
            seen = cls.replacements()
            cls.history.wait_for_polls(CLIENT)
        return seen

    @classmethod
    def counted_by_the_sidecar(cls, pod):
        """All calls of our services that its statistics have now."""
        services = {row["service"] for ledger in cls.books.ledgers("between") for row in ledger["calls"]}
        ours = re.compile(rf"\.grpc\.({'|'.join(map(re.escape, services))})\.\w+\.\d+: (\d+)$")
        text = http_get(cls.mesh.sidecars[pod], "/stats")[1].decode()
        return sum(int(found[2]) for found in map(ours.search, text.splitlines()) if found)

    @classmethod
    def call_who_is_gone(cls):
        cls.mesh.children["application"].kill()
        cls.books.keep("gone", lambda: [cls.mesh.start_load(calls=100, rate=200, only=ONE).finish()])
        cls.mesh.start_application()
        cls.mesh.wait_until_called("application")

    @classmethod
    def call_who_hangs(cls):
        cls.books.keep("hangs", lambda: [cls.mesh.start_load(
            calls=40, rate=100, only=ONE, hold="yes", deadline="300ms").finish()])

    @classmethod
    def call_during_rotations(cls):
        def load():
            load = cls.mesh.start_load(rate=RATE)
            cls.looks = Looks(cls.replacements, load)
            cls.looks.start()
            for kind in ROOTS:
                cls.replace_root(*kind)
            cls.history.wait_for_polls(CLIENT)
            cls.looks.stop()
            yield load.stop()
        cls.books.keep("during", load)

    def test_each_call_is_counted_on_both_sides_though_its_cluster_was_replaced(self):
        booked = self.books.booked("between")
        self.assertEqual(self.books.unanswered("between"), 0)
        self.assert_same_calls(self.books.counted("between", CLIENT, "outbound"), booked)
        self.assert_same_calls(self.books.counted("between", SERVER, "inbound"), booked)
        self.assertLessEqual({"OK", "NOT_FOUND", "UNAVAILABLE", "DEADLINE_EXCEEDED", "PERMISSION_DENIED"},
                             {code for _, _, code in booked})
        say(f"{sum(booked.values())} calls of {len(booked)} kinds by method and status, equal on both sides; "
            f"the upstream's cluster was replaced {self.replaced_between} times, and the client's sidecar "
            f"itself has {self.left_at_the_client} of them left")
        self.assertGreaterEqual(self.replaced_between, len(ROOTS))
        self.assertLessEqual(self.left_at_the_client, BURST, "or nothing was lost with the clusters")

    def test_what_an_intention_denies_is_permission_denied_and_counted_as_a_denial(self):
        denied = Counter({call: count for call, count in self.books.booked("between").items()
                          if call[:2] == DENIED})
        self.assertEqual({code for _, _, code in denied}, {"PERMISSION_DENIED"})
        self.assertEqual(self.books.grown("between", "mesh_policy_denials_total", pod=SERVER, mode="enforced"),
                         sum(denied.values()))

    def test_who_is_gone_is_unavailable_on_both_sides(self):
        booked = self.books.booked("gone")
        self.assertEqual({code for _, _, code in booked}, {"UNAVAILABLE"})
        self.assert_same_calls(self.books.counted("gone", CLIENT, "outbound"), booked)
        self.assert_same_calls(self.books.counted("gone", SERVER, "inbound"), booked)

    def test_who_hangs_is_counted_as_a_status_or_as_a_reset(self):
        """The application ends a call at its deadline as well: whose word was first decides what the sidecars
        saw of one that the caller gave up."""
        booked, unanswered = self.books.booked("hangs"), self.books.unanswered("hangs")
        self.assertGreater(unanswered, 0)
        for pod, direction in ((CLIENT, "outbound"), (SERVER, "inbound")):
            counted = self.books.counted("hangs", pod, direction)
            resets = self.books.grown("hangs", "mesh_upstream_resets_total", pod=pod)
            more = counted - booked
            say(f"{pod}: of {unanswered} calls that were given up {sum(more.values())} have the status of the "
                f"application, {resets:.0f} are resets")
            self.assertEqual(booked - counted, Counter())
            self.assertLessEqual({code for _, _, code in counted}, {"DEADLINE_EXCEEDED"})  # none if all are resets
            self.assertEqual(sum(more.values()) + resets, unanswered)

    def test_a_cluster_replaced_under_load_loses_no_more_than_was_called_between_two_polls(self):
        booked, counted = self.books.booked("during"), self.books.counted("during", CLIENT, "outbound")
        self.assertEqual(self.books.unanswered("during"), 0)
        self.assert_same_calls(self.books.counted("during", SERVER, "inbound"), booked)
        self.assertEqual(counted - booked, Counter())
        lost = sum((booked - counted).values())
        at_most = self.looks.lost_at_most(
            [(success - TIMEOUT, success) for _, _, page in self.history.pages
             for success in [page.value("mesh_target_last_success_timestamp_seconds", pod=CLIENT)] if success])
        replaced = self.looks.seen[-1].modified - self.looks.seen[0].modified
        say(f"under load: {sum(booked.values())} calls, a cluster replaced {replaced} times, {lost} lost at the "
            f"client's side, where the books allow {at_most}")
        self.assertGreaterEqual(replaced, len(ROOTS))
        self.assertLessEqual(lost, at_most)

    def test_the_page_alone_tells_every_status_and_no_method_that_it_does_not_know(self):
        booked, page = self.books.booked("between"), self.books.page("between")
        for pod, direction in ((CLIENT, "outbound"), (SERVER, "inbound")):
            counted = self.books.counted("between", page_of(pod), direction)
            self.assertEqual(by_status(counted), by_status(booked), pod)
            told = Counter({call: count for call, count in counted.items() if call[1]})
            self.assertEqual(told, Counter({call: booked[call] for call in told}), pod)
            say(f"{pod} by its page: all {sum(counted.values())} by status, {sum(told.values())} by method")
            self.assertGreater(page.value("mesh_target_ambiguous_series", pod=page_of(pod)), 0)
        upstreams = {row["upstream"] for row, _ in page.rows(
            "mesh_grpc_requests_total", pod=page_of(CLIENT), direction="outbound")}
        self.assertEqual(upstreams, {"payments"})
        self.assertEqual(page.rows("mesh_certificate_info", pod=page_of(CLIENT)), [])


if __name__ == "__main__":
    unittest.main()
