"""A node of Kubernetes as the agent sees it, made of what was recorded: pods as an API server tells of them,
and behind those that have a sidecar the answers of a real Envoy's admin port. All addresses of 127.0.0.0/8
are this machine's, so each pod has one of its own, and one server takes the questions to all."""

import asyncio
import copy
import json
import re
import threading
import time
import urllib.parse
from collections import namedtuple
from datetime import datetime, timezone

from recorded_proxy import recorded

ENVOY = "envoy/1.40.0/"
UPSTREAMS = ("outbound|50051||users.shop.svc.cluster.local",
             "outbound|50052||orders.shop.svc.cluster.local")
# What a call moves, of the lines that are read.
MOVING = re.compile(r"\.(grpc\..*|(external\.)?upstream_rq_(time|total|completed|\d\w\w))$")
# A number that grows, of a line's value: a counter, or what is in a bucket. Not the bucket's bound.
COUNTED = re.compile(r"(?<=[(,])\d+|^\d+$")
MOVING_OF_HOSTS = ("rq_success", "rq_error", "rq_total")

Line = namedtuple("Line", "name value moves")
Asked = namedtuple("Asked", "at address path")


def address_of(number):
    return f"127.1.{number // 250}.{number % 250 + 1}"


def pods(meshed, others, port):
    """As the API server has them; the first `meshed` have a sidecar whose admin port is `port`. They are of
    no mesh, as what was recorded is of none: all of Envoy's statistics, calls by method among them."""
    with_sidecar = json.loads(recorded("pods/envoy/admin_port_annotated.json"))
    with_sidecar["metadata"]["annotations"]["mesh-exporter.io/admin-port"] = str(port)
    without = json.loads(recorded("pods/app/nothing.json"))
    return [_pod(with_sidecar if i < meshed else without, i) for i in range(meshed + others)]


def _pod(sample, number):
    pod = copy.deepcopy(sample)
    replicas = f"workload-{number // 4}-7c9d8f6b5"  # four pods each
    pod["metadata"]["name"] = f"{replicas}-{number:05}"
    pod["metadata"]["uid"] = f"5b1e7c1e-0000-4000-8000-{number:012}"
    pod["metadata"]["ownerReferences"][0]["name"] = replicas
    pod["status"]["podIP"] = address_of(number)
    pod["status"]["podIPs"] = [{"ip": address_of(number)}]
    return pod


def _copies(upstreams):
    """[(a recorded upstream, the name of its copy)…]."""
    return [(one, one.replace(".shop.", f"-{i // len(UPSTREAMS)}.shop."))
            for i, one in zip(range(upstreams), UPSTREAMS * upstreams)]


class Sidecar:
    """The answers of an Envoy that calls so many upstreams and is called itself. Its counters grow from
    answer to answer, all of them; the upstreams are the two recorded ones over and over."""

    def __init__(self, upstreams):
        copies = _copies(upstreams)
        self._stats = _lines(copies)
        self._clusters = _clusters(copies)
        self._settings = _settings(copies)
        self._read = {}  # path of /stats: [Line]
        self._rendered = {}  # (path, round): bytes; few, as all pods are in the same round

    def answer(self, path, round_):
        """The body, if this is asked in the round-th poll."""
        if (path, round_) not in self._rendered:
            if len(self._rendered) > 20:
                self._rendered.clear()
            self._rendered[path, round_] = self._render(path, round_).encode()
        return self._rendered[path, round_]

    def _render(self, path, round_):
        what, _, query = path.partition("?")
        asked = urllib.parse.parse_qs(query)
        if what == "/stats":
            return self._render_stats(path, re.compile(asked["filter"][0]), round_)
        if what == "/clusters":
            wanted = re.compile(asked.get("filter", [""])[0])
            return json.dumps({"cluster_statuses": [
                _grown(one, round_) for one in self._clusters if wanted.search(one["name"])]}, indent=1)
        if what == "/config_dump":
            dynamic = "static_clusters" not in asked["resource"]
            return recorded(ENVOY + "client/config_listeners.json") if dynamic else self._settings
        return _certificates() if what == "/certs" else recorded(ENVOY + "client/server_info.json")

    def _render_stats(self, path, wanted, round_):
        if path not in self._read:
            self._read[path] = [line for line in self._stats if wanted.search(line.name)]
        return "".join(
            f"{line.name}: {_times(line.value, round_) if line.moves else line.value}\n"
            for line in self._read[path])


def _times(value, round_):
    return COUNTED.sub(lambda number: str(int(number[0]) * round_), value)


def _lines(copies):
    """What /stats has of all copies, of the proxy itself, and of the calls that it takes."""
    texts = []
    recorded_lines = recorded(ENVOY + "client/stats_buckets.txt").splitlines()
    for old, new in copies:
        texts += [text.replace(old, new) for text in recorded_lines if text.startswith(f"cluster.{old}.")]
    texts += [text for text in recorded_lines
              if not any(text.startswith(f"cluster.{one}.") for one in UPSTREAMS)]
    texts += [text for text in recorded(ENVOY + "server/stats_buckets.txt").splitlines()
              if text.startswith("cluster.inbound|")]
    parts = (text.partition(": ") for text in texts)
    return [Line(name, value, bool(MOVING.search(name))) for name, _, value in parts]


def _clusters(copies):
    def listed(side):
        return json.loads(recorded(f"{ENVOY}{side}/clusters.json"))["cluster_statuses"]
    by_name = {one["name"]: one for one in listed("client")}
    inbound = [one for one in listed("server") if one["name"].startswith("inbound|")]
    return [json.loads(json.dumps(by_name[old]).replace(old, new)) for old, new in copies] + inbound


def _grown(cluster, round_):
    cluster = copy.deepcopy(cluster)
    for host in cluster["host_statuses"]:
        for stat in host["stats"]:
            if stat["name"] in MOVING_OF_HOSTS and "value" in stat:
                stat["value"] = str(int(stat["value"]) * round_)
    return cluster


def _settings(copies):
    by_name = {one["cluster"]["name"]: one for one
               in json.loads(recorded(ENVOY + "client/config_clusters.json"))["configs"]}
    return json.dumps({"configs": [json.loads(json.dumps(by_name[old]).replace(old, new))
                                   for old, new in copies]}, indent=1)


def _certificates():
    """The recorded ones in the middle of their lives."""
    def instant(seconds):
        return datetime.fromtimestamp(time.time() + seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return recorded(ENVOY + "client/certs.json").replace(
        "2026-11-25T11:17:40Z", instant(43200)).replace("2026-11-24T11:17:40Z", instant(-43200))


class RecordedNode:
    """The sidecars of pods 0, 1, …, all at one port. start() … stop()."""

    def __init__(self, upstreams):
        self._sidecar = Sidecar(upstreams)
        self._loop = asyncio.new_event_loop()
        self._rounds = {}  # address: how often its statistics were asked for
        self.asked = []  # Asked, in the order in which they came
        self._server = self._loop.run_until_complete(
            self._loop.create_server(lambda: _Connection(self), "0.0.0.0", 0, backlog=512))
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self):
        self._thread.start()
        return self

    def stop(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._server.close()

    def hear(self, address, path):
        """The body of the answer."""
        self.asked.append(Asked(time.monotonic(), address, path))
        if path.startswith("/stats?"):
            self._rounds[address] = self._rounds.get(address, 0) + 1
        return self._sidecar.answer(path, self._rounds.get(address, 1))


class _Connection(asyncio.Protocol):
    """Answers as Envoy does, in chunks."""

    def __init__(self, node):
        self._node = node
        self._head = b""

    def connection_made(self, transport):
        self._transport = transport
        self._address = transport.get_extra_info("sockname")[0]

    def data_received(self, data):
        self._head += data
        while b"\r\n\r\n" in self._head:
            head, _, self._head = self._head.partition(b"\r\n\r\n")
            body = self._node.hear(self._address, head.split(b" ", 2)[1].decode())
            self._transport.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=UTF-8\r\nserver: envoy\r\n"
                b"transfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
