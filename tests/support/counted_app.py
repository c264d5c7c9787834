"""A gRPC service that counts its own calls and calls itself: py-grpc-prometheus and gRPC's OpenTelemetry
plugin side by side, as in a process that moves from the one to the other, both on one page of metrics.

Runs in build/grpc_apps: counted_app.py PORT serves http://127.0.0.1:PORT/metrics, and /call/GetUser/NOT_FOUND/5
makes so many calls that end so and answers when they are over; ListUsers is a server's stream."""

import http.server
import sys
from concurrent.futures import ThreadPoolExecutor

import grpc
import prometheus_client
from grpc_observability import OpenTelemetryPlugin
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from py_grpc_prometheus.prometheus_client_interceptor import PromClientInterceptor
from py_grpc_prometheus.prometheus_server_interceptor import PromServerInterceptor

SERVICE = "user.v1.UserService"


def end(request, context):
    """As the request asks for, which is the name of a status."""
    if request != b"OK":
        context.abort(grpc.StatusCode[request.decode()], "as asked for")


def get_user(request, context):
    end(request, context)
    return b"user"


def list_users(request, context):
    yield from (b"user",) * 5
    end(request, context)


def start_server():
    """Gives its address."""
    server = grpc.server(ThreadPoolExecutor(4), interceptors=[
        PromServerInterceptor(enable_handling_time_histogram=True)])
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, {
        "GetUser": grpc.unary_unary_rpc_method_handler(get_user),
        "ListUsers": grpc.unary_stream_rpc_method_handler(list_users)})])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, f"localhost:{port}"


def call(channel, method, code):
    try:
        if method == "ListUsers":
            list(channel.unary_stream(f"/{SERVICE}/{method}")(code.encode()))
        else:
            channel.unary_unary(f"/{SERVICE}/{method}")(code.encode(), timeout=10)
        ended = "OK"
    except grpc.RpcError as error:
        ended = error.code().name
    if ended != code:
        raise RuntimeError(f"{method} ended as {ended} and not as {code}")


class Pages(http.server.BaseHTTPRequestHandler):
    channel = None

    def do_GET(self):  # pylint: disable=invalid-name
        _, what, *words = self.path.split("/")
        if what == "call":
            method, code, count = words
            for _ in range(int(count)):
                call(self.channel, method, code)
            self.answer(b"")
        else:
            self.answer(prometheus_client.generate_latest())

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *unused):
        pass


def main():
    plugin = OpenTelemetryPlugin(
        meter_provider=MeterProvider(metric_readers=[PrometheusMetricReader()]))
    plugin.register_global()
    server, address = start_server()
    with grpc.insecure_channel(address) as channel:
        Pages.channel = grpc.intercept_channel(channel, PromClientInterceptor(
            enable_client_handling_time_histogram=True))
        http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Pages).serve_forever()
    server.stop(None)


if __name__ == "__main__":
    main()
