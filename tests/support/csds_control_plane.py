"""A stand-in for a control plane that tells by CSDS what became of the configurations of its clients: a real gRPC
server that answers with what a file says, in the published messages (envoy.service.status.v3). No control plane
that has this service is at hand.

Runs in build/xds: csds_control_plane.py NAME FILE
prints its address after its name. FILE holds a ClientStatusResponse as JSON, and is read for each question. Ends on
SIGTERM."""

import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
from envoy.service.status.v3 import csds_pb2, csds_pb2_grpc
from google.protobuf import json_format


class Told(csds_pb2_grpc.ClientStatusDiscoveryServiceServicer):
    def __init__(self, path):
        self._path = path

    def FetchClientStatus(self, request, context):
        with open(self._path, encoding="utf-8") as file:
            return json_format.Parse(file.read(), csds_pb2.ClientStatusResponse())


def main():
    name, path = sys.argv[1:]
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    server = grpc.server(ThreadPoolExecutor(4))
    csds_pb2_grpc.add_ClientStatusDiscoveryServiceServicer_to_server(Told(path), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(name, f"127.0.0.1:{port}", flush=True)
    ended.wait()
    server.stop(None)


if __name__ == "__main__":
    main()
