"""What the agent's pages say of certificates, and the history of its pages while something happens:
to wait for what they will say, and to judge afterwards what they ever said."""

import subprocess
import threading
import time
from datetime import datetime, timezone

from harness import wait_until
from processes import MeshError

_TELLING = ("mesh_certificate_rotations_total", "mesh_certificate_not_after_timestamp_seconds",
            "mesh_certificate_rotation_failures_total", "mesh_target_up",
            "mesh_target_last_success_timestamp_seconds", "mesh_target_poll_interval_seconds")


def end_of(certificate):
    """What `openssl x509 -enddate` says, in seconds since 1970."""
    said = subprocess.run(["openssl", "x509", "-noout", "-enddate", "-in", certificate],
                          capture_output=True, text=True, check=True).stdout
    date = datetime.strptime(said.strip(), "notAfter=%b %d %H:%M:%S %Y GMT")
    return date.replace(tzinfo=timezone.utc).timestamp()


def failures(page, **labels):
    """{reason: failed renewals} of all secrets."""
    sums = {}
    for row, value in page.rows("mesh_certificate_rotation_failures_total", **labels):
        sums[row["reason"]] = sums.get(row["reason"], 0) + value
    return sums


def leaf(page, metric, pod):
    return page.value("mesh_certificate_" + metric, pod=pod, role="leaf")


def root(page, metric, pod):
    return page.value("mesh_certificate_" + metric, pod=pod, role="root")


def held(page, state, pod):
    """Connections under an old certificate, stale or expired; None before the first handshake."""
    rows = page.rows(f"mesh_certificate_{state}_connections", pod=pod)
    return sum(value for _, value in rows) if rows else None


class History:
    """The agent's pages, several a second: (when it was surely made after, before, page)."""

    def __init__(self, agent, every=0.1, families=()):
        """A page `every` so many seconds; of each only the families whose names begin so."""
        self._agent = agent
        self._every = every
        self._families = tuple(families)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._error = None
        self.pages = []

    def start(self):
        self._thread.start()

    def stop(self):
        self._over.set()
        self._thread.join()

    def _run(self):
        try:
            while not self._over.wait(self._every):
                after, page = time.time(), self._agent.page()
                before = time.time()
                if self._families:
                    page.keep(self._families)
                self.pages.append((after, before, page))
        except Exception as error:  # pylint: disable=broad-except
            self._error = error

    def wait_for(self, condition, what, timeout=60):
        """Until a page that is made from now on fulfils condition(page); gives that page."""
        found, seen = [], len(self.pages) + 1  # one may be on its way

        def holds():
            nonlocal seen
            if self._error:
                raise self._error
            while not found and seen < len(self.pages):
                page = self.pages[seen][2]
                seen += 1
                if condition(page):
                    found.append(page)
            return found
        try:
            wait_until(holds, what, timeout, alive=[self._agent.child])
        except MeshError as error:
            raise MeshError(f"{error}\nThe last page of {len(self.pages)}:\n{self._told()}") from error
        return found[0]

    def _told(self):
        """What the last page says of leaves and of how their proxies are asked."""
        page = self.pages[-1][2]
        return "\n".join(f"{name}{labels} {value:.17g}" for name in _TELLING
                         for labels, value in page.rows(name) if labels.get("role", "leaf") == "leaf")

    def wait_for_polls(self, pod, times=3):
        """A page some polls later: what was to be seen has been seen."""
        def success(page):
            return page.value("mesh_target_last_success_timestamp_seconds", pod=pod)
        page = self.pages[-1][2]
        for _ in range(times):
            page = self.wait_for(lambda now, last=success(page): success(now) > last, "a poll")
        return page

    def ever(self, value_of):
        """All values that value_of(page) had, without those of pages that had none."""
        values = {value_of(page) for _, _, page in self.pages}
        return values - {None}
