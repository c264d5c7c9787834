"""The way of a page, in real parts: alerts/ made quick for tests, Debian's Alertmanager with the
example configuration, and a receiver that keeps what arrives."""

import http.client
import json
import os
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import yaml

SUPPORT = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(SUPPORT, "demo_mesh"))

from processes import Child, MeshError, Served, http_get, wait_until  # noqa: E402

ALERTS = os.path.join(os.path.dirname(os.path.dirname(SUPPORT)), "alerts")
RULES = os.path.join(ALERTS, "mesh_exporter.rules.yaml")
EXAMPLE = os.path.join(ALERTS, "alertmanager.example.yaml")
EXAMPLE_RECEIVER = "http://alerts.example.com"
QUICKER = 40  # so many times: five minutes are eight seconds,
LONGEST = 25  # but nothing takes longer than so many seconds
# In a link: what depends on a label of the alert.
_CHOICE = re.compile(r'\{\{ if (?:eq )?\$labels\.(?P<label>\w+)(?: "(?P<value>\w+)")? \}\}(?P<met>.*?)'
                     r"(?:\{\{ else \}\}(?P<unmet>.*?))?\{\{ end \}\}")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def _quick(text, fields):
    """The YAML `text` with the durations of these fields divided, but no shorter than a second."""
    def shorter(match):
        seconds = round(int(match[2]) * _UNITS[match[3]] / QUICKER)
        return f"{match[1]}{min(max(1, seconds), LONGEST)}s"
    return re.sub(rf"^( *(?:{'|'.join(fields)}): )(\d+)([smhd])$", shorter, text, flags=re.M)


def alert_rules():
    """The rules of all alerts, in their order; an alert may have several."""
    return [rule for group in yaml.safe_load(_read(RULES))["groups"] for rule in group["rules"]
            if "alert" in rule]


def chosen(link, is_met):
    """What the choices in a link leave of it. `is_met`(label, value): whether the alert has that label,
    with that value if it is not None."""
    return _CHOICE.sub(lambda choice: choice["met"] if is_met(choice["label"], choice["value"])
                       else choice["unmet"] or "", link)


def anchor_of(alert):
    """Its section of the runbook, "MeshTrafficPinned" → "traffic_pinned"; called like the finding that it
    tells, if it tells one."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", alert.removeprefix("Mesh")).lower()


def audited(alerts):
    """The findings that the one alert on many names."""
    rule, = [rule for rule in alerts if rule["alert"] == "MeshReadinessAudit"]
    pattern, = re.findall(r'finding=~"([^"]*)"', rule["expr"])
    return pattern.split("|")


def alert_of(finding, alerts):
    """The name of the alert that tells it. KeyError if none does."""
    names = {anchor_of(rule["alert"]): rule["alert"] for rule in alerts}
    return {**dict.fromkeys(audited(alerts), "MeshReadinessAudit"), **names}[finding]


def quick_rules():
    """The rules as text, their expressions untouched: no window is shortened, since a window is full of
    what there is."""
    return _quick(_read(RULES), ("for", "keep_firing_for", "interval"))


def write_quick_rules(directory):
    """The path of a file with them."""
    path = os.path.join(directory, "rules.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(quick_rules())
    return path


def quick_example(receiver):
    """The example for Alertmanager as text, with all webhooks at this address."""
    text = _quick(_read(EXAMPLE), ("group_wait", "group_interval"))
    return text.replace(EXAMPLE_RECEIVER, receiver)


class Alertmanager(Served):
    """Debian's prometheus-alertmanager with the example configuration. start() … stop()."""

    def __init__(self, directory, receiver):
        self._directory = directory
        self._receiver = receiver
        super().__init__()

    def start(self):
        config_file = os.path.join(self._directory, "alertmanager.yml")
        with open(config_file, "w") as file:
            file.write(quick_example(self._receiver))
        self.child = Child("alertmanager", [
            "prometheus-alertmanager", "--config.file=" + config_file, "--log.level=warn",
            "--storage.path=" + os.path.join(self._directory, "alertmanager-data"),
            "--web.listen-address=" + self.listens_on, "--cluster.listen-address="],
            os.path.join(self._directory, "alertmanager.log"))
        wait_until(self._ready, "Alertmanager to be ready", 60, alive=[self.child])
        return self

    def post(self, alerts):
        """Raises alerts, each a dictionary of labels, as Prometheus does."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port.number, timeout=10)
        try:
            connection.request("POST", "/api/v2/alerts",
                               json.dumps([{"labels": labels} for labels in alerts]),
                               {"Content-Type": "application/json"})
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise MeshError(f"Alertmanager: HTTP {response.status} {body[:200]!r}")

    def alerts(self):
        """What it knows of, as its API says it."""
        status, body = http_get(self.url, "/api/v2/alerts")
        if status != 200:
            raise MeshError(f"Alertmanager: HTTP {status} {body[:200]!r}")
        return json.loads(body)

    def _ready(self):
        try:
            return http_get(self.url, "/-/ready")[0] == 200
        except (OSError, http.client.HTTPException):
            return False


class Receiver:
    """Takes Alertmanager's webhooks and keeps them: `pages` is [(receiver, alert)…], the alert as
    Alertmanager tells it. start() … stop()."""

    def __init__(self):
        self.pages = []
        pages = self.pages

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):  # pylint: disable=invalid-name
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                pages.extend((message["receiver"], alert) for alert in message["alerts"])
                self.send_response(200)
                self.end_headers()

            def log_message(self, *unused):  # pylint: disable=arguments-differ
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def start(self):
        self._thread.start()
        return self

    def stop(self):
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    def names(self):
        """{(receiver, alertname)…} of all that ever arrived."""
        return {(receiver, alert["labels"]["alertname"]) for receiver, alert in list(self.pages)}
