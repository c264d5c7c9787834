#!/usr/bin/env python3
"""What health probes cost the agent: its processor time and its memory with one probe, and with many, each
every 15 s or more. Run by hand; it reports and judges nothing:

    python3 tests/bench/grpc_probes.py [--probes N] [--addresses A] [--seconds S] [--interval I]

The probes are spread over A addresses of the loopback, behind all of which is one Python server. Shares are
of one core; memory is the resident set's growth over an agent with one probe, for each further one."""

import argparse
import os
import sys
import tempfile
import time

BENCH = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(BENCH), "e2e"))

from harness import BINARY, Agent  # noqa: E402
from node_cost import memory_mib, processor_seconds  # noqa: E402
from told_health import HealthServer  # noqa: E402


def configuration(port, probes, addresses, interval):
    lines = ["probes:", "  grpc:"]
    for i in range(probes):
        where = i % addresses
        lines.append(f"    - {{name: p{i}, address: '127.1.{where // 250}.{where % 250 + 1}:{port}', "
                     f"interval: {interval}s}}")
    return "\n".join(lines) + "\n"


def measure(directory, port, probes, addresses, seconds, interval):
    """(share of a core, {what: MiB}) of an agent at its pace."""
    agent = Agent(BINARY, directory, configuration(port, probes, addresses, interval), name=f"agent{probes}")
    agent.start()
    try:
        agent.wait_for(lambda page: len(page.rows("mesh_grpc_health_probes_total")) == probes, "all to be asked")
        page = agent.page()
        up = page.rows("mesh_grpc_health_status", status="serving")
        assert sum(value for _, value in up) == probes, "not all are serving"
        time.sleep(interval)  # until each has its place
        pid = agent.child.pid
        before, began = processor_seconds(pid), time.monotonic()
        time.sleep(seconds)
        share = (processor_seconds(pid) - before) / (time.monotonic() - began)
        return share, memory_mib(pid)
    finally:
        agent.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--probes", type=int, default=1000)
    parser.add_argument("--addresses", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--interval", type=int, default=15)
    arguments = parser.parse_args()
    server = HealthServer(host="0.0.0.0").start()
    try:
        with tempfile.TemporaryDirectory() as directory:
            alone, least = measure(directory, server.port, 1, 1, 5, arguments.interval)
            share, memory = measure(directory, server.port, arguments.probes, arguments.addresses, arguments.seconds,
                                    arguments.interval)
    finally:
        server.stop()
    print(f"{arguments.probes} probes of {arguments.addresses} addresses every {arguments.interval} s: "
          f"{100 * share:.1f} % of a core (one probe: {100 * alone:.1f} %)")
    for what in ("resident", "private"):
        grown = (memory[what] - least[what]) * 1024 / (arguments.probes - 1)
        print(f"  {what}: {least[what]:.1f} MiB with one, {memory[what]:.1f} MiB with all, {grown:.1f} KiB for each")


if __name__ == "__main__":
    main()
