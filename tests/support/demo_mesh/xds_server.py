#!/usr/bin/env python3
"""A small real control plane: aggregated discovery (ADS), CDS, LDS and SDS over gRPC, for Envoys
under test. Run by the Python of build/xds (.ci/prepare.sh), which has gRPC and Envoy's messages.

    xds_server.py PORT FILE

serves on 127.0.0.1:PORT what FILE says at the moment, and every stream hears of a change:

    {"clusters": {"version": "1", "resources": [{"name": …}, …]}, "secrets": {…}, …}

Each resource is Envoy's own JSON without "@type". A key that is missing is never answered. On
stdout stands a JSON line per request, with the error if it refuses what was sent.
"""

import json
import os
import queue
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
from envoy.config.cluster.v3 import cluster_pb2
from envoy.config.endpoint.v3 import endpoint_pb2
from envoy.config.listener.v3 import listener_pb2
from envoy.config.route.v3 import route_pb2
from envoy.extensions.transport_sockets.tls.v3 import secret_pb2
from envoy.service.cluster.v3 import cds_pb2_grpc
from envoy.service.discovery.v3 import ads_pb2_grpc, discovery_pb2
from envoy.service.listener.v3 import lds_pb2_grpc
from envoy.service.secret.v3 import sds_pb2_grpc
from google.protobuf import json_format
# Messages that are found by their name in "@type" of a resource.
from envoy.extensions.filters.http.grpc_stats.v3 import config_pb2  # noqa: F401
from envoy.extensions.filters.http.router.v3 import router_pb2  # noqa: F401
from envoy.extensions.filters.network.http_connection_manager.v3 import (  # noqa: F401
    http_connection_manager_pb2)
from envoy.extensions.filters.network.tcp_proxy.v3 import tcp_proxy_pb2  # noqa: F401
from envoy.extensions.transport_sockets.tls.v3 import tls_pb2  # noqa: F401
from envoy.extensions.upstreams.http.v3 import http_protocol_options_pb2  # noqa: F401

KINDS = {"clusters": cluster_pb2.Cluster, "endpoints": endpoint_pb2.ClusterLoadAssignment,
         "listeners": listener_pb2.Listener, "routes": route_pb2.RouteConfiguration,
         "secrets": secret_pb2.Secret}
URLS = {"type.googleapis.com/" + kind.DESCRIPTOR.full_name: name for name, kind in KINDS.items()}
LOOK = 0.05  # seconds between looks at the file


class Store:
    """What the file says, read again when it was replaced."""

    def __init__(self, path):
        self._path = path
        self._lock = threading.Lock()
        self._seen = None
        self._said = {}

    def of(self, kind):
        """(version, resources as dictionaries), or None."""
        with self._lock:
            found = os.stat(self._path)
            if (found.st_mtime_ns, found.st_ino) != self._seen:
                with open(self._path) as file:
                    self._said = json.load(file)
                self._seen = (found.st_mtime_ns, found.st_ino)
            said = self._said.get(kind)
        return said and (said["version"], said["resources"])


class Stream:
    """One stream of one Envoy, in the state-of-the-world form: for each type, what was asked for
    and what was sent last."""

    def __init__(self, store):
        self._store = store
        self._asked = {}
        self._sent = {}

    def hear(self, request):
        kind = URLS.get(request.type_url)
        error = request.error_detail.message
        print(json.dumps({"kind": kind, "version": request.version_info, "error": error}),
              flush=True)
        names = set(request.resource_names)
        if names != self._asked.get(request.type_url):
            self._sent.pop(request.type_url, None)
        self._asked[request.type_url] = names

    def news(self):
        for url, names in self._asked.items():
            said = self._store.of(URLS.get(url))
            if not said or self._sent.get(url) == said[0]:
                continue
            version, resources = said
            answer = discovery_pb2.DiscoveryResponse(version_info=version, type_url=url,
                                                     nonce=str(time.monotonic_ns()))
            for resource in resources:
                message = json_format.ParseDict(resource, KINDS[URLS[url]]())
                name = getattr(message, "cluster_name", None) or message.name
                if not names or name in names:
                    answer.resources.add().Pack(message)
            self._sent[url] = version
            yield answer


def serve_stream(store, requests, context):
    waiting = queue.Queue()

    def read():
        try:
            for request in requests:
                waiting.put(request)
        except grpc.RpcError:
            pass  # the Envoy went away
        waiting.put(None)
    threading.Thread(target=read, daemon=True).start()
    stream = Stream(store)
    while context.is_active():
        try:
            request = waiting.get(timeout=LOOK)
            if request is None:
                return
            stream.hear(request)
        except queue.Empty:
            pass
        yield from stream.news()


def servicer(base, method, store):
    """A servicer of this class whose streaming method serves the store."""
    def handle(_self, requests, context):
        return serve_stream(store, requests, context)
    return type("Served", (base,), {method: handle})()


def main():
    port, path = sys.argv[1:]
    store = Store(path)
    server = grpc.server(ThreadPoolExecutor(64))
    ads_pb2_grpc.add_AggregatedDiscoveryServiceServicer_to_server(
        servicer(ads_pb2_grpc.AggregatedDiscoveryServiceServicer, "StreamAggregatedResources",
                 store), server)
    cds_pb2_grpc.add_ClusterDiscoveryServiceServicer_to_server(
        servicer(cds_pb2_grpc.ClusterDiscoveryServiceServicer, "StreamClusters", store), server)
    lds_pb2_grpc.add_ListenerDiscoveryServiceServicer_to_server(
        servicer(lds_pb2_grpc.ListenerDiscoveryServiceServicer, "StreamListeners", store), server)
    sds_pb2_grpc.add_SecretDiscoveryServiceServicer_to_server(
        servicer(sds_pb2_grpc.SecretDiscoveryServiceServicer, "StreamSecrets", store), server)
    if server.add_insecure_port("127.0.0.1:" + port) == 0:
        sys.exit(f"cannot listen on port {port}")
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
