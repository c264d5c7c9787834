#!/usr/bin/env python3
"""What a full node costs the agent: 250 pods that an API server tells of, the sidecars of 110 of them asked
every 15 s, with all settings as they are by default. Run by hand; it reports and judges nothing:

    cmake --build build/release --target mesh_exporter replay_client
    python3 tests/bench/node_cost.py [--upstreams N] [--minutes M] [--sidecars S] [--others O]

Pods, statistics, clusters and certificates are those of real parts, as recorded (recorded_node.py): each
sidecar calls N upstreams of 3 endpoints, 3 methods on average and 5 statuses each, and is called itself;
every counter has grown at every poll, so nothing can be passed over. The agent reads them by HTTP from a
server in this process, which is none of its costs.

Four parts, M minutes each but for the first: until the window is full (5 minutes), for then memory grows;
polls alone; polls with a Prometheus that takes the page, compressed, every 15 s; and the transport: a
client that does no more than ask the same questions at the same times (replay_client.cc). What the agent
costs beyond the transport is the difference. Shares are of one core; times are the processor's, so that
a busy machine makes hardly another figure."""

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time

BENCH = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(BENCH), "e2e"))

from agent_cost import status  # noqa: E402
from harness import BINARY, BUILD, Agent  # noqa: E402
from fake_api_server import FakeApiServer  # noqa: E402
from processes import http_get, wait_until  # noqa: E402
from recorded_node import RecordedNode, pods  # noqa: E402

WINDOW, INTERVAL = 300, 15  # the agent's defaults, in seconds
TICK = os.sysconf("SC_CLK_TCK")


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        user, system = file.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / TICK


def memory_mib(pid):
    """{what: MiB}: the resident set, its share of what others use as well, and what is the agent's alone."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        kb = {line.split()[0].rstrip(":"): int(line.split()[1]) for line in file if line.endswith("kB\n")}
    return {"resident": kb["Rss"] / 1024, "proportional": kb["Pss"] / 1024,
            "private": (kb["Private_Clean"] + kb["Private_Dirty"]) / 1024,
            "peak": status(pid, "VmHWM") / 1024}


def scrape(agent):
    """(bytes as they came, the page)."""
    body = http_get(agent.url, "/metrics", timeout=60, headers={"Accept-Encoding": "gzip"})[1]
    return len(body), gzip.decompress(body).decode()


def sidecars_read(agent):
    return sum(row["state"] == "up" for row in json.loads(agent.get("/api/v1/targets")[1]))


class Part:
    """What the agent used in some minutes, and what it asked."""

    def __init__(self, agent, node, title, seconds, scraped=False):
        self._title = title
        first, before, began = len(node.asked), processor_seconds(agent.child.pid), time.monotonic()
        self.pages = []
        for due in range(0, int(seconds), INTERVAL):
            time.sleep(max(0, began + due - time.monotonic()))
            if scraped:
                self.pages.append(scrape(agent))
        time.sleep(max(0, began + seconds - time.monotonic()))
        self.seconds = time.monotonic() - began
        self.used = processor_seconds(agent.child.pid) - before
        self.asked = [(one.at - began, one.address, one.path) for one in node.asked[first:]]

    def share(self):
        return self.used / self.seconds

    def report(self, memory):
        print(f"{self._title:28} {self.seconds:6.0f} s {self.used:8.2f} s {self.share():8.2%} "
              + " ".join(f"{value:12.1f}" for value in memory.values()), flush=True)


def replay(part, node):
    """(bytes, share of a core)."""
    lines = "".join(f"{at:.3f} {address} {path}\n" for at, address, path in part.asked)
    done = subprocess.run([os.path.join(BUILD, "tests", "bench", "replay_client"), str(node.port)],
                          input=lines, capture_output=True, text=True, check=True)
    _, size, used = done.stdout.split()
    return int(size), float(used) / part.seconds


def measure(agent, node, minutes):
    def part(title, seconds, **how):
        done = Part(agent, node, title, seconds, **how)
        done.report(memory_mib(agent.child.pid))
        return done
    print(f"{'':28} {'wall':>8} {'cpu':>10} {'of a core':>8} " + " ".join(
        f"{name + ' MiB':>12}" for name in memory_mib(agent.child.pid)))
    part("until the window is full", WINDOW + INTERVAL)
    polls = part("polls", minutes * 60)
    scraped = part("polls and a Prometheus", minutes * 60, scraped=True)
    agent.stop()
    size, transport = replay(polls, node)
    questions = len(polls.asked) * INTERVAL / polls.seconds
    print(f"transport: {transport:.2%} of a core, {questions:.0f} questions and "
          f"{size * INTERVAL / polls.seconds / 1e6:.2f} MB in {INTERVAL} s")
    print(f"beyond the transport: {polls.share() - transport:.2%} of a core for polls, "
          f"{scraped.share() - polls.share():.2%} for a Prometheus")
    compressed, page = scraped.pages[-1]
    series = sum(1 for line in page.splitlines() if not line.startswith("#"))
    print(f"the page: {len(page) / 1e6:.2f} MB, {compressed / 1e6:.2f} MB compressed, {series} series, "
          f"{page.count(chr(10) + 'mesh_grpc_requests_total{')} of them of calls by method and status")


def main():
    words = argparse.ArgumentParser()
    for name, default in (("upstreams", 10), ("minutes", 4), ("sidecars", 110), ("others", 140)):
        words.add_argument("--" + name, type=int, default=default)
    chosen = words.parse_args()
    node = RecordedNode(chosen.upstreams).start()
    with tempfile.TemporaryDirectory(prefix="mesh-bench-") as directory:
        server = FakeApiServer(directory, pods(chosen.sidecars, chosen.others, node.port)).start()
        config = f"discovery: {{kubernetes: {{node_name: node-1, kubeconfig: {server.kubeconfig}}}}}\n"
        try:
            with Agent(BINARY, directory, config) as agent:
                wait_until(lambda: sidecars_read(agent) == chosen.sidecars, "the sidecars to be read", 60,
                           alive=[agent.child])
                print(f"{chosen.sidecars + chosen.others} pods, {chosen.sidecars} sidecars with "
                      f"{chosen.upstreams} upstreams each")
                measure(agent, node, chosen.minutes)
        finally:
            server.stop()
            node.stop()


if __name__ == "__main__":
    main()
