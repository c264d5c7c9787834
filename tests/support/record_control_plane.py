#!/usr/bin/env python3
"""Records what a real Envoy says of its control plane while that comes, sends something bad, goes
and returns, for the dialect's tests:

    record_control_plane.py --envoy PATH --out tests/fixtures/envoy/VERSION/control_plane

The sidecar has its clusters over ADS and its secret over a connection of its own."""

import argparse
import os
import sys
import tempfile
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "demo_mesh")]

from certificates import Authority  # noqa: E402
from controlled_sidecar import (BAD, GOOD, ControlledSidecar, ControlPlane, cluster,  # noqa: E402
                                own_connection, secret_from, secrets)
from processes import http_get  # noqa: E402

QUESTION = ("/stats?usedonly&histogram_buckets=cumulative&filter=" + urllib.parse.quote(
    r"(control_plane\.connected_state|\.update_(attempt|success|rejected|failure|time)"
    r"|\.expiration_unix_time_seconds)$", safe=""))
CLUSTER = "outbound|50051||users.shop.svc.cluster.local"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--envoy", required=True)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        authority = Authority(os.path.join(directory, "ca")).create()
        certificate_dir = os.path.join(directory, "certs")
        authority.issue("users", certificate_dir)
        plane = ControlPlane(directory, "plane")
        sidecar = ControlledSidecar(options.envoy, "users-0", directory, plane.port)

        def say(timeout, **others):
            plane.say(clusters=[cluster(CLUSTER, secret_from(own_connection("issuer")), timeout)],
                      **others)

        def record(moment):
            _, body = http_get(sidecar.admin, QUESTION)
            with open(os.path.join(options.out, moment + ".txt"), "wb") as out:
                out.write(body)
        try:
            sidecar.start()
            sidecar.wait_for("control_plane.connected_state", 0)
            record("never_connected")
            say(GOOD, listeners=[], secrets=secrets(certificate_dir))
            plane.start()
            sidecar.wait_for("listener_manager.lds.update_success", 1)
            sidecar.wait_for("sds.default.update_success", 1)
            record("connected")
            say(BAD)
            sidecar.wait_for("cluster_manager.cds.update_rejected", 1)
            record("rejected")
            say(GOOD)
            sidecar.wait_for("cluster_manager.cds.update_success", 2)
            plane.kill()
            sidecar.wait_for("control_plane.connected_state", 0)
            sidecar.wait_for("sds.default.control_plane.connected_state", 0)
            record("cut")
            plane.start()
            sidecar.wait_for("cluster_manager.cds.update_success", 3)
            sidecar.wait_for("sds.default.update_success", 2)
            record("back")
        finally:
            sidecar.stop()
            plane.stop()


if __name__ == "__main__":
    main()
