"""As much of Kubernetes' API server as tells one agent of pods that never change: a list of them, and a
watch that brings nothing."""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FakeApiServer:
    """start() … stop(). `pods`: as the API server would write them."""

    def __init__(self, directory, pods):
        page = json.dumps({"kind": "PodList", "apiVersion": "v1",
                           "metadata": {"resourceVersion": "1"}, "items": pods}).encode()
        over = self._over = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):  # pylint: disable=invalid-name
                self.send_response(200)
                if "&watch=1&" in self.path:
                    self.end_headers()
                    over.wait()
                else:
                    self.send_header("Content-Length", str(len(page)))
                    self.end_headers()
                    self.wfile.write(page)

            def log_message(self, *unused):  # pylint: disable=arguments-differ
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.kubeconfig = os.path.join(os.path.abspath(directory), "kubeconfig")
        with open(self.kubeconfig, "w") as file:
            json.dump({
                "apiVersion": "v1", "kind": "Config", "current-context": "one",
                "clusters": [{"name": "one", "cluster": {
                    "server": f"http://127.0.0.1:{self._server.server_port}"}}],
                "users": [{"name": "one", "user": {}}],
                "contexts": [{"name": "one", "context": {"cluster": "one", "user": "one"}}]}, file)

    def start(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def stop(self):
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
