#!/usr/bin/env python3
"""Records what real sidecars of the demo mesh answer after a known number of calls, for the
parsers' tests and the golden expositions:

    record_fixtures.py --envoy PATH --bin-dir DIR --out tests/fixtures/envoy

writes OUT/<version>/client and OUT/<version>/server, each with the ledger of the run. Nothing in
the bodies is changed but what the README there says.
"""

import argparse
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from demo_mesh import BACKENDS, CLIENT, DemoMesh  # noqa: E402
from processes import wait_until  # noqa: E402

CALLS = 2000
QUESTIONS = {
    "stats.txt": "/stats",
    "stats_usedonly.txt": "/stats?usedonly",
    "stats_buckets.txt": "/stats?usedonly&histogram_buckets=cumulative",
    "stats_detailed.txt": "/stats?usedonly&type=Histograms&histogram_buckets=detailed",
    "stats.prom": "/stats/prometheus?usedonly",
    "clusters.json": "/clusters?format=json",
    "clusters.txt": "/clusters",
    "certs.json": "/certs",
    "config_clusters.json": "/config_dump?resource=static_clusters&mask=" + ",".join(
        "cluster." + field for field in (
            "name", "connect_timeout", "circuit_breakers", "outlier_detection",
            "typed_extension_protocol_options", "common_http_protocol_options",
            "http2_protocol_options", "max_requests_per_connection", "common_lb_config",
            "load_balancing_policy")),
    "config_listeners.json": "/config_dump?resource=static_listeners",
}


def wait_for_flush(mesh, name):
    """Histograms and server.* move only when the proxy flushes its stats, every 5 s."""
    def uptime():
        return mesh.get(name, "/stats?filter=^server.uptime$")
    before = uptime()
    wait_until(lambda: uptime() != before, f"{name} to flush its stats")


def trimmed_server_info(body):
    """Without all but the first two of several hundred extensions: 2 kB instead of 125."""
    info = json.loads(body)
    info["node"]["extensions"] = info["node"]["extensions"][:2]
    return json.dumps(info, indent=1) + "\n"


def record(mesh, name, where, ledger):
    os.makedirs(where, exist_ok=True)
    answers = {file: mesh.get(name, path) for file, path in QUESTIONS.items()}
    answers["server_info.json"] = trimmed_server_info(mesh.get(name, "/server_info"))
    answers["ledger.json"] = json.dumps(ledger, indent=1) + "\n"
    for file, text in answers.items():
        with open(os.path.join(where, file), "w") as out:
            out.write(text.replace(mesh.directory, "/demo"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--envoy", required=True)
    parser.add_argument("--bin-dir", required=True)
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        with DemoMesh(arguments.envoy, arguments.bin_dir, os.path.join(directory, "mesh")) as mesh:
            version = json.loads(mesh.get(CLIENT, "/server_info"))["version"].split("/")[1]
            ledger = mesh.run_load(calls=CALLS)
            for name, side in ((CLIENT, "client"), (BACKENDS[0], "server")):
                wait_for_flush(mesh, name)
                record(mesh, name, os.path.join(arguments.out, version, side), ledger)
            print(f"recorded {version}: {CALLS} calls")


if __name__ == "__main__":
    main()
