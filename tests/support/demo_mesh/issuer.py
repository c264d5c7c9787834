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


def told_to_end(within):
    """Whether SIGTERM, which is held back, came before so many seconds were over."""
    return signal.sigtimedwait({signal.SIGTERM}, max(0, within)) is not None


def renew_until_told(authority, lifetime, workloads):
    """`workloads`: (service account, directory of its tls.key and tls.crt) each."""
    half = lifetime / 2
    begin = time.monotonic()
    due = {workload: begin + half * turn / len(workloads)
           for turn, workload in enumerate(workloads, 1)}
    failing = False
    while True:
        workload = min(due, key=due.get)
        if told_to_end(due[workload] - time.monotonic()):
            return
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
    # Waited for, not handled: the exception of a handler interrupts whatever is going on, and with
    # a second SIGTERM that is the end itself.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    directory, lifetime, *workloads = sys.argv[1:]
    renew_until_told(Authority(directory), int(lifetime),
                     [tuple(workload.split("=", 1)) for workload in workloads])


if __name__ == "__main__":
    main()
