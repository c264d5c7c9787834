"""A gRPC application without a proxy that lets itself be looked into: reflection, channelz and the status of
its xDS client beside a service of its own; and a client in the same process, if it is told whom to call.

Runs in build/grpc_apps:
    proxyless_app.py NAME [--call TARGET --policy pick_first|round_robin --calls N --pause SECONDS]
serves user.v1.UserService at a port that it prints after its name, and calls GetUser of the target
("ipv4:A,B,C", "xds:///users") so many times. Ends on SIGTERM."""

import argparse
import json
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
import grpc_admin
from google.protobuf import descriptor_pb2, descriptor_pool
from grpc_reflection.v1alpha import reflection

SERVICE = "user.v1.UserService"
GET_USER = f"/{SERVICE}/GetUser"


def declare():
    """What reflection shows of the service: three methods, of which Forget is never called."""
    file = descriptor_pb2.FileDescriptorProto(name="user/v1/user.proto", package="user.v1", syntax="proto3")
    file.message_type.add(name="User")
    service = file.service.add(name="UserService")
    for name, streams in (("GetUser", False), ("ListUsers", True), ("Forget", False)):
        service.method.add(name=name, input_type=".user.v1.User", output_type=".user.v1.User",
                           server_streaming=streams)
    descriptor_pool.Default().Add(file)


def answer(request, context):
    if request:
        context.abort(grpc.StatusCode[request.decode()], "as asked for")
    return b""


def list_users(request, context):
    yield answer(request, context)


def start_server():
    """Gives the server and its address."""
    declare()
    server = grpc.server(ThreadPoolExecutor(8))
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, {
        "GetUser": grpc.unary_unary_rpc_method_handler(answer),
        "ListUsers": grpc.unary_stream_rpc_method_handler(list_users),
        "Forget": grpc.unary_unary_rpc_method_handler(answer)})])
    grpc_admin.add_admin_servicers(server)
    reflection.enable_server_reflection(
        [SERVICE, "grpc.channelz.v1.Channelz", reflection.SERVICE_NAME], server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, f"127.0.0.1:{port}"


def call(target, policy, calls, pause, ended):
    config = json.dumps({"loadBalancingConfig": [{policy: {}}]})
    with grpc.insecure_channel(target, [("grpc.service_config", config)]) as channel:
        get_user = channel.unary_unary(GET_USER)
        for _ in range(calls):
            get_user(b"", timeout=30, wait_for_ready=True)
            if ended.wait(pause):
                break
        ended.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--call", metavar="TARGET")
    parser.add_argument("--policy", default="round_robin")
    parser.add_argument("--calls", type=int, default=0)
    parser.add_argument("--pause", type=float, default=0.005)
    options = parser.parse_args()
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    server, address = start_server()
    print(options.name, address, flush=True)
    if options.call:
        call(options.call, options.policy, options.calls, options.pause, ended)
    ended.wait()
    server.stop(None)


if __name__ == "__main__":
    main()
