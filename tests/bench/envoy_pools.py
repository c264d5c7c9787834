#!/usr/bin/env python3
"""What the numbers of connection pools cost a real Envoy's main thread, in time and bytes, beside
those of calls, which the agent asks for in the same question. Run by hand; it judges nothing:

    python3 tests/bench/envoy_pools.py ENVOY [CLUSTERS USED]"""

import http.client
import json
import os
import statistics
import sys
import tempfile
import threading
import urllib.parse

sys.dont_write_bytecode = True

from agent_filter import counters, filter_of_the_agent  # noqa: E402
from envoy_histograms import CALLERS, call, config
from processes import Child, ReservedPort, http_get, wait_until

ROUNDS = 21
GAUGES = (r"|upstream_(cx|rq|rq_pending)_active|upstream_cx_http[123]_total",
          r"|circuit_breakers\.[a-z]+\.((cx|cx_pool|rq_pending|rq|rq_retry)_open|remaining_retries)")
# What was read before anything was known of pools.
WITHOUT = ("upstream_rq_total", "upstream_rq_rx_reset", "upstream_rq_tx_reset", "upstream_cx_total",
           "upstream_cx_destroy_with_active_rq")


def cases():
    every = filter_of_the_agent()
    whole = "|".join(name.replace(".", r"\.") for name in counters("cluster"))
    assert whole in every and all(gauge in every for gauge in GAUGES)
    without = every.replace(whole, "|".join(WITHOUT)).replace(GAUGES[1], "").replace(
        GAUGES[0], "|upstream_cx_active")
    return {"without pools": without, "and counters": without.replace("|".join(WITHOUT), whole),
            "and gauges": every.replace(GAUGES[1], ""), "and breakers": every}


def report(admin, pid):
    asked = cases()
    times, sizes = {name: [] for name in asked}, {}
    connection = http.client.HTTPConnection("127.0.0.1", admin)

    def main_thread_ms():
        with open(f"/proc/{pid}/task/{pid}/schedstat") as file:
            return int(file.read().split()[0]) / 1e6

    for _ in range(ROUNDS):
        for name, chosen in asked.items():
            before = main_thread_ms()
            connection.request("GET", "/stats?usedonly&histogram_buckets=cumulative&filter=" +
                               urllib.parse.quote(chosen))
            sizes[name] = len(connection.getresponse().read())
            times[name].append(main_thread_ms() - before)
    print(f"{'question':16} {'bytes':>9} {'ms':>7}")
    for name in asked:
        print(f"{name:16} {sizes[name]:>9} {statistics.median(times[name]):>7.2f}")


def main():
    envoy = sys.argv[1]
    clusters, used = map(int, sys.argv[2:4] or (1000, 100))
    admin, front, back = (ReservedPort() for _ in range(3))
    with tempfile.TemporaryDirectory(prefix="mesh-bench-") as directory:
        file = os.path.join(directory, "envoy.json")
        with open(file, "w") as out:
            json.dump(config(admin.number, front.number, back.number, clusters), out)
        child = Child("envoy", [envoy, "-c", file, "--use-dynamic-base-id", "--concurrency", "1"],
                      os.path.join(directory, "envoy.log"))

        def live():
            try:
                return http_get(f"http://127.0.0.1:{admin.number}", "/ready")[1] == b"LIVE\n"
            except OSError:
                return False
        try:
            wait_until(live, "Envoy", 120, alive=[child])
            callers = [threading.Thread(target=call, args=(front.number, used, 10, 6000 // CALLERS,
                                                           seed)) for seed in range(CALLERS)]
            for caller in callers:
                caller.start()
            for caller in callers:
                caller.join()
            report(admin.number, child.pid)
        finally:
            child.terminate()


if __name__ == "__main__":
    main()
