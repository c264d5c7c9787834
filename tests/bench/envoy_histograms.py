#!/usr/bin/env python3
"""What each form of histograms costs a real Envoy's main thread, in time and bytes, and by which rules
it makes buckets and sums from its bins. Run by hand; it reports and judges nothing:

    python3 tests/bench/envoy_histograms.py ENVOY [CLUSTERS METHODS CALLS]

The proxy is its own upstream: it answers each call itself after a delay that spreads over three
decades. Only its own answers are compared, so that its numbers need not be known beforehand."""

import http.client
import json
import os
import random
import re
import statistics
import sys
import tempfile
import threading
import time
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "tests", "support", "demo_mesh"))

from agent_filter import filter_of_the_agent  # noqa: E402
from processes import Child, ReservedPort, http_get, wait_until  # noqa: E402

CALLERS = 64
ROUNDS = 15
TYPE = "type.googleapis.com/envoy.extensions.filters."
TIMES = "upstream_rq_time"


def tcp(port):
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def listener(name, port, routes, first_filter):
    manager = {
        "@type": TYPE + "network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": name,
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": routes}]},
        "http_filters": [
            {"name": "first", "typed_config": first_filter},
            {"name": "router", "typed_config": {"@type": TYPE + "http.router.v3.Router"}}]}
    return {"name": name, "address": tcp(port), "filter_chains": [
        {"filters": [{"name": "manager", "typed_config": manager}]}]}


def config(admin, front, back, clusters):
    names = [f"outbound|50051||service-{i}.shop.svc.cluster.local" for i in range(clusters)]
    routes = [{"match": {"prefix": "/", "headers": [
        {"name": "x-cluster", "string_match": {"exact": str(i)}}]},
        "route": {"cluster": name, "timeout": "0s"}} for i, name in enumerate(names)]
    answer = {"match": {"prefix": "/"}, "direct_response": {"status": 200},
              "response_headers_to_add": [
                  {"header": {"key": key, "value": value},
                   "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
                  for key, value in (("content-type", "application/grpc"), ("grpc-status", "0"))]}
    grpc = {"@type": TYPE + "http.grpc_stats.v3.FilterConfig", "stats_for_all_methods": True,
            "enable_upstream_stats": True}
    delay = {"@type": TYPE + "http.fault.v3.HTTPFault",
             "delay": {"header_delay": {}, "percentage": {"numerator": 100}}}
    return {"admin": {"address": tcp(admin)}, "static_resources": {
        "listeners": [listener("front", front, routes, grpc),
                      listener("back", back, [answer], delay)],
        "clusters": [{"name": name, "type": "STATIC", "load_assignment": {
            "cluster_name": name, "endpoints": [{"lb_endpoints": [
                {"endpoint": {"address": tcp(back)}}]}]}} for name in names]}}


def call(port, clusters, methods, calls, seed):
    chance = random.Random(seed)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(calls):
        delay = int(10 ** (2.9 * chance.random())) - 1
        headers = {"content-type": "application/grpc", "x-cluster": str(chance.randrange(clusters))}
        if delay:
            headers["x-envoy-fault-delay-request"] = str(delay)
        path = f"/shop.v1.InventoryService/GetAvailableItem{chance.randrange(methods)}"
        connection.request("POST", path, headers=headers, body=b"\0\0\0\0\0")
        connection.getresponse().read()


def report_costs(admin, pid):
    chosen = filter_of_the_agent()
    cases = {"no histograms": ("", chosen.replace("|" + TIMES, "")),
             "quantiles": ("", chosen)}
    for form in ("cumulative", "disjoint", "detailed"):
        cases[form] = (f"&histogram_buckets={form}", chosen)
    cases["detailed alone"] = ("&type=Histograms&histogram_buckets=detailed", chosen)
    times, sizes = {name: [] for name in cases}, {}
    connection = http.client.HTTPConnection("127.0.0.1", admin)

    def main_thread_ms():
        with open(f"/proc/{pid}/task/{pid}/schedstat") as file:
            return int(file.read().split()[0]) / 1e6

    for _ in range(ROUNDS):
        for name, (options, filtered) in cases.items():
            before = main_thread_ms()
            connection.request("GET", f"/stats?usedonly{options}&filter=" +
                               urllib.parse.quote(filtered))
            sizes[name] = len(connection.getresponse().read())
            times[name].append(main_thread_ms() - before)
    print(f"{'question':16} {'bytes':>9} {'ms':>7}")
    for name in cases:
        print(f"{name:16} {sizes[name]:>9} {statistics.median(times[name]):>7.2f}")


def report_rules(ask):
    """How many of Envoy's own buckets and sums each rule gives from the bins."""
    chosen = "&filter=" + urllib.parse.quote(rf"grpc\..*{TIMES}$")
    detailed = ask("/stats?usedonly&histogram_buckets=detailed" + chosen)
    bins = {name: [tuple(map(float, re.split("[,:]", bin))) for bin in totals.split(", ")]
            for name, totals in re.findall(r"^(\S.*):\n  totals=(.+)$", detailed, re.M)}
    buckets = [(name, float(bound), int(count)) for name, line in re.findall(
        r"^(\S.*): (B.*)$", ask("/stats?usedonly&histogram_buckets=cumulative" + chosen), re.M)
        for bound, count in re.findall(r"B([^(]+)\(\d+,(\d+)\)", line)]
    sums = sorted(map(float, re.findall(rf"{TIMES}_sum\S* (\S+)$",
                                        ask("/stats/prometheus?usedonly" + chosen), re.M)))
    print(f"{len(bins)} histograms of {sum(map(len, bins.values())) / len(bins):.0f} bins")
    for rule, within in (("lower end <= bound", lambda low, width, bound: low <= bound),
                         ("upper end <= bound", lambda low, width, bound: low + width <= bound)):
        right = sum(count == sum(n for low, width, n in bins[name] if within(low, width, bound))
                    for name, bound, count in buckets)
        print(f"{rule}: {right} of {len(buckets)} buckets")
    for rule, mean in (("(lo + hi) / 2", lambda low, high: (low + high) / 2),
                       ("2 lo hi / (lo + hi)",
                        lambda low, high: 2 * low * high / (low + high) if high else 0)):
        mine = sorted(sum(n * mean(low, low + width) for low, width, n in histogram)
                      for histogram in bins.values())
        print(f"{rule}: off by up to {max(abs(a / b - 1) for a, b in zip(mine, sums)):.1e}")


def main():
    envoy = sys.argv[1]
    clusters, methods, calls = map(int, sys.argv[2:5] or (100, 2, 20_000))
    admin, front, back = (ReservedPort() for _ in range(3))
    where = f"http://127.0.0.1:{admin.number}"

    def ask(path):
        return http_get(where, path)[1].decode()

    def live():
        try:
            return ask("/ready") == "LIVE\n"
        except OSError:
            return False

    with tempfile.TemporaryDirectory(prefix="mesh-bench-") as directory:
        file = os.path.join(directory, "envoy.json")
        with open(file, "w") as out:
            json.dump(config(admin.number, front.number, back.number, clusters), out)
        child = Child("envoy", [envoy, "-c", file, "--use-dynamic-base-id", "--concurrency", "1"],
                      os.path.join(directory, "envoy.log"))
        try:
            wait_until(live, "Envoy", alive=[child])
            callers = [threading.Thread(target=call, args=(
                front.number, clusters, methods, calls // CALLERS, seed)) for seed in range(CALLERS)]
            for caller in callers:
                caller.start()
            for caller in callers:
                caller.join()
            time.sleep(10.5)  # two flushes: histograms move with them, and then rest
            report_costs(admin.number, child.pid)
            report_rules(ask)
        finally:
            child.terminate()


if __name__ == "__main__":
    main()
