"""The very filter with which the agent asks an Envoy for its statistics, put together from the source
of the dialect as envoy_stats_filter() does it."""

import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def _source(name):
    with open(os.path.join(ROOT, "src", "dialect", name)) as source:
        return source.read()


def counters(kind):
    """The statistics of the list of "cluster" or "listener" counters."""
    listed = _source("envoy_counters.cc").partition(f"std::array {kind}_counters{{")[2]
    return re.findall(r'EnvoyCounter{"([^"]+)"', listed.partition("};\n")[0])


def filter_of_the_agent():
    body = _source("envoy_names.cc").partition("envoy_stats_filter() {")[2].partition("return")[0]
    parts = re.findall(r'R"\((.*)\)"|alternatives\(envoy_(\w+)_counters\(\)\)', body)
    return "".join("|".join(map(re.escape, counters(kind))) if kind else text
                   for text, kind in parts)
