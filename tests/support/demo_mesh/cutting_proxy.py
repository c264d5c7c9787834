"""A TCP forwarder that is always there and cuts every connection through it again and again, in the
middle of whatever is under way: what a load balancer with a short temper does."""

import socket
import threading


class CuttingProxy:
    """Listens on a free loopback port, `number`, and forwards to another. stop() ends it."""

    def __init__(self, to_port, every):
        """`every`: seconds that connections live at most."""
        self._to_port = to_port
        self._every = every
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._sockets = set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.number = self._listening.getsockname()[1]
        for work in (self._accept, self._cut):
            threading.Thread(target=work, daemon=True).start()

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
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _cut(self):
        while not self._over.wait(self._every):
            self._cut_all()

    def _cut_all(self):
        with self._lock:
            cut, self._sockets = self._sockets, set()
        for one in cut:
            self._close(one)

    @staticmethod
    def _pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass

    @staticmethod
    def _close(one):
        try:
            one.shutdown(socket.SHUT_RDWR)  # wakes whoever reads from it
        except OSError:
            pass
        one.close()
