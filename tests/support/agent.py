"""The program under test, and a real Prometheus that scrapes it, as child processes; and what their
pages say as plain values. The demo and the end-to-end tests share this."""

import http.client
import json
import os
import re
import signal
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "demo_mesh"))

from processes import Child, MeshError, Served, http_get, wait_until  # noqa: E402

_SAMPLE = re.compile(r'([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$')
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")


class Page:
    """A page in Prometheus' text form: {name: {frozenset of (label, value): number}}."""

    def __init__(self, text):
        self.text = text
        self.families = {}
        for line in text.splitlines():
            if not line or line.startswith("#"):
                continue
            match = _SAMPLE.match(line)
            if not match:
                raise ValueError(f"not a sample: {line!r}")
            labels = frozenset(
                (label, _ESCAPE.sub(lambda m: "\n" if m[1] == "n" else m[1], value))
                for label, value in _LABEL.findall(match[2] or ""))
            family = self.families.setdefault(match[1], {})
            if labels in family:
                raise ValueError(f"twice: {line!r}")
            family[labels] = float(match[3])

    def keep(self, prefixes):
        """Forgets the text and all families but those whose names begin so."""
        self.text = ""
        self.families = {name: rows for name, rows in self.families.items()
                         if name.startswith(prefixes)}

    def rows(self, name, **wanted):
        """[(labels as a dictionary, value)…] of one family; `wanted` labels must be equal."""
        return [(dict(labels), value) for labels, value in self.families.get(name, {}).items()
                if wanted.items() <= dict(labels).items()]

    def value(self, name, **wanted):
        """The value of the one series; None if there is none."""
        rows = self.rows(name, **wanted)
        if len(rows) > 1:
            raise ValueError(f"{len(rows)} series of {name} with {wanted}")
        return rows[0][1] if rows else None

    def calls(self, **wanted):
        """mesh_grpc_requests_total by (service, method, code), summed over the rest."""
        sums = Counter()
        for labels, value in self.rows("mesh_grpc_requests_total", **wanted):
            sums[labels["grpc_service"], labels["grpc_method"], labels["grpc_code"]] += int(value)
        return +sums

    def last_successes(self):
        """When each target's last poll succeeded, by (namespace, pod)."""
        return {(labels["namespace"], labels["pod"]): value for labels, value
                in self.rows("mesh_target_last_success_timestamp_seconds")}


def ledger_calls(ledger):
    """What the caller saw, in the form of Page.calls."""
    return Counter({(row["service"], row["method"], row["code"]): row["count"]
                    for row in ledger["calls"]})


class ServingAgent(Served):
    """mesh_exporter as it is asked, on a free port; a subclass starts it."""

    _log_file = None

    def log(self):
        with open(self._log_file) as file:
            return file.read()

    def get(self, path, accept="*/*", **headers):
        """(status, body as text). Headers by their names, with _ for -."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        status, body = http_get(self.url, path, headers={"Accept": accept, **headers})
        return status, body.decode()

    def page(self):
        status, text = self.get("/metrics")
        if status != 200:
            raise MeshError(f"/metrics: HTTP {status} {text[:200]}")
        return Page(text)

    def wait_ready(self):
        wait_until(lambda: self._answers("/-/ready"), "the agent to be ready", 60,
                   alive=[self.child])

    def wait_for(self, condition, what, timeout=60):
        """Polls the page until condition(page); gives that page."""
        found = []

        def holds():
            page = self.page()
            found[:] = [page]
            return condition(page)
        wait_until(holds, what, timeout, alive=[self.child])
        return found[0]

    def page_after_polls(self):
        """A page all of whose targets were asked from beginning to end after this call: of two
        successes that follow it, the second began later."""
        for _ in range(2):
            before = self.page().last_successes()
            page = self.wait_for(
                lambda page, before=before: all(
                    page.last_successes().get(target, 0) > when
                    for target, when in before.items()), "a poll of every target")
        return page

    def _answers(self, path):
        try:
            return http_get(self.url, path)[0] == 200
        except (OSError, http.client.HTTPException):
            return False


class Agent(ServingAgent):
    """mesh_exporter with a configuration of its own, on a free port. start() … stop()."""

    def __init__(self, binary, directory, config, *flags, name="mesh_exporter"):
        self._command = [binary, *flags]
        self._config_file = os.path.join(directory, name + ".yaml")
        self._log_file = os.path.join(directory, name + ".log")
        self._name = name
        self._versions = 0
        super().__init__()
        self._configure(config)

    def _configure(self, config):
        with open(self._config_file, "w") as file:
            file.write(config)

    def reload(self, config):
        """Puts that in place of its configuration and tells it so; does not wait."""
        self._configure(config)
        self.child.signal(signal.SIGHUP)

    def replace_configuration(self, config):
        """The same without a word, by a symlink that leads elsewhere, as a mounted ConfigMap does it."""
        self._versions += 1
        version = f"{self._config_file}.{self._versions}"
        with open(version, "w") as file:
            file.write(config)
        os.symlink(version, version + ".link")
        os.rename(version + ".link", self._config_file)

    def post(self, path):
        """(status, body as text)"""
        request = urllib.request.Request(self.url + path, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def forget_configuration(self):
        """Takes the file away and has it read again."""
        os.unlink(self._config_file)
        self.child.signal(signal.SIGHUP)

    def __enter__(self):
        return self.start()

    def __exit__(self, *unused):
        self.stop()

    def start(self):
        """Returns once it serves, which is before the first poll is over."""
        self.child = Child(self._name, [
            *self._command, "--config.file=" + self._config_file,
            f"--web.listen-address={self.listens_on}"], self._log_file)
        wait_until(lambda: self._answers("/-/healthy"), "the agent to serve", alive=[self.child])
        return self


class Prometheus(Served):
    """Debian's prometheus, scraping every second, its data in `directory`."""

    def __init__(self, directory, scrapes, rules=None, alertmanager=None, features=()):
        """`scrapes`: one address, or {job: addresses}. `rules`: a file of rules, looked at every
        second. `alertmanager`: the address to which alerts go. `features`: those of
        --enable-feature."""
        self._directory = directory
        self._jobs = {"mesh_exporter": [scrapes]} if isinstance(scrapes, str) else scrapes
        self._rules = rules
        self._alertmanager = alertmanager
        self._features = features
        super().__init__()

    def __enter__(self):
        return self.start()

    def __exit__(self, *unused):
        self.stop()

    def _config(self):
        config = {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s",
                       "evaluation_interval": "1s"},
            "scrape_configs": [{"job_name": job, "honor_labels": True,
                                "static_configs": [{"targets": addresses}]}
                               for job, addresses in self._jobs.items()]}
        if self._rules:
            config["rule_files"] = [self._rules]
        if self._alertmanager:
            config["alerting"] = {"alertmanagers": [
                {"static_configs": [{"targets": [self._alertmanager]}]}]}
        return config

    def start(self):
        config_file = os.path.join(self._directory, "prometheus.yml")
        with open(config_file, "w") as file:
            json.dump(self._config(), file)
        self.child = Child("prometheus", [
            "prometheus", "--config.file=" + config_file, "--log.level=warn",
            "--storage.tsdb.path=" + os.path.join(self._directory, "prometheus-data"),
            "--web.listen-address=" + self.listens_on,
            *("--enable-feature=" + feature for feature in self._features)],
            os.path.join(self._directory, "prometheus.log"))
        wait_until(self._ready, "Prometheus to be ready", 60, alive=[self.child])
        return self

    def ask(self, what, **parameters):
        """The data of a question to its API, e.g. ask("series", **{"match[]": "up"})."""
        path = f"/api/v1/{what}?" + urllib.parse.urlencode(parameters, doseq=True)
        status, body = http_get(self.url, path)
        if status != 200:
            raise MeshError(f"Prometheus: HTTP {status} {body[:200]!r}")
        return json.loads(body)["data"]

    def query(self, expression):
        """An instant query: [(labels, value)…]."""
        return [(row["metric"], float(row["value"][1]))
                for row in self.ask("query", query=expression)["result"]]

    def _ready(self):
        try:
            return http_get(self.url, "/-/ready")[0] == 200
        except (OSError, http.client.HTTPException):
            return False
