#!/usr/bin/env python3
"""The demo mesh's issuer: renews the leaf of each workload when half of its life is over, as
Istio's agent does, until SIGTERM. The workloads take turns, so that something happens often.

    issuer.py CA_DIRECTORY LIFETIME_SECONDS SERVICE_ACCOUNT=DIRECTORY…

The first leaves are there when it starts."""

import signal
import sys
import time

from certificates import Authority
from processes import MeshError

RETRY_AFTER = 1


def renew_for_ever(authority, lifetime, workloads):
    """`workloads`: (service account, directory of its tls.key and tls.crt) each."""
    half = lifetime / 2
    begin = time.monotonic()
    due = {workload: begin + half * turn / len(workloads)
           for turn, workload in enumerate(workloads, 1)}
    failing = False
    while True:
        workload = min(due, key=due.get)
        time.sleep(max(0, due[workload] - time.monotonic()))
        try:
            authority.issue(*workload, lifetime)
            due[workload] += half
            failing = False
        except (MeshError, OSError) as error:
            if not failing:
                print(f"demo_mesh: no certificate for {workload[0]}: {error}", file=sys.stderr,
                      flush=True)
            failing = True
            due[workload] = time.monotonic() + RETRY_AFTER


def main():
    signal.signal(signal.SIGTERM, lambda *unused: sys.exit(0))
    directory, lifetime, *workloads = sys.argv[1:]
    renew_for_ever(Authority(directory), int(lifetime),
                   [tuple(workload.split("=", 1)) for workload in workloads])


if __name__ == "__main__":
    main()
