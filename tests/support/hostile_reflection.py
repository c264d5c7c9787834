"""A Python gRPC server whose reflection is not what it should be. Runs in build/grpc_apps:
hostile_reflection.py HABIT prints the port it listens on, and serves until it is killed."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc

SERVICE = "pkg.Users"


def field(number, content):
    """Of protobuf, by its length."""
    size, varint = len(content), b""
    while size > 127:
        varint += bytes([size % 128 + 128])
        size //= 128
    return bytes([number << 3 | 2]) + varint + bytes([size]) + content


def listing(names):
    return field(6, b"".join(field(1, field(1, name.encode())) for name in names))


def declaring(service, *more):
    """A FileDescriptorProto with one method of the service, and more of its fields."""
    package, _, name = service.rpartition(".")
    method = field(2, field(1, b"Get") + field(2, b".pkg.Knot") + field(3, b".pkg.Knot"))
    return field(4, field(1, field(1, b"knot.proto") + field(2, package.encode()) + b"".join(more)
                          + field(6, field(1, name.encode()) + method)))


def nested(depth):
    message = field(1, b"Knot")
    for _ in range(depth):
        message = field(1, b"Knot") + field(3, message)
    return message


def many(asked):
    return listing(f"pkg.S{i}" for i in range(100_000)) if asked is None else declaring(asked)


def recursive(asked):
    """A file that imports itself, a message that is its own field, and one a thousand deep."""
    itself = field(1, b"Knot") + field(2, field(1, b"knot") + field(6, b".pkg.Knot"))
    more = field(3, b"knot.proto"), field(4, itself), field(4, nested(1000))
    return listing([SERVICE]) if asked is None else declaring(asked, *more)


def invalid(asked):
    return listing([SERVICE, "pkg.Other"]) if asked is None else field(4, field(1, b"\xff" * 1000))


def hanging(asked):
    if asked is None:
        return listing([SERVICE, "pkg.Other"])
    if asked == SERVICE:
        threading.Event().wait()
    return declaring(asked)


class Anything(grpc.GenericRpcHandler):
    def __init__(self, habit):
        self._habit = habit

    def service(self, details):
        if self._habit == "refusing":
            return grpc.unary_unary_rpc_method_handler(refuse)
        if details.method == "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo":
            return grpc.stream_stream_rpc_method_handler(self._reflect)
        return None

    def _reflect(self, questions, _):
        for question in questions:
            listed = question.startswith(b"\x3a")  # list_services; else file_containing_symbol
            yield globals()[self._habit](None if listed else question[2:].decode())


def refuse(_, context):
    context.abort(grpc.StatusCode.UNAUTHENTICATED, "a token is missing")


def main(habit):
    server = grpc.server(ThreadPoolExecutor(4), handlers=[Anything(habit)])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main(*sys.argv[1:])
