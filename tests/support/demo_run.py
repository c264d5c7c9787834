#!/usr/bin/env python3
"""The demo behind ./run: starts the demo mesh with load on it, the agent and a Prometheus, and shows
what the agent sees, until it is told to stop or its time is over. All that it starts dies with it.
With alerts, Prometheus has the rules of alerts/, and what an Alertmanager tells is shown as well.

With --duration it holds the agent's counters against the ledger of the calls at the end, and fails
if they differ; with a scenario it fails if anything else is found then than should be."""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter

SUPPORT = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(SUPPORT))
sys.path[:0] = [SUPPORT, os.path.join(SUPPORT, "demo_mesh")]

from agent import Agent, Prometheus, ledger_calls  # noqa: E402
from alerting import LONGEST, QUICKER  # noqa: E402
from demo_mesh import BACKENDS, CLIENT, DemoMesh  # noqa: E402
from paging import Paging  # noqa: E402
from processes import MeshError, wait_until  # noqa: E402
from scenarios import BY_NAME, SCENARIOS  # noqa: E402

RELEASE = os.path.join(ROOT, "build", "release")
ENVOY = os.path.join(ROOT, "build", "envoy-1.40.0", "bin", "envoy")
CALLS_PER_SECOND = 200
BINARY = os.path.join(RELEASE, "mesh_exporter")
POLL = {"interval": "1s", "timeout": "800ms", "window": "15s", "stale_after": "15s"}
SCENARIO_WINDOW = 6
CERTIFICATE_LIFETIME = 120
CERTIFICATES = "certificates: {interval: 10s}\n"
UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


class Stopped(BaseException):
    """SIGINT, SIGTERM or SIGHUP."""


def duration(text):
    """Seconds of "90s", "1m30s": durations as Prometheus writes them."""
    if not re.fullmatch(r"(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?", text) or not text:
        raise argparse.ArgumentTypeError(f'"{text}" is no duration such as 30s or 1m30s')
    return sum(int(number) * UNITS[unit] for number, unit in re.findall(r"(\d+)(ms|[smhd])", text))


def columns(rows, left):
    """Rows of text as aligned lines; the first `left` columns are words, the rest numbers."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return ["  ".join(cell.ljust(width) if number < left else cell.rjust(width)
                      for number, (cell, width) in enumerate(zip(row, widths))) for row in rows]


def table(page, rates_from=None):
    """The calls that the client's sidecar sent, by upstream and method: lines of text. The rates
    may come from another, earlier page."""
    def by_method(page, name):
        sums = {}
        for row, value in page.rows(name, direction="outbound", pod=CLIENT):
            key = row["upstream"], row["grpc_service"] + "/" + row["grpc_method"]
            sums[key] = sums.get(key, 0) + value
        return sums

    rates = by_method(rates_from or page, "mesh_grpc_request_rate")
    errors = by_method(rates_from or page, "mesh_grpc_error_ratio")
    rows = [("UPSTREAM", "METHOD", "CALLS/S", "ERRORS", "CALLS")]
    for key, calls in sorted(by_method(page, "mesh_grpc_requests_total").items()):
        rows.append((*key, f"{rates[key]:.1f}" if key in rates else "-",
                     f"{errors[key]:.1%}" if key in errors else "-", f"{calls:.0f}"))
    return columns(rows, 2)


def certificates_table(page):
    """The certificate of each sidecar, its countdown, its renewals, and the connections that are
    older than it: lines of text."""
    rows = [("SIDECAR", "CERTIFICATE", "REMAINING", "ROTATIONS", "OLD CONNECTIONS")]
    for row, left in sorted(page.rows("mesh_certificate_remaining_seconds", role="leaf"),
                            key=lambda pair: pair[0]["pod"]):
        overdue = page.value("mesh_certificate_rotation_overdue", **row) == 1
        old = sum(value for _, value in page.rows("mesh_certificate_stale_connections",
                                                  pod=row["pod"]))
        rows.append((row["pod"], row["certificate"], f"{left:.0f}s" + " overdue" * overdue,
                     f"{page.value('mesh_certificate_rotations_total', **row):.0f}", f"{old:.0f}"))
    return columns(rows, 2)


def diagnosis(agent):
    """What `mesh_exporter diagnose` says: lines of text."""
    done = subprocess.run([BINARY, "diagnose", "--agent=" + agent.listens_on],
                          capture_output=True, text=True, check=False)
    said = done.stdout.splitlines()
    healthy = sum(line.startswith("healthy: ") for line in said)
    return [line for line in said if not line.startswith("healthy: ")] + [
        f"healthy: {healthy} things that were looked at, see mesh_exporter diagnose "
        f"--agent={agent.listens_on}"]


def everything(demo, page, rates_from=None):
    """Lines of text."""
    return [*table(page, rates_from), "", *certificates_table(page), "", *diagnosis(demo.agent),
            *demo.notifications()]


def names_found(page):
    return {row["finding"] for row, value in page.rows("mesh_finding") if value == 1}


def in_words(findings):
    return ", ".join(sorted(findings)) or "nothing"


def notifications_table(pages):
    """What Alertmanager told whom, the newest state of each: lines of text."""
    newest = {alert["fingerprint"]: (receiver, alert) for receiver, alert in pages}
    rows = [("TOLD AS", "ALERT", "WHERE", "STATE")]
    for receiver, alert in newest.values():
        labels = alert["labels"]
        where = "/".join(labels[name] for name in ("namespace", "workload", "pod", "upstream",
                                                   "grpc_service") if name in labels)
        rows.append((receiver, labels["alertname"], where or labels.get("instance", "-"),
                     alert["status"]))
    return columns(rows, 4)


def comparison(counted, booked):
    """The agent's counters beside the caller's books: lines of text."""
    rows = [("METHOD", "STATUS", "AGENT", "LEDGER", "")]
    for key in sorted(counted | booked):
        service, method, code = key
        rows.append((f"{service}/{method}", code, str(counted[key]), str(booked[key]),
                     "" if counted[key] == booked[key] else "differs"))
    return columns(rows, 2)


class Screen:
    """The live table: redrawn in place every second on a terminal, else printed now and then."""

    def __init__(self):
        self._terminal = sys.stdout.isatty()
        self._drawn = 0
        self.period = 1 if self._terminal else 5

    def show(self, lines):
        if self._terminal:
            width = shutil.get_terminal_size().columns
            up = f"\x1b[{self._drawn}A" if self._drawn else ""
            print(up + "\n".join(line[:width] + "\x1b[K" for line in lines) + "\x1b[J", flush=True)
            self._drawn = len(lines)
        else:
            print("\n".join(lines) + "\n", flush=True)


    def note(self, line):
        """A line that stays."""
        self._drawn = 0
        print(line + "\n", flush=True)


class Demo:
    """Everything that ./run starts, in a directory of its own."""

    def __init__(self, scenario, with_alerts):
        self.directory = tempfile.mkdtemp(prefix="mesh-demo-")
        self.scenario = scenario
        self._with_alerts = with_alerts
        self.paging = None
        self._parts = []  # what has a stop(), in the order of its start
        self._loads = []
        self._in_trouble = False
        self._mesh = self.agent = self.prometheus = self._trouble_at = None

    def start(self):
        bin_dir = os.path.join(RELEASE, "tests", "support", "demo_mesh")
        self._mesh = DemoMesh(ENVOY, bin_dir, os.path.join(self.directory, "mesh"),
                              CERTIFICATE_LIFETIME, self.scenario)
        self._begin(self._mesh)
        self._loads = (self.scenario.start_loads(self._mesh) if self.scenario
                       else [self._mesh.start_load(rate=CALLS_PER_SECOND)])
        # Two windows are worth waiting for.
        poll = {**POLL, "window": f"{SCENARIO_WINDOW}s"} if self.scenario else POLL
        extra = "" if self.scenario and self.scenario.watched(self._mesh) else CERTIFICATES
        self.agent = Agent(BINARY, self.directory, self._mesh.agent_config(extra, **poll))
        self._begin(self.agent)
        self._start_prometheus()
        self.agent.wait_ready()
        self._trouble_at = time.monotonic() + SCENARIO_WINDOW

    def make_trouble(self):
        """What the scenario does to the running mesh, once its time has come; gives its summary
        then."""
        trouble = self.scenario and self.scenario.trouble
        if not trouble or self._in_trouble or time.monotonic() < self._trouble_at:
            return None
        self._in_trouble = True
        trouble(self._mesh)
        return self.scenario.summary

    def _start_prometheus(self):
        if self._with_alerts:
            self.paging = Paging(self.directory, self.agent.listens_on)
            self._begin(self.paging)
            self.prometheus = self.paging.prometheus
        else:
            self.prometheus = Prometheus(self.directory, self.agent.listens_on)
            self._begin(self.prometheus)

    def notifications(self):
        """Lines of text; none without alerts."""
        return ["", *notifications_table(list(self.paging.receiver.pages))] if self.paging else []

    def stop(self):
        for part in reversed(self._parts):
            part.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def check(self):
        """MeshError if something that we started has ended."""
        children = self.paging.children if self.paging else [self.prometheus.child]
        for child in (self.agent.child, *children):
            if not child.running():
                raise MeshError(f"{child.name} ended:\n{child.log_tail()}")
        for name, pid in self._mesh.describe()["pids"].items():
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                with open(os.path.join(self._mesh.directory, name + ".log")) as log:
                    raise MeshError(f"{name} ended:\n" + "".join(log.readlines()[-15:]))
        if not all(load.running() for load in self._loads):
            raise MeshError("the load generator ended")

    def settle(self):
        """Ends the load; gives the ledger and what the agent counted, after one more poll."""
        booked = sum((ledger_calls(load.stop()) for load in self._loads), Counter())
        return booked, self.agent.page_after_polls()

    def _begin(self, part):
        self._parts.append(part)
        part.start()


def show_until(demo, deadline):
    screen = Screen()
    while True:
        until = min(time.monotonic() + screen.period, deadline)
        while time.monotonic() < until:
            if happened := demo.make_trouble():
                screen.note(f"now: {happened}")
            demo.check()
            time.sleep(min(0.2, max(0, until - time.monotonic())))
        if until == deadline:
            return
        page = demo.agent.page()
        screen.show(everything(demo, page))


def report(demo):
    """The end of a run of fixed length; gives the exit code."""
    rates_from = demo.agent.page()
    booked, page = demo.settle()
    counted = page.calls(direction="outbound")
    print("\n".join(["", *everything(demo, page, rates_from), "", *comparison(counted, booked), ""]))
    agree = counted == booked
    verdict = "they agree" if agree else "THEY DIFFER"
    print(f"the agent counted {sum(counted.values())} calls, the caller's ledger has "
          f"{sum(booked.values())}: {verdict}", flush=True)
    return 0 if agree else 1


def report_findings(demo):
    """The same with a scenario, whose calls may well end without a status that could be counted."""
    page = demo.agent.page()
    found = names_found(page)
    missing, too_much = demo.scenario.wrong_with(found)
    print("\n".join(["", *everything(demo, page), ""]))
    print(f"found {in_words(found)}" + (f", NOT {in_words(missing)}" if missing else "") +
          (f", AND SHOULD NOT {in_words(too_much)}" if too_much else ""), flush=True)
    return 1 if missing or too_much else 0


def print_alerts(demo):
    manager = demo.paging.alertmanager.url
    on_purpose = "" if demo.scenario else (
        "\n              an eighth of the demo's calls fails on purpose, which burns its budget")
    print(f"alerts        {demo.prometheus.url}/alerts: {QUICKER} times as quick as in real life, "
          f"none waits longer\n              than {LONGEST} s{on_purpose}\n"
          f"Alertmanager  {manager}/ and curl -s {manager}/api/v2/alerts\n", flush=True)


def run(demo, seconds):
    pods = demo.scenario.pods if demo.scenario else len(BACKENDS)
    print(f"starting the demo mesh: {pods + 1} Envoys, {pods} gRPC servers, a load generator; "
          f"certificates\nthat live {CERTIFICATE_LIFETIME} s and their issuer", flush=True)
    demo.start()
    print(f"metrics       {demo.agent.url}/metrics\n"
          f"certificates  curl -s {demo.agent.url}/metrics | grep "
          "^mesh_certificate_remaining_seconds\n"
          f"status page   {demo.agent.url}/\n"
          f"Prometheus    {demo.prometheus.url}/graph\n", flush=True)
    if demo.paging:
        print_alerts(demo)
    if demo.scenario:
        print(f"scenario      {demo.scenario.name}: {demo.scenario.summary}; to be found: "
              f"{in_words(demo.scenario.findings)}\n", flush=True)
    else:
        wait_until(lambda: table(demo.agent.page())[1:], "the first calls to be counted", 30)
    show_until(demo, time.monotonic() + seconds)
    return report_findings(demo) if demo.scenario else report(demo)


def main():
    parser = argparse.ArgumentParser(prog="./run", description=__doc__.split("\n\n")[0])
    parser.add_argument("--duration", type=duration, default=float("inf"),
                        help="end after this time, such as 30s (default: at Ctrl-C)")
    parser.add_argument("--scenario", choices=[*BY_NAME, "list"], metavar="NAME",
                        help="with this failure in the mesh; list says which there are")
    parser.add_argument("--with-alerts", action="store_true",
                        help="with the rules of alerts/ in Prometheus, and an Alertmanager")
    arguments = parser.parse_args()
    seconds = arguments.duration
    if arguments.scenario == "list":
        print("\n".join(f"{one.name:{max(map(len, BY_NAME))}} {one.summary}; finds "
                        f"{in_words(one.findings)}" for one in SCENARIOS))
        return 0

    def stopped(*unused):
        raise Stopped
    stop_signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in stop_signals:
        signal.signal(number, stopped)
    demo = Demo(BY_NAME.get(arguments.scenario), arguments.with_alerts)
    try:
        return run(demo, seconds)
    except Stopped:
        print("\nstopping", file=sys.stderr, flush=True)
        return 0
    except MeshError as error:
        print(f"./run: {error}", file=sys.stderr, flush=True)
        return 1
    finally:
        for number in stop_signals:  # the end is short; a second Ctrl-C must not leave half of it
            signal.signal(number, signal.SIG_IGN)
        demo.stop()


if __name__ == "__main__":
    sys.exit(main())
