#!/usr/bin/env python3
"""The forms of the metrics page, as a real Prometheus reads them: the same series by protobuf as by
OpenMetrics, and only the groups that were asked for."""

import http.client
import http.server
import os
import threading
import unittest

from harness import Prometheus, TempDirTest, wait_until
from misbehaving_admin import MisbehavingAdmin, fake_targets

PROTOBUF = ("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; "
            "encoding=delimited")
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


class Relay:
    """Between a scraper and the agent: hands on the very first page of each form for ever, so that all
    who ask compare the same numbers, and keeps which forms there were. start() … stop()."""

    def __init__(self, address):
        self.forms = {}  # by Content-Type: (status, headers, body)
        relay = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                connection = http.client.HTTPConnection(address, timeout=20)
                connection.request("GET", self.path, headers={
                    name: self.headers[name] for name in ("Accept", "Accept-Encoding")})
                answer = connection.getresponse()
                said = (answer.status, answer.getheaders(), answer.read())
                connection.close()
                key = (answer.getheader("Content-Type"), self.path)
                status, headers, body = relay.forms.setdefault(key, said)
                self.send_response(status)
                for name, value in headers:
                    if name not in ("Connection", "Date"):
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *unused):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = "127.0.0.1:%d" % self._server.server_address[1]

    def start(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


class GroupedPrometheus(Prometheus):
    """That asks one job for some groups only."""

    def _config(self):
        config = super()._config()
        for scrape in config["scrape_configs"]:
            if scrape["job_name"] == "grouped":
                scrape["params"] = {"collect[]": ["target", "traffic"]}
        return config


class Formats(TempDirTest):
    def scraped(self, name, **more):
        directory = os.path.join(self.directory, name)
        os.mkdir(directory)
        prometheus = self.start(GroupedPrometheus(
            directory, {job: [self.relay.address] for job in ("whole", "grouped")}, **more))
        wait_until(lambda: prometheus.query("count(up == 1) == 2"), "both jobs to be scraped", 30)
        return prometheus

    @staticmethod
    def names(prometheus, job):
        return sorted({labels["__name__"] for labels, _ in prometheus.query(
            f'{{job="{job}",__name__!~"scrape_.*|up"}}')})

    def test_prometheus_reads_protobuf_as_it_reads_openmetrics(self):
        server = self.start(MisbehavingAdmin("good"))
        agent = self.start_agent(fake_targets({"one": server}, interval="30s", window="30s", stale_after="2m"))
        agent.wait_ready()
        self.relay = self.start(Relay(agent.listens_on))
        by_text = self.scraped("text")
        by_protobuf = self.scraped("protobuf", features=["native-histograms"])
        self.assertEqual({form for form, _ in self.relay.forms}, {PROTOBUF, OPENMETRICS})

        names = self.names(by_text, "whole")
        self.assertGreater(len(names), 20)
        self.assertEqual(self.names(by_protobuf, "whole"), names)
        # What does not change with time.
        what = '{job="whole",__name__=~"mesh_grpc_.*_total|mesh_target_up|mesh_.*_info"}'
        first, second = (
            sorted((sorted(labels.items()), value) for labels, value in prometheus.query(what))
            for prometheus in (by_text, by_protobuf))
        self.assertGreater(len(first), 4)
        self.assertEqual(second, first)

        grouped = self.names(by_protobuf, "grouped")
        self.assertIn("mesh_target_up", grouped)
        self.assertIn("mesh_grpc_requests_total", grouped)
        self.assertEqual([name for name in grouped if name.startswith(("process_", "mesh_exporter_"))],
                         [])
        self.assertLess(len(grouped), len(names))


if __name__ == "__main__":
    unittest.main()
