#!/usr/bin/env python3
"""Certificates with real short lives in real Envoys, for the version that MESH_ENVOY names. What
happens to them takes real time, so all of it happens at once, each to sidecars of its own, and one
history of the agent's pages is what is judged."""

import json
import os
import unittest
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

from harness import (BACKENDS, BIN_DIR, BINARY, CLIENT, ENVOY, ENVOY_VERSION, Agent, DemoMesh,
                     SharedPartsTest, wait_until)
import certificates
from certificate_history import History, end_of, failures, held, leaf, root
from lone_sidecar import LoneSidecar

DAY = certificates.DAY
SHORT = 25  # seconds: the life of what is to expire
UPSTREAM = "users.shop.svc.cluster.local:50051"
CLUSTER = "cluster.outbound|50051||users.shop.svc.cluster.local"
HELD_CALLS = 3  # one per server
CONFIG = "certificates: {interval: 1s}\n"


def failed_at_the_source(sidecar):
    return sidecar.counter("sds.default.key_rotation_failed")


class Certificates(SharedPartsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mesh = cls.start_shared(DemoMesh(ENVOY, BIN_DIR, os.path.join(cls.shared, "mesh")))
        lifetimes = {"ordinary": 60, "overdue": SHORT, "garbage": 60, "mismatch": 60, "reroot": 60}
        cls.alone = {name: cls.start_shared(LoneSidecar(ENVOY, name + "-1", cls.shared, lifetime))
                     for name, lifetime in lifetimes.items()}
        for sidecar in cls.alone.values():
            sidecar.wait_ready()
        targets = "".join(f"  - {json.dumps(sidecar.target())}\n" for sidecar in cls.alone.values())
        cls.agent = cls.start_shared(Agent(BINARY, cls.shared, cls.mesh.agent_config(
            targets + CONFIG, interval="1s", timeout="800ms")))
        cls.agent.wait_ready()
        cls.history = cls.start_shared(History(cls.agent))
        # Processes are started here, by the thread that lives as long as they should.
        cls.replace_in_the_mesh(SHORT)
        cls.load = cls.mesh.start_load(hold="yes", calls=HELD_CALLS, parallel=HELD_CALLS,
                                       only="user.v1.UserService/GetUser", deadline="5m")
        stories = [name for name in dir(cls) if name.startswith("story_")]
        pool = ThreadPoolExecutor(len(stories))
        cls.addClassCleanup(pool.shutdown)
        cls.told = {name.removeprefix("story_"): pool.submit(getattr(cls, name))
                    for name in stories}

    @classmethod
    def replace_in_the_mesh(cls, lifetime):
        """Every sidecar of the mesh gets a new certificate and the agent has seen it."""
        before = cls.history.wait_for(
            lambda page: all(leaf(page, "rotations_total", pod) is not None
                             for pod in (CLIENT, *BACKENDS)), "the certificates of the mesh")
        for pod in (CLIENT, *BACKENDS):
            cls.mesh.authority.issue(pod.rsplit("-", 1)[0], cls.mesh.certificate_dir(pod), lifetime)
        for pod in (CLIENT, *BACKENDS):
            wait_until(lambda: cls.is_loaded(pod), f"{pod} to load its new certificate")
        return cls.history.wait_for(
            lambda page: all(leaf(page, "rotations_total", pod)
                             == leaf(before, "rotations_total", pod) + 1
                             for pod in (CLIENT, *BACKENDS)), "the rotation to be seen", 20)

    @classmethod
    def is_loaded(cls, pod):
        """By the sidecar's own word."""
        end = end_of(os.path.join(cls.mesh.certificate_dir(pod), "tls.crt"))
        date = datetime.fromtimestamp(end, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        return date in cls.mesh.get(pod, "/certs")

    # ---- what happens, each in a thread of its own ----

    @classmethod
    def renew(cls, sidecar, lifetime):
        """Envoy sees the new key before the new certificate is there, which it counts as a failure.
        A page some polls after the agent saw the new one."""
        failed = failed_at_the_source(sidecar)
        sidecar.authority.prepare(sidecar.workload, sidecar.certificate_dir, lifetime)
        end = end_of(sidecar.certificate + ".new")
        certificates.install(sidecar.certificate_dir, "tls.key")
        wait_until(lambda: failed_at_the_source(sidecar) > failed, "Envoy to see half of it")
        certificates.install(sidecar.certificate_dir, "tls.crt")
        cls.history.wait_for(
            lambda page: leaf(page, "not_after_timestamp_seconds", sidecar.name) == end,
            "the new certificate", 20)
        return cls.history.wait_for_polls(sidecar.name)

    @classmethod
    def story_ordinary(cls):
        sidecar = cls.alone["ordinary"]
        return cls.renew(sidecar, 60), cls.renew(sidecar, 60), failed_at_the_source(sidecar)

    @classmethod
    def story_overdue(cls):
        """Nobody renews it."""
        sidecar = cls.alone["overdue"]
        cls.history.wait_for(
            lambda page: leaf(page, "remaining_seconds", sidecar.name) < -5, "its end", 60)

    @classmethod
    def spoil(cls, sidecar, file, text):
        """Puts that into the place of a good file, and later good ones: the pages after each."""
        sidecar.put(file, text)
        cls.history.wait_for(lambda page: failures(page, pod=sidecar.name)["key_rotation_failed"],
                             "the failure to be counted", 20)
        return cls.history.wait_for_polls(sidecar.name), cls.renew(sidecar, DAY)

    @classmethod
    def story_garbage(cls):
        sidecar = cls.alone["garbage"]
        return end_of(sidecar.certificate), *cls.spoil(
            sidecar, "tls.crt", "-----BEGIN CERTIFICATE-----\ngarbage\n")

    @classmethod
    def story_mismatch(cls):
        sidecar = cls.alone["mismatch"]
        other = os.path.join(cls.shared, "other")
        sidecar.authority.issue("other", other)
        with open(os.path.join(other, "tls.key")) as key:
            return end_of(sidecar.certificate), *cls.spoil(sidecar, "tls.key", key.read())

    @classmethod
    def story_reroot(cls):
        """The new root is trusted beside the old one, then alone, and issues the next leaf."""
        sidecar, old = cls.alone["reroot"], cls.alone["reroot"].authority
        new = certificates.Authority(os.path.join(cls.shared, "new-root")).create(days=100)

        def loads():
            return sidecar.counter(f"{CLUSTER}.client_ssl_socket_factory.ssl_context_update_by_sds")
        before = loads()
        sidecar.trust(old, new)
        wait_until(lambda: loads() > before, "Envoy to read the bundle")
        both = cls.history.wait_for_polls(sidecar.name)
        sidecar.authority = new
        sidecar.issue(60)
        sidecar.trust(new)
        cls.history.wait_for(
            lambda page: root(page, "not_after_timestamp_seconds", sidecar.name)
            == end_of(new.root), "the new root", 20)
        return (end_of(old.root), end_of(new.root), both,
                cls.history.wait_for_polls(sidecar.name))

    @classmethod
    def story_held(cls):
        """Connections made under a short-lived certificate outlive it."""
        def active():
            lines = cls.mesh.get(CLIENT, "/stats?filter=50051.*upstream_cx_active$").split()
            return int(lines[-1])
        wait_until(lambda: active() == HELD_CALLS, "the calls to be under way")
        told = {"before": cls.history.wait_for_polls(CLIENT),
                "short_end": end_of(os.path.join(cls.mesh.certificate_dir(CLIENT), "tls.crt"))}
        cls.replace_in_the_mesh(DAY)
        told["replaced"] = cls.history.wait_for_polls(CLIENT)
        cls.history.wait_for(lambda page: held(page, "expired", CLIENT), "its end")
        told["expired"] = cls.history.wait_for_polls(BACKENDS[-1])
        told["still_active"] = active()
        for pod in BACKENDS:
            cls.mesh.kill(pod)
        wait_until(lambda: active() == 0, "the connections to be closed")
        told["closed"] = cls.history.wait_for_polls(CLIENT)
        return told

    # ---- what the agent made of it ----

    def tell(self, story):
        """Once it is over: what came of it."""
        return self.told[story].result()

    def failures_ever(self, pod):
        return self.history.ever(
            lambda page: failures(page, pod=pod).get("key_rotation_failed"))

    def test_the_countdown_is_that_of_openssl_to_the_second(self):
        for sidecar in self.alone.values():
            self.tell(sidecar.workload)
            page = self.history.wait_for_polls(sidecar.name)
            for of, file in ((leaf, sidecar.certificate), (root, sidecar.bundle)):
                end = of(page, "not_after_timestamp_seconds", sidecar.name)
                self.assertEqual(end, end_of(file), (sidecar.name, of.__name__))
        looked = 0
        for after, before, page in self.history.pages:
            for row, left in page.rows("mesh_certificate_remaining_seconds"):
                end = page.value("mesh_certificate_not_after_timestamp_seconds", **row)
                self.assertTrue(end - before - 0.001 <= left <= end - after + 0.001, row)
                looked += 1
        self.assertGreater(looked, 1000)

    def test_an_ordinary_rotation_is_counted_once_and_is_no_failure(self):
        _, page, failed = self.tell("ordinary")
        pod = self.alone["ordinary"].name
        self.assertEqual(self.history.ever(lambda page: leaf(page, "rotations_total", pod)),
                         {0, 1, 2})
        self.assertGreaterEqual(failed, 2)
        self.assertEqual(self.failures_ever(pod), {0})
        self.assertEqual(leaf(page, "rotation_overdue", pod), 0)
        self.assertEqual(root(page, "rotations_total", pod), 0)
        # Seen at once: by what Envoy says of its secrets, and at the latest with the next poll.
        issued = leaf(page, "not_before_timestamp_seconds", pod)
        seen = leaf(page, "last_rotation_timestamp_seconds", pod)
        self.assertTrue(issued <= seen <= issued + 5, (issued, seen))

    def test_overdue_comes_before_the_end_and_the_expired_one_stays(self):
        self.tell("overdue")
        pod, end = self.alone["overdue"].name, end_of(self.alone["overdue"].certificate)
        begin, due = end - SHORT, set()
        for after, before, page in self.history.pages:
            overdue = leaf(page, "rotation_overdue", pod)
            self.assertIsNotNone(overdue)
            if before < begin + 0.5 * SHORT:  # its rotation point
                self.assertEqual(overdue, 0)
            if overdue:
                due.add(after)
            if after > begin + 0.9 * SHORT:
                self.assertEqual(overdue, 1)
            if after > end:
                self.assertLess(leaf(page, "remaining_seconds", pod), 0)
                self.assertEqual(leaf(page, "remaining_ratio", pod), 0)
        self.assertLess(min(due), end)
        self.assertEqual(self.history.ever(lambda page: leaf(page, "rotations_total", pod)), {0})

    def check_spoilt(self, story):
        end, spoilt, mended = self.tell(story)
        sidecar = self.alone[story]
        self.assertEqual(leaf(spoilt, "not_after_timestamp_seconds", sidecar.name), end)
        self.assertEqual(leaf(spoilt, "rotations_total", sidecar.name), 0)
        self.assertEqual(leaf(mended, "rotations_total", sidecar.name), 1)
        # Envoy counted the good rotation after it, too.
        self.assertGreaterEqual(failed_at_the_source(sidecar), 2)
        self.assertEqual(self.failures_ever(sidecar.name), {0, 1})
        for page in (spoilt, mended):
            self.assertEqual(failures(page, pod=sidecar.name, secret="default"),
                             {"key_rotation_failed": 1, "update_rejected": 0})

    def test_garbage_is_a_failure_and_the_old_one_stays(self):
        self.check_spoilt("garbage")

    def test_a_key_that_does_not_fit_is_a_failure_and_the_old_one_stays(self):
        self.check_spoilt("mismatch")

    def test_a_change_of_the_root_is_followed_and_counted_once(self):
        old_end, new_end, both, after = self.tell("reroot")
        pod = self.alone["reroot"].name
        # Envoy 1.36 lists the first certificate of a bundle only.
        self.assertEqual(root(both, "not_after_timestamp_seconds", pod),
                         old_end if ENVOY_VERSION == "1.36.2" else new_end)
        self.assertEqual(self.history.ever(
            lambda page: root(page, "not_after_timestamp_seconds", pod)), {old_end, new_end})
        self.assertEqual(self.history.ever(lambda page: root(page, "rotations_total", pod)), {0, 1})
        self.assertEqual(root(after, "rotations_total", pod), 1)
        self.assertEqual(leaf(after, "rotations_total", pod), 1)
        self.assertEqual(self.history.ever(lambda page: leaf(page, "rotation_overdue", pod)), {0})
        self.assertEqual(self.history.ever(lambda page: root(page, "rotation_overdue", pod)), set())
        self.assertEqual(self.failures_ever(pod), {0})

    def test_connections_that_outlive_their_certificate_are_found(self):
        told = self.tell("held")

        def servers(page, state):
            return sum(held(page, state, pod) or 0 for pod in BACKENDS)
        for page, stale, expired in ((told["before"], 0, 0), (told["replaced"], HELD_CALLS, 0),
                                     (told["expired"], HELD_CALLS, HELD_CALLS)):
            self.assertEqual(held(page, "stale", CLIENT), stale)
            self.assertEqual(held(page, "expired", CLIENT), expired)
            self.assertEqual(servers(page, "stale"), stale)
            self.assertEqual(servers(page, "expired"), expired)
        self.assertEqual(told["still_active"], HELD_CALLS)
        for pod in (CLIENT, *BACKENDS):
            self.assertEqual(told["replaced"].rows(
                "mesh_finding", pod=pod, finding="stale_certificate_in_use"), [])
        found = told["expired"].rows("mesh_finding", finding="stale_certificate_in_use")
        self.assertEqual({(row["pod"], row["upstream"], row["severity"]) for row, _ in found},
                         {(CLIENT, UPSTREAM, "info"), *((pod, "", "info") for pod in BACKENDS
                                                         if held(told["expired"], "expired", pod))})
        self.assertEqual(held(told["closed"], "stale", CLIENT), 0)
        self.assertEqual(held(told["closed"], "expired", CLIENT), 0)
        for after, before, page in self.history.pages:
            if before < told["short_end"]:
                self.assertFalse(held(page, "expired", CLIENT))
            for row, value in page.rows("mesh_certificate_stale_connections", pod=CLIENT):
                self.assertTrue(row["upstream"] == UPSTREAM or value == 0, row)

    def test_every_rotation_of_the_mesh_is_counted_once_and_none_failed(self):
        self.tell("held")
        for pod in (CLIENT, *BACKENDS):
            self.assertEqual(self.history.ever(lambda page, pod=pod: leaf(
                page, "rotations_total", pod)), {0, 1, 2})
            self.assertEqual(self.failures_ever(pod), {0})


if __name__ == "__main__":
    unittest.main()
