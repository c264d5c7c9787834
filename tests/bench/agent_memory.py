#!/usr/bin/env python3
"""What the agent costs on the demo mesh, and whether it grows: its resident set and processor time
over many polls under load. Run by hand; it reports and judges nothing:

    python3 tests/bench/agent_memory.py [POLLS]"""

import os
import sys
import tempfile
import time

BENCH = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(BENCH), "e2e"))

from harness import BIN_DIR, BINARY, CLIENT, ENVOY, ENVOY_VERSION, Agent, DemoMesh  # noqa: E402

REPORTS = 10


def status(pid, field):
    """A number of /proc/PID/status, in kB."""
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(field + ":"))


def measure(agent, polls):
    print(f"Envoy {ENVOY_VERSION}, 4 targets, interval 100ms, 200 calls/s")
    print(f"{'polls':>7} {'resident kB':>12} {'peak kB':>9} {'cpu s':>7} {'page bytes':>11}")
    seen, last, due = 0, None, 0
    while seen < polls:
        page = agent.page()
        when = page.value("mesh_target_last_success_timestamp_seconds", pod=CLIENT)
        seen += when != last
        last = when
        if seen < due:
            time.sleep(0.02)
            continue
        print(f"{seen:>7} {status(agent.child.pid, 'VmRSS'):>12} "
              f"{status(agent.child.pid, 'VmHWM'):>9} "
              f"{page.value('process_cpu_seconds_total'):>7.2f} {len(page.text):>11}", flush=True)
        due += max(1, polls // REPORTS)
    for row, value in page.rows("mesh_target_scrape_errors_total"):
        if value:
            print(f"errors: {row['pod']} {row['reason']} {value:.0f}")


def main():
    polls = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory(prefix="mesh-bench-") as directory:
        with DemoMesh(ENVOY, BIN_DIR, os.path.join(directory, "mesh")) as mesh:
            config = mesh.agent_config(interval="100ms", timeout="100ms", window="5m",
                                       stale_after="1m")
            with Agent(BINARY, directory, config) as agent:
                agent.wait_ready()
                mesh.start_load(rate=200)
                measure(agent, polls)


if __name__ == "__main__":
    main()
