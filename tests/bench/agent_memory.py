#!/usr/bin/env python3
"""What the agent costs on the demo mesh, and whether it grows: its resident set and processor time
over many polls under load. Run by hand; it reports and judges nothing:

    python3 tests/bench/agent_memory.py [POLLS]"""

import os
import sys
import tempfile

BENCH = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(BENCH), "e2e"))

from agent_cost import report  # noqa: E402
from harness import BIN_DIR, BINARY, CLIENT, ENVOY, ENVOY_VERSION, Agent, DemoMesh  # noqa: E402


def main():
    polls = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory(prefix="mesh-bench-") as directory:
        with DemoMesh(ENVOY, BIN_DIR, os.path.join(directory, "mesh")) as mesh:
            config = mesh.agent_config(interval="100ms", timeout="100ms", window="5m",
                                       stale_after="1m")
            with Agent(BINARY, directory, config) as agent:
                agent.wait_ready()
                mesh.start_load(rate=200)
                print(f"Envoy {ENVOY_VERSION}, 4 targets, interval 100ms, 200 calls/s")
                report(agent, polls, CLIENT, 10, "page bytes", lambda page: len(page.text))


if __name__ == "__main__":
    main()
