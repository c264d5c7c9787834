"""A Python gRPC server with the health service of grpcio-health-checking. Runs in build/grpc_apps:
health_server.py HOST:PORT [CERTIFICATE KEY] prints the port it listens on (0: any free one). Each line of its
input, SERVICE STATUS, sets what it says of that service ("-": of the server as a whole), and is echoed once
it does."""

import sys
from concurrent.futures import ThreadPoolExecutor

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc


def read(path):
    with open(path, "rb") as file:
        return file.read()


def main(address, *files):
    server = grpc.server(ThreadPoolExecutor(4))
    servicer = health.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    if files:
        certificate, key = map(read, files)
        credentials = grpc.ssl_server_credentials([(key, certificate)])
        bound = server.add_secure_port(address, credentials)
    else:
        bound = server.add_insecure_port(address)
    server.start()
    print(bound, flush=True)
    for line in sys.stdin:
        service, status = line.split()
        servicer.set("" if service == "-" else service, health_pb2.HealthCheckResponse.ServingStatus.Value(status))
        print(line, end="", flush=True)
    server.stop(None).wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
