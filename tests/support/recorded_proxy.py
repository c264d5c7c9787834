"""A stand-in for a proxy: serves pages that a real one answered (tests/fixtures), or what a test
makes of them. It knows no mesh and does nothing but answer."""

import http.server
import os
import threading

FIXTURES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "fixtures")


def recorded(name):
    with open(os.path.join(FIXTURES, name), encoding="utf-8") as file:
        return file.read()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = self.path.split("?")[0]
        page = self.server.pages.get(path)
        self.server.asked.append(self.path)
        body = (page() if callable(page) else page or "").encode()
        self.send_response(200 if page is not None else 403)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *unused):
        pass


class RecordedProxy(http.server.ThreadingHTTPServer):
    """Answers each path of `pages` with a text or what a function gives, all others with 403."""

    daemon_threads = True

    def __init__(self, pages):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages = pages
        self.asked = []
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self):
        self._thread.start()
        return self

    def stop(self):
        self.shutdown()
        self.server_close()
        self._thread.join()
