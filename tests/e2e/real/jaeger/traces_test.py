#!/usr/bin/env python3
"""The links to traces of the dashboard Methods, opened: a real Jaeger, a real sidecar that traces the
calls that go through it, and an application that does as OpenTelemetry says. Part of tests/e2e/run --all;
alone with --jaeger."""

import http.client
import json
import os
import re
import secrets
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from real_mesh import BIN_DIR, ENVOY, SharedPartsTest, tool, wait_until
import control_plane
import dashboards
from demo_mesh import CLIENT, NAMESPACE, DemoMesh, workload_of
from pool_config import manager
from processes import Child, ReservedPort, http_get
from scenarios import Scenario

SERVICE, METHOD = "user.v1.UserService", "GetUser"
_TRACER = "envoy.config.trace.v3.OpenTelemetryConfig"
_RATE = "overall_sampling", "random_sampling", "client_sampling"


class Jaeger:
    """It keeps traces in memory and answers questions about them. start() … stop()."""

    def __init__(self, directory):
        self._directory = directory
        self._ports = {use: ReservedPort() for use in ("grpc", "http", "query", "query grpc", "own")}
        self.child = None

    def port(self, use):
        return self._ports[use].number

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port('query')}"

    def start(self):
        config = os.path.join(self._directory, "jaeger.json")
        with open(config, "w") as file:
            json.dump(self._config(), file)  # which is YAML, too
        self.child = Child("jaeger", [tool("jaeger"), "--config", config],
                           os.path.join(self._directory, "jaeger.log"))
        wait_until(self._answers, "Jaeger to answer", 60, alive=[self.child])

    def stop(self):
        if self.child:
            self.child.terminate()
        for port in self._ports.values():
            port.release()

    def traces(self, search):
        """What its page shows that a link leads to: the page asks for the same at /api/traces."""
        parts = urllib.parse.urlsplit(search)
        assert search.startswith(self.url) and parts.path == "/search", search
        status, body = http_get(self.url, "/api/traces?" + parts.query)
        assert status == 200, body
        return json.loads(body)["data"]

    def take(self, spans):
        """As an application sends them: OTLP over HTTP."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port("http"), timeout=10)
        try:
            connection.request("POST", "/v1/traces", json.dumps(spans),
                               {"Content-Type": "application/json"})
            response = connection.getresponse()
            body = response.read()
            assert response.status == 200, body
        finally:
            connection.close()

    def _config(self):
        def at(use):
            return {"endpoint": f"127.0.0.1:{self.port(use)}"}
        own = {"pull": {"exporter": {"prometheus": {"host": "127.0.0.1", "port": self.port("own")}}}}
        return {
            "service": {
                "extensions": ["jaeger_storage", "jaeger_query"],
                "pipelines": {"traces": {"receivers": ["otlp"],
                                         "exporters": ["jaeger_storage_exporter"]}},
                "telemetry": {"metrics": {"readers": [own]}}},
            "extensions": {
                "jaeger_query": {"storage": {"traces": "memory"}, "http": at("query"),
                                 "grpc": at("query grpc")},
                "jaeger_storage": {"backends": {"memory": {"memory": {"max_traces": 10000}}}}},
            "receivers": {"otlp": {"protocols": {"grpc": at("grpc"), "http": at("http")}}},
            "exporters": {"jaeger_storage_exporter": {"trace_storage": "memory"}}}

    def _answers(self):
        try:
            return http_get(self.url, "/api/services")[0] == 200
        except OSError:
            return False


def trace_to(port):
    """A change of a sidecar: a span of each call goes to that port, under the name that Istio gives."""
    def change(bootstrap, _mesh):
        everything = {name: {"value": 100} for name in _RATE}
        for listener in bootstrap["static_resources"]["listeners"]:
            manager(listener)["tracing"] = {**everything, "provider": {
                "name": "envoy.tracers.opentelemetry", "typed_config": {
                    "@type": "type.googleapis.com/" + _TRACER,
                    "service_name": f"{workload_of(CLIENT)}.{NAMESPACE}",
                    "grpc_service": {"envoy_grpc": {"cluster_name": "traces"}}}}}
        bootstrap["static_resources"]["clusters"].append(control_plane.static_cluster("traces", port))
    return change


def span_of_the_application(trace_id):
    """One call as OpenTelemetry's conventions for RPC name it."""
    now = time.time_ns()
    attributes = {"rpc.system": "grpc", "rpc.service": SERVICE, "rpc.method": METHOD}
    return {"resourceSpans": [{
        "resource": {"attributes": [_attribute("service.name", workload_of(CLIENT))]},
        "scopeSpans": [{"spans": [{
            "traceId": trace_id, "spanId": secrets.token_hex(8), "name": f"{SERVICE}/{METHOD}",
            "kind": 3, "startTimeUnixNano": str(now), "endTimeUnixNano": str(now + 10 ** 6),
            "attributes": [_attribute(*one) for one in attributes.items()]}]}]}]}


def _attribute(key, value):
    return {"key": key, "value": {"stringValue": value}}


class Traces(SharedPartsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.began = int(time.time())
        cls.jaeger = cls.start_shared(Jaeger(cls.shared))
        cls.mesh = cls.start_shared(DemoMesh(
            ENVOY, BIN_DIR, os.path.join(cls.shared, "mesh"), scenario=Scenario(
                "traced", "the client's sidecar traces", client=trace_to(cls.jaeger.port("grpc")))))

    def link(self, title, method):
        """A link of the table of methods, as Grafana opens it from the row of this method."""
        dashboard = dashboards.load()["mesh-methods"]
        panel, = [one for one in dashboards.panels(dashboard) if one["title"] == "Methods"]
        url, = [link["url"] for override in panel["fieldConfig"]["overrides"]
                for one in override["properties"] if one["id"] == "links"
                for link in one["value"] if link["title"].startswith(title)]
        row = {"workload": workload_of(CLIENT), "namespace": NAMESPACE, "grpc_service": SERVICE,
               "grpc_method": method}
        url = re.sub(r"\$\{__data\.fields\.(\w+)\}", lambda found: row[found[1]], url)
        return dashboards.substitute(url, {
            "trace_base_url": self.jaeger.url, "__from": str(self.began * 1000),
            "__to": str(int(time.time() + 60) * 1000)})

    def wait_for_traces(self, title, number):
        def there():
            return len(self.jaeger.traces(self.link(title, METHOD))) >= number
        wait_until(there, f"{number} traces at {title}", 30, alive=[self.jaeger.child])
        return self.jaeger.traces(self.link(title, METHOD))

    def test_the_calls_that_the_sidecar_traced_are_found(self):
        self.mesh.run_load(calls=3, parallel=1, all_ok="yes", only=f"{SERVICE}/{METHOD}")
        self.mesh.run_load(calls=2, parallel=1, all_ok="yes", only=f"{SERVICE}/ListUsers")
        found = self.wait_for_traces("Traces of the sidecar", 3)
        paths = [tag["value"] for trace in found for span in trace["spans"] for tag in span["tags"]
                 if tag["key"] == "grpc.path"]
        self.assertEqual(paths, [f"/{SERVICE}/{METHOD}"] * 3)

    def test_a_call_that_the_application_traced_is_found(self):
        trace_id = secrets.token_hex(16)
        self.jaeger.take(span_of_the_application(trace_id))
        found = self.wait_for_traces("Traces of the application", 1)
        self.assertEqual([trace["traceID"] for trace in found], [trace_id])

    def test_another_method_has_no_traces(self):
        for title in ("Traces of the application", "Traces of the sidecar"):
            self.assertEqual(self.jaeger.traces(self.link(title, "DeleteUser")), [])


if __name__ == "__main__":
    unittest.main()
