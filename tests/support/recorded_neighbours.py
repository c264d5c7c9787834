"""Proxies and control planes that cannot be had here, as what they once answered (tests/fixtures): stand-ins whose
counters go on. Each answer has every counter of the recorded page once more, so that they grow as a busy one's do;
gauges stay. Neither a number nor the order of events in it is real; names, labels and their combinations are."""

import re

from recorded_proxy import RecordedProxy, recorded

# istiod's do not all end like counters.
COUNTER = re.compile(r"^(\w+(?:_total|_bucket|_count|_sum|_pushes|_rejects|_errors)(?:\{.*\})?) (\d+)$", re.MULTILINE)
# What a page has only once something went wrong.
ERRORS = """pilot_xds_pushes{type="cds_senderr"} 1
pilot_total_xds_rejects{type="cds"} 1
pilot_total_xds_internal_errors 1
"""
# And once a proxy was sent a change while somebody waited for it.
CONVERGED = """pilot_proxy_convergence_time_bucket{le="0.1"} 3
pilot_proxy_convergence_time_bucket{le="0.5"} 4
pilot_proxy_convergence_time_bucket{le="+Inf"} 4
pilot_proxy_convergence_time_sum 1
pilot_proxy_convergence_time_count 4
"""


class Growing:
    """A page that is called for its text."""

    def __init__(self, fixture, more=""):
        self._text = recorded(fixture) + more
        self._asked = 0

    def __call__(self):
        self._asked += 1
        return COUNTER.sub(lambda line: f"{line[1]} {int(line[2]) * self._asked}", self._text)


# name → mesh, workload, what its page is made of: a fixture, and perhaps more
NEIGHBOURS = {
    "linkerd-client-1": ("linkerd", "client", ["linkerd/2.366-dev/after_traffic_client.txt"]),
    "linkerd-server-1": ("linkerd", "server", ["linkerd/2.366-dev/after_traffic_server.txt"]),
    "istiod-1": ("istiod", "istiod", ["istio/1.31-dev/istiod_metrics.txt", ERRORS + CONVERGED]),
    "ztunnel-1": ("ztunnel", "ztunnel", ["ztunnel/2026-08-20/shared_open.txt"]),
}


class RecordedNeighbours:
    """start(), stop(); targets() as a configuration lists them."""

    def __init__(self):
        self._proxies = {}

    def start(self):
        for name, (_, _, page) in NEIGHBOURS.items():
            self._proxies[name] = RecordedProxy({"/metrics": Growing(*page)})
            self._proxies[name].start()
        return self

    def stop(self):
        for proxy in self._proxies.values():
            proxy.stop()
        self._proxies = {}

    def targets(self):
        return [{"name": name, "namespace": "recorded", "workload": workload, "mesh": mesh,
                 "metrics": self._proxies[name].url + "/metrics"}
                for name, (mesh, workload, _) in NEIGHBOURS.items()]
