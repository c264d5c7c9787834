"""A TCP forwarder that stands between two parts and behaves like a network that is not well: it may cut
every connection again and again, in the middle of whatever is under way, or be far away."""

import socket
import threading


class Forwarder:
    """Listens on a free loopback port, `number`, and forwards to another. stop() ends it."""

    def __init__(self, to_port, cut_every=None, latency=0):
        """`cut_every`: seconds that connections live at most. `latency`: seconds that what is sent to
        the port takes to get there."""
        self._to_port = to_port
        self._latency = latency
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._sockets = set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.number = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        if cut_every:
            threading.Thread(target=self._cut, args=(cut_every,), daemon=True).start()

    def stop(self):
        self._over.set()
        self._close(self._listening)
        self._cut_all()

    def _accept(self):
        while not self._over.is_set():
            try:
                near = self._listening.accept()[0]
                far = socket.create_connection(("127.0.0.1", self._to_port))
            except OSError:
                continue
            with self._lock:
                self._sockets |= {near, far}
            for source, sink, latency in ((near, far, self._latency), (far, near, 0)):
                threading.Thread(target=self._pump, args=(source, sink, latency),
                                 daemon=True).start()

    def _cut(self, every):
        while not self._over.wait(every):
            self._cut_all()

    def _cut_all(self):
        with self._lock:
            cut, self._sockets = self._sockets, set()
        for one in cut:
            self._close(one)

    def _pump(self, source, sink, latency):
        """Closes both when one of them ends."""
        try:
            while data := source.recv(65536):
                if latency and self._over.wait(latency):
                    break
                sink.sendall(data)
        except OSError:
            pass
        with self._lock:
            self._sockets -= {source, sink}
        self._close(source)
        self._close(sink)

    @staticmethod
    def _close(one):
        try:
            one.shutdown(socket.SHUT_RDWR)  # wakes whoever reads from it
        except OSError:
            pass
        one.close()
