"""What the tests beside real meshes share: the processes of a mesh on its fixed ports, what its
sidecars list of certificates, read by a reader of our own, and the judgement of the agent by it."""

import json
import os
import ssl
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import namedtuple
from datetime import datetime

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from harness import (BINARY, BIN_DIR, ENVOY, ROOT, Agent, SharedPartsTest,  # noqa: E402
                     ledger_calls, wait_until)
from certificate_history import History  # noqa: E402
from load import Load  # noqa: E402
from processes import Child, MeshError, http_get  # noqa: E402

TOOLS = os.path.join(ROOT, "build", "tools", "bin")
# What History keeps of a page: minutes of whole pages would be a gigabyte.
FAMILIES = ("mesh_certificate_", "mesh_finding", "mesh_control_plane_", "mesh_target_up",
            "mesh_target_last_success_")

Leaf = namedtuple("Leaf", "serial not_before not_after")


def tool(name):
    """A program of build/tools/bin."""
    return os.path.join(TOOLS, name)


def say(text):
    """What was measured, between the dots of unittest."""
    print("\n    " + text, end="", file=sys.stderr, flush=True)


def ask(method, url, body=None, headers=None, ca_file=None, timeout=10):
    """(status, body): one question to a control plane, which is JSON both ways."""
    request = urllib.request.Request(url, method=method, headers=headers or {},
                                     data=None if body is None else json.dumps(body).encode())
    context = ssl.create_default_context(cafile=ca_file) if ca_file else None
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                         urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(request, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")


def answers(url, path="/"):
    """Whether a GET of it is answered with 200."""
    try:
        return http_get(url, path)[0] == 200
    except OSError:
        return False


class RealMesh:
    """The processes of one mesh, which are ended with it whatever happens. A kind of mesh says in
    start() what it is made of, and which sidecars it has."""

    sidecars = {}  # pod: admin address
    call_at = ""  # where callers call
    call_as = ""  # the service that they ask for there, if the address does not say it

    def __init__(self, directory):
        self.directory = directory
        self.children = {}
        self._loads = 0

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def write(self, text, *parts):
        """A file with this content; gives its name."""
        name = self.path(*parts)
        os.makedirs(os.path.dirname(name), exist_ok=True)
        with open(name, "w") as file:
            file.write(text)
        return name

    def spawn(self, name, *command, where=None, **environment):
        """Starts a process of the mesh, in place of one of that name."""
        words = ["env", "-C", where or self.directory,
                 *(f"{key}={value}" for key, value in environment.items()), *command]
        self.children[name] = Child(name, words, self.path(name + ".log"))
        return self.children[name]

    def spawn_application(self, *addresses):
        return self.spawn("application", os.path.join(BIN_DIR, "demo_server"), "payments-1",
                          *addresses)

    def spawn_envoy(self, pod, bootstrap):
        return self.spawn(pod, ENVOY, "-c", bootstrap, "--disable-hot-restart",
                          "--concurrency", "1", "--log-level", "info")

    def stop(self):
        for child in reversed(self.children.values()):
            child.terminate()

    def run(self, *command):
        """What a command of the mesh prints; MeshError with its words if it fails."""
        name = os.path.basename(command[0])
        output, errors = self.path(name + ".stdout"), self.path(name + ".stderr")
        for file in (output, errors):
            if os.path.exists(file):
                os.remove(file)
        with open(errors, "wb") as stderr:
            status = Child(name, command, output, stderr).wait(60)
        if status != 0:
            with open(errors) as file:
                raise MeshError(f"{' '.join(command[:3])}… ended with {status}: {file.read()}")
        with open(output) as file:
            return file.read()

    def openssl(self, *words):
        self.run("openssl", *words)

    def wait_for(self, condition, what, *names, timeout=60):
        wait_until(condition, what, timeout, alive=[self.children[name] for name in names])

    def wait_until_called(self, *names, timeout=60):
        """Until a call gets through from end to end."""
        probe = self.spawn("probe", os.path.join(BIN_DIR, "demo_load"), *self._load_words(
            target=self.call_at, wait_ready=f"{timeout}s"))
        self.wait_for(lambda: not probe.running(), "a call to get through", *names,
                      timeout=timeout + 10)
        if probe.wait(1) != 0:
            raise MeshError(f"no call got through in {timeout} s:\n{probe.log_tail()}")

    def start_load(self, target=None, **settings):
        """As DemoMesh.start_load."""
        self._loads += 1
        name = f"load-{self._loads}"
        ledger = self.path(name + ".ledger.json")
        child = self.spawn(name, os.path.join(BIN_DIR, "demo_load"), *self._load_words(
            target=target or self.call_at, ledger=ledger, **settings))
        wait_until(lambda: os.path.exists(ledger), f"{name} to start", alive=[child])
        return Load(child, ledger)

    def _load_words(self, **settings):
        if self.call_as:
            settings["authority"] = self.call_as
        return [word for key, value in settings.items()
                for word in ("--" + key.replace("_", "-"), str(value))]

    def target(self, pod):
        """As the agent's configuration lists a sidecar."""
        return {"name": pod, "namespace": "shop", "workload": pod.rsplit("-", 1)[0],
                "admin": self.sidecars[pod]}

    def targets(self):
        """All that the agent is told of: every sidecar."""
        return [self.target(pod) for pod in self.sidecars]

    def agent_config(self, extra=""):
        """Every target, asked each second."""
        targets = "".join(f"  - {json.dumps(target)}\n" for target in self.targets())
        return ("poll: {interval: 1s, timeout: 900ms, window: 30s, stale_after: 10s}\n"
                f"audit: false\ntargets:\n{targets}{extra}")

    def stat(self, pod, name):
        """One number of a sidecar's own statistics; None if it has none of that name."""
        for line in http_get(self.sidecars[pod], "/stats")[1].decode().splitlines():
            if line.startswith(name + ": "):
                return int(line.removeprefix(name + ": "))
        return None


def listed_leaves(certs):
    """The leaves in the answer of /certs, the newest last."""
    def instant(text):
        return datetime.fromisoformat(text).timestamp()
    leaves = {Leaf(one["serial_number"], instant(one["valid_from"]),
                   instant(one["expiration_time"]))
              for entry in json.loads(certs)["certificates"] for one in entry["cert_chain"][:1]}
    return sorted(leaves, key=lambda one: (one.not_before, one.not_after))


class CertsWatch:
    """Looks at /certs of all sidecars several times a second. start() … stop()."""

    def __init__(self, sidecars):
        self._sidecars = sidecars
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.newest = {pod: [] for pod in sidecars}  # (when first seen, Leaf)
        self.listed = {}  # pod: all that are listed now
        self.expired_beside = set()  # pods that listed an expired leaf beside a valid one

    def start(self):
        self._thread.start()

    def stop(self):
        self._over.set()
        self._thread.join()

    def leaf(self, pod):
        """The one in use."""
        return self.newest[pod][-1][1]

    def serials(self, pod):
        """Of those that were in use, one after the other."""
        return [one.serial for _, one in self.newest[pod]]

    def _run(self):
        while not self._over.wait(0.25):
            for pod, admin in self._sidecars.items():
                try:
                    leaves = listed_leaves(http_get(admin, "/certs")[1])
                except (OSError, ValueError):
                    continue  # the next look tells
                if leaves:
                    self._enter(pod, leaves)

    def _enter(self, pod, leaves):
        now = time.time()
        self.listed[pod] = leaves
        if not self.newest[pod] or self.leaf(pod).serial != leaves[-1].serial:
            self.newest[pod].append((now, leaves[-1]))
        if leaves[0].not_after < now < leaves[-1].not_after:
            self.expired_beside.add(pod)


def leaf(page, metric, pod, source="admin"):
    return page.value("mesh_certificate_" + metric, pod=pod, role="leaf", source=source)


def serial_in_use(page, pod):
    rows = page.rows("mesh_certificate_info", pod=pod, source="admin", role="leaf",
                     state="in_use")
    return rows[0][0]["serial"] if rows else None


def findings(page, *severities):
    """{(finding, pod)} of these severities, or of all."""
    return {(row["finding"], row["pod"]) for row, _ in page.rows("mesh_finding")
            if not severities or row["severity"] in severities}


class RealMeshTest(SharedPartsTest):
    """A test case with a mesh, an agent beside it and the history of both."""

    @classmethod
    def start_mesh_and_agent(cls, mesh, config="certificates: {interval: 5s}\n"):
        cls.mesh = cls.start_shared(mesh)
        cls.watch = cls.start_shared(CertsWatch(mesh.sidecars))
        cls.agent = cls.start_shared(Agent(BINARY, cls.shared, mesh.agent_config(config)))
        cls.agent.wait_ready()
        cls.history = cls.start_shared(History(cls.agent, 0.5, FAMILIES))

    # ---- what happened ----

    @classmethod
    def wait_for_rotations(cls, wanted, timeout):
        """Until each sidecar has had so many more leaves, {pod: number}, and the agent agrees."""
        before = {pod: len(cls.watch.newest[pod]) for pod in wanted}

        def seen():
            return {pod: len(cls.watch.newest[pod]) - before[pod] for pod in wanted}
        try:
            wait_until(lambda: all(seen()[pod] >= number for pod, number in wanted.items()),
                       f"rotations {wanted}", timeout, alive=[cls.agent.child])
        except MeshError as error:
            raise MeshError(f"{error}; seen {seen()}") from None
        cls.wait_until_agreed()

    @classmethod
    def wait_until_agreed(cls, timeout=20):
        """Until the agent shows the leaves in use that the sidecars list."""
        cls.history.wait_for(
            lambda page: all(serial_in_use(page, pod) == cls.watch.leaf(pod).serial
                             for pod in cls.mesh.sidecars), "the leaves that /certs lists", timeout)

    @classmethod
    def wait_for_findings(cls, wanted, timeout):
        """Until a page has all of these, {(finding, pod)}."""
        try:
            cls.history.wait_for(lambda page: wanted <= findings(page), f"{wanted}", timeout)
        except MeshError as error:
            raise MeshError(f"{error}; seen {findings(cls.history.pages[-1][2])}") from None

    @classmethod
    def wait_until_well(cls, seconds, timeout):
        """Until no page had a finding of severity warning or critical for so long; gives when the
        last one was gone."""
        def last_found():
            return next((before for _, before, page in reversed(cls.history.pages)
                         if findings(page, "warning", "critical")), 0)
        try:
            wait_until(lambda: time.time() - last_found() > seconds, "findings to go away", timeout,
                       alive=[cls.agent.child])
        except MeshError as error:
            raise MeshError(f"{error}; seen {findings(cls.history.pages[-1][2])}") from None
        return last_found()

    @classmethod
    def first(cls, condition, since=0):
        """When a page made after `since` first fulfilled condition(page): the instant before it was
        asked for, so never too late by more than the time between two pages; None if none did."""
        for after, _, page in cls.history.pages:
            if after >= since and condition(page):
                return after
        return None

    @classmethod
    def first_finding(cls, name, pod, since=0):
        return cls.first(lambda page: (name, pod) in findings(page), since)

    # ---- what the agent made of it ----

    def check_each_rotation_was_counted_once(self, pod):
        """Against the order of the leaves in /certs. Gives how many there were."""
        told = []
        for _, _, page in self.history.pages:
            serial = serial_in_use(page, pod)
            if serial is None:
                continue
            rotations = leaf(page, "rotations_total", pod)
            if not told:
                at_first = rotations
            if not told or told[-1] != serial:
                told.append(serial)
            self.assertEqual(rotations - at_first, len(told) - 1, pod)
        listed = self.watch.serials(pod)
        self.assertIn(told[0], listed)
        expected = listed[listed.index(told[0]):]
        self.assertEqual(told, expected[:len(told)], pod)
        self.assertGreaterEqual(len(told), len(expected) - 1, "the last one may be on its way")
        return len(told) - 1

    def check_the_countdown(self):
        """In every page, for every certificate: what is left until its end, to the second; and its
        end is that in /certs. Gives how many were looked at."""
        ends = {(pod, one.serial): one.not_after for pod, seen in self.watch.newest.items()
                for _, one in seen}
        looked = 0
        for after, before, page in self.history.pages:
            for row, left in page.rows("mesh_certificate_remaining_seconds"):
                end = page.value("mesh_certificate_not_after_timestamp_seconds", **row)
                self.assertTrue(end - before - 1 <= left <= end - after + 1, row)
                looked += 1
            for pod in self.mesh.sidecars:
                serial = serial_in_use(page, pod)
                if (pod, serial) in ends:
                    self.assertEqual(page.value("mesh_certificate_not_after_timestamp_seconds",
                                                pod=pod, source="admin", role="leaf"),
                                     ends[pod, serial])
        self.assertGreater(looked, 100)
        return looked

    def check_no_finding(self, since=0, until=float("inf")):
        """Nothing of severity warning or critical in any page between."""
        found = {}
        for after, before, page in self.history.pages:
            if since <= after and before <= until:
                for one in findings(page, "warning", "critical"):
                    found.setdefault(one, []).append(after)
        self.assertEqual(
            {one: f"{len(seen)} pages, from {seen[0] - since:.0f} s on"
             for one, seen in found.items()}, {})

    def check_never(self, metric, until=float("inf")):
        """A metric of certificates whose every series was 0 in every page until then."""
        looked = 0
        for _, before, page in self.history.pages:
            if before > until:
                break
            for row, value in page.rows("mesh_certificate_" + metric):
                self.assertEqual(value, 0, row)
                looked += 1
        self.assertGreater(looked, 0, metric)

    def check_the_table(self):
        """/api/v1/certificates has the leaves of /certs, with their dates."""
        rows = json.loads(self.agent.get("/api/v1/certificates")[1])
        ends = {row["serial"]: datetime.fromisoformat(row["not_after"]).timestamp()
                for row in rows}
        for pod in self.mesh.sidecars:
            one = self.watch.leaf(pod)
            self.assertEqual(ends.get(one.serial), one.not_after, (pod, rows))
